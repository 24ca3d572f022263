// <tandem-presence>: who is here. `scope` is everybody (the default) or cohort; with `subject`, those in that subject.
import {Region, state} from "./region.js";
import {face, h} from "../elements/dom.js";
import {asPerson, personRow} from "../elements/person.js";
import {students} from "../elements/texts.js";

const NAMES_UP_TO = 50, FACES = 8;

export class EmbeddedPresence extends Region {
  start() {
    const topic = this.subject ? `presence:subject:${this.subject}` : this.getAttribute("scope") === "cohort" ? "presence:cohort" : "presence:lobby";
    this.list = h("div");
    this.heading.textContent = "Who is here";
    this.join(topic, {onPresence: (people, count) => this.draw(people, count)});
  }

  draw(people, count) {
    const {me} = this.line;
    const total = Math.max(count, people.length);
    this.heading.textContent = students(total);
    const mine = (one) => (asPerson(one).id === me ? 0 : 1);
    const order = [...people].sort((one, other) => mine(one) - mine(other));
    const named = this.hasAttribute("compact") || total > NAMES_UP_TO ? [] : order.slice(0, this.limit || 6);
    const rest = order.slice(named.length, named.length + FACES);
    const left = total - named.length - (named.length ? 0 : rest.length);
    this.list.replaceChildren(
      total ? h("ul", {class: "plain-list"}, named.map((one) => personRow(one, me))) : state("people", "Nobody is here just now. Whoever comes shows up by themselves."),
      rest.length ? h("p", {class: "rest"}, h("span", {class: "stack", "aria-hidden": "true"}, rest.map((one) => face(asPerson(one), {size: 28}))), left > 0 && `and ${left.toLocaleString("en-GB")} more`) : "");
    this.fill(this.list);
  }
}
