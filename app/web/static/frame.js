// Tells the page that shows this one in a frame how high it is. It tells nobody else: the first to say hello must
// be the parent window, and only its origin is written to. A height and a title are all that is ever said.
if (window.parent !== window) {
  let host = "";

  const height = () => {
    const root = document.documentElement.getBoundingClientRect();
    const opened = [...document.querySelectorAll(".box[open] > .facts")];
    return Math.ceil(Math.max(...opened.map((facts) => facts.getBoundingClientRect().bottom - root.top + 8), root.height));
  };

  const tell = () => {
    if (host) window.parent.postMessage({ type: "amilia-calendar:size", height: height(), title: document.title }, host);
  };

  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.type !== "amilia-calendar:hello") return;
    // A sandboxed page or a file has no origin that could be named.
    host = event.origin === "null" ? "*" : event.origin;
    tell();
  });
  new ResizeObserver(tell).observe(document.documentElement);
  document.addEventListener("toggle", tell, true);
}
