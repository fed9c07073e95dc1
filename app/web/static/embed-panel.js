// The "Embed" panel: what is chosen there goes into the snippets and the preview. All by delegation, for the page
// replaces the panel when another selection is made.
{
  const chosen = (panel) =>
    [...panel.querySelectorAll("[data-option]")]
      .map((field) => [field.dataset.option, field.value === (field.dataset.default ?? "") ? "" : field.value.replace("#", "")])
      .filter(([, value]) => value);

  const joined = (address, query) => address + (query ? (address.includes("?") ? "&" : "?") + query : "");

  const write = (panel) => {
    const options = chosen(panel);
    const query = new URLSearchParams(options).toString();
    const attributes = options.map(([name, value]) => ` ${name}="${value}"`).join("");
    for (const box of panel.querySelectorAll("[data-pattern]")) {
      box.value = box.dataset.pattern
        .replace("{attributes}", attributes)
        .replace(/(\??)\{query\}/, (_, mark) => (query ? (mark || "&amp;") + query.replaceAll("&", "&amp;") : ""));
    }
    const preview = panel.querySelector("[data-preview]");
    const address = joined(preview.dataset.preview, query);
    panel.querySelector(".embed-alone").href = address;
    if (panel.open && preview.getAttribute("src") !== address) preview.src = address;
  };

  const copied = (button) => {
    const label = button.dataset.label ?? button.textContent;
    button.dataset.label = label;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches(".embed-panel [data-option]")) write(event.target.closest(".embed-panel"));
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.(".embed-panel")) write(event.target);
  }, true);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copies]");
    if (!button) return;
    const box = document.getElementById(button.dataset.copies);
    box.select();
    try {
      await navigator.clipboard.writeText(box.value);
    } catch {
      document.execCommand("copy"); // where the page is not served by https
    }
    copied(button);
  });
  // The frame in the panel is as high as what it shows, like the element would be.
  window.addEventListener("message", (event) => {
    const frame = document.querySelector(".embed-preview");
    if (event.origin !== location.origin || !frame || event.source !== frame.contentWindow) return;
    if (event.data?.type === "amilia-calendar:size") frame.style.height = `${Math.min(event.data.height, 2000)}px`;
  });
  document.addEventListener("load", (event) => {
    if (event.target.matches?.(".embed-preview[src]")) {
      event.target.contentWindow.postMessage({ type: "amilia-calendar:hello" }, location.origin);
    }
  }, true);
}
