// <tandem-boards boards="[…]" scopes="[…]" me="…" cohort="…">: the page of boards. Which table is shown stands in the address;
// the first ten come over the board's topic, one's own place is read again after a change, a few times a minute at most.
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {addressOf, linesOf, mustAsk, pinned, startBefore, untilNext, viewOf, withEntries, without} from "./board-model.js";
import {BoardTable} from "./board-rows.js";
import {nickname, rules, week, wish} from "./board-side.js";
import {BOARD_CSS} from "./board-style.js";
import {api} from "./api.js";
import {h, icon} from "./dom.js";
import {Paced} from "./glide.js";
import {PROFILE_CSS, Profile} from "./profile.js";
import {everyTenSeconds} from "./time.js";

const PERIODS = {daily: "Daily", weekly: "Weekly", all_time: "All time"};
const SCOPES = {cohort: "Cohort", friends: "Friends", global: "Global"};
const BEFORE = {daily: "Yesterday", weekly: "Last week"};
const FRESH = {daily: "A fresh day. The first practice opens the board.", weekly: "A fresh week. The first practice opens the board.", all_time: "The first practice opens this board."};
const ASK_APART = 2500;

class Boards extends TandemElement {
  static css = BOARD_CSS + PROFILE_CSS;

  start(signal) {
    this.boards = JSON.parse(this.getAttribute("boards"));
    this.scopes = JSON.parse(this.getAttribute("scopes"));
    this.me = this.getAttribute("me");
    this.profile = new Profile(this.me);
    this.table = new BoardTable((row, anchor) => this.profile.open(row, anchor));
    this.asking = new Paced(ASK_APART);
    this.build();
    this.watchState((state) => this.page.classList.toggle("stale", state === "offline" || state === "reconnecting"));
    window.addEventListener("popstate", () => this.show(this.fromAddress()), {signal});
    signal.addEventListener("abort", () => { this.table.stop(); this.asking.stop(); }, {once: true});
    if (this.me) this.join(`user:${this.me}:rank-changes`, {onEvent: (event, told) => told.board === this.view.board && this.changed()});
    everyTenSeconds(() => this.tick(), signal);
    this.show(this.fromAddress());
  }

  fromAddress() { return viewOf(location.search, this.boards, {scopes: this.scopes, usual: this.getAttribute("usual") ?? this.boards[0].id}); }

  get board() { return this.boards.find(({id}) => id === this.view.board); }

  /** Another table, kept in the address so that it can be gone back to and handed on. */
  choose(part) {
    const view = {...this.view, start: null, ...part};
    history.pushState(null, "", location.pathname + addressOf(view));
    this.show(view);
  }

