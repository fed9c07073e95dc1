// Makes the page follow the form at once. Without this file everything works by its button and its links.
(() => {
  "use strict";
  const form = document.getElementById("choose");
  const said = document.getElementById("said");
  let asking = null;

  /** The address of what is chosen, its values joined by commas; empty fields are left out. */
  function chosen() {
    const values = new Map();
    for (const [name, value] of new FormData(form)) {
      if (value) values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
    }
    const query = [...values].map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`);
    return location.pathname + (query.length ? `?${query.join("&")}` : "");
  }

  /** Takes over what another page of this kind shows; the form keeps its focus and its open lists. */
  function take(page) {
    for (const region of document.querySelectorAll("[data-region]")) {
      const news = page.querySelector(`[data-region="${region.dataset.region}"]`);
      const open = [...region.querySelectorAll("details[id][open]")].map((it) => it.id);
      region.replaceChildren(...news.childNodes);
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    }
    for (const field of page.getElementById("choose").elements) {
      const own = field.id && document.getElementById(field.id);
      if (!own || own === document.activeElement) continue;
      if (field.type === "checkbox") [own.checked, own.value] = [field.defaultChecked, field.value];
      else own.value = field.value;
    }
    for (const field of form.querySelectorAll("input[type=hidden]")) field.remove();
    form.append(...page.querySelectorAll("#choose input[type=hidden]"));
    for (const badge of page.querySelectorAll("[data-badge]")) {
      document.querySelector(`[data-badge="${badge.dataset.badge}"]`).textContent = badge.textContent;
    }
    for (const selector of ["a[data-language]", ".quick .pill"]) {
      const news = page.querySelectorAll(selector);
      document.querySelectorAll(selector).forEach((link, at) => link.replaceWith(news[at]));
    }
    document.title = page.title;
    said.textContent = document.getElementById("count").textContent;
  }

  /** Shows another address without leaving the page; where that fails, by leaving it. */
  async function show(address, { remember }) {
    asking?.abort();
    asking = new AbortController();
    const regions = document.querySelectorAll("[data-region]");
    regions.forEach((it) => it.setAttribute("aria-busy", "true"));
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      if (remember) history[remember](null, "", address);
    } catch (error) {
      if (error.name === "AbortError") return;
      location.assign(address);
    }
    regions.forEach((it) => it.removeAttribute("aria-busy"));
  }

  let waiting = 0;
  function changed(event) {
    clearTimeout(waiting);
    if (event.target.dataset.sift) return;
    const patience = event.type === "input" ? 300 : 0;
    waiting = setTimeout(() => show(chosen(), { remember: "replaceState" }), patience);
  }

  // A page of an exported site has no form, and nobody who would answer it.
  if (form) {
    form.addEventListener("change", changed);
    form.addEventListener("input", (event) => event.target.name === "q" && changed(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      changed(event);
    });

    addEventListener("popstate", () => show(location.href, {}));
    addEventListener("pageshow", (event) => event.persisted && show(location.href, {}));
    addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey || link.target || link.hasAttribute("download")) return;
      if (link.origin !== location.origin || link.pathname !== location.pathname || link.hash) return;
      if (link.dataset.language !== undefined) return;
      event.preventDefault();
      const inside = link.closest("[data-region]");
      show(link.href, { remember: "pushState" }).then(() => inside && !inside.contains(document.activeElement) && inside.focus());
    });
  }

  // Lists that are long can be searched.
  addEventListener("input", (event) => {
    if (!event.target.dataset.sift) return;
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const words = plain(event.target.value).split(/\s+/);
    document.querySelector(`#${event.target.dataset.sift} details`)?.toggleAttribute("open", event.target.value !== "");
    for (const pill of document.querySelectorAll(`#${event.target.dataset.sift} .pill`)) {
      const text = plain(pill.textContent);
      pill.hidden = !words.every((word) => text.includes(word));
    }
  });

  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.getElementById("feed");
    const kept = field.value;
    field.value = text;
    field.select();
    document.execCommand("copy");
    field.value = kept;
  }

  addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await copy(button.dataset.copy);
    const label = button.querySelector("span");
    label.dataset.was ??= label.textContent;
    label.textContent = said.textContent = button.dataset.done;
    setTimeout(() => (label.textContent = label.dataset.was), 2000);
  });

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-share]");
    if (!link || !navigator.share) return;
    event.preventDefault();
    navigator.share({ url: link.dataset.share }).catch((error) => {
      if (error.name !== "AbortError") location.assign(link.href);
    });
  });
})();
