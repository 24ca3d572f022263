// A cohort's room as its topic tells it: messages in their order, open challenges with their places, the switch.
// It knows nothing of a page; whoever draws asks it.

const byPlace = (one, other) => (other.score ?? -1) - (one.score ?? -1);

export class RoomModel {
  constructor(me = "") {
    this.me = me;
    this.loaded = false;
    this.chat = {open: true, reason: null};
    this.messages = new Map();
    this.older = new Map();
    this.challenges = new Map();
    this.news = [];
  }

  snapshot({messages = [], challenges = [], chat = this.chat}) {
    this.messages = new Map(messages.map((said) => [said.message_id, said]));
    this.challenges = new Map(challenges.map((one) => [one.challenge_id, {...one, participants: [...one.participants]}]));
    this.chat = chat;
    if (!chat.open) this.older.clear();
    this.loaded = true;
  }

  /** What happened; the name of what is another now (`chat`, `challenges`, `people`), or null. */
  event(name, payload) {
    return this[HANDLERS[name]]?.(payload) ?? null;
  }

  said(payload) {
    this.older.delete(payload.message_id);
    this.messages.delete(payload.message_id);
    this.messages.set(payload.message_id, payload);
    return "chat";
  }

  takenDown({message_id: id}) {
    for (const held of [this.messages, this.older]) {
      const said = held.get(id);
      if (said) held.set(id, {message_id: id, seq: said.seq, timestamp: said.timestamp, removed: true});
    }
    return "chat";
  }

  switched({open, reason}) {
    this.chat = {open, reason};
    if (!open) { this.messages.clear(); this.older.clear(); }
    return "chat";
  }

  opened(payload) {
    this.challenges.set(payload.challenge_id, {...payload, participant_count: 0, participants: []});
    this.news.push({challenge_id: payload.challenge_id, name: payload.creator_name, skill: payload.skill, timestamp: payload.created_at});
    return "challenges";
  }

  entered({challenge_id: id, user_id, user_name, user_avatar, score = null}) {
    const one = this.challenges.get(id);
    if (!one) return null;
    const known = one.participants.find((place) => place.user_id === user_id);
    if (known) known.score = score ?? known.score;
    else one.participants.push({user_id, user_name, user_avatar, score, rank: null});
    // Each joins once; a result of somebody who is not among the places told of is no new one.
    if (score === null) one.participant_count += 1;
    this.rank(one);
    return "challenges";
  }

  rank(one) {
    one.participants.sort(byPlace);
    const scores = one.participants.map((place) => place.score);
    for (const place of one.participants) place.rank = place.score === null ? null : scores.indexOf(place.score) + 1;
  }

  closed({challenge_id: id}) {
    return this.challenges.delete(id) ? "challenges" : null;
  }

  renamed({user_id: id, user_name, user_avatar}) {
    const called = (one) => (one.user_id === id ? {...one, user_name, user_avatar} : one);
    for (const held of [this.messages, this.older]) for (const [key, said] of held) held.set(key, called(said));
    for (const one of this.challenges.values()) {
      if (one.user_id === id) Object.assign(one, {creator_name: user_name, creator_avatar: user_avatar});
      one.participants = one.participants.map(called);
    }
    return "people";
  }

  gone({user_id: id}) {
    for (const held of [this.messages, this.older]) for (const [key, said] of held) if (said.user_id === id) held.delete(key);
    for (const [key, one] of this.challenges) {
      if (one.user_id === id) { this.challenges.delete(key); continue; }
      const left = one.participants.filter((place) => place.user_id !== id);
      one.participant_count -= one.participants.length - left.length;
      one.participants = left;
      this.rank(one);
    }
    return "people";
  }

  /** A page of what was said before, newest first, as REST answers it. */
  earlier(page) {
    for (const said of page) if (!this.messages.has(said.message_id)) this.older.set(said.message_id, said);
  }

  /** Everything in the order of the log, oldest first. */
  list() {
    return [...this.older.values(), ...this.messages.values()].sort((one, other) => one.seq - other.seq);
  }
}

const HANDLERS = {
  new_message: "said", message_taken_down: "takenDown", chat_changed: "switched", cohort_challenge_created: "opened",
  challenge_joined: "entered", challenge_scored: "entered", challenge_closed: "closed", person_updated: "renamed", person_removed: "gone",
};

/** What one said oneself and is not in the room yet: waiting, held, or refused. Sent again under the same key, it is said once. */
export class Outbox {
  constructor() { this.items = new Map(); }
  add(key, text, now = Date.now()) {
    const item = {key, text, timestamp: new Date(now).toISOString(), state: "waiting"};
    this.items.set(key, item);
    return item;
  }
  answered(key, {message_id, status, text}) {
    const item = this.items.get(key);
    if (!item) return;
    Object.assign(item, {message_id, text, state: status === "held" ? "held" : "sent"});
    if (status === "removed") this.items.delete(key);
  }
  refused(key, reason) {
    const item = this.items.get(key);
    if (item) Object.assign(item, {state: "refused", reason});
  }
  /** What is held from before this page, as REST answers it. */
  held(list) {
    for (const {message_id, text, timestamp} of list) {
      if (![...this.items.values()].some((item) => item.message_id === message_id)) this.items.set(message_id, {key: message_id, message_id, text, timestamp, state: "held"});
    }
  }
  drop(id) {
    for (const [key, item] of this.items) if (item.message_id === id || key === id) this.items.delete(key);
  }
  /** Those that the room does not show by itself. */
  list(shown) {
    for (const [key, item] of this.items) if (item.message_id && shown.has(item.message_id)) this.items.delete(key);
    return [...this.items.values()];
  }
}
