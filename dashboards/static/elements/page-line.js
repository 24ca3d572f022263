// The line of the page's own document: regions that the server draws for one viewer come over it. Most pages have none.

/** Tell `onChange(lost)` whenever that line is lost or found; the returned function stops it. */
export function watchPageLine(onChange) {
  let stopped = false;
  const seen = new Set();
  const look = () => {
    for (const page of globalThis.Bokeh?.documents ?? []) {
      if (seen.has(page)) continue;
      seen.add(page);
      page.on_event("connection_lost", () => stopped || onChange(true));
      page.on_event("client_reconnected", () => stopped || onChange(false));
      onChange(false);
    }
    if (!stopped && !seen.size) setTimeout(look, 500);
  };
  if (document.body.hasAttribute("data-page-line")) look();
  return () => { stopped = true; };
}
