// One practice on the screen, from its first key to what came of it. Its time is what was practised: pauses cost nothing,
// and nothing is counted before the first key.
import {h, icon} from "../elements/dom.js";
import {Along} from "./along.js";
import {Answers} from "./answers.js";
import {AnswersView} from "./answers-view.js";
import {Friends} from "./friends.js";
import {Line, ask} from "./line.js";
import {Beats, Notes} from "./notes.js";
import {BeatsView, NotesView} from "./notes-view.js";
import {spark} from "./pace.js";
import {ResultView} from "./result.js";
import {click, setSound, soundIsOn, tone} from "./sound.js";
import {Typing} from "./typing.js";
import {TypingView} from "./typing-view.js";
import {ALONG, TITLES, called, day, mainOf, minutes, whole} from "./words.js";

const TICK = 250, SAMPLE = 3, NEAR = 5;

const MODELS = {
  text: (given) => new Typing(given.text, given.seconds), answers: (given) => new Answers(given.questions),
  notes: (given) => new Notes(given.notes), beats: (given) => new Beats(given.beats),
};
const VIEWS = {text: TypingView, answers: AnswersView, notes: NotesView, beats: BeatsView};

export class Screen {
  constructor(element, {run, exercise, level, saved, together = null, seat = 0}, ways) {
    Object.assign(this, {element, run, exercise, level, ways, together, seat, state: "ready", elapsed: saved?.elapsed ?? 0, since: null, pace: saved?.pace ?? [], trend: "steady", badges: []});
    this.app = run.app;
    this.main = mainOf(this.app);
    this.model = MODELS[exercise.kind](exercise);
    if (saved?.model) this.model.load(saved.model);
    const given = {onKey: (how) => this.key(how), onPause: (wished) => this.pause(wished), sound: tone, clock: () => this.seconds};
    const View = VIEWS[exercise.kind];
    this.view = exercise.kind === "text" ? new View(this.model, given) : new View(this.model, exercise, given);
    this.along = new Along(element.me, ALONG[this.app] ?? "Practising along");
    this.build();
    if (this.elapsed || this.model.started) this.setState("paused");
  }

  build() {
    const figure = (key, label, unit = "") => {
      const value = h("b", {class: "num"}), note = h("span", {class: "under num"}, "\u00a0");
      this[key] = {value, note};
      this[key].unit = h("span", {class: "unit"}, unit);
      return h("div", {class: `fig ${key}`}, h("span", {class: "label"}, label), h("span", {class: "value"}, value, this[key].unit), note);
    };
    const typing = this.main === "wpm";
    this.graph = h("div", {class: "graph"});
    this.graphNote = h("span", {class: "under num"}, "\u00a0");
    const timed = Boolean(this.exercise.seconds);
    this.bar = h("span", {class: "fill"});
    this.progress = h("div", {class: "progress", role: "progressbar", "aria-label": "How far", "aria-valuemin": "0", "aria-valuemax": "100"}, this.bar);
    this.cover = h("div", {class: "cover", hidden: true}, h("p", {}, "Paused. Nothing is counted meanwhile."), h("div", {class: "ways"},
      this.onward = h("button", {class: "btn primary", type: "button", onclick: () => this.resume()}, icon("resume", {size: 18}), "Go on"),
      h("button", {class: "btn text", type: "button", onclick: () => this.stop()}, "Stop here")));
    this.soundButton = h("button", {class: "btn small", type: "button", onpointerdown: (event) => event.preventDefault(), onclick: () => { setSound(!soundIsOn()); this.drawSound(); }});
    this.pauseButton = h("button", {class: "btn small", type: "button", onpointerdown: (event) => event.preventDefault(), onclick: () => (this.state === "paused" ? this.resume() : this.pause(true))});
    this.drawSound();
    const words = typing ? [h("kbd", {}, "Esc"), " pauses. Slips can be corrected with ", h("kbd", {}, "Backspace"), ", and pausing costs nothing."] : [h("kbd", {}, "Esc"), " pauses, and pausing costs nothing."];
    this.stage = h("section", {class: "card practice", "aria-label": called(this.run.subject, this.run.skill)},
      h("div", {class: "figs"}, figure("first", typing ? "Words a minute" : "Right so far"), figure("second", typing ? "Accuracy" : "Done", typing ? "%" : ""), figure("third", timed ? "Time left" : "Time"),
        h("div", {class: "fig pace"}, h("span", {class: "label"}, "Your pace"), this.graph, this.graphNote)),
      this.progress, h("div", {class: "middle"}, this.view.node, this.cover), h("div", {class: "foot"}, h("p", {class: "keys-help"}, icon("enter", {size: 16}), h("span", {}, words)), h("div", {class: "ways"}, this.soundButton, this.pauseButton)));
    this.bestCard = h("section", {class: "card best-card", hidden: true, "aria-label": "Your best"});
    this.side = h("div", {class: "column"}, ...(this.together ? [this.together.node] : []), this.along.node, this.bestCard);
    this.node = h("div", {class: "two"}, h("div", {class: "column"}, this.stage), this.side);
    this.drawPause();
    this.draw();
  }

