// What a feed shows, without a screen: a live window of the newest fifty, the pages the reader loaded below it, and
// what waits above until the reader looks. An activity that comes by several topics is one row; order is that of `seq`.

export const WINDOW = 50;

export class FeedModel {
  constructor() {
    this.rows = new Map();
    this.waiting = new Map();
    this.paged = false;
  }

  /** Everything shown, newest first. */
  list() { return [...this.rows.values()].sort(newestFirst); }

  has(id) { return this.rows.has(id) || this.waiting.has(id); }

  /** A topic's fresh picture: its rows come in, and what it no longer holds of its own stretch goes. */
  snapshot(topic, items) {
    const known = new Set(items.map((item) => item.id));
    const oldest = Math.min(...items.map((item) => item.seq));
    const whole = items.length < WINDOW;
    for (const item of [...this.rows.values(), ...this.waiting.values()]) {
      if (item.topics.has(topic) && !known.has(item.id) && (whole || item.seq >= oldest)) this.withdraw(item, topic);
    }
    for (const item of items) this.put(topic, item);
    this.trim();
  }

  /** One new activity: shown at once, or kept waiting. Returns true when it was not known. */
  add(topic, item, wait = false) {
    if (this.has(item.id)) { this.put(topic, item); return false; }
    const place = wait ? this.waiting : this.rows;
    place.set(item.id, {...item, topics: new Set([topic])});
    if (!wait) this.trim();
    return true;
  }

  /** Let those in that waited. Returns their ids. */
  reveal() {
    const ids = [...this.waiting.keys()];
    for (const [id, item] of this.waiting) this.rows.set(id, item);
    this.waiting.clear();
    this.trim();
    return ids;
  }

  /** A page of older activities, `[topic, activity]` pairs, asked for by the reader: it stays. Returns how many were news. */
  page(pairs) {
    const before = this.rows.size;
    for (const [topic, item] of pairs) this.put(topic, item);
    this.paged = true;
    return this.rows.size - before;
  }

  /** Somebody is no longer seen on a topic; what only that topic showed of them goes. */
  removePerson(topic, userId) {
    for (const item of [...this.rows.values(), ...this.waiting.values()]) {
      if (item.user_id === userId) this.withdraw(item, topic);
    }
  }

  /** An activity that is gone everywhere. Returns whether it was here. */
  remove(id) {
    const shown = this.rows.delete(id);
    return this.waiting.delete(id) || shown;
  }

  rename(userId, name, avatar) {
    for (const item of [...this.rows.values(), ...this.waiting.values()]) {
      if (item.user_id === userId) Object.assign(item, {user_name: name, user_avatar: avatar});
    }
  }

  /** What there is now of each kind of reaction. Returns whether a row shows it. */
  reacted(activityId, reactions) {
    const item = this.rows.get(activityId) ?? this.waiting.get(activityId);
    if (item) item.reactions = reactions;
    return this.rows.has(activityId);
  }

  put(topic, item) {
    const place = this.waiting.has(item.id) ? this.waiting : this.rows;
    const topics = place.get(item.id)?.topics ?? new Set();
    place.set(item.id, {...item, topics: topics.add(topic)});
  }

  withdraw(item, topic) {
    item.topics.delete(topic);
    if (item.topics.size === 0) { this.rows.delete(item.id); this.waiting.delete(item.id); }
  }

  /** Keep the newest fifty until the reader has asked for more; then nothing loaded ever leaves. */
  trim() {
    if (this.paged || this.rows.size <= WINDOW) return;
    for (const item of this.list().slice(WINDOW)) this.rows.delete(item.id);
  }
}

const newestFirst = (one, other) => other.seq - one.seq;

/** An activity in one shape, whichever names the message uses. Null for what cannot be shown. */
export function itemOf(payload) {
  if (!payload || payload.id === undefined) return null;
  return {
    id: String(payload.id),
    seq: payload.seq ?? 0,
    type: payload.type ?? payload.event_type ?? "",
    user_id: payload.user_id ?? null,
    user_name: payload.user_name ?? "",
    user_avatar: payload.user_avatar ?? "",
    subject: payload.subject ?? null,
    skill: payload.skill ?? null,
    properties: payload.properties ?? payload.data ?? {},
    visibility: payload.visibility ?? null,
    timestamp: payload.timestamp ?? null,
    simulated: Boolean(payload.simulated),
    reactions: payload.reactions ?? {},
  };
}
