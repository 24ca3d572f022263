// <tandem-feed>: what is happening, newest on top. `scope` is everybody (the default) or cohort; or one `subject`'s.
// New rows come in where nobody is reading: at once when the list is in sight and untouched, else behind "Show 3 new".
import {Region, robot, state} from "./region.js";
import {face, h, icon} from "../elements/dom.js";
import {FeedModel, itemOf} from "../elements/feed-model.js";
import {iconOf, kind, plain, sentence} from "../elements/texts.js";
import {ago, everyTenSeconds, toMillis} from "../elements/time.js";
import {glide, tops} from "./moving.js";

export class EmbeddedFeed extends Region {
  start(signal) {
    Object.assign(this, {model: new FeedModel(), nodes: new Map()});
    this.heading.textContent = "What’s happening";
    this.list = h("ol", {class: "plain-list", "aria-label": "What is happening", onpointerleave: () => this.reveal()});
    this.pill = h("button", {class: "do pill", type: "button", hidden: true, onclick: () => this.reveal(true)});
    this.quiet = h("div");
    const topic = this.subject ? `activity:subject:${this.subject}` : this.getAttribute("scope") === "cohort" ? "activity_feed:cohort" : "activity:global";
    this.join(topic, {onSnapshot: (now) => this.snapshot(now), onEvent: (event, told) => this.event(event, told)});
    everyTenSeconds(() => this.tick(), signal);
  }

  snapshot({activities = []}) {
    this.model.snapshot("", activities.map(itemOf).filter(Boolean));
    this.draw();
    this.fill(h("div", {class: "float", role: "status"}, this.pill), this.list, this.quiet);
  }

  event(event, told) {
    if (event === "new_activity") this.arrived(itemOf(told));
    else if (event === "activity_removed") this.model.remove(told.activity_id);
    else if (event === "person_removed") this.model.removePerson("", told.user_id);
    else if (event === "person_updated") { this.model.rename(told.user_id, told.user_name, told.user_avatar); this.nodes.clear(); }
    if (event !== "new_activity") this.draw();
  }

  arrived(item) {
    const read = this.list.matches(":hover, :focus-within") || this.list.getBoundingClientRect().top < 0;
    if (!item || !this.model.add("", item, read && !document.hidden)) return;
    if (this.model.waiting.size) this.wait(); else this.draw([item.id]);
  }

  wait() {
    const {size} = this.model.waiting;
    this.pill.hidden = !size;
    this.pill.replaceChildren(icon("up", {size: 16}), `Show ${size} new`);
  }

  reveal(back) {
    if (!this.model.waiting.size || (!back && this.list.getBoundingClientRect().top < 0)) return;
    const fresh = this.model.reveal();
    this.wait();
    this.draw(fresh);
    if (back) this.list.querySelector("button")?.focus();
  }

  draw(fresh = []) {
    const before = tops(this.nodes);
    const items = this.model.list().slice(0, this.limit || 20);
    const nodes = new Map(items.map((item) => [item.id, this.nodes.get(item.id) ?? this.row(item)]));
    this.nodes = nodes;
    const wanted = [...nodes.values()];
    for (const node of [...this.list.children]) if (!wanted.includes(node)) node.remove();
    wanted.forEach((node, index) => this.list.children[index] === node || this.list.insertBefore(node, this.list.children[index] ?? null));
    this.quiet.replaceChildren(items.length ? "" : state("quiet", "Quiet here just now. What people do shows up by itself."));
    glide(nodes, before, fresh);
  }

  row(item) {
    const name = item.user_name || "Somebody";
    const at = new Date(toMillis(item.timestamp ?? Date.now()));
    const words = sentence(item).map(([text, bold]) => (bold ? h("b", {}, text) : text));
    return h("li", {class: `item ${kind(item.type)}`, "aria-label": `${name} ${plain(item)}`}, face({id: item.user_id, name, avatar: item.user_avatar}),
      h("div", {class: "said"}, h("p", {}, h("b", {}, name), " ", words), h("div", {class: "foot"},
        h("div", {class: "meta"}, icon(iconOf(item.type), {size: 15}), h("time", {datetime: at.toISOString(), title: at.toLocaleString("en-GB")}, ago(at.getTime())), robot(item)))));
  }

  tick() {
    for (const time of this.list.querySelectorAll("time")) time.textContent = ago(time.dateTime);
  }
}
