// What the workshop's elements have in common: they know only the plain values given as `props` and what their reader
// does to them, draw themselves from both, and tell what is wished by one event, `workshop`, with `{what, …}`.
import {render} from "./tree.js";

export class View extends (globalThis.HTMLElement ?? class {}) {
  #props = {};
  #drawn = false;

  get props() { return this.#props; }
  set props(next) {
    const before = this.#props;
    this.#props = next ?? {};
    this.changed(before);
    if (this.#drawn) this.draw();
  }

  connectedCallback() {
    this.life = new AbortController();
    this.started(this.life.signal);
    this.#drawn = true;
    this.draw();
  }

  disconnectedCallback() { this.life.abort(); }

  /** Override: what is kept beside the props, and listeners that end with `signal`. */
  started() {}

  /** Override: new props came; `this.props` holds them already. */
  changed() {}

  /** Override: the tree for what is so now. */
  view() { return []; }

  draw() { render(this, this.view(this.props)); }

  say(what, detail = {}) { this.dispatchEvent(new CustomEvent("workshop", {bubbles: true, detail: {what, ...detail}})); }
}

/** An element that is nothing but a function from props to a tree; `say` tells what is wished. */
export function screen(name, view) {
  define(name, class extends View {
    view(props) { return view(props, (what, detail) => this.say(what, detail)); }
  });
}

/** Define an element once, even if a second copy of its module is loaded. */
export function define(name, element) {
  if (globalThis.customElements && !customElements.get(name)) customElements.define(name, element);
}
