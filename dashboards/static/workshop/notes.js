// <ws-notes>: the notes of one question, or of everything, live for all. The field is always open. Typed text and the
// caret belong to whoever types: live updates never touch them, and what is typed is kept until it is known to be saved.
// `{list: [{id, text, edition, author, initials, tint, mine}], question, drafts, heading, locked}`;
// tells `note-add`, `note-edit` and `note-remove`, each with `{done}` to call with nothing, or with what went wrong.
import {Drafts} from "./drafts.js";
import {View, define} from "./element.js";
import {face, icon} from "./faces.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";

const N = TEXTS.notes;
export const LONGEST = 5000;

/** What stands at a field whose text grows long. */
export function lengthHint(text) {
  const left = LONGEST - [...text].length;
  return left < 0 ? N.tooLong(-left) : left < 500 ? N.long(left) : "";
}

class Notes extends View {
  started() {
    this.editing = null;
    this.waiting = new Map();
    this.trouble = "";
    this.open();
  }

  changed(before) {
    if (this.life && before.question !== this.props.question) { this.keep(); this.editing = null; this.open(); }
  }

  disconnectedCallback() { this.keep(); super.disconnectedCallback(); }

  get drafts() { return this.props.drafts ?? (this.own ??= new Drafts("none", null)); }
  get slot() { return `note:${this.props.question ?? "all"}`; }
  open() { this.text = this.drafts.get(this.slot); this.fill = true; }
  keep() { if (this.field) this.drafts.set(this.slot, this.field.value.trim() ? this.field.value : ""); }

  view({list = [], heading = N.heading, level = 2, empty = N.empty, locked}) {
    return [t(`h${level}`, {class: "ws-notes-head"}, heading),
      t("ul", {class: "plain-list ws-notes"}, list.map((note) => t("li", {key: note.id}, this.editing?.id === note.id ? this.editor(note) : this.note(note, locked))),
        [...this.waiting].map(([key, text]) => t("li", {class: "waiting", key}, t("div", {class: "words"}, t("p", {}, text), t("span", {class: "meta"}, N.sending))))),
      this.editing && !list.some((one) => one.id === this.editing.id) && t("div", {key: "gone"}, t("p", {class: "ws-meanwhile"}, N.removed), this.editor({id: null})),
      !list.length && !this.waiting.size && t("p", {class: "ws-empty", key: "empty"}, empty), !locked && this.composer()];
  }

  note(note, locked) {
    const more = !locked && t("span", {class: "more"}, t("button", {type: "button", class: "ws-small", "aria-label": `${N.edit}: ${note.text.slice(0, 40)}`, title: N.edit, onclick: () => this.edit(note)}, icon("write")),
      t("button", {type: "button", class: "ws-small", "aria-label": `${N.remove}: ${note.text.slice(0, 40)}`, title: N.remove, onclick: () => this.say("note-remove", {id: note.id, text: note.text})}, icon("remove")));
    return [face({id: note.author ?? note.id, initials: note.initials ?? "?", tint: note.tint ?? 1}, {size: "small", state: note.author ? "" : "away"}), t("span", {class: "sr"}, N.wrote(note.name ?? N.somebody)), t("div", {class: "words"}, t("p", {}, note.text)), more];
  }

  edit(note) {
    this.editing = {id: note.id, base: note.text, edition: note.edition, text: note.text};
    this.draw();
    const area = this.querySelector("textarea.edit");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }

  editor(note) {
    const {base, text} = this.editing;
    return [t("form", {class: "ws-edit", key: "edit", onsubmit: (event) => { event.preventDefault(); this.save(); }},
      t("label", {class: "sr", for: `edit-${this.slot}`}, N.edit),
      t("textarea", {id: `edit-${this.slot}`, class: "edit", rows: 2, key: "area", ref: (node) => { node.value = text; grow(node); }, oninput: (event) => { this.editing.text = event.target.value; grow(event.target); this.draw(); },
        onkeydown: (event) => this.keys(event, () => this.save())}),
      note.id && note.text !== base && t("div", {class: "ws-meanwhile"}, t("p", {}, N.meanwhile(note.changedBy ?? N.somebody)), t("p", {class: "theirs"}, note.text)),
      t("p", {class: "hint"}, lengthHint(text)), t("div", {class: "row"}, t("button", {type: "submit", class: "btn small primary"}, N.save), t("button", {type: "button", class: "btn small text", onclick: () => this.stop()}, N.cancel)))];
  }

  stop() { this.editing = null; this.draw(); this.field?.focus(); }

  keys(event, send) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    if (event.key === "Escape" && this.editing) { event.stopPropagation(); this.stop(); }
  }

  save() {
    const {id, base, edition, text} = this.editing;
    if (!text.trim() || lengthHint(text) === N.tooLong([...text].length - LONGEST)) return;
    const gone = !this.props.list.some((one) => one.id === id);
    const done = (trouble) => { if (trouble) { this.trouble = trouble; this.draw(); } else { this.trouble = ""; this.editing = null; this.draw(); } };
    if (gone) this.say("note-add", {question: this.props.question, text, done}); else this.say("note-edit", {id, base, edition, text, done});
  }

  composer() {
    const ready = Boolean(this.field?.value.trim());
    return t("form", {class: "ws-compose", key: "compose", onsubmit: (event) => { event.preventDefault(); this.send(); }},
      t("label", {class: "sr", for: `new-${this.slot}`}, N.field), icon("writing"),
      t("textarea", {id: `new-${this.slot}`, rows: 1, key: `new-${this.slot}`, placeholder: N.field, ref: (node) => { this.field = node; node.value = this.text; requestAnimationFrame(() => grow(node)); },
        oninput: (event) => { grow(event.target); this.keep(); this.trouble = ""; this.draw(); }, onkeydown: (event) => this.keys(event, () => this.send())}),
      ready && t("button", {type: "submit", class: "ws-small send", "aria-label": N.add, title: N.add, key: "send"}, icon("send")),
      t("p", {class: "hint", role: this.trouble ? "alert" : null, key: "hint"}, this.trouble || lengthHint(this.field?.value ?? "")));
  }

  /** The note leaves the field for the list at once; if it does not arrive, it comes back into the field. */
  send() {
    const text = this.field.value;
    if (!text.trim() || [...text].length > LONGEST) return;
    const key = `w-${crypto.randomUUID()}`;
    const slot = this.slot;
    this.waiting.set(key, text);
    this.field.value = "";
    grow(this.field);
    this.drafts.set(`${slot}:sent`, text);
    this.drafts.set(slot, "");
    this.draw();
    this.say("note-add", {question: this.props.question, text, key: key.slice(2), done: (trouble) => this.sent(key, slot, text, trouble)});
  }

  sent(key, slot, text, trouble) {
    this.waiting.delete(key);
    this.drafts.set(`${slot}:sent`, "");
    if (trouble) {
      const now = slot === this.slot && this.field ? this.field.value : this.drafts.get(slot);
      const both = now.trim() ? `${text}\n${now}` : text;
      this.drafts.set(slot, both);
      if (slot === this.slot && this.field) { this.field.value = both; grow(this.field); }
      this.trouble = trouble;
    }
    this.draw();
  }
}

/** The field is as high as its text, up to a third of the page. */
function grow(node) {
  node.style.height = "auto";
  node.style.height = `${Math.min(node.scrollHeight + 2, innerHeight / 3)}px`;
}

define("ws-notes", Notes);
