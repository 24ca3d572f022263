// <tandem-simulator>: what the simulated community is doing, and its three controls. Fed by a page: `state` is
// {running, speed, people, rate}; a press asks the page by the event `tandem-action` with {action}.
import {TandemElement, define, loading} from "./base.js";
import {h, icon} from "./dom.js";

class Simulator extends TandemElement {
  static css = `
    .facts { display: flex; align-items: center; gap: 12px; }
    .facts .icon { color: var(--accent); font-size: 22px; }
    b { display: block; font-size: 15px; font-weight: 640; }
    .facts span span { font-size: 13px; color: var(--muted); }
    .buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; }`;

  start() { this.draw(); }

  update({state}) { this.state = state; this.draw(); }

  draw() {
    if (!this.state) { this.root.replaceChildren(loading(1)); return; }
    const {running, speed = 1, people = 0, rate = 0, slowest = false, fastest = false} = this.state;
    if (!this.word) this.build();
    this.word.textContent = running ? `Running at ${speed.toLocaleString("en-GB")}×` : "Stopped";
    this.detail.textContent = running ? `${count(people, "simulated person", "simulated people")}, about ${count(Math.round(rate), "doing", "doings")} a minute`
      : `${count(people, "simulated person", "simulated people")}, all resting`;
    this.buttons.toggle.replaceChildren(icon(running ? "stop" : "started", {size: 16}), running ? "Stop" : "Start");
    this.buttons.toggle.dataset.action = running ? "stop" : "start";
    this.buttons.slower.disabled = !running || slowest;
    this.buttons.faster.disabled = !running || fastest;
  }

  build() {
    this.word = h("b");
    this.detail = h("span", {class: "num"});
    const button = (action, meaning, text) => h("button", {class: "btn tint small", type: "button", "data-action": action, onclick: (event) => this.ask(event)},
      icon(meaning, {size: 16}), text);
    this.buttons = {toggle: button("stop", "stop", "Stop"), slower: button("slower", "slower", "Slower"), faster: button("faster", "faster", "Faster")};
    this.root.replaceChildren(h("div", {class: "facts", role: "status"}, icon("simulated"), h("span", {}, this.word, this.detail)),
      h("div", {class: "buttons"}, Object.values(this.buttons)));
  }

  ask(event) {
    this.dispatchEvent(new CustomEvent("tandem-action", {detail: {action: event.currentTarget.dataset.action}, bubbles: true, composed: true}));
  }
}

const count = (number, one, many) => `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;

define("tandem-simulator", Simulator);
