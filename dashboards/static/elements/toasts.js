// <tandem-toasts>: at most three short messages, newest lowest. They stay six seconds, wait while they are pointed at or
// focused, and can be closed. Anything may ask for one: window.dispatchEvent(new CustomEvent("tandem:toast", {detail: {text, tone}})).
// A fuller one has `parts` (text, bold), a `line` below, somebody's `face` and `actions` [{label, tone, run}]; one with a `key`
// replaces the one before it. None comes while somebody practises or types: it waits.
import {TandemElement, define} from "./base.js";
import {face, h, icon} from "./dom.js";

const MOST = 3;
const STAY = 6000;
const AGAIN = 1500;
const ICONS = {good: "check", warn: "warn", bad: "error", info: "info"};

/** Where the caret is, through every shadow root. */
function focused() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}

const busy = () => document.body.hasAttribute("data-practising") || Boolean(focused()?.matches?.("input:not([type=checkbox], [type=radio]), textarea, [contenteditable]"));

class Toasts extends TandemElement {
  static css = `
    :host { position: fixed; z-index: 40; right: 20px; bottom: calc(20px + var(--foot, 0px)); width: min(340px, calc(100vw - 32px)); pointer-events: none; }
    ul { display: grid; gap: 10px; }
    li { display: flex; align-items: center; gap: 12px; padding: 10px 8px 10px 16px; font-size: 14px; background: var(--surface); border: 1px solid var(--line);
      border-radius: var(--radius-l); box-shadow: var(--float); pointer-events: auto; animation: rise var(--quick); }
    li > .icon { color: var(--accent); } li.good > .icon { color: var(--good); } li.warn > .icon { color: var(--warn); } li.bad > .icon { color: var(--bad); }
    li.full { align-items: flex-start; padding-top: 14px; padding-bottom: 14px; }
    li.full > .close { margin-top: -6px; }
    .said { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    p { margin: 0; }
    .said b { font-weight: 640; }
    .full .said p:first-child { font-weight: 640; }
    .line { margin-top: 2px; font-size: 13px; color: var(--muted); }
    .actions { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 10px; }
    @media (max-width: 719px) { :host { right: 12px; left: 12px; width: auto; } }
    @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
    @media (prefers-reduced-motion: reduce) { @keyframes rise { from { opacity: 0; } } }`;

  start(signal) {
    this.list = h("ul", {class: "plain-list"});
    this.waiting = [];
    this.root.replaceChildren(h("div", {role: "status"}, this.list));
    window.addEventListener("tandem:toast", (event) => this.take(event.detail ?? {}), {signal});
    signal.addEventListener("abort", () => clearTimeout(this.later), {once: true});
  }

  /** Show it now, or when whoever is at work here has finished. Answers to what somebody just did do not wait. */
  take(given) {
    if (!given.text && !given.parts) return;
    if (!given.actions || !busy()) { this.show(given); return; }
    this.waiting = [...this.waiting.filter((one) => one.key !== given.key || !given.key), given].slice(-MOST);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.waiting.splice(0).forEach((one) => this.take(one)), AGAIN);
  }

  show({text, parts = [[text, false]], line = "", tone = "info", person = null, mark = null, symbol = null, actions = [], key = null}) {
    const full = Boolean(person || actions.length || line);
    const item = h("li", {class: full ? `${tone} full` : tone, "data-key": key},
      person ? face(person, {size: 36, mark}) : icon(symbol ?? ICONS[tone] ?? "info"),
      h("div", {class: "said"}, h("p", {}, parts.map(([part, bold]) => (bold ? h("b", {}, String(part)) : String(part)))), line && h("p", {class: "line"}, line),
        actions.length ? h("div", {class: "actions"}, actions.map((action, index) => this.action(action, index, () => item.remove()))) : null));
    item.append(h("button", {class: "btn text round small close", type: "button", "aria-label": "Close", onclick: () => item.remove()}, icon("close", {size: 16})));
    this.keep(item, key);
  }

  action({label, tone, run}, index, close) {
    return h("button", {class: `btn small ${tone ?? (index ? "text" : "primary")}`, type: "button", onclick: () => { close(); run(); }}, label);
  }

  keep(item, key) {
    let timer = null;
    const run = () => { clearTimeout(timer); timer = setTimeout(() => item.remove(), STAY); };
    const hold = () => clearTimeout(timer);
    for (const name of ["pointerenter", "focusin"]) item.addEventListener(name, hold);
    for (const name of ["pointerleave", "focusout"]) item.addEventListener(name, run);
    if (key) [...this.list.children].filter((one) => one.dataset.key === key).forEach((one) => one.remove());
    this.list.append(item);
    while (this.list.children.length > MOST) this.list.firstElementChild.remove();
    run();
  }
}

/** Show a toast from anywhere on the page: a text, or the fuller form. */
export const toast = (what, tone = "info") => window.dispatchEvent(new CustomEvent("tandem:toast", {detail: typeof what === "string" ? {text: what, tone} : what}));

/** Take one back that stands for something which is over. */
export const untoast = (key) => document.querySelector("tandem-toasts")?.root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`).forEach((one) => one.remove());

define("tandem-toasts", Toasts);
