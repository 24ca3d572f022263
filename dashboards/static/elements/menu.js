// A small menu behind three dots: opens on its button, walks by arrows, closes with Escape, a choice, or when focus leaves.
import {h, icon} from "./dom.js";

export const MENU_CSS = `
  .menu-holder { position: relative; }
  .menu-list { position: absolute; z-index: 15; right: 0; top: calc(100% + 4px); min-width: 232px; padding: 6px; margin: 0; background: var(--surface); border: 1px solid var(--line);
    border-radius: var(--radius); box-shadow: var(--float); }
  .menu-list button { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 40px; padding: 0 12px; margin: 0; font: inherit; font-size: 14px; text-align: left; color: var(--text);
    background: none; border: 0; border-radius: 8px; cursor: pointer; }
  .menu-list button:hover, .menu-list button:focus-visible { background: var(--surface-2); }
  .menu-list .icon { color: var(--muted); }
  @media (pointer: coarse) { .menu-list button { min-height: 44px; } }`;

/** A menu called `label`, of `{label, symbol, run}`. */
export function menu(label, entries) {
  const list = h("div", {class: "menu-list", role: "menu", hidden: true}, entries.map((entry) => h("button", {type: "button", role: "menuitem", tabindex: "-1",
    onclick: () => { show(false, true); entry.run(); }}, entry.symbol && icon(entry.symbol, {size: 16}), entry.label)));
  const button = h("button", {class: "btn text round small", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": label, onclick: () => show(list.hidden)}, icon("more", {size: 18}));
  const items = [...list.children];
  const show = (open, back = false) => {
    list.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) items[0]?.focus(); else if (back) button.focus();
  };
  const holder = h("div", {class: "menu-holder"}, button, list);
  holder.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const at = items.indexOf(event.composedPath()[0]);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1}[event.key];
    if (event.key === "Escape") { event.stopPropagation(); show(false, true); }
    if (to !== undefined) { event.preventDefault(); items[(to + items.length) % items.length].focus(); }
  });
  holder.addEventListener("focusout", (event) => holder.contains(event.relatedTarget) || show(false));
  return holder;
}
