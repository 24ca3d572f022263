// <tandem-friends topics="…">: one's friends who are here, those at work first, with what they do and the way to join them.
// Without friends it is the way to find some; with friends elsewhere it says so, and never since when.
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {myFriends} from "./mine.js";
import {asPerson, joinPeople, topicsOf} from "./people.js";
import {doing} from "./texts.js";

const MOST = 6;
const ORDER = ["practising", "online", "away"];

class Friends extends TandemElement {
  static css = `
    header { display: flex; align-items: center; justify-content: space-between; gap: 12px; margin-bottom: 6px; }
    .note { font-size: 13px; color: var(--muted); }
    .row .btn { margin-left: auto; }
    .elsewhere { margin: 8px 0 0; font-size: 13px; color: var(--muted); }
    .elsewhere a { color: var(--accent); }`;

  async start(signal) {
    this.count = h("span", {class: "note num"});
    this.body = h("div", {}, loading(3));
    this.root.replaceChildren(h("header", {}, h("slot", {name: "title"}), this.count), this.body);
    this.people = [];
    joinPeople(this, topicsOf(this), (people) => { this.people = people; this.draw(); });
    this.watchState((state) => this.body.classList.toggle("stale", state === "offline" || state === "reconnecting"));
    await this.read(signal);
  }

  async read(signal) {
    try {
      this.friends = await myFriends();
      if (!signal.aborted) this.draw();
    } catch (error) {
      this.body.replaceChildren(failed(() => this.read(signal), {text: error.message}));
    }
  }

  draw() {
    if (!this.friends) return;
    const find = h("a", {class: "btn tint small", href: "/friends"}, "Find someone you know");
    if (!this.friends.length) { this.count.textContent = ""; this.body.replaceChildren(empty("Learning goes better with company.", {meaning: "joined", action: find})); return; }
    const mine = new Set(this.friends.map(({user_id: id}) => id));
    const here = this.people.filter((one) => mine.has(asPerson(one).id)).map((one) => ({one, ...doing(one)}));
    here.sort((a, b) => ORDER.indexOf(a.mark) - ORDER.indexOf(b.mark));
    this.count.textContent = String(here.length);
    const rest = this.friends.length - here.length;
    const words = here.length ? `${rest} elsewhere just now. ` : "Your friends are elsewhere just now. ";
    this.body.replaceChildren(h("ul", {class: "plain-list"}, here.slice(0, MOST).map(friend)),
      ...(rest || here.length > MOST ? [h("p", {class: "elsewhere"}, rest ? words : "", h("a", {href: "/friends"}, "All friends"))] : []));
  }
}

function friend({one, text, mark}) {
  const person = asPerson(one), skill = /^practi[cs]ing_(.+)$/.exec(one.current_activity ?? "")?.[1];
  const robot = one.simulated && icon("simulated", {size: 14, label: "Simulated"});
  const join = skill && h("a", {class: "btn tint small", href: `/practice/co-session?${new URLSearchParams({with: person.id, skill})}`, "aria-label": `Join ${person.name}`}, "Join");
  return h("li", {class: "row", "data-person": person.id}, face(person, {size: 36, mark}),
    h("div", {class: "who"}, h("div", {class: "name"}, person.name), h("div", {class: "doing"}, text, robot)), join);
}

define("tandem-friends", Friends);
