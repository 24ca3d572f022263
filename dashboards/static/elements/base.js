// What all our elements have in common: a shadow root with the shared parts, channels that are left when the element
// goes, and the states that every region has besides being full.
import {connect} from "../client/tandem.js";
import {h, icon, sheet} from "./dom.js";
import {PARTS} from "./parts.js";

const HOST = ":host { display: block; font-family: var(--font); color: var(--text); line-height: 1.45; }";

export class TandemElement extends HTMLElement {
  static css = "";

  constructor() {
    super();
    this.root = this.attachShadow({mode: "open"});
    this.root.adoptedStyleSheets = [sheet(PARTS), sheet(HOST), sheet(this.constructor.css)];
  }

  connectedCallback() {
    this.life = new AbortController();
    this.start(this.life.signal);
  }

  disconnectedCallback() {
    this.life.abort();
  }

  /** Override: draw and subscribe. `signal` aborts when the element leaves the page. */
  start() {}

  get client() { return connect(); }

  /** Join a topic for as long as this element stands. */
  join(topic, handlers) {
    const channel = this.client.channel(topic, handlers);
    this.life.signal.addEventListener("abort", channel.leave, {once: true});
    return channel;
  }

  /** Be told of the connection's state for as long as this element stands. */
  watchState(watcher) {
    const stop = this.client.onState(watcher);
    this.life.signal.addEventListener("abort", stop, {once: true});
  }
}

/** Grey shapes of the final size; they show only when loading takes longer than 300 ms. */
export function loading(rows = 4) {
  const bone = () => h("div", {class: "bone"});
  return h("div", {class: "bones", "aria-busy": "true"}, h("span", {class: "sr"}, "Loading"),
    Array.from({length: rows}, () => h("div", {class: "row", "aria-hidden": "true"}, bone(), bone())));
}

/** Nothing here yet: one small icon, one sentence, one way on. */
export function empty(text, {meaning = "quiet", action = null} = {}) {
  return h("div", {class: "state"}, icon(meaning), h("p", {}, text), action);
}

/** It did not work: said in its own place, with the way to try again; the code is for staff only. */
export function failed(again, {text = "This did not load. Nothing of yours is lost.", code = null} = {}) {
  return h("div", {class: "state", role: "alert"}, icon("error"), h("p", {}, text),
    again && h("button", {class: "btn tint small", type: "button", onclick: again}, icon("again", {size: 16}), "Try again"),
    code && h("span", {class: "code"}, code));
}

/** Define an element once, even if a second copy of its module is loaded. */
export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}
