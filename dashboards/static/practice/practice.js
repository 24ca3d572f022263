// <tandem-practice apps='[…]' me="…" >: choosing, practising and what came of it, in one place. Typing is real; what a
// practice came to is counted by the server once, also when the line was lost meanwhile.
import {TandemElement, define, failed, loading} from "../elements/base.js";
import {h} from "../elements/dom.js";
import {chooser, invitation, leftOpen, peerWords} from "./chooser.js";
import {Waiting, ask, keptRun} from "./line.js";
import {Screen} from "./screen.js";
import {STYLE} from "./style.js";
import {called} from "./words.js";

const PEERS_EVERY = 30_000;

class Practice extends TandemElement {
  static css = STYLE;

  start(signal) {
    this.me = {id: this.getAttribute("me")};
    this.apps = JSON.parse(this.getAttribute("apps") ?? "[]");
    this.kept = keptRun(this.me.id);
    this.waiting = new Waiting(this.me.id);
    this.peers = new Map();
    this.level = this.kept.get()?.level ?? 2;
    this.wished = new URLSearchParams(location.search);
    this.watchState((state) => { if (state === "live") { this.waiting.send(); } });
    addEventListener("tandem:suggestion", (event) => this.screen?.suggested(event.detail) && event.preventDefault(), {signal});
    addEventListener("pagehide", () => this.screen?.hide(), {signal});
    document.addEventListener("visibilitychange", () => document.hidden && this.screen?.hide(), {signal});
    signal.addEventListener("abort", () => this.screen?.close(), {once: true});
    this.join("user:me", {onSnapshot: () => this.screen || this.lookForInvitations(), onEvent: (event, payload) => {
      if (event === "achievement_unlocked") this.screen?.earned(payload);
      else if (event === "co_practice") this.lookForInvitations();
    }});
    this.join(`user:${this.me.id}:achievements`, {onEvent: (event, payload) => { if (event === "progress") this.screen?.progressed(payload); }});
    this.open();
  }

  /** Where the address leads: to one skill at once, or to the choice. */
  open() {
    const subject = this.wished.get("subject"), skill = this.wished.get("skill");
    const app = this.apps.find((one) => one.subject === subject || (!subject && one.skills.includes(skill)));
    if (app && app.skills.includes(skill)) this.begin(app.subject, skill);
    else this.choose();
  }

  choose() {
    this.screen?.close();
    this.screen = null;
    this.title("Practice");
    if (location.search) history.replaceState(null, "", location.pathname);
    this.drawChoice();
    this.learnPeers();
    this.lookForOpen();
    this.lookForInvitations();
  }

  drawChoice() {
    this.root.replaceChildren(chooser({apps: this.apps, level: this.level, peers: this.peers, above: [...(this.invitations ?? []), this.resumeCard],
      start: (subject, skill) => this.begin(subject, skill), setLevel: (level) => { this.level = level; this.drawChoice(); }}));
  }

  title(text) {
    document.title = `${text} · Tandem`;
    const place = document.querySelector(".bar .place");
    if (place) place.textContent = text;
  }

  /** A run that was left open is offered again, not pushed. */
  async lookForOpen() {
    const saved = this.kept.get();
    if (!saved) return;
    try {
      const run = await ask("GET", `practice/${saved.run.practice_id}`);
      if (this.screen) return;
      if (run.run.status !== "live" && run.run.reason !== "gone") { this.kept.set(null); return; }
    } catch (reason) {
      if (!reason.temporary) this.kept.set(null);
      return;
    }
    const where = saved.done ? `${Math.round((100 * saved.done) / saved.of)}% through` : "";
    this.resumeCard = leftOpen(called(saved.run.subject, saved.run.skill), where, () => this.resume(saved), () => this.drop(saved));
    this.drawChoice();
  }

  /** Who asks to practise together, while it can be answered; during a practice it waits. */
  async lookForInvitations() {
    const {sessions} = await ask("GET", "co-sessions").catch(() => ({sessions: []}));
    const theirs = sessions.filter((one) => one.people[1]?.user_id === this.me.id);
    this.invitations = theirs.map((one) => invitation(one, () => this.notNow(one)));
    if (!this.screen) this.drawChoice();
  }

  notNow(session) {
    ask("POST", `co-sessions/${session.session_id}/decline`, undefined, `decline-${session.session_id}`).catch(() => {}).then(() => this.lookForInvitations());
  }

  resume(saved) {
    this.resumeCard = null;
    if (saved.run.session_id !== saved.run.practice_id) { location.href = `/practice/co-session?session=${saved.run.session_id}`; return; }
    this.show(saved.run, saved.exercise, saved.level, saved);
  }

  drop(saved) {
    this.resumeCard = null;
    this.kept.set(null);
    ask("DELETE", `practice/${saved.run.practice_id}`).catch(() => {});
    this.drawChoice();
  }

  async begin(subject, skill) {
    this.resumeCard = null;
    this.root.replaceChildren(h("div", {class: "card"}, loading(4)));
    try {
      const run = await ask("POST", "practice", {subject, skill}, crypto.randomUUID?.());
      const exercise = await ask("GET", `exercises/${subject}/${skill}?level=${this.level}&seed=${run.session_id}`);
      this.show(run, exercise, this.level);
    } catch (reason) {
      const again = () => this.begin(subject, skill);
      const text = reason.lost ? "A practice begins with the line. Everything else is still here." : reason.message;
      this.root.replaceChildren(h("div", {class: "card"}, failed(again, {text}), h("div", {class: "state"}, h("button", {class: "btn text", type: "button", onclick: () => this.choose()}, "Back to the choice"))));
    }
  }

  show(run, exercise, level, saved = null) {
    this.screen?.close();
    this.screen = new Screen(this, {run, exercise, level, saved}, {
      again: () => this.begin(run.subject, run.skill),
      done: () => this.choose(),
    });
    this.root.replaceChildren(this.screen.node);
    this.screen.open();
  }

  /** How many are at each skill now: asked while the choice is shown. */
  async learnPeers() {
    clearTimeout(this.peersTimer);
    if (this.screen || !this.isConnected) return;
    this.peersTimer = setTimeout(() => this.learnPeers(), PEERS_EVERY);
    for (const {subject} of this.apps) {
      const stats = await ask("GET", `subjects/${subject}/stats`).catch(() => null);
      if (!stats) return;
      for (const [skill, count] of Object.entries(stats.peers_by_skill)) this.peers.set(`${subject}/${skill}`, count);
      for (const node of this.root.querySelectorAll(`[data-peers^="${subject}/"]`)) {
        const skill = node.dataset.peers.split("/")[1];
        node.replaceChildren(...peerWords(stats.peers_by_skill[skill] ?? 0));
      }
    }
  }
}

define("tandem-practice", Practice);
