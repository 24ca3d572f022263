// <tandem-simulator>: what the simulated community is doing, and its controls. Fed by a page: `state` is {running, speed,
// size, people, rate, leaving}; a press asks the page by the event `tandem-action` with {action}: start, stop, slower,
// faster, `people 500`, or reset, which is asked for twice because it cannot be taken back.
import {TandemElement, define, loading} from "./base.js";
import {h, icon} from "./dom.js";

const SIZES = [12, 24, 100, 500, 2000, 5000];

class Simulator extends TandemElement {
  static css = `
    .facts { display: flex; align-items: center; gap: 12px; }
    .facts .icon { color: var(--accent); font-size: 22px; }
    b { display: block; font-size: 15px; font-weight: 640; }
    .facts span span { font-size: 13px; color: var(--muted); }
    .buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 14px; }
    label { display: inline-flex; align-items: center; gap: 8px; font-size: 13px; color: var(--muted); }
    select { min-height: 34px; padding: 0 8px; font: inherit; font-size: 13px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 10px; }
    progress { flex: 1; min-width: 120px; accent-color: var(--accent); }
    .sure { margin: 0; flex-basis: 100%; font-size: 13px; }
    @media (pointer: coarse) { select { min-height: 44px; } }`;

  start() { this.draw(); }

  update({state}) { this.state = state; this.draw(); }

  draw() {
    if (!this.state) { this.root.replaceChildren(loading(1)); return; }
    const {running, speed = 1, people = 0, rate = 0, size = 24, leaving = null, slowest = false, fastest = false} = this.state;
    if (!this.word) this.build();
    const away = leaving !== null;
    this.word.textContent = away ? "Being taken away" : running ? `Running at ${speed.toLocaleString("en-GB")}×` : "Stopped";
    this.detail.textContent = away ? `${people.toLocaleString("en-GB")} of ${leaving.toLocaleString("en-GB")} are still here`
      : running ? `${count(people, "simulated person", "simulated people")}, about ${count(Math.round(rate), "doing", "doings")} a minute`
        : `${count(people, "simulated person", "simulated people")}, all resting`;
    this.buttons.toggle.replaceChildren(icon(running ? "stop" : "started", {size: 16}), running ? "Stop" : "Start");
    this.buttons.toggle.dataset.action = running ? "stop" : "start";
    this.buttons.toggle.disabled = away;
    this.buttons.slower.disabled = !running || slowest;
    this.buttons.faster.disabled = !running || fastest;
    this.size.disabled = this.reset.disabled = away;
    this.reset.disabled ||= !people;
    this.progress.hidden = !away;
    this.progress.max = Math.max(1, leaving ?? 1);
    this.progress.value = away ? leaving - people : 0;
    if (this.root.activeElement !== this.size) this.offer(size);
  }

  /** The sizes to choose from, the present one among them. */
  offer(size) {
    const sizes = [...new Set([...SIZES, size])].sort((one, other) => one - other);
    if (this.size.value === String(size) && this.size.length === sizes.length) return;
    this.size.replaceChildren(...sizes.map((number) => h("option", {value: number, selected: number === size}, `${number.toLocaleString("en-GB")} people`)));
  }

  build() {
    this.word = h("b");
    this.detail = h("span", {class: "num"});
    const button = (action, meaning, text) => h("button", {class: "btn tint small", type: "button", "data-action": action, onclick: () => this.ask(this.buttons[action] ?? this.buttons.toggle)},
      icon(meaning, {size: 16}), text);
    this.buttons = {toggle: button("stop", "stop", "Stop"), slower: button("slower", "slower", "Slower"), faster: button("faster", "faster", "Faster")};
    this.size = h("select", {onchange: () => this.tell(`people ${this.size.value}`)});
    this.reset = h("button", {class: "btn text small", type: "button", onclick: () => this.sure(true)}, "Take everybody away");
    this.progress = h("progress", {"aria-label": "Simulated people taken away", hidden: true});
    this.question = h("div", {class: "buttons", role: "group", "aria-label": "Are you sure?", hidden: true},
      h("p", {class: "sure"}, "All simulated people go, with everything they did. Nobody else is touched."),
      h("button", {class: "btn small", type: "button", "data-action": "reset", onclick: () => { this.sure(false); this.tell("reset"); }}, "Take them away"),
      h("button", {class: "btn text small", type: "button", onclick: () => this.sure(false)}, "Keep them"));
    this.root.replaceChildren(h("div", {class: "facts", role: "status"}, icon("simulated"), h("span", {}, this.word, this.detail)),
      h("div", {class: "buttons"}, Object.values(this.buttons)),
      h("div", {class: "buttons"}, h("label", {}, "Size", this.size), this.reset, this.progress), this.question);
  }

  sure(asked) {
    this.question.hidden = !asked;
    (asked ? this.question.querySelectorAll("button")[1] : this.reset).focus();
  }

  ask(button) { this.tell(button.dataset.action); }

  tell(action) {
    this.dispatchEvent(new CustomEvent("tandem-action", {detail: {action}, bubbles: true, composed: true}));
  }
}

const count = (number, one, many) => `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;

define("tandem-simulator", Simulator);
