// <tandem-hidden>: what one hid from one's feeds, with the way back; it follows what one hides on any tab.
import {api} from "./api.js";
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {face, h} from "./dom.js";
import {show} from "./feed-acts.js";
import {itemOf} from "./feed-model.js";
import {paced} from "./mine.js";
import {plain} from "./texts.js";

class Hidden extends TandemElement {
  static css = `
    header { display: flex; align-items: center; justify-content: space-between; margin-bottom: 6px; } .note { font-size: 13px; color: var(--muted); }
    .row .btn { margin-left: auto; }
    .unsaid { margin: 8px 0 0; font-size: 13px; color: var(--warn); }`;

  start(signal) {
    this.setAttribute("empty", "");
    this.count = h("span", {class: "note num"});
    this.body = h("div", {}, loading(1));
    this.unsaid = h("p", {class: "unsaid", role: "status", hidden: true});
    this.root.replaceChildren(h("header", {}, h("slot", {name: "title"}), this.count), this.body, this.unsaid);
    const again = paced(() => this.read(), 300, signal);
    this.join("user:me", {onEvent: (event) => event === "activity_hidden" && again()});
    this.read();
  }

  async read() {
    try {
      const {activities} = await api("/hidden-activities?limit=50");
      this.draw(activities.map(itemOf).filter(Boolean));
    } catch (error) {
      this.body.replaceChildren(failed(() => this.read(), {text: error.message}));
    }
  }

  draw(items) {
    this.toggleAttribute("empty", items.length === 0);
    this.count.textContent = items.length ? String(items.length) : "";
    if (!items.length) { this.body.replaceChildren(empty("Nothing. What you hide can be shown again here.", {meaning: "hidden"})); return; }
    this.body.replaceChildren(h("ul", {class: "plain-list"}, items.map((item) => h("li", {class: "row", "data-id": item.id},
      face({id: item.user_id, name: item.user_name, avatar: item.user_avatar}, {size: 36}),
      h("div", {class: "who"}, h("div", {class: "name"}, item.user_name || "Somebody"), h("div", {class: "doing"}, plain(item))),
      h("button", {class: "btn text small", type: "button", "aria-label": `Show ${plain(item)} again`, onclick: ({currentTarget}) => this.show(item, currentTarget)}, "Show")))));
  }

  async show(item, button) {
    button.disabled = true;
    this.unsaid.hidden = true;
    try {
      await show(item.id);
      this.read();
    } catch (error) {
      button.disabled = false;
      Object.assign(this.unsaid, {textContent: error.message, hidden: false});
    }
  }
}

define("tandem-hidden", Hidden);
