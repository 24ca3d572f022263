// <tandem-board subject="math">: the first of a board, and one's own place. `period` is daily, weekly (the default) or
// all_time; `scope` is global (the default), cohort or friends. Rows glide to their places; nobody's loss has a colour.
import {BOARDS} from "./made.js";
import {Region, robot, state} from "./region.js";
import {face, h, icon} from "../elements/dom.js";
import {glide, tops} from "./moving.js";

const PERIODS = {daily: "today", weekly: "this week", all_time: "all time"};
const SCOPES = {cohort: "my cohort", friends: "friends"};
const PACE = 2000, FRIENDS = 30000;

export class EmbeddedBoard extends Region {
  start(signal) {
    this.board = this.subject || "overall";
    this.period = this.getAttribute("period") in PERIODS ? this.getAttribute("period") : "weekly";
    this.scope = this.getAttribute("scope") in SCOPES ? this.getAttribute("scope") : "global";
    const [name, metric] = BOARDS[this.board] ?? [this.board, "points"];
    this.metric = metric;
    const parts = [name, PERIODS[this.period], SCOPES[this.scope]].filter(Boolean);
    this.heading.textContent = parts.join(", ");
    Object.assign(this, {nodes: new Map(), entries: null, own: null, soon: null, looked: false, listening: false});
    this.rows = h("tbody");
    const unit = {points: "Points", avg_wpm: "Words a minute"}[metric] ?? "Average";
    this.table = h("table", {}, h("caption", {class: "sr"}, this.heading.textContent),
      h("thead", {}, h("tr", {}, ["Rank", "Name", unit].map((text) => h("th", {scope: "col"}, text)))), this.rows);
    this.blank = h("div");
    if (this.scope === "friends") {
      const timer = setInterval(() => document.hidden || this.look(), FRIENDS);
      signal.addEventListener("abort", () => clearInterval(timer), {once: true});
    } else {
      this.join(`leaderboard:${this.board}${this.scope === "cohort" ? ":cohort" : ""}`, {
        onSnapshot: (now) => this.told(now.periods),
        onEvent: (event, now) => (event === "person_removed" ? this.without(now.user_id) : now.periods && this.told(now.periods)),
      });
    }
    const stop = this.line.client.onState((now) => now === "live" && this.look());
    signal.addEventListener("abort", () => { stop(); clearTimeout(this.soon); }, {once: true});
  }

  /** One's own ranks are told on one's own topic, which has a name only once there is a token. */
  listen() {
    if (this.listening || !this.line.me) return;
    this.listening = true;
    this.join(`user:${this.line.me}:rank-changes`, {onRefused: () => {}, onEvent: (event, now) => {
      if (event === "rank_changed" && now.board === this.board && now.period === this.period) this.look();
    }});
  }

  /** Read one's own place, and the whole where it is told nowhere: at most every two seconds. */
  look() {
    this.listen();
    this.soon ??= setTimeout(async () => {
      const {life} = this;
      try {
        const now = await this.line.read(`/api/v1/leaderboards/${this.board}?scope=${this.scope}&period=${this.period}`);
        if (this.life !== life) return;
        this.own = now.me && {...now.me.entry, hidden: !now.me.listed};
        if (this.scope === "friends") this.entries = now.entries;
        if (this.entries) this.draw();
      } catch { if (this.scope === "friends" && !this.loaded && this.life === life) this.show(state("info", "This is not open to you yet.")); }
      this.soon = null;
    }, this.looked ? PACE : 0);
    this.looked = true;
  }

  told(periods) {
    this.entries = periods[this.period] ?? [];
    this.draw();
  }

  without(id) {
    this.entries = this.entries?.filter((entry) => entry.user_id !== id) ?? null;
    if (this.entries) this.draw();
  }

  draw() {
    const {me} = this.line;
    const first = this.entries.slice(0, this.limit || 10);
    const apart = this.own && !first.some((entry) => entry.user_id === me);
    const before = tops(this.nodes);
    const nodes = new Map(first.map((entry) => [entry.user_id, this.row(entry, me)]));
    if (apart) { nodes.set("gap", h("tr", {class: "gap", "aria-hidden": "true"}, h("td", {colspan: 3}, "· · ·"))); nodes.set(me, this.row({...this.own, user_id: me}, me)); }
    this.rows.replaceChildren(...nodes.values());
    this.table.hidden = !nodes.size;
    this.blank.replaceChildren(nodes.size ? "" : state("boards", "A fresh start. The first practice opens the board."));
    this.nodes = nodes;
    this.fill(this.table, this.blank);
    glide(nodes, before, []);
  }

  row(entry, me) {
    const you = entry.user_id === me, up = entry.rank_change > 0;
    const name = entry.user_name || "Somebody";
    const moved = entry.rank_change ? h("span", {class: up ? "moved up" : "moved"}, icon(up ? "up" : "fall", {size: 13, label: up ? "up" : "down"}), Math.abs(entry.rank_change)) : "";
    return h("tr", {class: you ? "you" : null}, h("td", {class: "num"}, h("b", {class: entry.rank < 4 ? "top" : null}, entry.rank), moved),
      h("td", {}, h("div", {class: "whose"}, face({id: entry.user_id, name, avatar: entry.user_avatar}, {size: 32, you}), h("span", {}, you ? `${name} (you)` : name), robot(entry), entry.hidden && h("span", {class: "muted"}, "only you see this"))),
      h("td", {class: "num"}, this.metric === "points" ? entry.score.toLocaleString("en-GB") : (entry.score / 100).toFixed(1)));
  }
}
