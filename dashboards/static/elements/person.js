// One person as presence tells of them: their face, their name, and what they do.
import {face, h, icon} from "./dom.js";
import {doing} from "./texts.js";

/** A presence meta as a person; topics differ in what they call the name. An empty picture means an initial. */
export function asPerson(meta) {
  const picture = meta.avatar_url ?? meta.avatar;
  return {id: String(meta.user_id ?? meta.key), name: meta.username ?? meta.name ?? "", avatar: picture === "" ? "initial" : picture};
}

export function personRow(meta, me) {
  const person = asPerson(meta);
  const {text, mark} = doing(meta);
  const you = Boolean(me) && person.id === me;
  const robot = meta.simulated && icon("simulated", {size: 14, label: "Simulated"});
  return h("li", {class: "row", "data-person": person.id}, face(person, {size: 36, mark, you}),
    h("div", {class: "who"}, h("div", {class: "name"}, you ? `${person.name} (you)` : person.name), h("div", {class: "doing"}, text, robot)));
}
