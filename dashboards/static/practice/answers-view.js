// One question at a time: the text it is about, a field to write in or answers to choose from, and what was right.
import {h, icon} from "../elements/dom.js";
import {formula} from "./formula.js";

export class AnswersView {
  constructor(model, exercise, {onKey, onPause}) {
    Object.assign(this, {model, exercise, onKey, onPause, told: null});
    this.node = h("div", {class: "stage answers", onkeydown: (event) => this.key(event)});
    this.draw();
  }

  key(event) {
    if (event.key === "Escape") { event.preventDefault(); this.onPause(true); return; }
    const {choices = []} = this.model.here ?? {};
    const number = Number(event.key);
    if (!this.told && choices.length && number >= 1 && number <= choices.length) { event.preventDefault(); this.say(choices[number - 1]); }
  }

  draw() {
    const question = this.told?.question ?? this.model.here;
    if (!question) return;
    const [title, text] = this.exercise.passages?.[question.passage] ?? [];
    const number = this.model.given.length + (this.told ? 0 : 1);
    const passage = text && h("article", {class: "passage"}, h("h3", {}, title), h("p", {}, text));
    this.node.replaceChildren(...[passage, h("div", {class: "question"},
      h("p", {class: "count num"}, `${number} of ${this.model.questions.length}`),
      h("p", {class: "ask", id: "ask"}, ...formula(question.ask)),
      question.choices.length ? this.choices(question) : this.written(question),
      h("div", {class: "after", role: "status"}, this.told && this.verdict()))].filter(Boolean));
  }

  choices(question) {
    const look = (choice) => {
      if (!this.told) return "";
      if (question.answers.includes(choice)) return " right";
      return this.told.said === choice ? " slip" : " past";
    };
    return h("div", {class: "choices", role: "group", "aria-labelledby": "ask"}, question.choices.map((choice, index) =>
      h("button", {class: `choice${look(choice)}`, type: "button", disabled: Boolean(this.told), onclick: () => this.say(choice)}, h("kbd", {"aria-hidden": "true"}, String(index + 1)), h("span", {}, choice))));
  }

  written() {
    this.field = h("input", {class: "answer", type: "text", inputmode: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: "24", "aria-labelledby": "ask",
      readonly: Boolean(this.told)});
    if (this.told) this.field.value = this.told.said;
    const send = h("button", {class: "btn tint", type: "submit"}, "Answer");
    return h("form", {class: `writing${this.told ? (this.told.right ? " right" : " slip") : ""}`, onsubmit: (event) => { event.preventDefault(); if (!this.told && this.field.value.trim()) this.say(this.field.value); }},
      this.field, this.told ? null : send);
  }

  verdict() {
    const {right, question} = this.told;
    const words = right ? "That is it." : h("span", {}, "It is ", h("b", {}, question.answers[0]), ".");
    this.next = h("button", {class: "btn tint", type: "button", onclick: () => this.on()}, this.model.over ? "See how it went" : "Next", icon("arrow", {size: 16}));
    return h("p", {class: right ? "yes" : "no"}, icon(right ? "check" : "info", {size: 16}), words, this.next);
  }

  say(said) {
    const question = this.model.here;
    this.told = {said, question, right: this.model.answer(said)};
    this.draw();
    this.next.focus({preventScroll: true});
    this.onKey({hold: true});
  }

  on() {
    this.told = null;
    this.draw();
    this.onKey();
    this.focus();
  }

  focus() { (this.told ? this.next : this.node.querySelector("input, button"))?.focus({preventScroll: true}); }
  blur() {}
}
