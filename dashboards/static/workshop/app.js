// <tandem-workshop code="KTM4RX">: one workshop in one browser. It comes in or asks how to, joins the workshop's topic, keeps
// the shared state with the reducer in wire.js, draws the step that is now, and sends what people do. What is typed, chosen
// or on its way is kept through cuts and reloads. With `screen` it only shows: a big screen without controls.
import {Client} from "../client/tandem.js";
import {changeTheme, isDark} from "../theme.js";
import {phaseOf, sceneOf} from "./adapter.js";
import {Entrance} from "./entrance.js";
import {Drafts} from "./drafts.js";
import {Inside, keepEntry, keptEntry} from "./door.js";
import {turnWords} from "./dock-words.js";
import {HANDLERS} from "./handlers.js";
import {dialogOf} from "./overlays.js";
import {stage} from "./stage.js";
import {TEXTS} from "./texts.js";
import {render} from "./tree.js";
import {Voice} from "./voice.js";
import {apply, waiting} from "./wire.js";

const BREATH = 1500, BANNER = 8000, AGAIN = 5000;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class Workshop extends (globalThis.HTMLElement ?? class {}) {
  connectedCallback() {
    this.told = JSON.parse(document.getElementById("tandem-workshop").textContent);
    this.code = this.told.code;
    this.screenOnly = this.hasAttribute("screen");
    this.local = {chosen: {}, given: {}, sending: {}, unsent: {}};
    this.judged = {};
    this.highlights = {};
    this.line = "connecting";
    this.life = new AbortController();
    this.voice = new Voice(() => this.draw());
    this.entrance = new Entrance(this);
    this.addEventListener("workshop", (event) => this.wished(event.detail), {signal: this.life.signal});
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw(), {signal: this.life.signal});
    this.entry = keptEntry(this.code);
    if (this.entry?.token) this.open(); else this.draw();
  }

  disconnectedCallback() { this.life.abort(); this.channel?.leave(); this.voice.stop(); }

  get dark() { return isDark(); }

  /** Come in with the token that this browser holds. */
  async open() {
    this.inside = new Inside(this.code, this.entry.token);
    this.entrance.asked = null;
    try {
      const shown = await this.inside.screen();
      this.drafts = new Drafts(`${this.code}:${shown.me.participant_id}`);
      this.local.pin = this.entry.pin || null;
      this.local.pinSeen = Boolean(this.entry.pinSeen);
      this.local.shared = this.drafts.get("shared") === "yes";
      const away = shown.me.status === "inactive" && shown.workshop.state !== "lobby" && shown.workshop.state !== "completed";
      this.read(shown);
      if (!this.screenOnly && shown.workshop.state !== "completed") await this.inside.back();
      await this.judge();
      this.listen();
      this.draw();
      if (away && !this.screenOnly) this.tell({text: TEXTS.app.welcomeBack(document.title.split(",")[0].split(" · ")[0].toLowerCase())});
    } catch (error) {
      this.closedOut(error);
    }
  }

  closedOut(error) {
    if (error.temporary) { this.trouble = TEXTS.app.failed; this.draw(); setTimeout(() => this.isConnected && !this.workshop && this.open(), 3000); return; }
    this.workshop = null;
    this.channel?.leave();
    if (error.status === 401 || error.status === 403) {
      this.entrance.name = this.entry?.name ?? "";
      this.entrance.known = this.entry?.name ?? null;
      keepEntry(this.code, null);
      this.entry = null;
    } else this.trouble = error.message || TEXTS.app.gone;
    this.draw();
  }

  /** What the server says to this person. The shared state is taken from it at first only: later the topic is ahead. */
  read({workshop, me, time}) {
    if (time?.server_time) this.offset = Date.parse(time.server_time) - Date.now();
    this.me = me;
    this.workshop ??= workshop;
    const number = this.workshop.current_question;
    if (number && number === workshop.current_question && workshop.stage === "awaiting") this.local.given[number] = this.local.unsent[number] ?? me.my_score ?? null;
    for (const {question} of workshop.results) this.local.given[question] ??= this.keptScore(question);
    if (number && this.drafts) this.local.chosen[number] ??= this.keptChoice(number);
  }

  keptScore(question) { const text = this.drafts?.get(`given:${question}`); return text ? Number(text) : null; }
  keptChoice(question) { const text = this.drafts?.get(`chosen:${question}`); return text ? Number(text) : null; }

  /** What the server says of everything revealed: figures, lights, prompts, highlights. */
  async judge() {
    if (!this.workshop.results.length) return;
    const {results, strengths, concerns, widest} = await this.inside.results();
    this.judged = Object.fromEntries(results.map((one) => [one.question_number, one]));
    this.highlights = {strength: strengths[0], concern: concerns[0], differ: widest};
  }

  listen() {
    this.client ??= new Client({token: async () => (await this.inside.socket().catch((error) => { throw error.status === 401 || error.status === 403 ? {ended: true} : error; })).token});
    this.watching ??= this.client.onState((state) => this.lineIs(state));
    this.channel = this.client.channel(`workshop:${this.workshop.workshop_id}`, {onSnapshot: (snapshot) => this.renewed(snapshot), onEvent: (event, fact) => this.heard(event, fact), onRefused: () => this.refused()});
  }

  /** Not let onto the topic: this person was taken out, or the door is not there yet. Ask again in a while. */
  refused() {
    this.channel.leave();
    this.lineIs("reconnecting");
    setTimeout(async () => { if (!this.isConnected || !this.workshop) return; await this.refresh(); if (this.workshop) { this.lineIs("live"); this.listen(); } }, AGAIN);
  }

  lineIs(state) {
    const before = this.line;
    this.line = state;
    if (state === "live" && before !== "live") this.sendUnsent();
    if (state === "ended") this.open();
    this.draw();
  }

  async renewed({workshop}) {
    if (!workshop) { this.closedOut({status: 410, message: TEXTS.app.gone}); return; }
    const first = !this.renewedOnce;
    this.renewedOnce = true;
    if (workshop.version >= this.workshop.version) this.workshop = workshop;
    this.draw();
    if (first) return;
    await this.refresh();
    this.sendUnsent();
  }

  /** Look at everything anew: after a cut, and when something that one sent came too late. */
  async refresh() {
    try { this.read(await this.inside.screen()); await this.judge(); } catch (error) { if (!error.temporary) { this.closedOut(error); return; } }
    this.draw();
  }

  heard(event, fact) {
    if (event === "timer_tick") { if (fact.server_time) this.offset = Date.parse(fact.server_time) - Date.now(); return; }
    const before = this.workshop;
    this.workshop = apply(before, event, fact);
    this.notice(event, fact, before);
    this.draw();
  }

  notice(event, fact, before) {
    const mine = fact.participant_id === this.me.participant_id;
    const {turn} = waiting(this.workshop);
    if (turn && turn !== waiting(before).turn) this.voice.now(turnWords(turn, {people: this.workshop.participants, me: this.me}));
    this.voice.fact(event, fact, this);
    if (["question_changed", "phase_changed", "session_ended"].includes(event)) { this.me = {...this.me, my_score: null}; Object.assign(this.local, {looking: null, seeSummary: false, page: 0, fresh: null, breath: false}); if (this.dialog?.kind === "ask") this.dialog = null; }
    if (event === "scores_revealed") this.reveal(fact.question);
    if (event === "names_shown" || (event === "phase_changed" && fact.state === "summary")) this.judge().then(() => this.draw(), () => {});
    if ((event === "score_submitted" || event === "score_updated") && mine && !this.local.sending[fact.question]) this.refresh();
    if (event === "participant_dropped" && mine) this.closedOut({status: 403});
    if (event === "participant_left" && mine && !this.leaving && before.participants.find((one) => one.id === this.me.participant_id)?.status === "active") this.inside.back().catch(() => {});
    if (event === "reentry_answered" && this.dialog?.knock === fact.knock_id) this.dialog = null;
  }

  /** "All have scored. Take a breath", and then the one wave: by then the server's judgement is here. */
  async reveal(question) {
    Object.assign(this.local, {breath: true, fresh: question});
    const judged = this.judge().catch(() => {});
    await Promise.all([judged, new Promise((resolve) => setTimeout(resolve, calm() ? 0 : BREATH))]);
    this.local.breath = false;
    if (!this.judged[question]) { await this.refresh(); return; }
    this.draw();
    const scene = this.scene;
    if (scene?.screen.props.result) this.voice.now(this.voice.result(scene.screen.props));
  }

  tell(banner) {
    this.banner = banner;
    this.draw();
    clearTimeout(this.bannerTimer);
    this.bannerTimer = setTimeout(() => { this.banner = null; if (this.isConnected) this.draw(); }, BANNER);
  }

  async wished({what, ...detail}) {
    if (this.entrance.hears(what, detail)) return;
    if (what === "theme") { changeTheme(); this.draw(); } else await HANDLERS[what]?.(this, detail);
  }

  /** Make a move; tells what went wrong in words, or nothing. */
  async move(name, rest = {}) {
    try {
      await this.inside.move(name, this.workshop.version, rest);
      return null;
    } catch (error) {
      if (error.status === 401) this.closedOut(error); else if (error.type === "invalid_state") this.refresh();
      return {text: error.temporary ? TEXTS.app.failed : error.message || TEXTS.app.failed, temporary: error.temporary, type: error.type};
    }
  }

  /** What could not be sent while the line was away goes out now. */
  sendUnsent() {
    for (const [question, value] of Object.entries(this.local.unsent)) {
      delete this.local.unsent[question];
      if (Number(question) === this.workshop?.current_question && this.workshop.stage === "awaiting") HANDLERS.give(this, {value});
    }
  }

  get known() {
    const mine = this.workshop.participants.find((one) => one.id === this.me.participant_id) ?? {};
    const me = this.screenOnly ? {participant_id: null, is_observer: true, is_facilitator: false} : {...this.me, is_facilitator: mine.is_facilitator, is_observer: mine.is_observer, ready: mine.ready, status: mine.status};
    return {workshop: this.workshop, kind: this.told.kind, me, judged: this.judged, highlights: this.highlights, local: this.screenOnly ? {breath: this.local.breath, fresh: this.local.fresh} : this.local, now: Date.now(), offset: this.offset ?? 0, line: this.line, screenOnly: this.screenOnly, drafts: this.drafts, title: this.told.title ?? null, link: this.told.link, host: this.told.host, exports: this.told.exports, again: this.told.again, dark: isDark(), banner: this.banner, voice: this.voice.text};
  }

  draw() {
    if (!this.isConnected) return;
    if (!this.workshop) { render(this, this.trouble && this.entry ? stage({top: {plain: true, dark: isDark()}, screen: {tag: "p", key: "trouble", props: {}}, banner: {text: this.trouble, tone: "warn"}}) : stage(this.entrance.scene())); return; }
    // The first question follows its phase in a message of its own: until then the step before stands.
    if (this.workshop.state === "scoring" && !this.workshop.stage && this.scene) return;
    const scene = sceneOf(this.known);
    scene.dialog = dialogOf(this, this.known);
    const moved = this.scene && this.scene.screen.key !== scene.screen.key;
    const typing = moved ? document.activeElement?.closest?.("ws-notes")?.props?.question : undefined;
    const unsent = moved && typing !== undefined && document.activeElement.value?.trim();
    if (unsent) { this.dialog = {kind: "notes", kept: true, question: typing}; scene.dialog = dialogOf(this, this.known); }
    this.scene = scene;
    render(this, stage(scene));
    document.title = `${scene.title || TEXTS.frame.completed} · Tandem`;
    if (unsent) this.querySelector(`ws-dialog #new-note\\:${typing ?? "all"}`)?.focus();
    else if (moved && !this.dialog) this.querySelector("main h1")?.focus({preventScroll: false});
    if (this.local.fresh && !this.local.breath && phaseOf(this.workshop) === "revealed") this.settle();
  }

  /** The wave is played once: whoever looks again sees the picture at rest. */
  settle() { setTimeout(() => { this.local.fresh = null; }, 2000); }
}

if (globalThis.customElements && !customElements.get("tandem-workshop")) customElements.define("tandem-workshop", Workshop);
