// The line of the page's own document: regions that the server draws for one viewer come over it. Most pages have none.

const LOOK = 100;
const NEVER_CAME = 15000;

/** Tell `onChange(lost)` whenever that line is lost or found; the returned function stops it. */
export function watchPageLine(onChange) {
  let stopped = false;
  let found = false;
  const tell = (lost) => stopped || onChange(lost);
  const look = () => {
    const page = globalThis.Bokeh?.documents?.[0];
    if (page) {
      found = true;
      page.on_event("connection_lost", () => tell(true));
      page.on_event("client_reconnected", () => tell(false));
      tell(false);
    } else if (!stopped) setTimeout(look, LOOK);
  };
  if (document.body.hasAttribute("data-page-line")) {
    look();
    // With all scripts there, a document that does not come was cut off on its way.
    const loaded = () => setTimeout(() => found || tell(true), NEVER_CAME);
    if (document.readyState === "complete") loaded(); else addEventListener("load", loaded, {once: true});
  }
  return () => { stopped = true; };
}
