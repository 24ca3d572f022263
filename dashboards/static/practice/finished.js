// What was just finished in a subject: the last few results, as the feed may show them, live.
import {face, h} from "../elements/dom.js";
import {FeedModel, itemOf} from "../elements/feed-model.js";
import {plain, sentence} from "../elements/texts.js";
import {ago, everyTenSeconds, toMillis} from "../elements/time.js";

const SHOWN = 4;
const KINDS = new Set(["practice_completed", "high_score", "quiz_completed", "co_practice_completed"]);

export class Finished {
  constructor(element, topic) {
    this.model = new FeedModel();
    this.list = h("ul", {class: "plain-list finished"});
    this.node = h("section", {class: "card", "aria-label": "Just finished", hidden: true}, h("div", {class: "card-head"}, h("h2", {}, "Just finished")), this.list);
    element.join(topic, {
      onSnapshot: ({activities}) => { this.model.snapshot(topic, (activities ?? []).map(itemOf).filter(Boolean)); this.draw(); },
      onEvent: (event, payload) => this.heard(topic, event, payload),
    });
    everyTenSeconds(() => this.tick(), element.life.signal);
  }

  heard(topic, event, payload) {
    if (event === "new_activity") { const item = itemOf(payload); if (item) this.model.add(topic, item); }
    else if (event === "person_removed") this.model.removePerson(topic, payload.user_id);
    else if (event === "person_updated") this.model.rename(payload.user_id, payload.user_name, payload.user_avatar);
    else if (event === "activity_removed") this.model.rows.delete(payload.activity_id);
    else return;
    this.draw();
  }

  draw() {
    const items = this.model.list().filter((item) => KINDS.has(item.type)).slice(0, SHOWN);
    this.node.hidden = !items.length;
    this.list.replaceChildren(...items.map((item) => {
      const name = item.user_name || "Somebody", at = toMillis(item.timestamp ?? Date.now());
      return h("li", {"aria-label": `${name} ${plain(item)}`}, face({id: item.user_id, name, avatar: item.user_avatar}, {size: 28}),
        h("p", {}, h("b", {}, name), " ", sentence(item).map(([text, bold]) => (bold ? h("b", {}, text) : text))), h("time", {datetime: new Date(at).toISOString()}, ago(at)));
    }));
  }

  tick() {
    for (const time of this.list.querySelectorAll("time")) time.textContent = ago(time.dateTime);
  }
}
