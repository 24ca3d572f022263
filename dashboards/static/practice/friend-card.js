// <tandem-friend-card me="…" topics="…" subject="math">: a friend who practises right now, with room for one more. It names
// the friend and the skill that are really there, leaves by itself when that is over, and "not now" is final for them.
import {TandemElement, define} from "../elements/base.js";
import {face, h} from "../elements/dom.js";
import {named} from "../elements/texts.js";
import {friendAtWork} from "./friend.js";
import {ask} from "./line.js";

const NAME = "tandem-not-now";
class FriendCard extends TandemElement {
  static css = `
    .card { display: flex; flex-wrap: wrap; align-items: center; gap: 14px; padding: 14px 20px; background: var(--accent-weak); border-radius: var(--radius-l); --ground: var(--accent-weak); }
    p { flex: 1 1 220px; margin: 0; font-size: 15px; } .ways { display: flex; gap: 8px; } .btn.tint { background: var(--surface); }
    :host([hidden]) { display: none; }`;

  start() {
    this.hidden = true;
    this.here = new Map();
    this.friends = new Set();
    this.declined = new Set(JSON.parse(sessionStorage.getItem(NAME) ?? "[]"));
    this.skills = JSON.parse(this.getAttribute("skills") ?? "{}");
    for (const topic of (this.getAttribute("topics") ?? "").split(/\s+/).filter(Boolean)) {
      this.join(topic, {onPresence: (people) => { this.here.set(topic, people); this.draw(); }});
    }
    ask("GET", "friendships?limit=100").then(({friendships}) => {
      this.friends = new Set(friendships.filter((one) => one.status === "accepted").map((one) => one.user_id));
      this.draw();
    }, () => {});
  }

  draw() {
    const found = friendAtWork([...this.here.values()].flat(), this.friends, {subject: this.getAttribute("subject"), skills: this.skills, declined: this.declined});
    const key = found && `${found.person.id}/${found.skill}`;
    if (key === this.shown) return;
    this.shown = key;
    this.hidden = !found;
    if (!found) { this.root.replaceChildren(); return; }
    const {person, subject, skill} = found;
    const join = `/practice/co-session?with=${person.id}&subject=${subject}&skill=${skill}`;
    this.root.replaceChildren(h("section", {class: "card", "aria-label": `${person.name} is practising`}, face(person, {size: 40, mark: "practising"}),
      h("p", {}, h("b", {}, person.name), ` is practising ${named(skill)}. There is room for one more.`),
      h("div", {class: "ways"}, h("a", {class: "btn tint small", href: join}, "Practise together"), h("button", {class: "btn text small", type: "button", onclick: () => this.decline(key)}, "Not now"))));
  }

  decline(key) {
    this.declined.add(key);
    sessionStorage.setItem(NAME, JSON.stringify([...this.declined]));
    this.draw();
  }
}

define("tandem-friend-card", FriendCard);
