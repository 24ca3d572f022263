// The one client of a page: Phoenix Channels V2 over one WebSocket, shared by every region.
//
//   const channel = connect().channel("activity:global", {onSnapshot, onEvent, onPresence, onRefused});
//   await channel.push("update_status", {status: "away"});   channel.leave();
//
// Durable messages arrive once and in order across reconnects (a rejoin says which `seq` it saw last); pushes made while
// offline go out in order; `onState` tells of `connecting`, `live`, `reconnecting`, `offline`, `ended`.
//
// The code of a close decides when to come back: at once somewhere else when a node stops (1012), much later when a person
// has too many connections (4029) unless they look at this very page, and not at all when they are signed out (4003).

export const STEPS = [1000, 2000, 5000, 10000];
// Contact that is gone is said after QUIET, and called offline when it stays away.
const RESTART = 1012, SIGNED_OUT = 4003, CROWDED = 4029;
const SOON = 3000, AWAY = 60000;
const HEARTBEAT = 30000, ANSWER = 10000, PROBE = 3000, QUIET = 2000, OFFLINE = 20000, KEEP = 500, WAITING = 100;

/** The wait before attempt n: its step, shortened by up to half, so that many clients do not come at once. */
export const backoff = (attempt, random = Math.random) => STEPS[Math.min(attempt, STEPS.length - 1)] * (1 - random() / 2);

/** What has been seen of one topic: says of each payload whether it is news. */
export class Seen {
  constructor() { this.reset(null, null); }
  reset(seq, epoch) { this.seq = seq; this.floor = seq; this.epoch = epoch; this.ids = new Set(); }
  news({seq, id} = {}) {
    if (typeof seq !== "number") return true;
    if ((this.floor !== null && seq <= this.floor) || (this.seq !== null && seq < this.seq)) return false;
    const key = id ?? seq;
    if (this.ids.has(key)) return false;
    this.ids.add(key);
    if (this.ids.size > 2 * KEEP) this.ids.delete(this.ids.values().next().value);
    this.seq = seq;
    return true;
  }
}

/** Who is here, from `presence_state` and `presence_diff`: people, each with one meta per connection. */
export class Presence {
  constructor() { this.people = new Map(); this.synced = false; this.total = null; }
  sync(state) {
    const order = [...this.people.keys()].filter((key) => key in state);
    const added = Object.keys(state).filter((key) => !this.people.has(key));
    this.people = new Map([...order, ...added].map((key) => [key, [...state[key].metas]]));
    this.synced = true;
  }
  diff({joins = {}, leaves = {}}) {
    if (!this.synced) return; // the state that follows holds it
    const without = (key, metas) => {
      const refs = new Set(metas.map((meta) => meta.phx_ref));
      return (this.people.get(key) ?? []).filter((meta) => !refs.has(meta.phx_ref));
    };
    for (const [key, {metas}] of Object.entries(joins)) this.people.set(key, [...without(key, metas), ...metas]);
    for (const [key, {metas}] of Object.entries(leaves)) {
      const left = without(key, metas);
      if (left.length) this.people.set(key, left); else this.people.delete(key);
    }
  }
  /** How many people there are: above a limit one is told of some of them only, and of their number. */
  counted({count, complete}) { this.total = complete ? null : count; }
  get count() { return this.total ?? this.people.size; }
  /** One entry a person, in the order they came: their newest connection's meta, with `key` and all `metas`. */
  list() { return [...this.people].map(([key, metas]) => ({...metas.at(-1), key, metas})); }
}

const PRESENCE = {presence_state: "sync", presence_diff: "diff", presence_count: "counted"};

