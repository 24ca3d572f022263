// <ws-actions>: one to three things, each with a name and a date. Added with Enter; put in order by pointer, or by keys
// with the moves spoken; owner, date, words and done are changed in place.
// `{list: [{id, text, edition, owner, due, done, from, carried}], people, hints, questions, notes, drafts, locked, today}`;
// tells `action-add`, `action-edit`, `action-remove`, `action-move`, each with `{done}` to call when it is known.
import {Drafts} from "./drafts.js";
import {View, define} from "./element.js";
import {face, icon, lightIcon} from "./faces.js";
import {held, keyMove, lifted, moved, placeAt} from "./reorder.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {figure, longDay, shortDay} from "./words.js";

const A = TEXTS.actions;
const PLENTY = 3;

/** The sentence below the list. */
export function advice(list) {
  const open = list.filter((one) => !one.done).length;
  if (open > PLENTY) return [A.four, ""];
  return open === PLENTY ? [A.plenty, A.plentyRest] : list.length > 1 ? ["", A.first] : ["", ""];
}

/** A day as short as it can be said: with its year only when that is another one. */
export const day = (iso, today) => ((iso ?? "").slice(0, 4) === (today ?? "").slice(0, 4) ? shortDay(iso) : longDay(iso));

class Actions extends View {
  started() {
    this.carry = null;
    this.editing = null;
    this.trouble = "";
    this.link = null;
  }

  changed() {
    if (this.carry) this.carry = held(this.carry, this.props.list.map((one) => one.id));
    if (this.editing && !this.props.list.some((one) => one.id === this.editing.id)) this.editing = null;
    if (this.settling && String(this.props.list.map((one) => one.id)) === String(this.settling)) this.settling = null;
  }

  get drafts() { return this.props.drafts ?? (this.own ??= new Drafts("none", null)); }

  get ordered() {
    const order = this.carry?.ids ?? this.settling;
    const {list} = this.props;
    return order && order.length === list.length ? order.map((id) => list.find((one) => one.id === id)).filter(Boolean) : list;
  }

  view(props) {
    const {locked} = props;
    const [strong, soft] = advice(props.list);
    return t("section", {class: "ws-actions"}, t("div", {class: "left"}, t("h1", {tabindex: -1}, A.heading), t("p", {class: "ws-lead"}, A.lead), !locked && this.field(),
      t("ol", {class: "plain-list list", key: "list", ref: (node) => { this.list = node; }}, this.ordered.map((one, index) => this.card(one, index))),
      (strong || soft) && !locked && t("p", {class: "advice", key: "advice"}, icon("care"), t("span", {}, strong && t("b", {}, `${strong} `), soft))), this.summary(props));
  }

  field() {
    return t("form", {class: "add", key: "add", onsubmit: (event) => { event.preventDefault(); this.add(); }}, t("div", {class: "input"}, icon("faster"), t("label", {class: "sr", for: "ws-action-new"}, A.field),
      t("input", {id: "ws-action-new", type: "text", maxlength: 500, autocomplete: "off", placeholder: A.field, ref: (node) => { this.input = node; node.value = this.drafts.get("action"); }, oninput: () => this.drafts.set("action", this.input.value)})),
    t("button", {type: "submit", class: "btn big"}, A.add), t("p", {class: "hint", role: this.trouble ? "alert" : null}, this.trouble));
  }

  add() {
    const text = this.input.value;
    if (!text.trim()) { this.input.focus(); return; }
    const question = this.link;
    this.input.value = "";
    this.drafts.set("action", "");
    this.say("action-add", {text, question, key: crypto.randomUUID(), done: (trouble) => {
      this.trouble = trouble ?? "";
      if (trouble) { this.input.value = this.input.value ? `${text}, ${this.input.value}` : text; this.drafts.set("action", this.input.value); } else this.link = null;
      this.draw();
    }});
    this.input.focus();
  }

  card(one, index) {
    const {locked} = this.props;
    const carried = this.carry?.id === one.id;
    const kind = ["ws-card", "card", one.done && "done", carried && "lifted", carried && this.carry.pointer && "dragged"].filter(Boolean).join(" ");
    const style = carried && this.carry.pointer ? `--by:${this.carry.by}px` : null;
    return t("li", {class: kind, key: one.id, "data-id": one.id, style}, !locked && this.handle(one, index), t("div", {class: "words"}, this.editing?.id === one.id && this.editing.field === "text" ? this.rewrite(one) : t("p", {}, one.text), t("span", {class: "from"}, [one.from && A.from(one.from.number, one.from.title), one.carried && A.carried, one.done && A.isDone].filter(Boolean).join(" · "))),
      this.owner(one), this.due(one), !locked && this.menu(one));
  }

