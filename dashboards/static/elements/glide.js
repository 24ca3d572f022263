// Lets the children of a list glide to new places: all at once, in 320 ms, one's own on top. With reduced motion they fade.
import {calm} from "./dom.js";

const GLIDE = 320, FADE = 100;

/** Where everybody stands, to be handed to `glide` after the change. */
export const places = (nodes) => new Map([...nodes].map((node) => [node, node.getBoundingClientRect().top]));

/** Move from the places before to those that hold now; whoever is new fades in. */
export function glide(before, nodes) {
  for (const node of nodes) {
    const from = before.get(node);
    const by = from === undefined ? 0 : from - node.getBoundingClientRect().top;
    if (from === undefined || (by && calm())) node.animate([{opacity: 0}, {opacity: 1}], {duration: calm() ? FADE : GLIDE});
    else if (by) node.animate([{transform: `translateY(${by}px)`}, {transform: "none"}], {duration: GLIDE, easing: "cubic-bezier(.2, 0, .1, 1)"});
  }
}

/** Does the newest of many tasks, at most one in `apart` milliseconds; `held` says whether it must wait even then. */
export class Paced {
  constructor(apart, {held = () => false} = {}) { Object.assign(this, {apart, held, last: -Infinity, task: null, timer: null}); }

  run(task) {
    this.task = task;
    this.timer ??= setTimeout(() => this.due(), Math.max(0, this.last + this.apart - performance.now()));
  }

  due() {
    this.timer = null;
    if (this.held()) { this.timer = setTimeout(() => this.due(), 500); return; }
    const {task} = this;
    this.task = null;
    this.last = performance.now();
    task?.();
  }

  stop() { clearTimeout(this.timer); this.timer = this.task = null; }
}