class Channel {
  constructor(client, topic) {
    Object.assign(this, {client, topic, seen: new Seen(), presence: new Presence(), handlers: new Set(), queue: [], state: "new", attempt: 0});
    this.forget();
  }
  forget() { this.snapshot = null; this.history = []; }
  tell(name, ...values) {
    for (const one of [...this.handlers]) {
      try { one[name]?.(...values); } catch (error) { console.error(error); }
    }
  }
  /** A region that comes late gets what the others already have. */
  add(handlers) {
    this.handlers.add(handlers);
    if (this.snapshot) handlers.onSnapshot?.(this.snapshot);
    for (const [event, payload] of this.history) handlers.onEvent?.(event, payload);
    if (this.presence.synced) handlers.onPresence?.(this.presence.list(), this.presence.count);
    if (this.state === "refused") handlers.onRefused?.(this.reason);
  }
  join() {
    this.state = "joining";
    this.joinRef = this.client.ref;
    const {seq, epoch} = this.seen;
    const asked = {...this.params, ...(seq === null ? {} : {since: seq, epoch})};
    this.client.ask(this, "phx_join", asked, this.joinRef).then((answer) => this.joined(answer), (error) => this.missed(error));
  }
  joined(answer) {
    this.presence.total = null;
    this.state = "joined";
    this.attempt = 0;
    if (answer.recovered) {
      for (const {event, payload} of answer.events) this.receive(event, payload);
      this.seen.seq = Math.max(this.seen.seq, answer.seq);
    } else {
      this.renew(answer);
    }
    for (const push of this.queue.splice(0)) this.client.send(this, push);
  }
  renew(snapshot) {
    this.seen.reset(snapshot.seq ?? null, snapshot.epoch ?? null);
    this.snapshot = snapshot;
    this.history = [];
    this.tell("onSnapshot", snapshot);
  }
  missed(error) {
    if (error.lost) return;
    if (error.temporary || error.reason === "timeout") {
      this.state = "waiting";
      this.client.later(() => this.state === "waiting" && this.client.open && this.join(), backoff(this.attempt++, this.client.random));
      return;
    }
    Object.assign(this, {state: "refused", reason: error});
    for (const push of this.queue.splice(0)) push.reject(error);
    this.tell("onRefused", error);
  }
  receive(event, payload) {
    if (event in PRESENCE) {
      this.presence[PRESENCE[event]](payload);
      if (this.presence.synced) this.tell("onPresence", this.presence.list(), this.presence.count);
    } else if (event === "snapshot") {
      this.renew(payload);
    } else if (event === "phx_error" || event === "phx_close") {
      if (this.state !== "left") this.missed({temporary: true});
    } else if (this.seen.news(payload)) {
      if (typeof payload?.seq === "number") this.history.push([event, payload]);
      if (this.history.length > KEEP) { this.forget(); this.seen.reset(null, null); this.join(); }
      this.tell("onEvent", event, payload);
    }
  }
  /** Send and await the reply. With `{key}` in the payload it is sent again after a cut; without, the cut rejects it. */
  push(event, payload = {}) {
    return new Promise((resolve, reject) => {
      const push = {event, payload, resolve, reject};
      if (this.state === "refused") reject(this.reason);
      else if (this.client.state === "ended") reject({reason: "signed_out", temporary: false});
      else if (this.state === "joined" && this.client.open) this.client.send(this, push);
      else if (this.queue.length < WAITING) this.queue.push(push);
      else reject({reason: "too_many_waiting", temporary: true});
    });
  }
}

