// A practice's line to the server: beginning, how it goes, the end. What it came to is kept on the device until the
// server has taken it, and sent again with the same key: it counts once, however often it is sent.
import {api} from "../elements/api.js";

const PACE = 500, AGAIN = 1000, SELDOM = 30_000;

/** Ask the server as the person of this page. */
export const ask = (method, path, body, key) => api(`/${path}`, {method, body, key});

/** A small thing of one person on this device; where nothing can be kept, nothing is. */
class Kept {
  constructor(name, me) { this.name = `tandem-${name}:${me}`; }
  get() { try { return JSON.parse(localStorage.getItem(this.name) ?? "null"); } catch { return null; } }
  set(value) { try { if (value === null) localStorage.removeItem(this.name); else localStorage.setItem(this.name, JSON.stringify(value)); } catch { /* this device keeps nothing */ } }
}

export const keptRun = (me) => new Kept("practice-run", me);

/** Results on their way. `send()` tries them all; each leaves only when the server has taken or finally refused it. */
export class Waiting {
  constructor(me) {
    this.kept = new Kept("practice-results", me);
    this.held = this.kept.get() ?? [];
    this.told = new Map();
    this.wait = AGAIN;
    globalThis.addEventListener?.("online", () => this.send());
  }

  get size() { return this.held.length; }

  /** Resolves with the server's answer, now or when the line is back; rejects when it is refused for good. */
  add(practiceId, body) {
    this.held = [...this.held.filter(({id}) => id !== practiceId), {id: practiceId, body}];
    this.kept.set(this.held);
    const answered = new Promise((resolve, reject) => this.told.set(practiceId, {resolve, reject}));
    this.send();
    return answered;
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    for (const one of [...this.held]) {
      try {
        this.done(one.id, "resolve", await ask("POST", `practice/${one.id}/complete`, one.body, `finish-${one.id}`));
      } catch (reason) {
        if (reason.temporary) continue;
        // Taken already, by this device or another one: that is what was wanted.
        this.done(one.id, reason.type === "already_completed" ? "resolve" : "reject", reason);
      }
    }
    this.sending = false;
    clearTimeout(this.timer);
    this.wait = this.held.length ? Math.min(2 * this.wait, SELDOM) : AGAIN;
    if (this.held.length) this.timer = setTimeout(() => this.send(), this.wait);
  }

  done(id, how, value) {
    this.held = this.held.filter((one) => one.id !== id);
    this.kept.set(this.held.length ? this.held : null);
    this.told.get(id)?.[how](value);
    this.told.delete(id);
  }
}

/** The open topics of one run. */
export class Line {
  constructor(element, run, {onRanks, onRuns, onProgress} = {}) {
    Object.assign(this, {run, last: 0, next: null, timer: null});
    const live = (state) => onRuns?.(state.runs ?? []);
    this.live = element.join(`session:${run.session_id}:live`, {
      onSnapshot: live,
      onEvent: (event, payload) => { if (event === "practice_changed") onRuns?.([payload]); else if (event === "progress_update") onProgress?.(payload); },
    });
    this.ranks = element.join(`session:${run.session_id}:competitors`, {onEvent: (event, payload) => event === "competitors" && payload.practice_id === run.practice_id && onRanks?.(payload)});
    this.room = element.join(`subject:${run.subject}`, {});
    this.element = element;
  }

  /** How it goes: told at most twice a second, the latest each time, and only while there is a line. */
  say(figures, now = performance.now()) {
    this.next = figures;
    if (this.timer) return;
    this.timer = setTimeout(() => this.tell(), Math.max(0, this.last + PACE - now));
  }

  tell() {
    this.timer = null;
    this.last = performance.now();
    if (this.element.client.state !== "live") return;
    this.live.push("practice_progress", {practice_id: this.run.practice_id, ...this.next}).catch(() => {});
  }

  close() {
    clearTimeout(this.timer);
    for (const channel of [this.live, this.ranks, this.room]) channel.leave();
  }
}
