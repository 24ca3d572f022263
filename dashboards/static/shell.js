// The shell's own behaviour, and the elements that pages use. One module a page: everything else is imported from here.
import "./elements/connection.js";
import "./elements/presence.js";
import "./elements/people.js";
import "./elements/directory.js";
import "./elements/here.js";
import "./elements/feed.js";
import "./elements/share.js";
import "./elements/figures.js";
import "./elements/verdict.js";
import "./elements/table.js";
import "./elements/bars.js";
import "./elements/simulator.js";
import "./elements/toasts.js";
import "./elements/suggestion.js";
import "./elements/bell.js";
import "./elements/invites.js";
import "./elements/week.js";
import "./elements/around.js";
import "./elements/friends-here.js";
import {connect} from "./client/tandem.js";
import {watchPageLine} from "./elements/page-line.js";
import {startTheme} from "./theme.js";

// Between two and four seconds, so that many pages do not come back in the same instant.
const grace = () => 2000 + Math.random() * 2000;

/** Elements that fill a page of their own are loaded where they stand. */
const OWN = {"tandem-boards": "./elements/boards.js", "tandem-cohort": "./elements/cohort.js", "tandem-friendships": "./elements/friendships.js", "tandem-progress": "./elements/progress.js",
  "tandem-hidden": "./elements/hidden.js", "tandem-reports": "./elements/reports.js", "tandem-review": "./elements/review.js"};
for (const [tag, module] of Object.entries(OWN)) if (document.querySelector(tag)) import(module);

startTheme();
menu();
keepPageFresh();

/** The person menu: opens on its button, closes with Escape, a press elsewhere, or when focus leaves. */
function menu() {
  const button = document.querySelector("[data-menu]");
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  const show = (open, back = false) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (back) button.focus();
  };
  button.addEventListener("click", () => show(panel.hidden));
  document.addEventListener("keydown", (event) => event.key === "Escape" && !panel.hidden && show(false, true));
  document.addEventListener("pointerdown", (event) => panel.parentElement.contains(event.target) || show(false));
  panel.parentElement.addEventListener("focusout", (event) => event.relatedTarget && !panel.parentElement.contains(event.relatedTarget) && show(false));
}

/**
 * Two things only a new page mends: a document that the server no longer has (it was restarted, or the page was away too
 * long), and a sign-in that has ended. The page is loaded anew then, but not under somebody who is typing.
 */
function keepPageFresh() {
  const typing = () => document.activeElement?.matches?.("input, textarea, [contenteditable]");
  const renew = () => (typing() ? setTimeout(renew, grace()) : location.reload());
  let lost = false;
  const answered = async () => (await fetch("/healthz", {cache: "no-store"}).catch(() => null)) !== null;
  const knock = async () => {
    if (!lost) return;
    if (await answered()) renew(); else setTimeout(knock, grace());
  };
  watchPageLine((gone) => {
    if (gone && !lost) setTimeout(knock, grace());
    lost = gone;
  });
  if (document.body.hasAttribute("data-no-socket")) return;
  let lived = false;
  connect().onState((state) => {
    if (state === "live") lived = true;
    if (state === "ended" && lived) renew();
  });
}
