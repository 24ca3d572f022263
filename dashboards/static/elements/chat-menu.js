// A small menu at a button: arrow keys move, Escape and a press elsewhere close it, and focus goes back where it was.
import {h, icon} from "./dom.js";

export function openMenu(root, button, ways) {
  root.querySelector(".menu")?.remove();
  const away = new AbortController();
  const close = (back = true) => { away.abort(); menu.remove(); button.setAttribute("aria-expanded", "false"); if (back) button.focus(); };
  const items = ways.map(([label, meaning, act]) => h("button", {class: "menu-way", type: "button", role: "menuitem", onclick: () => { close(); act(); }}, icon(meaning, {size: 16}), label));
  const menu = h("div", {class: "menu", role: "menu", onkeydown: (event) => {
    const at = items.indexOf(root.activeElement);
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step) { event.preventDefault(); items[(at + step + items.length) % items.length].focus(); }
    if (event.key === "Escape" || event.key === "Tab") { event.preventDefault(); close(); }
  }}, items);
  button.setAttribute("aria-expanded", "true");
  root.append(menu);
  place(menu, button.getBoundingClientRect());
  document.addEventListener("pointerdown", (event) => event.composedPath().includes(menu) || close(false), {signal: away.signal});
  for (const name of ["scroll", "resize"]) addEventListener(name, () => close(false), {signal: away.signal, capture: true});
  items[0]?.focus({preventScroll: true});
}

/** Below its button, or above it where there is no room, and never out of the window. */
function place(menu, at) {
  const {width, height} = menu.getBoundingClientRect();
  const foot = 72, edge = 8;
  const below = at.bottom + 2 + height <= innerHeight - foot ? at.bottom + 2 : at.top - 2 - height;
  menu.style.top = `${Math.max(edge, below)}px`;
  menu.style.left = `${Math.max(edge, Math.min(at.right - width, innerWidth - width - edge))}px`;
}

export const MENU_CSS = `
  .menu { position: fixed; z-index: 30; min-width: 190px; padding: 6px; background: var(--surface); border: 1px solid var(--line);
    border-radius: var(--radius); box-shadow: var(--float); }
  .menu-way { display: flex; align-items: center; gap: 10px; width: 100%; min-height: 40px; padding: 0 12px; font: inherit; font-size: 14px; text-align: left; color: var(--text);
    background: none; border: 0; border-radius: 8px; cursor: pointer; white-space: nowrap; }
  .menu-way:hover { background: var(--surface-2); }
  .menu-way .icon { color: var(--muted); }
  @media (pointer: coarse) { .menu-way { min-height: 44px; } }`;