  open() {
    this.element.title(TITLES[this.app] ?? "Practice");
    this.line = new Line(this.element, this.run, {
      onRanks: (ranks) => this.state !== "over" && this.along.tell(ranks),
      onRuns: (runs) => this.runsChanged(runs),
      onProgress: (told) => { if (told.practice_id === this.run.practice_id) this.trend = told.trend; else this.together?.progress(told); },
    });
    this.timer = setInterval(() => this.tick(), TICK);
    this.learnBest();
    // The server hears of the run's beginning as it stands, so that others see it among theirs.
    this.line.say(this.model.figures(this.seconds));
    if (this.state !== "paused") this.view.focus();
  }

  close() {
    clearInterval(this.timer);
    this.line?.close();
    if (this.state !== "over") this.save();
  }

  // --- time

  get seconds() { return this.elapsed + (this.since === null ? 0 : (performance.now() - this.since) / 1000); }

  go() { if (this.since === null) this.since = performance.now(); }

  hold() { this.elapsed = this.seconds; this.since = null; }

  setState(state) {
    this.state = state;
    this.cover.hidden = state !== "paused";
    this.stage.classList.toggle("held", state === "paused");
    this.drawPause();
  }

  key({hold = false} = {}) {
    if (this.state === "over") return;
    if (this.state !== "going") this.setState("going");
    if (hold) this.hold(); else this.go();
    if (this.exercise.kind === "text") click();
    this.draw();
    this.line?.say(this.model.figures(this.seconds));
    if (this.model.over && !hold) this.finish();
  }

  pause(wished = false) {
    if (this.state === "ready" && !wished) return;
    if (this.state === "over" || this.state === "paused") return;
    this.hold();
    this.setState("paused");
    this.view.blur();
    this.save();
    if (wished) this.onward.focus();
  }

  resume() {
    this.setState(this.model.started ? "going" : "ready");
    if (this.model.over) { this.finish(); return; }
    if (this.model.started && !this.view.told) this.go();
    this.view.focus();
  }

  /** The page is left or hidden. */
  hide() { this.pause(); this.save(); }

  tick() {
    if (this.state !== "going") return;
    const seconds = this.seconds;
    this.sample(seconds);
    this.draw();
    this.line.say(this.model.figures(seconds));
    if (this.exercise.seconds && seconds >= this.exercise.seconds) this.finish();
  }

  sample(seconds, always = false) {
    const value = this.model.main(seconds), last = this.pace.at(-1)?.[0] ?? 0;
    if (value === null || (!always && seconds - last < SAMPLE)) return;
    this.pace.push([Math.round(seconds * 10) / 10, value]);
    this.graph.replaceChildren(spark(this.pace));
    this.save();
  }

  // --- what is shown

  draw() {
    const seconds = this.seconds, figures = this.model.figures(seconds), typing = this.main === "wpm";
    const set = (node, text) => { if (node.textContent !== text) node.textContent = text; };
    const known = this.model.started;
    set(this.first.value, typing ? (figures.wpm ? whole(figures.wpm) : "–") : known ? String(this.model.good) : "–");
    set(this.second.value, typing ? whole(this.model.accuracy) : String(figures.done));
    if (!typing) set(this.second.unit, ` of ${figures.of}`);
    const left = this.exercise.seconds ? Math.max(0, this.exercise.seconds - seconds) : seconds;
    set(this.third.value, minutes(this.exercise.seconds ? Math.ceil(left) : left));
    set(this.third.note, this.exercise.seconds ? `of ${minutes(this.exercise.seconds)}` : "take yours");
    const slips = `${this.model.slips} ${this.model.slips === 1 ? "slip" : "slips"}`;
    set(this.second.note, typing ? slips : "\u00a0");
    this.drawTrend(typing ? null : slips);
    const far = Math.round((100 * figures.done) / figures.of);
    this.bar.style.width = `${far}%`;
    this.progress.setAttribute("aria-valuenow", far);
    const away = this.best === undefined ? NaN : Math.round(this.best) - Math.round(this.model.main(seconds) ?? NaN);
    if (this.bestNote) set(this.bestNote, away > 0 && away <= NEAR ? `You are ${away} away.` : away <= 0 ? "You are there." : "");
    const [start, now] = [this.pace[0]?.[1], this.pace.at(-1)?.[1]];
    set(this.graphNote, this.pace.length > 1 ? `${whole(start)} at the start, ${whole(now)} now` : "from the first few seconds on");
  }

  drawTrend(text) {
    const trend = text ?? (this.trend === "up" ? "rising" : "steady");
    const shown = this.model.started || text ? trend : "from the first key";
    if (this.shownTrend === shown) return;
    this.shownTrend = shown;
    this.first.note.className = shown === "rising" ? "under up" : "under num";
    this.first.note.replaceChildren(...(shown === "rising" ? [icon("growth", {size: 16})] : []), shown);
  }

