// <tandem-rooms subjects='[…]'>: every subject's room, with how many are in it and at work there right now.
import {TandemElement, define} from "../elements/base.js";
import {h, icon} from "../elements/dom.js";
import {named} from "../elements/texts.js";
import {APP_ICONS} from "./chooser.js";
import {ask} from "./line.js";

const EVERY = 30_000;

class Rooms extends TandemElement {
  static css = `
    ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 20px; }
    a { display: flex; align-items: center; gap: 16px; min-height: 96px; padding: 20px; color: inherit; text-decoration: none; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); transition: background-color var(--quick); }
    a:hover { background: var(--surface-2); } .drawing { display: grid; place-items: center; flex: none; width: 52px; height: 52px; color: var(--d2); background: color-mix(in srgb, var(--d2) 14%, transparent); border-radius: 16px; }
    b { display: block; font-size: 17px; font-weight: 640; } .now { font-size: 13.5px; color: var(--muted); } .now .num { font-weight: 640; color: var(--text); } .to { margin-left: auto; color: var(--muted); }`;

  start(signal) {
    const subjects = JSON.parse(this.getAttribute("subjects") ?? "[]");
    this.notes = new Map(subjects.map(({id, skills}) => [id, h("span", {class: "now"}, skills.map((skill) => named(skill)).join(", "))]));
    this.root.replaceChildren(h("ul", {class: "plain-list"}, subjects.map(({id}) => h("li", {}, h("a", {href: `/subjects/${id}`}, h("span", {class: "drawing"}, icon(APP_ICONS[id] ?? "rooms", {size: 26})),
      h("span", {}, h("b", {}, named(id)), this.notes.get(id)), h("span", {class: "to"}, icon("next", {size: 18})))))));
    signal.addEventListener("abort", () => clearTimeout(this.due), {once: true});
    this.learn();
  }

  async learn() {
    this.due = setTimeout(() => this.learn(), EVERY);
    for (const [id, note] of this.notes) {
      const stats = await ask("GET", `subjects/${id}/stats`).catch(() => null);
      if (!stats?.peers_online) continue;
      const number = (value) => h("span", {class: "num"}, value.toLocaleString("en-GB"));
      note.replaceChildren(number(stats.peers_online), " here now, ", number(stats.active_practicing), " practising");
    }
  }
}

define("tandem-rooms", Rooms);
