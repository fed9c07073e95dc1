// Marks the day that it really is where the organization lives. A page may come out of a cache after midnight;
// the mark that the server set is that of the day on which the events were fetched.
{
  const zone = document.querySelector("[data-zone]")?.dataset.zone;
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const of = (type, all) => all.find((part) => part.type === type).value;
  const all = parts.formatToParts(new Date());
  const today = `${of("year", all)}-${of("month", all)}-${of("day", all)}`;
  for (const day of document.querySelectorAll("[data-day]")) {
    if (day.dataset.day === today) day.setAttribute("aria-current", "date");
    else day.removeAttribute("aria-current");
  }
}