  drawSound() {
    const on = soundIsOn();
    this.soundButton.setAttribute("aria-pressed", String(on));
    this.soundButton.replaceChildren(icon(on ? "sound" : "silent", {size: 16}), on ? "Sound on" : "Sound off");
  }

  drawPause() {
    const paused = this.state === "paused";
    this.pauseButton.replaceChildren(icon(paused ? "resume" : "pause", {size: 16}), paused ? "Go on" : "Pause");
  }

  /** One's best so far, as something to reach. */
  async learnBest() {
    try {
      const {past} = await ask("GET", `practice/${this.run.practice_id}`);
      if (!past.best || this.state === "over") return;
      const value = this.main === "wpm" ? past.best.wpm : past.best.score;
      if (value === null) return;
      const unit = this.main === "wpm" ? "" : "%";
      this.best = value;
      this.bestNote = h("span", {class: "num"});
      this.bestCard.replaceChildren(h("span", {class: "badge-icon"}, icon("diagnostic", {size: 20})), h("div", {}, h("b", {}, `Your best is ${whole(value)}${unit}`), h("p", {class: "muted"}, `Set ${day(past.best.at)}. `, this.bestNote)));
      this.bestCard.hidden = false;
    } catch { /* it is shown with the result */ }
  }

  // --- the end

  save() {
    if (this.state === "over") return;
    const {done, of} = this.model.figures(this.seconds);
    this.element.kept.set({run: this.run, exercise: this.exercise, level: this.level, model: this.model.save(), elapsed: this.seconds, pace: this.pace, done, of});
  }

  runsChanged(runs) {
    this.elsewhere(runs.find((one) => one.practice_id === this.run.practice_id));
    const other = runs.find((one) => one.seat !== this.seat);
    if (other) this.together?.changed(other);
  }

  /** The server says that this run ended elsewhere: on another device, or by another one begun. */
  elsewhere(run) {
    if (!run || this.state === "over" || run.status === "live" || run.reason === "gone") return;
    this.state = "over";
    clearInterval(this.timer);
    this.element.kept.set(null);
    const text = run.reason === "replaced" ? "You went on with another practice, so this one rests." : "This practice ended on another of your devices.";
    this.stage.replaceChildren(h("div", {class: "state"}, icon("info"), h("p", {}, text), h("button", {class: "btn tint", type: "button", onclick: () => this.ways.done()}, "Back to the choice")));
  }

  async stop() {
    if (this.model.started && this.model.figures(this.seconds).done >= this.model.figures(this.seconds).of / 2) { this.finish(); return; }
    this.state = "over";
    this.element.kept.set(null);
    await ask("DELETE", `practice/${this.run.practice_id}`).catch(() => {});
    this.ways.done();
  }

  finish() {
    if (this.state === "over") return;
    const limit = this.exercise.seconds ?? Infinity;
    const seconds = Math.min(this.seconds, limit);
    this.hold();
    this.sample(seconds, true);
    this.state = "over";
    clearInterval(this.timer);
    this.element.kept.set(null);
    const result = this.model.result(seconds);
    const value = this.main === "wpm" ? result.wpm : result.score;
    const place = this.along.end(value);
    this.line.say(this.model.figures(seconds));
    this.result = new ResultView({app: this.app, main: this.main, value, score: result.score, slips: this.model.slips, seconds, pace: this.pace, trouble: this.model.trouble,
      hint: this.exercise.hint, place: place && place.of > 1 ? place : null}, {...this.ways, challenge: (view) => new Friends(this.run).open(view.challenge, view.offer)});
    this.node.querySelector(".column").replaceChildren(this.result.first, this.result.picture);
    this.side.replaceChildren(...(this.together ? [this.together.node] : []), this.along.node, this.result.side, this.result.tip);
    this.along.node.hidden = !place || place.of < 2;
    this.result.drawPace();
    this.result.first.tabIndex = -1;
    this.result.first.focus({preventScroll: true});
    scrollTo({top: 0});
    this.count({...result, seconds: Math.round(seconds)});
  }

  async count(result) {
    const slow = setTimeout(() => this.result.waiting(), 1500);
    try {
      await this.element.waiting.add(this.run.practice_id, result);
      clearTimeout(slow);
      this.result.know(await ask("GET", `practice/${this.run.practice_id}`));
    } catch (reason) {
      clearTimeout(slow);
      if (!reason.lost) this.result.refused(reason);
    }
  }

  /** Whether what is suggested is about this result, and therefore said here. */
  suggested(told) {
    const {subject, skill} = told.context;
    return subject === this.run.subject && skill === this.run.skill && Boolean(this.result?.suggest(told));
  }

  earned(badge) { this.result?.earned(badge); }

  /** One's totals changed: what this practice brought is in them. */
  progressed({streak}) { this.result?.days(streak.days); }
}
