// What is seen and pressed in a feed, told in batches: a row counts when more than half of it was in sight for a second,
// once a page. Nothing is told of one's own, and nothing while the line is away: it is a count, not a record.
import {api} from "./api.js";

const SIGHT = 1000, EVERY = 15_000, MOST = 100, CLICKS = 20;

const tell = (body) => api("/engagement", {method: "POST", body, keepalive: true});

export class Engagement {
  constructor(signal, {mine = () => false, send = tell} = {}) {
    Object.assign(this, {mine, send, told: new Set(), viewed: [], clicks: [], timers: new Map(), due: null});
    this.observer = globalThis.IntersectionObserver && new IntersectionObserver((entries) => entries.forEach((entry) => this.sight(entry)), {threshold: 0.6});
    const hide = () => document.hidden && this.flush();
    document.addEventListener("visibilitychange", hide, {signal});
    signal.addEventListener("abort", () => { this.observer?.disconnect(); clearTimeout(this.due); for (const timer of this.timers.values()) clearTimeout(timer); }, {once: true});
  }

  watch(node, id) {
    if (this.told.has(id) || this.mine(id)) return;
    this.observer?.observe(node);
  }

  sight({target, isIntersecting}) {
    const {id} = target.dataset;
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    if (isIntersecting && !this.told.has(id)) this.timers.set(id, setTimeout(() => this.seen(target, id), SIGHT));
  }

  seen(node, id) {
    this.timers.delete(id);
    this.observer?.unobserve(node);
    if (document.hidden || this.told.has(id)) return;
    this.told.add(id);
    this.viewed.push(id);
    this.soon();
  }

  click(target, id = null) {
    if (this.clicks.length < CLICKS) this.clicks.push(id ? {target, activity_id: id} : {target});
    this.soon();
  }

  soon() { this.due ??= setTimeout(() => this.flush(), EVERY); }

  async flush() {
    clearTimeout(this.due);
    this.due = null;
    const body = {viewed: this.viewed.splice(0, MOST), clicks: this.clicks.splice(0)};
    if (!body.viewed.length && !body.clicks.length) return;
    if (this.viewed.length) this.soon();
    await this.send(body).catch(() => {}); // what is not counted is not missed
  }
}
