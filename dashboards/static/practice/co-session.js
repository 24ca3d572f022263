// <tandem-co-session apps='[…]' me="…">: two practise together. `?with=…&subject=…&skill=…` asks somebody; `?session=…` is
// an invitation, or a practice of two that runs already. Without either, `?subject=…&skill=…&beat=…` is for choosing whom to ask.
// Everything is the server's: any device may come back to it.
import {TandemElement, define, empty, failed, loading} from "../elements/base.js";
import {face, h, icon} from "../elements/dom.js";
import {Friends} from "./friends.js";
import {Waiting, ask, keptRun} from "./line.js";
import {Screen} from "./screen.js";
import {STYLE} from "./style.js";
import {Together} from "./together.js";
import {called, minutes} from "./words.js";

const OPEN_FOR = 300, LEVEL = 2, ASK_AGAIN = 10;

class CoSession extends TandemElement {
  static css = STYLE;

  start(signal) {
    this.me = {id: this.getAttribute("me")};
    this.apps = JSON.parse(this.getAttribute("apps") ?? "[]");
    this.kept = keptRun(this.me.id);
    this.waiting = new Waiting(this.me.id);
    this.root.replaceChildren(h("div", {class: "card"}, loading(3)));
    // An answer that came before this topic was joined is seen by asking once it is.
    this.join("user:me", {onSnapshot: () => this.session && this.learn(), onEvent: (event, payload) => this.heard(event, payload)});
    this.join(`user:${this.me.id}:achievements`, {onEvent: (event, payload) => { if (event === "progress") this.screen?.progressed(payload); }});
    this.watchState((state) => { if (state === "live") { this.waiting.send(); if (this.session) this.learn(); } });
    addEventListener("tandem:suggestion", (event) => this.screen?.suggested(event.detail) && event.preventDefault(), {signal});
    addEventListener("pagehide", () => this.screen?.hide(), {signal});
    document.addEventListener("visibilitychange", () => document.hidden && this.screen?.hide(), {signal});
    signal.addEventListener("abort", () => { clearInterval(this.clock); this.screen?.close(); }, {once: true});
    this.open();
  }

  heard(event, payload) {
    if (event === "achievement_unlocked") this.screen?.earned(payload);
    if (event === "co_practice" && payload.session_id === this.session?.session_id) this.learn(payload);
  }

  async open() {
    const asked = new URLSearchParams(location.search);
    try {
      if (asked.get("session")) this.know(await ask("GET", `co-sessions/${encodeURIComponent(asked.get("session"))}`));
      else if (asked.get("with")) this.know(await this.invite(asked));
      else this.pick(asked);
    } catch (reason) {
      this.trouble(reason);
    }
  }

  /** Choose whom to ask, and say what there is to beat. */
  pick(asked) {
    const subject = asked.get("subject"), skill = asked.get("skill"), beat = Number(asked.get("beat"));
    if (!this.apps.some((one) => one.subject === subject && one.skills.includes(skill))) { location.replace("/practice"); return; }
    this.title("Challenge a friend");
    const goal = beat >= 1 && beat <= 100 ? `, ${Math.round(beat)}% to beat` : "";
    const box = h("div", {});
    this.root.replaceChildren(h("section", {class: "card meeting", "aria-label": "Challenge a friend"}, h("span", {class: "badge-icon"}, icon("challenge", {size: 24})),
      h("h2", {class: "big"}, "Challenge a friend"), h("p", {}, `${called(subject, skill)}${goal}.`), box));
    new Friends({subject, skill}, () => location.assign("/practice")).open(box, {});
  }

  /** Ask somebody; if they have asked the same already, that is the invitation. */
  async invite(asked) {
    const partner = asked.get("with"), skill = asked.get("skill");
    const subject = asked.get("subject") ?? this.apps.find((one) => one.skills.includes(skill))?.subject ?? "";
    const {sessions} = await ask("GET", "co-sessions");
    const theirs = sessions.find((one) => one.people[0]?.user_id === partner && one.skill === skill && one.subject === subject);
    return theirs ?? ask("POST", "co-sessions", {user_id: partner, subject, skill: skill ?? ""}, crypto.randomUUID?.());
  }

  async learn(told = null) {
    try {
      this.know(await ask("GET", `co-sessions/${this.session.session_id}`));
    } catch (reason) {
      // Whoever cannot be met any more is simply gone; one's own practice goes on.
      if (!reason.temporary && !this.screen) this.trouble(reason);
      else if (told?.status === "ended") this.together?.changed({status: "ended", reason: "gone"});
    }
  }

  know(session) {
    this.session = session;
    const mine = session.people.findIndex((one) => one.user_id === this.me.id);
    Object.assign(this, {own: session.people[mine], partner: session.people[1 - mine] ?? {user_id: "", name: "Your friend", avatar: ""}, asked: session.people[mine]?.seat === 0});
    history.replaceState(null, "", `?session=${session.session_id}`);
    if (this.screen) { clearInterval(this.clock); this.stands(); return; }
    if (this.drawn === session.status && session.status === "invited") return;
    this.drawn = session.status;
    clearInterval(this.clock);
    const views = {invited: () => this.invited(), live: () => this.begin(), declined: () => this.declined(), completed: () => this.over(), ended: () => this.begin()};
    views[session.status]();
  }

  // --- before it begins

  card(...children) {
    const who = face({id: this.partner.user_id, name: this.partner.name, avatar: this.partner.avatar === "" ? "initial" : this.partner.avatar}, {size: 72});
    this.root.replaceChildren(h("section", {class: "card meeting", "aria-label": `With ${this.partner.name}`}, who, ...children));
  }