  show(view) {
    this.view = view;
    this.reading = null;
    this.channels?.forEach((channel) => channel.leave());
    this.channels = [];
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.value === view[button.dataset.part]));
    this.picks.board.value = view.board;
    this.picks.scope.value = view.scope;
    this.table.reset(this.board, {daily: view.period === "daily", frozen: Boolean(view.start)});
    this.main.replaceChildren(loading(8));
    this.drawSide();
    this.ask(view);
    if (!view.start) this.channels = this.topics(view).map((topic) => this.join(topic, this.handlers(view)));
  }

  topics({board, scope}) {
    const everybody = `leaderboard:${board}`, cohort = this.getAttribute("cohort");
    if (scope === "global" || !cohort) return [everybody];
    return scope === "cohort" ? [`${everybody}:${cohort}`] : [everybody, `${everybody}:${cohort}`];
  }

  handlers(view) {
    const here = (task) => (...told) => this.view === view && task(...told);
    let first = true;
    return {
      onSnapshot: here(() => { if (!first) this.changed(); first = false; }),
      onEvent: here((event, told) => {
        if (event === "leaderboard_update") this.pushed(told.periods[view.period]);
        else if (event === "person_removed") this.gone(told.user_id);
      }),
    };
  }

  pushed(entries) {
    if (!this.reading) return;
    if (this.view.scope === "friends") { this.changed(); return; }
    const ask = mustAsk(this.reading, entries) || entries.length !== this.reading.entries.length;
    this.reading = withEntries(this.reading, entries);
    this.draw();
    if (ask) this.changed();
  }

  gone(userId) {
    if (this.reading && userId !== this.me) { this.reading = without(this.reading, userId); this.draw(); }
    this.changed();
  }

  /** Something is different: read one's own place again, soon but not often. */
  changed() { const {view} = this; this.asking.run(() => this.view === view && this.ask(view)); }

  async ask(view) {
    const {period, scope, start} = view;
    const query = new URLSearchParams({period, scope, ...(start ? {start} : {})});
    try {
      const reading = await api(`/leaderboards/${view.board}?${query}`, {signal: this.life.signal});
      if (this.view !== view) return;
      this.reading = reading;
      this.draw();
    } catch (error) {
      if (this.view === view && !this.life.signal.aborted && !this.reading) this.main.replaceChildren(failed(() => this.show(view), {text: "This did not load. Your points are safe."}));
    }
  }

  draw() {
    const {reading, view} = this;
    const alone = this.hasAttribute("alone");
    const lines = linesOf(reading, {alone});
    const frozen = reading.frozen && h("div", {class: "frozen"}, h("span", {}, h("b", {}, dayText(reading)), ", as it ended"),
      h("button", {class: "btn small", type: "button", onclick: () => this.choose({})}, icon("back", {size: 16}), view.period === "daily" ? "Today" : "This week"));
    const body = lines.length ? this.table.node : empty(alone ? "Your first practice puts you on your own board." : blank(reading, view), {meaning: "boards"});
    const note = alone && h("p", {class: "state"}, "Boards with others open when a parent says yes. Your own points are yours already.");
    const wanted = [frozen, body, note].filter(Boolean);
    if (frozen || note || this.main.firstChild !== body || this.main.children.length > 1) this.main.replaceChildren(...wanted);
    if (lines.length) this.table.draw(lines, pinned(reading));
    this.drawSide();
    this.tick();
  }

  drawSide() {
    const {reading, view} = this;
    const key = JSON.stringify([view, reading?.me?.entry, reading?.people, reading?.around.map((row) => [row.user_id, row.score])]);
    if (key === this.sideIs) return;
    this.sideIs = key;
    this.week.replaceChildren(...week(reading, this.board, {period: view.period, frozen: Boolean(reading?.frozen), practise: this.getAttribute("practise")}));
    this.rules.replaceChildren(...rules(this.board, view.scope));
    const earlier = view.period !== "all_time" && reading && !view.start && h("button", {type: "button",
      onclick: () => this.choose({start: startBefore(view.period, reading.period_start)})}, `${BEFORE[view.period]}, as it ended`);
    this.foot.replaceChildren(h("span", {}, reading ? counted(reading) : ""), ...(earlier ? [earlier] : []));
  }

  tick() {
    const text = this.reading && !this.reading.frozen ? untilNext(this.reading.ends_at, this.view.period, Date.now()) : "";
    this.until.hidden = !text;
    this.until.lastChild.textContent = text;
    if (this.reading?.ends_at && !this.view.start && Date.parse(this.reading.ends_at) < Date.now()) this.changed();
  }

  build() {
    this.buttons = [];
    const segments = (part, label, names, more = "") => h("div", {class: `segments ${more}`, role: "group", "aria-label": label}, Object.entries(names).map(([value, text]) => {
      const button = h("button", {type: "button", "data-part": part, "data-value": value, "aria-pressed": "false", onclick: () => this.choose({[part]: value})}, text);
      this.buttons.push(button);
      return button;
    }));
    const scopes = Object.fromEntries(this.scopes.map((scope) => [scope, SCOPES[scope]]));
    this.picks = {board: select("Board", grouped(this.boards), (board) => this.choose({board})),
      scope: select("Among whom", Object.entries(scopes).map(([value, text]) => h("option", {value}, text)), (scope) => this.choose({scope}))};
    this.until = h("span", {class: "until", hidden: true}, icon("clock"), h("span", {class: "num"}));
    const pick = (box, meaning, more = "") => h("span", {class: `pick ${more}`}, icon(meaning), box, icon("down", {size: 16}));
    const own = wish(() => this.changed());
    this.main = h("section", {class: "card main", "aria-label": "The table"});
    this.foot = h("div", {class: "foot"});
    this.week = h("section", {class: "card"});
    this.rules = h("section", {class: "card"});
    const cards = [this.week, this.rules];
    if (this.hasAttribute("choose")) { 
      const called = nickname(() => this.changed());
      cards.push(h("section", {class: "card"}, own.nodes, h("hr", {}), called.nodes));
      own.load();
      called.load();
    }
    this.page = h("div", {class: "page"}, h("div", {}, this.main, this.foot), h("div", {class: "side"}, cards));
    this.root.replaceChildren(h("div", {class: "switches"}, segments("period", "Period", PERIODS), pick(this.picks.board, "boards"),
      segments("scope", "Among whom", scopes, "only-wide"), pick(this.picks.scope, "people", "only-phone"), this.until), this.page, this.profile.node);
  }
}

function select(label, options, changed) {
  return h("select", {"aria-label": label, onchange: (event) => changed(event.target.value)}, options);
}

/** The boards in three groups: points by subject, averages, and all together. */
function grouped(boards) {
  const group = (label, wanted) => h("optgroup", {label}, boards.filter(wanted).map(({id, name}) => h("option", {value: id}, name)));
  return [group("Points", ({metric}) => metric === "points"), group("Averages", ({metric}) => metric.startsWith("avg_")), group("Together", ({metric}) => metric === "percentile")];
}

function blank(reading, {period, scope}) {
  if (reading.frozen) return "Nobody was on this board then.";
  return scope === "friends" && reading.people < 2 ? "Friends show up here when they practise. Your own first practice opens the board." : FRESH[period];
}

function dayText({period, period_start: start}) {
  const day = new Date(`${start}T00:00:00`).toLocaleDateString("en-GB", {day: "numeric", month: "long"});
  return period === "daily" ? day : `Week of ${day}`;
}

const counted = ({people, me}) => `${people.toLocaleString("en-GB")} ${people === 1 ? "person is" : "people are"} on it${me && !me.listed ? ", you not among them" : ""}`;

define("tandem-boards", Boards);
