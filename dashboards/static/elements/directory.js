// <tandem-directory topics="presence:lobby cohort:…" me="…">: everybody who is here, by the subject they are in, with what they
// do. A change draws the rows of those who changed and no others, so that a hundred people and more cost nothing to watch.
import {TandemElement, define, empty, loading} from "./base.js";
import {h} from "./dom.js";
import {asPerson, joinPeople, personRow, topicsOf} from "./people.js";
import {doing, named, students} from "./texts.js";

const SHOWN = 200;
const NOWHERE = "";

const subjectOf = (person) => person.metas.map((meta) => meta.current_subject ?? meta.subject_id).find(Boolean) ?? NOWHERE;

/** What a row shows, as a text: the same as long as nothing of it changed. */
const look = (person) => { const {name, avatar} = asPerson(person), {text, mark} = doing(person); return [name, avatar, text, mark, person.simulated].join("\n"); };

class Directory extends TandemElement {
  static css = `
    h3 { margin: 22px 0 8px; font-size: 14px; font-weight: 640; }
    h3 span { margin-left: 8px; font-weight: 500; color: var(--muted); }
    .group:first-child h3 { margin-top: 0; }
    .group ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 0 24px; }
    .rest, .count { margin: 0 0 14px; font-size: 13px; color: var(--muted); }`;

  start() {
    this.me = this.getAttribute("me");
    this.rows = new Map();
    this.groups = new Map();
    this.count = h("p", {class: "count", "aria-live": "polite"});
    this.box = h("div", {}, loading(6));
    this.root.replaceChildren(this.count, this.box);
    joinPeople(this, topicsOf(this), (people, total) => this.draw(people, total));
    this.watchState((state) => this.box.classList.toggle("stale", state === "offline" || state === "reconnecting"));
  }

  draw(people, total) {
    this.count.textContent = students(total);
    if (!people.length) { this.rows.clear(); this.groups.clear(); this.box.replaceChildren(empty("Nobody is here just now. Whoever comes shows up by themselves.", {meaning: "people"})); return; }
    const shown = people.slice(0, SHOWN);
    const wanted = Map.groupBy ? Map.groupBy(shown, subjectOf) : grouped(shown);
    const order = [...wanted.keys()].sort((a, b) => (a === NOWHERE) - (b === NOWHERE) || (named(a) ?? "").localeCompare(named(b) ?? ""));
    for (const id of this.rows.keys()) if (!shown.some((person) => person.key === id)) this.rows.delete(id);
    for (const subject of this.groups.keys()) if (!wanted.has(subject)) this.groups.delete(subject);
    const sections = order.map((subject) => this.group(subject, wanted.get(subject)));
    const rest = total - shown.length;
    this.box.replaceChildren(...sections, ...(rest > 0 ? [h("p", {class: "rest"}, `and ${rest.toLocaleString("en-GB")} more`)] : []));
  }

  group(subject, people) {
    let group = this.groups.get(subject);
    if (!group) {
      const heading = h("h3", {}, subject === NOWHERE ? "In no subject" : named(subject), h("span", {class: "num"}));
      group = h("section", {class: "group", "data-subject": subject}, heading, h("ul", {class: "plain-list"}));
      this.groups.set(subject, group);
    }
    group.querySelector("h3 span").textContent = people.length.toLocaleString("en-GB");
    const list = group.querySelector("ul");
    const rows = people.map((person) => this.row(person));
    if (rows.length !== list.children.length || rows.some((row, index) => row !== list.children[index])) list.replaceChildren(...rows);
    return group;
  }

  row(person) {
    const now = look(person);
    const held = this.rows.get(person.key);
    if (held?.look === now) return held.row;
    const row = personRow(person, this.me);
    this.rows.set(person.key, {look: now, row});
    return row;
  }
}

function grouped(people) {
  const found = new Map();
  for (const person of people) found.set(subjectOf(person), [...(found.get(subjectOf(person)) ?? []), person]);
  return found;
}

define("tandem-directory", Directory);
