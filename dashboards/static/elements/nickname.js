// Taking back a nickname that somebody chose: staff's, after a question, on record. Pages hear of it like of any new name.
import {api} from "./api.js";
import {question} from "./question.js";

/** Ask, and then do it; `root` has QUESTION_CSS, `done` is told when the name is gone. */
export function takeBack(root, {id, name}, done = () => {}) {
  question(root, {title: `Take back the nickname ${name}?`, answer: "Take it back", tone: "bad",
    text: "They are called as before they chose it, at once and everywhere. It is put on record and cannot be given back from here. They may choose another.",
    act: async () => { await api(`/nicknames/${id}`, {method: "DELETE"}); await done(); }});
}