  /** Seconds for which the invitation can still be answered. */
  get left() { return Date.parse(this.session.created_at) / 1000 + OPEN_FOR - Date.now() / 1000; }

  get what() { return called(this.session.subject, this.session.skill); }

  invited() {
    const left = h("span", {class: "num"}, "moment");
    // Where this device's clock is far from the server's, the server alone says when it is over.
    const counted = this.left > 0 && this.left <= OPEN_FOR + 5;
    let ticks = 0;
    const tick = () => {
      const rest = this.left;
      if (++ticks % ASK_AGAIN === 0) this.learn();
      if (!counted) return;
      if (rest <= 0) { this.declined(true); return; }
      left.textContent = rest > 60 ? `${Math.ceil(rest / 60)} min` : minutes(Math.ceil(rest));
    };
    const note = h("p", {class: "muted"}, "Open for another ", left, ". There is no hurry on either side.");
    const answer = (how) => async () => {
      try { this.know(await ask("POST", `co-sessions/${this.session.session_id}/${how}`, undefined, `${how}-${this.session.session_id}`)); }
      catch (reason) { if (reason.status === 409) this.learn(); else this.trouble(reason); }
    };
    if (this.asked) {
      this.card(h("h2", {class: "big"}, `Waiting for ${this.partner.name}`), h("p", {}, `${this.what}, with the same exercise for both of you. It begins as soon as ${this.partner.name} says yes.`), note,
        h("div", {class: "ways"}, h("button", {class: "btn", type: "button", onclick: answer("decline")}, "Take it back")));
    } else {
      this.card(h("h2", {class: "big"}, `${this.partner.name} asks you to practise together`), h("p", {}, `${this.what}, the same exercise for both of you.`), note,
        h("div", {class: "ways"}, h("button", {class: "btn primary large", type: "button", onclick: answer("accept")}, "Practise together"), h("button", {class: "btn text large", type: "button", onclick: answer("decline")}, "Not now")));
    }
    this.clock = setInterval(tick, 1000);
    tick();
  }

  declined(late = this.left <= 0) {
    clearInterval(this.clock);
    const {subject, skill} = this.session;
    const words = this.asked ? (late ? `${this.partner.name} did not see it in time. That happens.` : "Not this time.") : "All right. Another time, if you like.";
    this.card(h("h2", {class: "big"}, words), h("div", {class: "ways"}, h("a", {class: "btn tint large", href: `/practice?subject=${subject}&skill=${skill}`}, "Practise on my own"),
      this.asked && late ? h("button", {class: "btn text large", type: "button", onclick: () => this.askAgain()}, "Ask again") : h("a", {class: "btn text large", href: "/practice"}, "Done")));
  }

  askAgain() {
    const {subject, skill} = this.session;
    location.href = `/practice/co-session?with=${this.partner.user_id}&subject=${subject}&skill=${skill}`;
  }

  trouble(reason) {
    clearInterval(this.clock);
    const gone = reason.status === 404;
    const body = gone ? empty("There is nobody to be reached here just now.", {meaning: "people", action: h("a", {class: "btn tint", href: "/practice"}, "Back to practice")}) : failed(() => location.reload(), {text: reason.message});
    this.root.replaceChildren(h("section", {class: "card"}, body));
  }

  // --- together

  async begin() {
    const {session_id, subject, skill, app} = this.session;
    if (!this.own?.practice_id) { this.over(); return; }
    const run = {practice_id: this.own.practice_id, session_id, subject, skill, app};
    const saved = this.kept.get();
    const mine = saved?.run.practice_id === run.practice_id ? saved : null;
    try {
      if (this.own.status !== "live" && !(mine && await this.lineWasLost())) { this.over(); return; }
      const exercise = mine?.exercise ?? await ask("GET", `exercises/${subject}/${skill}?level=${LEVEL}&seed=${session_id}`);
      if (this.screen) return;
      this.together = new Together(this.partner, run);
      this.screen = new Screen(this, {run, exercise, level: LEVEL, saved: mine, together: this.together, seat: this.own.seat}, {again: () => this.askAgain(), done: () => { location.href = "/practice"; }});
      this.root.replaceChildren(this.screen.node);
      this.screen.open();
      this.stands();
    } catch (reason) {
      this.trouble(reason);
    }
  }

  /** One's own run ended because the line was gone: it may be gone on with, and counts. */
  async lineWasLost() {
    const {run} = await ask("GET", `practice/${this.own.practice_id}`);
    return run.reason === "gone";
  }

  /** How the two stand, whatever was missed meanwhile. */
  stands() {
    if (this.partner.status && this.partner.status !== "waiting" && this.partner.status !== "live" && this.together.status.status === "live") this.together.changed({status: this.partner.status, reason: null, score: this.partner.score, wpm: null});
    if (this.session.status === "completed" && this.session.score !== null) this.together.told(this.session.score);
  }

  over() {
    const {status, score} = this.session;
    const words = status === "completed" ? `You and ${this.partner.name} came to ${Math.round(score)}% together` : this.own?.status === "completed" && status === "live" ? `You are done. ${this.partner.name} is still at it` : "This practice is over";
    this.card(h("h2", {class: "big"}, words), this.own?.score !== null && this.own?.score !== undefined && h("p", {class: "muted"}, `Yours: ${Math.round(this.own.score)}%.`), h("div", {class: "ways"},
      h("button", {class: "btn tint large", type: "button", onclick: () => this.askAgain()}, icon("once-more", {size: 18}), "Once more together"), h("a", {class: "btn text large", href: "/practice"}, "Done")));
  }

  title(text) {
    document.title = `${text} · Tandem`;
    const place = document.querySelector(".bar .place");
    if (place) place.textContent = text;
  }
}

define("tandem-co-session", CoSession);
