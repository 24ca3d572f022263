// <tandem-presence topics="presence:lobby cohort:…">: how many students are online, three of their faces and "+n". Opens the names.
// With `compact` it is the stack of faces in the top bar; the count is then its name and title.
import {TandemElement, define} from "./base.js";
import {face, h, icon} from "./dom.js";
import {asPerson, joinPeople, personRow, topicsOf} from "./people.js";
import {students} from "./texts.js";

const FACES = 3;
const NAMES = 50;

class PresenceIndicator extends TandemElement {
  static css = `
    :host { display: inline-block; position: relative; }
    .open { display: inline-flex; align-items: center; gap: 12px; min-height: 44px; padding: 0 6px; margin: 0; font: inherit; font-size: 14px; font-weight: 600;
      color: var(--text); background: none; border: 0; border-radius: var(--radius); cursor: pointer; --face: 30px; }
    .open:hover { background: var(--surface-2); }
    .panel { position: absolute; z-index: 25; top: calc(100% + 6px); left: 0; width: 280px; max-height: min(420px, 70vh); overflow-y: auto; padding: 14px 16px;
      background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); box-shadow: var(--float); }
    :host([compact]) .panel { left: auto; right: 0; }
    .panel header { display: flex; align-items: center; justify-content: space-between; gap: 8px; font-size: 14px; font-weight: 640; }
    .rest { padding-top: 8px; font-size: 13px; color: var(--muted); }
    .count { white-space: nowrap; }`;

  start(signal) {
    this.people = [];
    this.total = 0;
    this.count = h("span", {class: "count"});
    this.faces = h("span", {class: "stack", "aria-hidden": "true"});
    this.button = h("button", {class: "open", type: "button", "aria-expanded": "false", onclick: () => this.toggle()}, this.faces);
    if (!this.hasAttribute("compact")) this.button.append(this.count);
    this.panel = h("div", {class: "panel", role: "dialog", hidden: true});
    this.root.replaceChildren(this.button, this.panel);
    this.button.hidden = true;
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false, true), {signal});
    document.addEventListener("pointerdown", (event) => event.composedPath().includes(this) || this.toggle(false), {signal});
    joinPeople(this, topicsOf(this), (people, total) => this.draw(people, total));
    this.watchState((state) => this.button.classList.toggle("stale", state === "offline" || state === "reconnecting"));
  }

  toggle(open = this.panel.hidden, back = false) {
    if (open === !this.panel.hidden) return;
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) { this.drawNames(); this.panel.querySelector("button").focus(); } else if (back) this.button.focus();
  }

  draw(people, total) {
    Object.assign(this, {people, total});
    const text = students(total);
    this.button.hidden = this.hasAttribute("compact") && people.length === 0;
    this.button.title = text;
    this.button.setAttribute("aria-label", `${text}. Show who`);
    this.count.textContent = text;
    const shown = people.slice(0, FACES).map((person) => face(asPerson(person), {size: 30}));
    const rest = total - shown.length;
    this.faces.replaceChildren(...shown, ...(rest > 0 ? [h("span", {class: "more"}, `+${rest.toLocaleString("en-GB")}`)] : []));
    if (!this.panel.hidden) this.drawNames();
  }

  drawNames() {
    const text = students(this.total);
    const close = this.panel.querySelector("button") ??
      h("button", {class: "btn text small round", type: "button", "aria-label": "Close", onclick: () => this.toggle(false, true)}, icon("close", {size: 16}));
    const shown = this.people.slice(0, NAMES);
    const rest = this.total - shown.length;
    const rows = shown.map((person) => personRow(person, this.getAttribute("me")));
    const list = h("ul", {class: "plain-list"}, rows);
    const head = this.panel.querySelector("header") ?? h("header", {}, h("span", {class: "num"}), close);
    head.firstChild.textContent = text;
    this.panel.setAttribute("aria-label", text);
    if (!head.isConnected) this.panel.prepend(head);
    while (head.nextSibling) head.nextSibling.remove();
    this.panel.append(list, ...(rest > 0 ? [h("p", {class: "rest"}, `and ${rest.toLocaleString("en-GB")} more`)] : []));
  }
}

define("tandem-presence", PresenceIndicator);
