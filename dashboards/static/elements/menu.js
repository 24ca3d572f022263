// A small menu at a button: arrows walk it, Escape, Tab, a choice or a press elsewhere close it, and focus goes back where it
// was. It stands above everything, and goes along when the page under it is scrolled, for a feed moves by itself too.
import {h, icon} from "./dom.js";

export const MENU_CSS = `
  .menu { position: fixed; inset: auto; min-width: 210px; max-width: calc(100vw - 16px); padding: 6px; margin: 0; color: var(--text); background: var(--surface); border: 1px solid var(--line);
    border-radius: var(--radius); box-shadow: var(--float); }
  .menu-way { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 40px; padding: 0 12px; margin: 0; font: inherit; font-size: 14px; text-align: left; color: var(--text);
    background: none; border: 0; border-radius: 8px; cursor: pointer; }
  .menu-way:hover, .menu-way:focus-visible { background: var(--surface-2); }
  .menu-way .icon { flex: none; color: var(--muted); }
  @media (pointer: coarse) { .menu-way { min-height: 44px; } }`;

const EDGE = 8, NEAR = 4;

/** Open a menu of `{label, symbol, run}` at a button; once more at the same button closes it. */
export function openMenu(button, entries) {
  const root = button.getRootNode();
  const open = root.querySelector(".menu[popover]");
  if (open) { open.shut(); if (open.button === button) return; }
  const away = new AbortController();
  const items = entries.map(({label, symbol, run}) => h("button", {class: "menu-way", type: "button", role: "menuitem", tabindex: "-1", onclick: () => { menu.shut(true); run(); }},
    symbol && icon(symbol, {size: 16}), label));
  const menu = h("div", {class: "menu", role: "menu", popover: "manual", "aria-label": button.getAttribute("aria-label"), onkeydown: (event) => walk(event, items, root, () => menu.shut(true))}, items);
  menu.button = button;
  menu.shut = (back = false) => {
    away.abort();
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    if (back && button.isConnected) button.focus({preventScroll: true});
  };
  button.setAttribute("aria-expanded", "true");
  root.append(menu);
  menu.showPopover();
  const {signal} = away;
  document.addEventListener("pointerdown", (event) => event.composedPath().some((node) => node === menu || node === button) || menu.shut(), {signal});
  // The page moves under it by scrolling, and by rows that come in above.
  const follow = () => { if (menu.isConnected) { place(menu, button); requestAnimationFrame(follow); } };
  follow();
  items[0]?.focus({preventScroll: true});
}

/** A round button of three dots with such a menu behind it. */
export function menu(label, entries) {
  return h("button", {class: "btn text round small more", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": label,
    onclick: ({currentTarget}) => openMenu(currentTarget, entries)}, icon("more", {size: 18}));
}

function walk(event, items, root, shut) {
  const at = items.indexOf(root.activeElement);
  const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1}[event.key];
  if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); shut(); }
  if (to !== undefined) { event.preventDefault(); items[(to + items.length) % items.length].focus(); }
}

/** Below its button, or above it where there is no room, and never out of the window. A button that is drawn anew leaves it where it is. */
function place(menu, button) {
  if (!button.isConnected) return;
  const at = button.getBoundingClientRect();
  const {width, height} = menu.getBoundingClientRect();
  const below = at.bottom + NEAR + height <= innerHeight - EDGE ? at.bottom + NEAR : at.top - NEAR - height;
  menu.style.top = `${Math.max(EDGE, below)}px`;
  menu.style.left = `${Math.max(EDGE, Math.min(at.right - width, innerWidth - width - EDGE))}px`;
}
