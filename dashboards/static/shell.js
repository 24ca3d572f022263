// The shell's own behaviour, and the elements that pages use. One module a page: everything else is imported from here.
import "./elements/connection.js";
import "./elements/presence.js";
import "./elements/people.js";
import "./elements/here.js";
import "./elements/feed.js";
import "./elements/figures.js";
import "./elements/verdict.js";
import "./elements/table.js";
import "./elements/bars.js";
import "./elements/simulator.js";
import {toast} from "./elements/toasts.js";
import {connect} from "./client/tandem.js";
import {startTheme} from "./theme.js";

startTheme();
menu();
signOut();
keepPageFresh();

/** The person menu: opens on its button, closes with Escape, a press elsewhere, or when focus leaves. */
function menu() {
  const button = document.querySelector("[data-menu]");
  const panel = document.getElementById(button?.getAttribute("aria-controls"));
  if (!panel) return;
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

/** Signing out is a request that changes something: it carries our header, and the answer says where to go. */
function signOut() {
  for (const button of document.querySelectorAll("[data-sign-out]")) {
    button.addEventListener("click", async () => {
      const answer = await fetch(button.dataset.signOut, {method: "POST", headers: {"X-Tandem": "1"}, credentials: "same-origin"}).catch(() => null);
      if (answer?.ok) location.assign(button.dataset.then ?? "/");
      else toast("Signing out did not work. Try again in a moment.", "warn");
    });
  }
}

/** A page that was away for long lost its own session with the server: when the line is back, it loads anew, unless somebody types. */
function keepPageFresh() {
  let lost = false;
  const parts = () => globalThis.Bokeh?.documents ?? [];
  const watch = () => parts().forEach((one) => {
    one.on_event?.("connection_lost", () => { lost = true; });
    one.on_event?.("client_reconnected", () => { lost = false; });
  });
  addEventListener("load", () => setTimeout(watch, 0), {once: true});
  const typing = () => document.activeElement?.matches?.("input, textarea, [contenteditable]");
  connect().onState((state) => {
    if (state === "live" && lost) setTimeout(() => lost && !typing() && location.reload(), 4000);
  });
}
