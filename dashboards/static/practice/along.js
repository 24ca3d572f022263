// Those who practise the same right now, quietly at the side: their place, how far they are, and how it goes. What changes
// is drawn where it changed; rows glide to a new place together, one glide every two seconds at most.
import {calm, face, h, icon} from "../elements/dom.js";
import {whole} from "./words.js";

const APART = 2000, GLIDE = 320;

export class Along {
  constructor(me, title) {
    Object.assign(this, {me, rows: new Map(), first: new Map(), last: 0, shown: [], timer: null});
    this.title = h("h2", {}, title);
    this.live = h("span", {class: "live-chip"}, h("span", {class: "dot", "aria-hidden": "true"}), h("span", {class: "num"}, "1 live"));
    this.list = h("ol", {class: "plain-list along-list"});
    this.quiet = h("p", {class: "quiet"}, "Nobody else is at this just now. Whoever starts shows up here.");
    this.node = h("section", {class: "card along", "aria-label": title}, h("div", {class: "card-head"}, this.title, this.live), this.list, this.quiet);
  }

  /** What the server told: `{competitors, count}`. */
  tell(ranks) {
    this.told = ranks;
    clearTimeout(this.timer);
    const order = ranks.competitors.map((one) => one.user_id).join();
    const wait = order === this.order ? 0 : Math.max(0, this.last + APART - Date.now());
    if (wait) this.timer = setTimeout(() => this.draw(), wait);
    else this.draw();
  }

  draw() {
    const {competitors, count} = this.told;
    const before = new Map([...this.rows].map(([id, row]) => [id, row.node.getBoundingClientRect().top]));
    const order = competitors.map((one) => one.user_id).join();
    const moved = this.order !== undefined && order !== this.order;
    this.live.lastChild.textContent = this.ended ? `${count} ${count === 1 ? "person" : "people"}` : `${count} live`;
    const here = new Set(competitors.map((one) => one.user_id));
    for (const [id, row] of this.rows) if (!here.has(id)) { row.node.remove(); this.rows.delete(id); }
    competitors.forEach((one, index) => {
      const row = this.rows.get(one.user_id) ?? this.row(one);
      if (this.list.children[index] !== row.node) this.list.insertBefore(row.node, this.list.children[index] ?? null);
      this.fill(row, one);
    });
    this.quiet.hidden = competitors.length > 1;
    if (moved) this.glide(before);
    if (order !== this.order) this.last = Date.now();
    this.order = order;
  }

  row(one) {
    const you = one.user_id === this.me.id;
    const parts = {rank: h("span", {class: "rank num"}), change: h("span", {class: "change num"}), value: h("b", {class: "num"}), bar: h("span", {class: "fill"})};
    parts.node = h("li", {class: you ? "one you" : "one", "data-person": one.user_id}, parts.rank, face({id: one.user_id, name: one.username, avatar: one.avatar_url === "" ? "initial" : one.avatar_url}, {size: 34}),
      h("div", {class: "side"}, h("div", {class: "top"}, h("span", {class: "name"}, you ? "You" : one.username), parts.change, parts.value), h("div", {class: "bar", "aria-hidden": "true"}, parts.bar)));
    this.rows.set(one.user_id, parts);
    return parts;
  }

  fill(row, one) {
    if (!this.first.has(one.user_id) && one.metric_value !== null) this.first.set(one.user_id, one.rank);
    const by = (this.first.get(one.user_id) ?? one.rank) - one.rank;
    row.rank.textContent = one.rank;
    row.value.textContent = one.metric_value === null ? "–" : whole(one.metric_value);
    const share = one.of ? one.done / one.of : (one.metric_value ?? 0) / 100;
    row.bar.style.width = `${Math.round(100 * Math.min(1, share))}%`;
    if (row.by === by) return;
    row.by = by;
    row.change.className = by > 0 ? "change num up" : "change num";
    const label = by > 0 ? `up ${by}` : by < 0 ? `down ${-by}` : "same place";
    row.change.replaceChildren(by ? icon(by > 0 ? "up" : "fall", {size: 14, label}) : h("span", {"aria-label": label, role: "img"}, "–"), by ? String(Math.abs(by)) : "");
  }

  glide(before) {
    if (calm() || document.hidden) return;
    for (const [id, top] of before) {
      const node = this.rows.get(id)?.node;
      const by = node ? top - node.getBoundingClientRect().top : 0;
      if (by) node.animate([{transform: `translateY(${by}px)`}, {transform: "none"}], {duration: GLIDE, easing: "cubic-bezier(.2, .7, .3, 1)"});
    }
  }

  /** The practice is over: what stands, stands; one's own row with what it came to. */
  end(value) {
    clearTimeout(this.timer);
    this.ended = true;
    this.title.textContent = "How it stood";
    this.live.classList.add("over");
    if (!this.told) return null;
    const mine = this.told.competitors.find((one) => one.user_id === this.me.id);
    if (mine) Object.assign(mine, {metric_value: value, done: mine.of});
    const place = (one) => (one.metric_value === null ? Infinity : -one.metric_value);
    this.told.competitors.sort((a, b) => place(a) - place(b));
    this.told.competitors.forEach((one, index, all) => { one.rank = index && all[index - 1].metric_value === one.metric_value ? all[index - 1].rank : index + 1; });
    this.draw();
    return mine ? {rank: mine.rank, of: this.told.count} : null;
  }
}