  handle(one, index) {
    const of = this.props.list.length;
    return t("button", {type: "button", class: "handle", "aria-label": `${A.move}: ${one.text.slice(0, 60)}, ${A.placed(index + 1, of)}`, "aria-pressed": String(this.carry?.id === one.id),
      onkeydown: (event) => this.handleKey(event, one), onpointerdown: (event) => this.grab(event, one), onblur: (event) => event.relatedTarget && this.carry?.id === one.id && !this.carry.pointer && this.drop(true)}, icon("handle"));
  }

  handleKey(event, one) {
    const ids = this.props.list.map((item) => item.id);
    const of = ids.length;
    if (!this.carry) {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      this.carry = lifted(ids, one.id);
      this.speak(A.lifted(ids.indexOf(one.id) + 1, of));
    } else {
      const found = keyMove(this.carry, event.key);
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      this.carry = found.state;
      const at = this.carry.ids.indexOf(one.id) + 1;
      if (found.done) { this.drop(found.done === "back"); this.speak(found.done === "back" ? A.back(at, of) : A.down(at, of)); } else this.speak(A.moved(at, of));
    }
    this.draw();
    this.querySelector(`[data-id="${one.id}"] .handle`)?.focus();
  }

  grab(event, one) {
    if (event.button) return;
    event.preventDefault();
    const node = event.currentTarget ?? event.target;
    node.focus?.();
    const start = event.clientY;
    this.carry = {...lifted(this.props.list.map((item) => item.id), one.id), pointer: true, by: 0};
    const life = new AbortController();
    const options = {signal: life.signal};
    addEventListener("pointermove", (move) => this.drag(move.clientY - start), options);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, (up) => { life.abort(); this.drop(up.type === "pointercancel"); this.draw(); }, options);
    addEventListener("keydown", (key) => { if (key.key === "Escape") { life.abort(); this.drop(true); this.draw(); } }, options);
    this.draw();
  }

  /** The card follows the hand; the others make way as soon as its middle has passed theirs. */
  drag(by) {
    if (!this.carry?.pointer) return;
    const cards = [...this.list.children];
    const own = cards.find((card) => card.dataset.id === this.carry.id);
    const middle = (card) => card.offsetTop + card.offsetHeight / 2;
    const shift = this.carry.shift ?? 0;
    const to = placeAt(middle(own) + by - shift, cards.filter((card) => card !== own).map(middle));
    const top = own.offsetTop;
    this.carry = {...this.carry, ids: moved(this.carry.ids, this.carry.id, to), by: by - shift};
    this.draw();
    const jumped = own.offsetTop - top;
    if (jumped) { this.carry = {...this.carry, shift: shift + jumped, by: by - shift - jumped}; this.draw(); }
  }

  drop(back) {
    const {ids, was, id} = this.carry ?? {};
    this.carry = null;
    if (!ids || back || String(ids) === String(was)) return;
    this.settling = ids;
    this.say("action-move", {id, position: ids.indexOf(id), order: ids, done: () => { this.settling = null; this.draw(); }});
  }

  speak(text) { this.say("speak", {text}); }

  owner(one) {
    if (this.editing?.id === one.id && this.editing.field === "owner") return this.asked(one, "owner", A.owner, {type: "text", maxlength: 60, list: "ws-owners", autocomplete: "off"}, one.owner ?? "");
    const who = this.props.people?.find((person) => person.name === one.owner);
    const content = one.owner ? [face(who ?? {id: one.owner, initials: [...one.owner].slice(0, 2).join(""), tint: 1}, {size: "small", you: false}), t("span", {}, one.owner)] : [t("span", {class: "ws-face small none", "aria-hidden": "true"}, icon("faster")), t("span", {class: "ask"}, A.who)];
    return t("button", {type: "button", class: "owner", "aria-disabled": this.props.locked ? "true" : null, "aria-label": `${A.owner}: ${one.owner ?? A.who}`, onclick: () => this.edit(one, "owner")}, content);
  }

  due(one) {
    if (this.editing?.id === one.id && this.editing.field === "due") return this.asked(one, "due", A.due, {type: "date"}, one.due ?? "");
    const late = one.due && !one.done && one.due < (this.props.today ?? "");
    const text = one.due ? (late ? A.late(day(one.due, this.props.today)) : day(one.due, this.props.today)) : A.date;
    return t("button", {type: "button", class: `due${late ? " late" : ""}`, "aria-disabled": this.props.locked ? "true" : null, "aria-label": `${A.due}: ${text}`, onclick: (event) => this.edit(one, "due", event.detail > 0)}, icon("date"), t("span", {class: one.due ? "" : "ask"}, text));
  }

  /** `pointed`: opened by a pointer, so the calendar opens too; with keys the field itself is quicker. */
  edit(one, field, pointed = false) {
    if (this.props.locked) return;
    this.editing = {id: one.id, field, base: one.text, edition: one.edition};
    this.draw();
    const input = this.querySelector("[data-edit]");
    input?.focus();
    if (field === "due" && pointed) { try { input?.showPicker?.(); } catch { /* the field itself is enough */ } }
  }

  /** Put away what was asked; the focus goes back to where it came from. */
  close(one, change) {
    if (this.editing?.id !== one.id) return;
    const {field, base, edition} = this.editing;
    this.editing = null;
    this.draw();
    this.querySelector(`[data-id="${one.id}"] .${field === "text" ? "menu > button" : field}`)?.focus();
    if (change && Object.entries(change).some(([name, value]) => (one[name] ?? "") !== (value ?? ""))) this.say("action-edit", {id: one.id, base, edition, change, done: (trouble) => { this.trouble = trouble ?? ""; this.draw(); }});
  }

  asked(one, field, label, attributes, value) {
    const take = (event) => this.close(one, {[field]: event.target.value.trim() || null});
    return t("span", {class: `ask-field ${field}`}, t("input", {...attributes, "data-edit": true, "aria-label": label, key: "ask", ref: (node) => { node.value = value; }, onblur: take, onkeydown: (event) => this.askKey(event, one, take)}),
      field === "owner" && t("datalist", {id: "ws-owners"}, (this.props.people ?? []).filter((person) => !person.observer).map((person) => t("option", {value: person.name}))));
  }

  askKey(event, one, take) {
    if (event.key === "Enter") { event.preventDefault(); take(event); }
    if (event.key === "Escape") { event.stopPropagation(); this.close(one, null); }
  }

  rewrite(one) {
    const take = (event) => this.close(one, event.target.value.trim() ? {text: event.target.value} : null);
    return t("textarea", {rows: 2, "data-edit": true, "aria-label": A.edit, key: "rewrite", maxlength: 500, ref: (node) => { node.value = one.text; }, onblur: take, onkeydown: (event) => this.askKey(event, one, take)});
  }

  menu(one) {
    const act = (task) => (event) => { event.currentTarget?.closest?.("details")?.removeAttribute("open"); event.target.closest("details")?.removeAttribute("open"); task(); };
    return t("details", {class: "menu", onfocusout: (event) => { const box = event.target.closest("details"); if (event.relatedTarget && !box?.contains(event.relatedTarget)) box?.removeAttribute("open"); }, onkeydown: (event) => { if (event.key === "Escape") event.target.closest("details")?.removeAttribute("open"); }},
      t("summary", {"aria-label": `${A.menu}: ${one.text.slice(0, 60)}`}, icon("more")), t("div", {class: "panel"}, item("check", one.done ? A.open : A.done, act(() => this.say("action-edit", {id: one.id, edition: one.edition, change: {done: !one.done}, done: () => {}}))),
        item("write", A.edit, act(() => this.edit(one, "text"))), item("remove", A.remove, act(() => this.say("action-remove", {id: one.id, text: one.text})))));
  }

  summary({hints = [], notes = 0, locked}) {
    return t("aside", {class: "ws-card summary", key: "summary"}, t("h2", {}, A.summary), t("p", {}, A.summaryLead),
      t("ul", {class: "plain-list"}, hints.map((one) => t("li", {key: `h${one.number}`}, lightIcon(one.light), t("div", {}, t("b", {}, one.title), t("span", {}, `${figure(one.average, one.signed)}, ${one.split ? TEXTS.split.toLowerCase() : TEXTS.summary.spread(figure(one.spread))}`)),
        !locked && t("button", {type: "button", class: "ws-small", "aria-label": A.take(one.title), onclick: () => this.take(one)}, icon("faster"))))), notes ? t("button", {type: "button", class: "ws-link", onclick: () => this.say("notes-open")}, icon("note"), A.read(notes)) : null);
  }

  /** A plus beside the summary makes the next action belong to that question. */
  take(one) {
    this.link = one.number;
    if (!this.input.value.trim()) this.input.value = `${one.title}: `;
    this.drafts.set("action", this.input.value);
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }
}

const item = (meaning, text, onclick) => t("button", {type: "button", onclick}, icon(meaning), text);

define("ws-actions", Actions);
