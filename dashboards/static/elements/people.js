// <tandem-people topics="presence:lobby cohort:…" without="…">: who is here, as a short list; further people become a count.
// Above fifty people names stop and counts stay. Whoever is on several of the topics is one person.
import {TandemElement, define, empty, loading} from "./base.js";
import {face, h} from "./dom.js";
import {asPerson, personRow} from "./person.js";

export {asPerson, personRow};

const NAMES_UP_TO = 50;

/** Join the topics for an element and tell `onPeople` of everybody on them, once each, except those on `without`; and how
 *  many there are, which in a crowd is more than are told of. */
export function joinPeople(element, topics, onPeople, without = []) {
  const here = new Map(topics.map((topic) => [topic, []]));
  const elsewhere = new Map();
  const counts = new Map();
  const tell = () => {
    const hidden = new Set([...elsewhere.values()].flat().map((one) => asPerson(one).id));
    const all = new Map();
    for (const one of [...here.values()].flat()) if (!all.has(asPerson(one).id)) all.set(asPerson(one).id, one);
    const shown = [...all].filter(([id]) => !hidden.has(id)).map(([, one]) => one);
    onPeople(shown, Math.max(shown.length, ...[...counts.values()].map((count) => count - hidden.size)));
  };
  for (const topic of topics) element.join(topic, {onPresence: (people, count) => { here.set(topic, people); counts.set(topic, count > people.length ? count : 0); tell(); }});
  for (const topic of without) element.join(topic, {onPresence: (people) => { elsewhere.set(topic, people); tell(); }});
}

export const topicsOf = (element, fallback = "presence:lobby") => (element.getAttribute("topics") ?? element.getAttribute("topic") ?? fallback).split(/\s+/).filter(Boolean);

class People extends TandemElement {
  static css = `
    .more { display: flex; align-items: center; gap: 10px; padding-top: 12px; margin-top: 8px; border-top: 1px solid var(--line); font-size: 13px; color: var(--muted); }
    .quiet-note { margin: 4px 0 0; font-size: 13px; color: var(--muted); }`;

  start() {
    this.limit = Number(this.getAttribute("limit") ?? 6);
    this.box = h("div", {}, loading(3));
    this.root.replaceChildren(this.box);
    joinPeople(this, topicsOf(this), (people, count) => this.draw(people, count), (this.getAttribute("without") ?? "").split(/\s+/).filter(Boolean));
    this.watchState((state) => this.box.classList.toggle("stale", state === "offline" || state === "reconnecting"));
  }

  draw(people, total) {
    const me = this.getAttribute("me");
    const count = this.closest("section")?.querySelector("[data-count]");
    if (count) count.textContent = total.toLocaleString("en-GB");
    if (!people.length) { this.box.replaceChildren(empty(this.getAttribute("blank") ?? "Nobody is here just now. Whoever comes shows up by themselves.", {meaning: "people"})); return; }
    const mine = people.filter((one) => asPerson(one).id === me);
    const others = people.filter((one) => asPerson(one).id !== me);
    const named = total > NAMES_UP_TO ? mine : [...mine, ...others].slice(0, this.limit);
    const rest = [...mine, ...others].slice(named.length);
    const rows = h("ul", {class: "plain-list"}, named.map((one) => personRow(one, me)));
    this.box.replaceChildren(rows, ...(rest.length ? [remainder(rest, total - named.length)] : []),
      ...(others.length ? [] : [h("p", {class: "quiet-note"}, "You are the first one here.")]));
  }
}

function remainder(rest, number) {
  const faces = rest.slice(0, 4).map((one) => face(asPerson(one), {size: 28}));
  return h("div", {class: "more"}, h("span", {class: "stack", "aria-hidden": "true"}, faces), h("span", {class: "num"}, `and ${number.toLocaleString("en-GB")} more`));
}

define("tandem-people", People);
