// Taking back a nickname that somebody chose: staff's, after a question, on record. Pages hear of it like of any new name.
import {api} from "./api.js";
import {h, icon} from "./dom.js";
import {question} from "./question.js";

/** The button that asks and then does it; `root` has QUESTION_CSS, `done` is told when the name is gone. */
export function takeBack(root, {id, name}, done) {
  const ask = () => question(root, {title: `Take back the nickname ${name}?`, answer: "Take it back", tone: "bad",
    text: "They are called as before they chose it, at once and everywhere. It is put on record and cannot be given back from here. They may choose another.",
    act: async () => { await api(`/nicknames/${id}`, {method: "DELETE"}); await done(); }});
  return h("button", {class: "btn text small", type: "button", onclick: ask}, icon("undo", {size: 16}), "Take back nickname");
}
