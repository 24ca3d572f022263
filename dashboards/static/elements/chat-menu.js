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
  button.parentElement.append(menu);
  document.addEventListener("pointerdown", (event) => event.composedPath().includes(menu) || close(false), {signal: away.signal});
  // Below its button, unless the list ends there.
  const frame = button.closest(".scroll, .list")?.getBoundingClientRect();
  if (frame && menu.getBoundingClientRect().bottom > frame.bottom) menu.classList.add("up");
  items[0]?.focus({preventScroll: true});
}

export const MENU_CSS = `
  .menu { position: absolute; z-index: 15; top: calc(100% + 2px); right: 0; min-width: 190px; padding: 6px; background: var(--surface); border: 1px solid var(--line);
    border-radius: var(--radius); box-shadow: var(--float); }
  .menu.up { top: auto; bottom: calc(100% + 2px); }
  .menu-way { display: flex; align-items: center; gap: 10px; width: 100%; min-height: 40px; padding: 0 12px; font: inherit; font-size: 14px; text-align: left; color: var(--text);
    background: none; border: 0; border-radius: 8px; cursor: pointer; white-space: nowrap; }
  .menu-way:hover { background: var(--surface-2); }
  .menu-way .icon { color: var(--muted); }
  @media (pointer: coarse) { .menu-way { min-height: 44px; } }`;
