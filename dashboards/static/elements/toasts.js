// <tandem-toasts>: at most three short messages, newest lowest. They stay six seconds, wait while they are pointed at or
// focused, and can be closed. Anything may ask for one: window.dispatchEvent(new CustomEvent("tandem:toast", {detail: {text, tone}})).
import {TandemElement, define} from "./base.js";
import {h, icon} from "./dom.js";

const MOST = 3;
const STAY = 6000;
const ICONS = {good: "check", warn: "warn", bad: "error", info: "info"};

class Toasts extends TandemElement {
  static css = `
    :host { position: fixed; z-index: 40; right: 20px; bottom: calc(20px + var(--foot, 0px)); width: min(360px, calc(100vw - 32px)); pointer-events: none; }
    ul { display: grid; gap: 10px; }
    li { display: flex; align-items: center; gap: 12px; padding: 10px 8px 10px 16px; font-size: 14px; background: var(--surface); border: 1px solid var(--line);
      border-radius: var(--radius-l); box-shadow: var(--float); pointer-events: auto; animation: rise var(--quick); }
    li > .icon { color: var(--accent); } li.good > .icon { color: var(--good); } li.warn > .icon { color: var(--warn); } li.bad > .icon { color: var(--bad); }
    p { flex: 1; margin: 0; overflow-wrap: anywhere; }
    @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
    @media (prefers-reduced-motion: reduce) { @keyframes rise { from { opacity: 0; } } }`;

  start(signal) {
    this.list = h("ul", {class: "plain-list"});
    this.root.replaceChildren(h("div", {role: "status"}, this.list));
    window.addEventListener("tandem:toast", (event) => this.show(event.detail ?? {}), {signal});
  }

  show({text, tone = "info"}) {
    if (!text) return;
    const item = h("li", {class: tone}, icon(ICONS[tone] ?? "info"), h("p", {}, String(text)));
    item.append(h("button", {class: "btn text round small", type: "button", "aria-label": "Close", onclick: () => item.remove()}, icon("close", {size: 16})));
    let timer = null;
    const run = () => { timer = setTimeout(() => item.remove(), STAY); };
    const hold = () => clearTimeout(timer);
    for (const name of ["pointerenter", "focusin"]) item.addEventListener(name, hold);
    for (const name of ["pointerleave", "focusout"]) item.addEventListener(name, run);
    this.list.append(item);
    while (this.list.children.length > MOST) this.list.firstElementChild.remove();
    run();
  }
}

/** Show a toast from anywhere on the page. */
export const toast = (text, tone = "info") => window.dispatchEvent(new CustomEvent("tandem:toast", {detail: {text, tone}}));

define("tandem-toasts", Toasts);
