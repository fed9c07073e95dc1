// A page of an exported site is the same for everybody: the theme that the site around it asks for, it sets itself.
{
  const theme = new URLSearchParams(location.search).get("theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
    document.addEventListener("DOMContentLoaded", () => {
      for (const link of document.links) {
        if (link.origin === location.origin && !link.target && !link.hasAttribute("download")) link.search = location.search;
      }
    });
  }
}
