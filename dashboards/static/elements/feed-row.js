// One activity as a row: face, sentence, time with its kind, who sees it, reactions, and what one may do about it.
import {face, h, icon} from "./dom.js";
import {iconOf, kind, plain, sentence} from "./texts.js";
import {ago, toMillis} from "./time.js";

const SEEN_BY = {
  public: ["everybody", "Everybody here sees this"], cohort: ["cohort", "The cohort sees this"],
  friends: ["friend", "Friends see this"], private: ["lock", "Nobody else sees this"],
};
const ANSWERED = ["practice_completed", "challenge_won"];

/** Whether somebody else's activity may be answered with a challenge. */
export const answerable = (item) => ANSWERED.includes(kind(item.type));

export function row(item, {mark = null, reactions = null, menu = null, challenge = null} = {}) {
  const name = item.user_name || "Somebody";
  const at = new Date(toMillis(item.timestamp ?? Date.now()));
  const time = h("time", {datetime: at.toISOString(), title: at.toLocaleString("en-GB")}, ago(at.getTime()));
  const words = sentence(item).map(([text, bold]) => (bold ? h("b", {}, text) : text));
  const robot = item.simulated && h("span", {class: "robot", title: "Simulated"}, icon("simulated", {size: 14, label: "Simulated"}));
  const [meaning, label] = SEEN_BY[item.visibility] ?? [];
  const seen = meaning && h("span", {class: "seen-by", title: label}, icon(meaning, {size: 14, label}));
  return h("li", {class: `item ${kind(item.type)}`, "data-id": item.id, "aria-label": `${name} ${plain(item)}`},
    face({id: item.user_id, name, avatar: item.user_avatar}, {size: 40, mark}),
    h("div", {class: "said"}, h("p", {}, h("b", {}, name), " ", words),
      h("div", {class: "foot"}, h("div", {class: "meta"}, icon(iconOf(item.type), {size: 15}), time, seen, robot), reactions, challenge),
      h("span", {class: "unsaid", role: "status"})), menu);
}

/** What stands in a row's place for a moment: a sentence and the way back. */
export function folded(id, text, undo) {
  return h("li", {class: "item folded", "data-id": id, role: "status"}, icon("hidden"), h("p", {}, text),
    undo && h("button", {class: "btn tint small", type: "button", onclick: undo}, "Undo"));
}

/** The mark beside a face, put on and taken off in place. */
export function setMark(node, mark) {
  const picture = node.querySelector(".face");
  const present = picture?.querySelector(".mark");
  if (!picture || (present?.className ?? null) === (mark ? `mark ${mark}` : null)) return;
  present?.remove();
  if (mark) picture.append(h("span", {class: `mark ${mark}`, "aria-hidden": "true"}));
}
