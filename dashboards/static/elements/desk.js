// What waits for the staff of a cohort: messages that were held before anybody read them, or reported. It is read when the
// topic says that it changed; each is let out or taken down from here.
import {h, icon} from "./dom.js";
import {api} from "./api.js";
import {HELD_FOR, clock, refusalLine} from "./room-words.js";
import {toast} from "./toasts.js";

export class Desk {
  constructor(element, topic) {
    Object.assign(this, {element, items: []});
    element.join(`${topic}:desk`, {onEvent: () => this.read()});
    element.watchState((state) => state === "live" && this.read());
  }

  async read() {
    try {
      this.items = (await api("/cohort/desk")).items;
      this.draw();
    } catch {
      // Read again with the next word of the topic, or when the line is back.
    }
  }

  toggle(open = this.element.deskPlace.hidden) {
    this.element.deskPlace.hidden = !open;
    this.element.deskButton.setAttribute("aria-expanded", String(open));
  }

  draw() {
    const {deskButton: button, deskPlace: place} = this.element;
    const count = this.items.length;
    button.hidden = !count;
    button.replaceChildren(icon("safety", {size: 16}), `${count} to look at`);
    if (!count) this.toggle(false);
    place.replaceChildren(h("h3", {}, "Waiting for a person"), h("ul", {class: "plain-list"}, this.items.map((item) => this.row(item))));
  }

  row(item) {
    const why = item.held ? HELD_FOR[item.reason] ?? "held" : `reported by ${item.reports}`;
    const decide = (show) => this.decide(item, show);
    return h("li", {}, h("p", {}, h("b", {}, item.user_name), " ", h("span", {class: "muted"}, `${clock(item.timestamp)}, ${why}`)), h("p", {class: "words"}, item.text),
      h("div", {class: "ways"}, h("button", {class: "btn tint small", type: "button", onclick: () => decide(true)}, item.held ? "Show it" : "Let it stand"),
        h("button", {class: "btn text small", type: "button", onclick: () => decide(false)}, "Take it down")));
  }

  async decide(item, show) {
    try {
      await this.element.room.channel.push("decide_message", {message_id: item.message_id, show});
      this.items = this.items.filter((one) => one !== item);
      this.draw();
    } catch (reason) {
      toast(refusalLine(reason));
      this.read();
    }
  }
}
