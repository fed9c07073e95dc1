// <amilia-calendar org="…" view="month">: places a frame with the organization's calendar, and sizes it.
// It needs nothing of its page but `script-src` and `frame-src` of this origin; it uses no style attributes.
(() => {
  const HOME = "{public_url}";
  const ORIGIN = new URL(HOME).origin;
  const SITE = null; // on an exported site: of each organization its language, and the folder of each selection
  const NAME = "amilia-calendar";
  if (customElements.get(NAME)) return;

  // Attribute names are lower case in HTML; the parameters are not.
  const PARAMETERS = ["programId", "categoryId", "subCategoryId", "activityId", "locationId", "tagId", "q",
    "weekday", "lang", "pastDays", "futureDays", "cancelled", "alarm", "view", "day", "radius"];
  const COLORS = ["accent", "background", "text"];
  const PATIENCE = 10000; // milliseconds after its load in which the frame must say how high it is

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; min-height: 3rem; }
    :host([hidden]) { display: none; }
    iframe { display: block; width: 100%; height: var(--height, 30rem); border: 0; color-scheme: var(--scheme); }
    :host([view="button" i]) iframe { height: var(--height, 3.25rem); }
    b, [hidden] { display: none; }
    b { color: transparent; }
    ${COLORS.map((name) => `.${name} { color: var(--${NAME}-${name}, transparent); }`).join("")}
    @supports (color: color-mix(in srgb, red, red)) {
      ${COLORS.map((name) => `.${name} { color: color-mix(in srgb, var(--${NAME}-${name}, transparent), var(--${NAME}-${name}, transparent)); }`).join("")}
    }`);

  // "rgb(11, 122, 117)" or "color(srgb 0.04 0.48 0.46)" to [11, 122, 117, alpha].
  const channels = (color) => {
    const found = /^(?:rgba?|color)\((srgb )?([^)]+)\)$/.exec(color);
    if (!found) return null;
    const values = found[2].split(/[\s,/]+/).map(Number);
    if (values.some(Number.isNaN)) return null;
    const scale = found[1] ? 255 : 1;
    return [...values.slice(0, 3).map((value) => Math.round(Math.min(Math.max(value * scale, 0), 255))), values[3] ?? 1];
  };
  const hex = (rgb) => rgb.slice(0, 3).map((value) => value.toString(16).padStart(2, "0")).join("");

  // The page of an exported site that shows what is asked for; "" where it has none.
  const filed = (org, query) => {
    const site = Object.hasOwn(SITE, org) && SITE[org];
    if (!site) return "";
    const lang = query.get("lang") ?? site.lang;
    const asked = PARAMETERS.slice(0, 13).filter((name) => name !== "lang" && query.has(name));
    const wish = asked.map((name) => `${name}=${query.get(name)}`).join("&");
    const program = /^programId=(\d+)$/.exec(wish)?.[1];
    const folder = site.folders[`${lang} ${wish}`] ?? (program && `${lang === site.lang ? "" : `${lang}/`}programs/${program}/`);
    if (folder === undefined) return "";
    const view = query.get("view")?.toLowerCase() ?? "agenda";
    const month = view === "month" && /^\d{4}-\d{2}/.exec(query.get("day"))?.[0];
    const file = month ? `month/${month}.html` : { agenda: "", month: "month/" }[view] ?? `${encodeURIComponent(view)}.html`;
    return `${HOME}/orgs/${encodeURIComponent(org)}/${folder}embed/${file}?theme=${query.get("theme")}`;
  };

  class AmiliaCalendar extends HTMLElement {
    static observedAttributes = ["org", "theme", "height", "title", ...COLORS, ...PARAMETERS.map((name) => name.toLowerCase())];

    #root = this.attachShadow({ mode: "open" });
    #probes = COLORS.map((name) => Object.assign(document.createElement("i"), { className: name }));
    #fallback = Object.assign(document.createElement("slot"), { hidden: true });
    #frame = null;
    #address = "";
    #queued = false;
    #timer = 0;
    #told = 0;
    #scheme = matchMedia("(prefers-color-scheme: dark)");
    #heard = (event) => this.#hear(event);
    #changed = () => this.#queue();

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [sheet];
      // A property that is no colour leaves a probe with the colour around it: none.
      const around = document.createElement("b");
      around.append(...this.#probes);
      this.#root.append(around, this.#fallback);
    }

    connectedCallback() {
      window.addEventListener("message", this.#heard);
      this.#scheme.addEventListener("change", this.#changed);
      // Style sheets that come after the script may make the page around it dark, or set its colours.
      if (document.readyState !== "complete") window.addEventListener("load", this.#changed, { once: true });
      this.#queue();
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.#heard);
      this.#scheme.removeEventListener("change", this.#changed);
      clearTimeout(this.#timer);
    }

    attributeChangedCallback() {
      this.#queue();
    }

    // Several attributes that change at once are one change.
    #queue() {
      if (this.#queued || !this.isConnected) return;
      this.#queued = true;
      queueMicrotask(() => {
        this.#queued = false;
        if (this.isConnected) this.#update();
      });
    }

    #update() {
      const org = this.getAttribute("org")?.trim();
      if (!org) return this.#fail();
      const theme = this.#theme();
      const query = this.#query(theme);
      const address = SITE ? filed(org, query) : `${HOME}/orgs/${encodeURIComponent(org)}/embed?${query}`;
      if (!address) return this.#fail();
      if (address !== this.#address) this.#load(address);
      this.#size();
      this.#name(this.getAttribute("title"));
      // A frame is only transparent where it has the colour scheme of what it shows.
      this.#frame.style.setProperty("--scheme", theme);
    }

    #query(theme) {
      const query = new URLSearchParams();
      for (const name of PARAMETERS) {
        const value = this.getAttribute(name)?.trim();
        if (value) query.set(name, value);
      }
      COLORS.forEach((name, at) => {
        const own = this.getAttribute(name)?.trim();
        const styled = channels(getComputedStyle(this.#probes[at]).color);
        if (own) query.set(name, own.replace("#", ""));
        else if (styled?.[3] === 1) query.set(name, hex(styled));
      });
      query.set("theme", theme);
      return query;
    }

    // As asked, else as the page around it looks: most sites are light on dark devices too.
    #theme() {
      const asked = this.getAttribute("theme")?.trim().toLowerCase();
      if (asked && asked !== "auto") return asked;
      for (let node = this; node; node = node.parentElement ?? node.getRootNode().host) {
        const [red, green, blue, alpha] = channels(getComputedStyle(node).backgroundColor) ?? [0, 0, 0, 0];
        if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
      }
      const schemes = getComputedStyle(this).colorScheme;
      return schemes.includes("dark") && (this.#scheme.matches || !schemes.includes("light")) ? "dark" : "light";
    }

    // Another frame rather than another address of the same one, which would be a step in the visitor's history.
    #load(address) {
      this.#address = address;
      this.#fail(false);
      const frame = document.createElement("iframe");
      frame.loading = this.getAttribute("loading") === "eager" ? "eager" : "lazy";
      frame.referrerPolicy = "strict-origin-when-cross-origin";
      frame.src = address;
      frame.addEventListener("load", () => {
        frame.contentWindow?.postMessage({ type: `${NAME}:hello` }, ORIGIN);
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#fail(), PATIENCE);
      });
      this.#frame?.remove();
      this.#root.prepend(frame);
      this.#frame = frame;
    }

    #hear({ origin, source, data }) {
      if (origin !== ORIGIN || !this.#frame || source !== this.#frame.contentWindow) return;
      if (data?.type !== `${NAME}:size` || !Number.isFinite(data.height)) return;
      clearTimeout(this.#timer);
      this.#fail(false);
      const height = Math.min(Math.max(Math.ceil(data.height), 24), 20000);
      this.#told = height;
      this.#size();
      this.#name(this.getAttribute("title") || data.title);
      this.dispatchEvent(new CustomEvent(`${NAME}:load`, { bubbles: true, composed: true, detail: { height } }));
    }

    // A height in pixels is kept; "auto", the default, is that of what is shown.
    #size() {
      const fixed = /^(\d{2,4})(px)?$/.exec(this.getAttribute("height")?.trim() ?? "");
      const pixels = fixed ? Number(fixed[1]) : this.#told;
      if (pixels) this.#frame?.style.setProperty("--height", `${pixels}px`);
    }

    #name(title) {
      if (this.#frame && title) this.#frame.title = String(title);
    }

    // What stands between the tags, a plain link, is shown rather than nothing.
    #fail(failed = true) {
      this.#fallback.hidden = !failed;
      if (this.#frame) this.#frame.hidden = failed;
    }
  }

  customElements.define(NAME, AmiliaCalendar);
})();
