// Choosing what to practise: the apps with their skills, how hard, and who is at what right now.
import {face, h, icon} from "../elements/dom.js";
import {named} from "../elements/texts.js";
import {LEVELS, called} from "./words.js";

export const APP_ICONS = {typing: "practice", math: "maths", reading: "book", piano: "music", science: "science"};
const ABOUT = {
  typing: "A short text, your speed and your accuracy.",
  math: "Ten short tasks, at your own pace.",
  reading: "Two short texts and what is in them.",
  piano: "One line, on the screen or on your keyboard.",
};

/** The page of choices. `peers` tells how many are at a skill now, by `subject/skill`. */
export function chooser({apps, level, peers, start, setLevel, above = []}) {
  const levels = h("div", {class: "segments", role: "group", "aria-label": "How hard"}, LEVELS.map(([number, name]) =>
    h("button", {type: "button", "aria-pressed": String(number === level), onclick: () => setLevel(number)}, name)));
  const head = h("div", {class: "choose-head"}, h("div", {}, h("h2", {class: "big"}, "What would you like to practise?"), h("p", {class: "muted"}, "A few minutes are plenty. You can stop at any time.")), levels);
  const cards = apps.map((app) => h("section", {class: "card app", "data-app": app.id, "aria-labelledby": `app-${app.id}`},
    h("div", {class: "app-head"}, h("span", {class: "app-icon"}, icon(APP_ICONS[app.id], {size: 24})), h("div", {}, h("h3", {id: `app-${app.id}`}, named(app.subject)), h("p", {class: "muted"}, ABOUT[app.id]))),
    h("ul", {class: "plain-list skills"}, app.skills.map((skill) => h("li", {}, h("div", {}, h("span", {class: "skill"}, named(skill)), peersOf(peers, app.subject, skill)),
      h("button", {class: "btn tint small", type: "button", "data-skill": skill, "aria-label": `Start ${named(app.subject)}, ${named(skill)}`, onclick: () => start(app.subject, skill)}, "Start"))))));
  return h("div", {class: "choose"}, head, ...above.filter(Boolean), h("div", {class: "apps"}, cards));
}

function peersOf(peers, subject, skill) {
  const count = peers.get(`${subject}/${skill}`) ?? 0;
  return h("span", {class: "peers", "data-peers": `${subject}/${skill}`}, ...peerWords(count));
}

export function peerWords(count) {
  return count ? [h("span", {class: "dot", "aria-hidden": "true"}), `${count} ${count === 1 ? "person" : "people"} at it now`] : [];
}

/** Somebody asks to practise together. */
export function invitation({session_id, subject, skill, people: [from]}, notNow) {
  return h("section", {class: "card left-open", "aria-label": `${from.name} asks you`}, face({id: from.user_id, name: from.name, avatar: from.avatar === "" ? "initial" : from.avatar}, {size: 36}),
    h("p", {}, h("b", {}, from.name), ` asks you to practise ${called(subject, skill)} together.`),
    h("div", {class: "ways"}, h("a", {class: "btn tint small", href: `/practice/co-session?session=${session_id}`}, "Have a look"), h("button", {class: "btn text small", type: "button", onclick: notNow}, "Not now")));
}

/** A practice that was left open: on with it, or let it go. */
export function leftOpen(name, where, on, drop) {
  return h("section", {class: "card left-open", "aria-label": "Left open"}, icon("started", {size: 20}), h("p", {}, h("b", {}, name), ` is still open${where ? `, ${where}` : ""}.`),
    h("div", {class: "ways"}, h("button", {class: "btn tint small", type: "button", onclick: on}, "Go on"), h("button", {class: "btn text small", type: "button", onclick: drop}, "Let it go")));
}
