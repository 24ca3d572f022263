// <tandem-connection>: a dot and one word. It says what is so, keeps its place and never covers anything.
import {TandemElement, define} from "./base.js";
import {h} from "./dom.js";

const WORDS = {
  connecting: ["Connecting", ""], live: ["Live", "good"], reconnecting: ["Reconnecting", "warn"], offline: ["Offline", ""], ended: ["Signed out", ""],
};
const MEANING = {
  connecting: "Opening the line", live: "What you see is up to date", reconnecting: "The line was lost, trying again",
  offline: "No connection. What is here stays, and comes up to date by itself", ended: "Your sign-in has ended",
};

class Connection extends TandemElement {
  static css = `
    :host { display: inline-flex; }
    .state-line { display: inline-flex; align-items: center; gap: 9px; padding: 0 4px; font-size: 13px; font-weight: 600; color: var(--muted); white-space: nowrap; }
    .good { color: var(--good); } .warn { color: var(--warn); }
    .connecting { opacity: 0; animation: appear 160ms 400ms forwards; }
    a { color: inherit; }`;

  start() {
    this.line = h("span", {class: "state-line", role: "status"});
    this.root.replaceChildren(this.line);
    this.watchState((state) => this.draw(state));
  }

  draw(state) {
    const [word, tone] = WORDS[state];
    this.dataset.state = state;
    this.line.className = `state-line ${tone} ${state}`;
    this.line.title = MEANING[state];
    const text = state === "ended" ? h("a", {href: this.getAttribute("sign-in") ?? "/"}, word) : word;
    this.line.replaceChildren(h("span", {class: "dot halo", "aria-hidden": "true"}), h("span", {}, text));
  }
}

define("tandem-connection", Connection);