export class Client {
  constructor(options = {}) {
    this.url = options.url ?? `${location.origin.replace(/^http/, "ws")}/socket/websocket`;
    this.token = options.token ?? ownToken;
    this.Socket = options.WebSocket ?? globalThis.WebSocket;
    this.later = options.later ?? ((task, wait) => { const id = setTimeout(task, wait); return () => clearTimeout(id); });
    this.random = options.random ?? Math.random;
    this.online = options.online ?? (() => globalThis.navigator?.onLine !== false);
    this.last = this.void = null; // the token that was dialled with, and one that is signed out
    Object.assign(this, {channels: new Map(), asked: new Map(), watchers: new Set(), state: "connecting", attempt: 0, count: 0, open: false, timers: {}});
    for (const name of ["online", "offline"]) globalThis.addEventListener?.(name, () => this.hurry());
    globalThis.document?.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    this.lost();
    this.dial();
  }
  get ref() { return String(++this.count); }
  timer(name, task, wait) { this.timers[name]?.(); this.timers[name] = task && this.later(task, wait); }
  onState(watcher) { this.watchers.add(watcher); watcher(this.state); return () => this.watchers.delete(watcher); }
  become(state) {
    if (this.state === state || this.state === "ended") return;
    this.state = state;
    for (const watcher of [...this.watchers]) watcher(state);
  }
  /** Join a topic, or share a join that stands. Returns `{push, leave, topic}` for this one region. */
  channel(topic, handlers = {}) {
    let channel = this.channels.get(topic);
    if (!channel) {
      this.channels.set(topic, channel = new Channel(this, topic));
      channel.params = handlers.params;
      if (this.open) channel.join();
    }
    channel.add(handlers);
    const leave = () => {
      if (!channel.handlers.delete(handlers) || channel.handlers.size) return;
      this.channels.delete(topic);
      if (this.open && channel.joinRef) this.frame(channel.joinRef, this.ref, topic, "phx_leave", {});
      channel.state = "left";
    };
    return {topic, leave, push: (event, payload) => channel.push(event, payload)};
  }
  async dial() {
    if (this.dialling || this.open || this.state === "ended") return;
    this.dialling = true;
    this.timer("retry");
    try {
      const token = await this.token();
      if (this.void === token || this.state === "ended") throw {ended: true};
      this.last = token;
      const bearer = btoa(token).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
      const socket = new this.Socket(`${this.url}?vsn=2.0.0`, ["phoenix", `base64url.bearer.phx.${bearer}`]);
      this.socket = socket;
      this.timer("answer", () => this.drop(socket), ANSWER);
      socket.onopen = () => this.opened(socket);
      socket.onmessage = ({data}) => socket === this.socket && this.heard(JSON.parse(data));
      socket.onclose = ({code} = {}) => this.closed(socket, code);
    } catch (error) {
      this.dialling = false;
      if (error.ended) this.end(); else this.retry();
    }
  }
  opened(socket) {
    if (socket !== this.socket) return;
    Object.assign(this, {open: true, dialling: false, attempt: 0});
    for (const name of ["answer", "quiet", "offline"]) this.timer(name);
    this.become("live");
    this.beat(HEARTBEAT);
    for (const channel of this.channels.values()) channel.join();
  }
  drop(socket) { socket.close(); this.closed(socket); }
  closed(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.dialling = false;
    if (this.open) { this.open = false; this.lost(); }
    for (const name of ["answer", "beat"]) this.timer(name);
    const asked = [...this.asked.values()];
    this.asked.clear();
    for (const {channel, push, reject, cancel} of asked) {
      cancel();
      if (push?.payload.key) channel.queue.push(push); else reject({reason: "lost", temporary: true, lost: true});
    }
    // What was signed out with that token may be signed in with another one: whoever gives tokens knows.
    if (code === SIGNED_OUT) this.void = this.last;
    this.retry(this.pause(code));
  }
  /** How long to stay away, by the code with which the server closed. */
  pause(code) {
    if (code === RESTART) return SOON * (1 - 0.9 * this.random());
    if (code === CROWDED) return AWAY * (1 + this.random());
    return backoff(this.attempt++, this.random);
  }
  /** The sign-in has ended: nothing is dialled, and nothing waits, any more. */
  end() {
    this.become("ended");
    for (const channel of this.channels.values()) {
      for (const push of channel.queue.splice(0)) push.reject({reason: "signed_out", temporary: false});
    }
  }
  /** Nobody on the page needs the line any more. */
  close() {
    this.end();
    for (const name of Object.keys(this.timers)) this.timer(name);
    this.socket?.close();
  }
  lost() {
    this.timer("quiet", () => this.become(this.online() ? "reconnecting" : "offline"), QUIET);
    this.timer("offline", () => this.become("offline"), OFFLINE);
  }
  retry(wait = this.pause()) { if (this.state !== "ended") this.timer("retry", () => this.dial(), wait); }
  /** The network or the reader came back: see at once whether the line is still good. */
  hurry() {
    if (this.open) this.beat(0, PROBE);
    else if (this.online()) { this.attempt = 0; this.dial(); }
  }
  beat(wait, patience = ANSWER) {
    const {socket} = this;
    const send = () => this.ask({topic: "phoenix", joinRef: null}, "heartbeat", {}, null, patience)
      .then(() => this.beat(HEARTBEAT), (error) => error.lost || this.drop(socket));
    this.timer("beat", send, wait);
  }
  frame(...parts) { this.socket.send(JSON.stringify(parts)); }
  send(channel, push) { this.ask(channel, push.event, push.payload, null, ANSWER, push).then(push.resolve, push.reject); }
  ask(channel, event, payload, given = null, patience = ANSWER, push = null) {
    const ref = given ?? this.ref;
    return new Promise((resolve, reject) => {
      const cancel = this.later(() => { this.asked.delete(ref); reject({reason: "timeout", temporary: true}); }, patience);
      this.asked.set(ref, {channel, push, resolve, reject, cancel});
      this.frame(channel.joinRef, ref, channel.topic, event, payload);
    });
  }
  heard([joinRef, ref, topic, event, payload]) {
    if (event === "phx_reply") {
      const asked = this.asked.get(ref);
      if (!asked) return;
      this.asked.delete(ref);
      asked.cancel();
      const {status, response = {}} = payload;
      if (status === "ok") asked.resolve(response); else asked.reject(response);
      return;
    }
    const channel = this.channels.get(topic);
    if (channel && (joinRef === null || joinRef === channel.joinRef)) channel.receive(event, payload);
  }
}

/** A fresh token for the person of this page; refused, the sign-in has ended. */
const ownToken = async () => {
  const answer = await fetch("/auth/socket-token", {method: "POST", headers: {"X-Tandem": "1"}, credentials: "same-origin"});
  if (answer.status === 401 || answer.status === 403) throw {ended: true};
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return (await answer.json()).token;
};

/** The page's one client, from whichever copy of this module it is asked for. */
export const connect = (options) => (globalThis[Symbol.for("tandem.client")] ??= new Client(options));
