// What waits for the staff of a cohort: messages that were held before anybody read them, or reported, and who cannot write
// just now. It is read when the topic says that it changed; each is let out, taken down or let write from here.
import {h, icon} from "./dom.js";
import {api} from "./api.js";
import {takeDown} from "./chat.js";
import {HELD_FOR, clock, refusalLine, when} from "./room-words.js";
import {toast} from "./toasts.js";

export class Desk {
  constructor(element, topic) {
    Object.assign(this, {element, items: [], muted: []});
    element.join(`${topic}:desk`, {onEvent: () => this.read()});
    element.watchState((state) => state === "live" && this.read());
  }

  async read() {
    try {
      Object.assign(this, await api("/cohort/desk"));
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
    const count = this.items.length, muted = this.muted.length;
    button.hidden = !count && !muted;
    button.replaceChildren(icon(count ? "safety" : "quiet", {size: 16}), count ? `${count} to look at` : `${muted} muted`);
    if (button.hidden) this.toggle(false);
    const parts = count ? [h("h3", {}, "Waiting for a person"), h("ul", {class: "plain-list"}, this.items.map((item) => this.row(item)))] : [];
    if (muted) parts.push(h("h3", {}, "Muted"), h("ul", {class: "plain-list"}, this.muted.map((one) => this.quiet(one))));
    place.replaceChildren(...parts);
  }

  quiet(one) {
    return h("li", {class: "quiet"}, h("p", {}, h("b", {}, one.user_name), " ", h("span", {class: "muted"}, `until ${when(one.until)}`)),
      h("button", {class: "btn text small", type: "button", "aria-label": `Let ${one.user_name} write`, onclick: () => this.unmute(one)}, "Let write"));
  }

  async unmute(one) {
    try {
      await api(`/cohort/mutes/${one.user_id}`, {method: "DELETE"});
      this.muted = this.muted.filter((other) => other !== one);
      this.draw();
    } catch (reason) { toast(refusalLine(reason)); }
  }

  row(item) {
    const why = item.held ? HELD_FOR[item.reason] ?? "held" : `reported by ${item.reports}`;
    const decide = (show) => this.decide(item, show);
    return h("li", {}, h("p", {}, h("b", {}, item.user_name), " ", h("span", {class: "muted"}, `${clock(item.timestamp)}, ${why}`)), h("p", {class: "words"}, item.text),
      h("div", {class: "ways"}, h("button", {class: "btn tint small", type: "button", onclick: () => decide(true)}, item.held ? "Show it" : "Let it stand"),
        h("button", {class: "btn text small", type: "button", onclick: () => takeDown(this.element.chat.root, item.text, () => decide(false))}, "Take it down")));
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
