// What the three embeds have in common: their attributes, their one line, a heading with its state, and what a region
// can be besides full: loading, empty, without a line, not allowed, not signed in.
import {EMBED_CSS, SCRIPT} from "./made.js";
import {h, icon, sheet} from "../elements/dom.js";
import {clock} from "../elements/time.js";
import {lineTo} from "./line.js";

const PROBLEMS = {
  token: "Your sign-in has run out. Load the page again to come back.",
  origin: "This page may not show what happens here yet.",
};

export class Region extends HTMLElement {
  static observedAttributes = ["address", "token", "subject", "period", "scope", "limit"];

  constructor() {
    super();
    this.root = this.attachShadow({mode: "open"});
    this.root.adoptedStyleSheets = [sheet(EMBED_CSS)];
  }

  get token() { return this.line?.token ?? this.given ?? null; }
  set token(value) { this.given = value; if (this.isConnected) this.line?.offer(value); }

  get address() { return new URL(this.getAttribute("address") || SCRIPT, location.href).origin; }
  get subject() { return this.getAttribute("subject") || ""; }
  get limit() { return Number(this.getAttribute("limit")) || 0; }

  connectedCallback() {
    if (Object.hasOwn(this, "token")) { this.given = Object.getOwnPropertyDescriptor(this, "token").value; delete this.token; }
    this.open();
  }

  disconnectedCallback() { this.shut(); }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.isConnected || !this.life) return;
    if (name === "token") this.token = after; else this.restart();
  }

  open() {
    this.life = new AbortController();
    this.line = lineTo(this.address);
    this.line.add(this);
    this.heading = h("span", {class: "title"});
    this.state = h("span", {class: "line", role: "status"});
    this.body = h("div", {class: "body"});
    this.root.replaceChildren(h("header", {}, h("slot", {name: "title"}, this.heading), this.state), this.body);
    this.loaded = false;
    this.lost = null;
    this.show(bones());
    this.start(this.life.signal);
    this.line.offer(this.given ?? this.getAttribute("token"));
    this.lineChanged();
  }

  shut() {
    this.life?.abort();
    this.life = null;
    this.line?.remove(this);
  }

  /** Several attributes that change at once are one change. */
  restart() {
    this.again ??= Promise.resolve().then(() => {
      this.again = null;
      if (!this.life) return;
      this.shut();
      this.open();
    });
  }

  join(topic, handlers) {
    const refused = (reason) => this.show(state("info", reason.message ?? "This is not open to you yet."));
    const channel = this.line.client.channel(topic, {onRefused: refused, ...handlers});
    this.life.signal.addEventListener("abort", channel.leave, {once: true});
    return channel;
  }

  show(...nodes) { this.body.replaceChildren(...nodes); }

  /** There is something to show now: what stood in its place goes. */
  fill(...nodes) {
    if (!this.loaded) this.show(...nodes);
    this.loaded = true;
    this.lineChanged();
  }

  lineChanged() {
    if (!this.life) return;
    const {client, problem} = this.line;
    const live = client.state === "live";
    const away = !live && client.state !== "connecting";
    this.lost = live ? null : this.lost ?? Date.now();
    this.body.classList.toggle("stale", away && this.loaded);
    this.state.className = live ? "line live" : "line";
    const words = live ? "Live" : problem === "token" ? "Signed out" : away && this.loaded ? `as of ${clock(this.lost)}` : away ? "Reconnecting" : "";
    if (this.state.textContent !== words) this.state.textContent = words;
    if (this.loaded) return;
    if (problem) this.show(state("info", PROBLEMS[problem]));
    else if (client.state === "offline") this.show(state("offline", "No connection just now.", () => client.hurry()));
  }
}

export const bones = () => h("div", {class: "bones", "aria-busy": "true"}, h("span", {class: "sr"}, "Loading"),
  [1, 2, 3].map(() => h("div", {class: "row", "aria-hidden": "true"}, h("div", {class: "bone"}), h("div", {class: "bone"}))));

export const state = (meaning, text, again) => h("div", {class: "state"}, icon(meaning), h("p", {}, text),
  again && h("button", {class: "do", type: "button", onclick: again}, "Try again"));

export const robot = (item) => item.simulated && icon("simulated", {size: 14, label: "Simulated"});
