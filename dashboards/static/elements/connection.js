// <tandem-connection>: a dot and one word. It says what is so, keeps its place and never covers anything.
// It speaks for both lines that a page may have: the socket of its live elements (not with `only-page`, for staff who
// have no place in the community) and the line of its own document. The worse of the two is said.
import {TandemElement, define} from "./base.js";
import {h} from "./dom.js";
import {watchPageLine} from "./page-line.js";

const WORDS = {
  connecting: ["Connecting", ""], live: ["Live", "good"], reconnecting: ["Reconnecting", "warn"], offline: ["Offline", ""], ended: ["Signed out", ""],
};
const MEANING = {
  connecting: "Opening the line", live: "What you see is up to date", reconnecting: "The line was lost, trying again",
  offline: "No connection. What is here stays, and comes up to date by itself", ended: "Your sign-in has ended",
};
const WORST = ["ended", "offline", "reconnecting", "connecting", "live"];
const QUIET = 2000, OFFLINE = 20000;

class Connection extends TandemElement {
  static css = `
    :host { display: inline-flex; }
    .state-line { display: inline-flex; align-items: center; gap: 9px; padding: 0 4px; font-size: 13px; font-weight: 600; color: var(--muted); white-space: nowrap; }
    .good { color: var(--good); } .warn { color: var(--warn); }
    .connecting { opacity: 0; animation: appear 160ms 400ms forwards; }
    a { color: inherit; }`;

  start(signal) {
    this.line = h("span", {class: "state-line", role: "status"});
    this.root.replaceChildren(this.line);
    this.states = {socket: this.hasAttribute("only-page") ? "live" : "connecting", page: "live"};
    if (this.hasAttribute("only-page")) this.states.page = "connecting";
    else this.watchState((state) => this.become("socket", state));
    signal.addEventListener("abort", watchPageLine((lost) => this.pageLine(lost)), {once: true});
    this.draw();
  }

  /** The page's line is said to be lost only when it stays away for two seconds. */
  pageLine(lost) {
    for (const timer of this.timers ?? []) clearTimeout(timer);
    this.timers = lost ? [setTimeout(() => this.become("page", "reconnecting"), QUIET), setTimeout(() => this.become("page", "offline"), OFFLINE)] : [];
    if (!lost) this.become("page", "live");
  }

  become(line, state) {
    this.states[line] = state;
    this.draw();
  }

  draw() {
    const state = WORST.find((one) => Object.values(this.states).includes(one));
    if (this.dataset.state === state) return;
    const [word, tone] = WORDS[state];
    this.dataset.state = state;
    this.line.className = `state-line ${tone} ${state}`;
    this.line.title = MEANING[state];
    const text = state === "ended" ? h("a", {href: location.href}, word) : word;
    this.line.replaceChildren(h("span", {class: "dot halo", "aria-hidden": "true"}), h("span", {}, text));
  }
}

define("tandem-connection", Connection);
