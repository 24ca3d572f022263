// <tandem-progress me="…" boards="[…]">: how far one has come, live: a result anywhere shows in every open page of its person.
import {TandemElement, define, failed, loading} from "./base.js";
import {api} from "./api.js";
import {h, icon} from "./dom.js";
import {Paced} from "./glide.js";
import {earned, monthBeside, nearlyThere} from "./progress-model.js";
import * as parts from "./progress-parts.js";
import {PROGRESS_CSS} from "./progress-style.js";
import {named} from "./texts.js";
import {toast} from "./toasts.js";

const ASK_APART = 1500, QUIET = 20_000;
const SEEN = "tandem-badges-seen";

class Progress extends TandemElement {
  static css = PROGRESS_CSS;

  start(signal) {
    this.me = this.getAttribute("me");
    this.asking = new Paced(ASK_APART);
    signal.addEventListener("abort", () => { this.asking.stop(); clearTimeout(this.quiet); }, {once: true});
    this.build();
    this.watchState((state) => this.page.classList.toggle("stale", state === "offline" || state === "reconnecting"));
    const again = () => this.asking.run(() => this.load());
    let first = true;
    this.join(`user:${this.me}:achievements`, {onSnapshot: () => { if (!first) again(); first = false; },
      onEvent: (event, told) => { for (const badge of told.unlocked ?? []) toast(`${badge.title} is yours`, "good"); again(); }});
    this.join(`user:${this.me}:rank-changes`, {onEvent: again});
    this.join(`user:${this.me}:progress`, {onEvent: (event, told) => event === "progress_update" && this.practising(told)});
    this.load();
    this.loadMonth();
  }

  build() {
    const card = (name) => { this[name] = h("section", {class: "card", "data-part": name}, loading(2)); return this[name]; };
    this.now = h("section", {class: "card now", hidden: true, "aria-label": "Right now"});
    this.page = h("div", {class: "page"}, h("div", {class: "column"}, this.now, ...["summary", "near", "medals"].map(card)),
      h("div", {class: "column"}, ...["month", "streak", "subjects"].map(card)));
    this.root.replaceChildren(this.page);
  }

  async load() {
    try {
      const mine = await api("/achievements", {signal: this.life.signal});
      this.place ??= null;
      const newer = this.mine && (mine.practices !== this.mine.practices);
      this.mine = mine;
      this.draw();
      if (newer) this.loadMonth();
      this.loadPlace();
    } catch (error) {
      if (this.life.signal.aborted || this.mine) return;
      for (const name of ["near", "medals", "streak", "subjects"]) this[name].hidden = true;
      this.summary.replaceChildren(failed(() => { for (const name of ["near", "medals", "streak", "subjects"]) this[name].hidden = false; this.load(); this.loadMonth(); },
        {text: "This did not load. Your points are safe."}));
    }
  }

  draw() {
    const {mine} = this;
    this.put("summary", mine, parts.summary);
    this.put("near", nearlyThere(mine, this.place), parts.near);
    const have = earned(mine);
    this.put("medals", have, (badges) => parts.medals(badges, this.fresh(badges)));
    this.put("streak", mine.streak, (streak) => parts.streak(streak, Date.now()));
    this.put("subjects", mine.levels, (levels) => parts.subjects(levels, "/api/v1/achievements/results"));
  }

  /** Draw a card anew only if what it shows is different. */
  put(name, values, make) {
    const is = JSON.stringify(values);
    if (this[name].dataset.is === is) return;
    this[name].dataset.is = is;
    this[name].replaceChildren(...make(values));
  }

  /** Medals that this browser has not shown yet: they fill once. */
  fresh(badges) {
    let seen = null;
    try { seen = localStorage.getItem(`${SEEN}-${this.me}`); } catch { /* shown as they are */ }
    const newest = badges[0]?.timestamp;
    try { if (newest) localStorage.setItem(`${SEEN}-${this.me}`, newest); } catch { /* the same */ }
    return new Set(seen === null ? [] : badges.filter(({timestamp}) => Date.parse(timestamp) > Date.parse(seen)).map(({achievement}) => achievement));
  }

  async loadMonth(wanted = this.shown) {
    const query = wanted ? `?month=${wanted}` : "";
    try {
      const found = await api(`/achievements/days${query}`, {signal: this.life.signal});
      this.shown = wanted;
      this.put("month", found, (one) => parts.month(one, (by) => this.loadMonth(monthBeside(one.month, by))));
    } catch (error) {
      if (!this.life.signal.aborted && !this.month.dataset.is) this.month.replaceChildren(failed(() => this.loadMonth(wanted)));
    }
  }

  /** One's place on the week's board of the subject one has most points in: the first ten may be near. */
  async loadPlace() {
    const most = [...this.mine.levels].sort((one, other) => other.points - one.points)[0];
    if (!most || !JSON.parse(this.getAttribute("boards") ?? "[]").includes(most.subject)) return;
    const scope = this.hasAttribute("cohort") ? "cohort" : "global";
    const table = await api(`/leaderboards/${most.subject}?scope=${scope}&period=weekly&limit=1`, {signal: this.life.signal}).catch(() => null);
    if (!table?.me) return;
    this.place = {rank: table.me.entry.rank, where: `${named(most.subject)}, this week`};
    this.draw();
  }

  /** What one practises at this moment, on whichever device. */
  practising(told) {
    const figures = [told.current_wpm != null && `${Math.round(told.current_wpm)} words a minute`, told.current_accuracy != null && `${Math.round(told.current_accuracy)}%`].filter(Boolean);
    this.now.hidden = false;
    this.now.replaceChildren(icon("started"), h("span", {}, "You are practising ", h("b", {}, named(told.skill ?? told.subject) ?? "")), h("span", {class: "num"}, figures.join(", ")));
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => { this.now.hidden = true; }, QUIET);
  }
}

define("tandem-progress", Progress);
