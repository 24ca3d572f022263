// <tandem-nudges me="…">: one's nudges by status, with two answers for those that wait, and what became of the others. Lists
// come from REST, which names people as they may be shown now; the queue's own topic says when something is different.
import {ask, signalled} from "./nudge-api.js";
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {SYMBOL_CSS, answer, bold, portrait} from "./bell.js";
import {h, icon} from "./dom.js";
import {menu, MENU_CSS} from "./menu.js";
import {REFUSALS, answers, detail, isOwn, plainTitle, title, when} from "./nudge-words.js";
import {everyTenSeconds} from "./time.js";
import {toast} from "./toasts.js";

const TABS = [["pending", "New"], ["accepted", "Accepted"], ["ignored", "Not now"], ["expired", "Expired"]];
const BLANK = {
  pending: "Nothing new. When a friend practises, it shows here.",
  accepted: "What you say yes to is kept here.",
  ignored: "What you put off is kept here. Nobody is told.",
  expired: "Nothing has run out.",
};
const HISTORY = 6, PAGE = 20;

class Nudges extends TandemElement {
  static css = `
    .tabs { display: flex; gap: 20px; margin: -6px 0 4px; overflow-x: auto; border-bottom: 1px solid var(--line); }
    .tabs button { display: inline-flex; align-items: center; gap: 8px; min-height: 44px; padding: 0; margin: 0; font: inherit; font-size: 14px; font-weight: 600; white-space: nowrap; color: var(--muted);
      background: none; border: 0; border-bottom: 2px solid transparent; cursor: pointer; }
    .tabs button:hover { color: var(--text); }
    .tabs button[aria-selected="true"] { color: var(--accent); border-color: var(--accent); }
    .count { display: inline-grid; place-items: center; min-width: 24px; height: 24px; padding: 0 7px; font-size: 12px; font-variant-numeric: tabular-nums; color: var(--accent); background: var(--accent-weak); border-radius: 999px; }
    .nudge { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 2px 12px; padding: 18px 0; border-bottom: 1px solid var(--line); }
    .nudge:last-child { border-bottom: 0; }
    .nudge > .face, .nudge > .symbol { grid-row: span 2; }
    .said { font-size: 15px; line-height: 1.4; overflow-wrap: anywhere; }
    .said b { font-weight: 640; }
    .line { grid-column: 2 / -1; margin: 0; font-size: 13px; color: var(--muted); }
    time { font-size: 12px; line-height: 1.75; color: var(--muted); white-space: nowrap; }
    .answers { grid-column: 2 / -1; display: flex; align-items: center; gap: 8px; margin-top: 12px; }
    .answers .more { margin-left: auto; }
    .past { padding: 14px 0; }
    h3 { margin: 20px 0 2px; font-size: 12px; font-weight: 600; color: var(--muted); }
    .cap { display: flex; align-items: center; gap: 12px; padding: 12px 14px; margin: 8px 0 0; font-size: 13px; color: var(--muted); background: var(--surface-2); border-radius: var(--radius); }
    .cap .icon { color: var(--good); }
    .further { display: flex; justify-content: center; padding-top: 8px; }
    ${SYMBOL_CSS} ${MENU_CSS}`;

  start(signal) {
    Object.assign(this, {tab: "pending", pages: new Map(), sent: null});
    this.tabs = h("div", {class: "tabs", role: "tablist", "aria-label": "Nudges by status", onkeydown: (event) => this.step(event)});
    this.panel = h("div", {role: "tabpanel", id: "panel", tabindex: "0"}, loading(3));
    this.cap = h("p", {class: "cap", hidden: true}, icon("care"), h("span", {}));
    this.root.replaceChildren(this.tabs, this.panel, this.cap);
    this.drawTabs({});
    this.join(`notifications:${this.getAttribute("me")}`, {onSnapshot: () => this.load(), onEvent: (event) => event === "notifications_seen" || this.soon()});
    this.watchState((state) => {
      this.panel.classList.toggle("stale", state === "offline" || state === "reconnecting");
      this.offline = state === "offline";
    });
    everyTenSeconds(() => this.redraw(), signal);
    window.addEventListener("tandem:nudges-changed", () => this.soon(), {signal});
    signal.addEventListener("abort", () => clearTimeout(this.later), {once: true});
    this.load();
  }

  soon() { clearTimeout(this.later); this.later = setTimeout(() => this.load(), 80); }

  async load() {
    const wanted = this.tab, turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const past = wanted === "pending" ? ask("GET", `/nudges?status=accepted,ignored,expired&limit=${HISTORY}`, undefined, this.life.signal) : null;
      const found = await ask("GET", `/nudges?status=${wanted}&limit=${PAGE}`, undefined, this.life.signal);
      const before = await past;
      const wishes = await ask("GET", "/nudges/settings", undefined, this.life.signal);
      if (turn !== this.turn) return;
      Object.assign(this, {found, before: before?.nudges ?? [], wishes});
      this.drawTabs(found.counts);
      this.redraw(true);
    } catch (error) {
      if (signalled(this) || turn !== this.turn) return;
      if (!this.found) this.panel.replaceChildren(failed(() => { this.panel.replaceChildren(loading(3)); this.load(); }));
    }
  }

  drawTabs(counts) {
    const held = this.root.activeElement?.dataset.tab;
    this.tabs.replaceChildren(...TABS.map(([status, label]) => h("button", {type: "button", role: "tab", id: `tab-${status}`, "data-tab": status, "aria-selected": String(this.tab === status),
      "aria-controls": "panel", tabindex: this.tab === status ? "0" : "-1", onclick: () => this.open(status)}, label,
    status === "pending" && counts.pending ? h("span", {class: "count"}, String(counts.pending)) : null)));
    this.panel.setAttribute("aria-labelledby", `tab-${this.tab}`);
    if (held) this.tabs.querySelector(`[data-tab="${held}"]`)?.focus();
  }

  step(event) {
    const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!by) return;
    const at = TABS.findIndex(([status]) => status === this.tab);
    this.open(TABS[(at + by + TABS.length) % TABS.length][0], true);
  }

  open(status, focus = false) {
    this.tab = status;
    this.found = null;
    this.panel.replaceChildren(loading(3));
    this.drawTabs({});
    if (focus) this.tabs.querySelector('[aria-selected="true"]').focus();
    this.load();
  }

  /** Draw again what is held: times pass. Not under an open menu or a finger, unless something is different. */
  redraw(fresh = false) {
    if (!this.found || (!fresh && this.panel.querySelector("[aria-expanded=true], :focus"))) return;
    const held = this.root.activeElement?.closest?.("[data-nudge]")?.dataset.nudge;
    const rows = this.found.nudges.map((one, index) => this.row(one, index));
    const parts = [rows.length ? h("ul", {class: "plain-list"}, rows) : empty(BLANK[this.tab], {meaning: "nudges"})];
    if (this.tab === "pending" && this.before.length) parts.push(h("h3", {}, "Earlier"), h("ul", {class: "plain-list"}, this.before.map((one) => this.past(one))));
    if (this.found.next_cursor) parts.push(h("div", {class: "further"}, h("button", {class: "btn tint small", type: "button", onclick: () => this.further()}, "Show more")));
    this.panel.replaceChildren(...parts);
    if (held) this.panel.querySelector(`[data-nudge="${held}"] button`)?.focus();
    this.count();
  }

  count() {
    const {sent_today: sent = 0, daily_cap: most = 0} = this.wishes ?? {};
    this.cap.hidden = this.tab !== "pending" || !this.wishes;
    this.cap.lastChild.textContent = sent ? `That makes ${sent} of at most ${most} nudges today. We never send more, whoever they come from.`
      : `At most ${most} a day. We never send more, whoever they come from.`;
  }

  row(one, index) {
    if (one.status !== "pending") return this.past(one);
    const [yes, no] = answers(one);
    const called = one.nudge_type === "friend_online" && one.user_name ? `${yes} ${one.user_name.split(" ")[0]}` : yes;
    return h("li", {class: "nudge", "data-nudge": one.id}, portrait(one, 40), h("span", {class: "said"}, bold(title(one))), h("time", {datetime: one.timestamp}, when(one.timestamp)),
      h("p", {class: "line"}, detail(one)),
      h("div", {class: "answers"},
        h("button", {class: index ? "btn small tint" : "btn small primary", type: "button", onclick: (event) => this.answer(event, one, "accept")}, called),
        h("button", {class: "btn small text", type: "button", "aria-label": `${no}: ${plainTitle(one)}`, onclick: (event) => this.answer(event, one, "ignore")}, no),
        this.more(one)));
  }

  past(one) {
    return h("li", {class: "nudge past", "data-nudge": one.id}, portrait({...one, status: one.status}, 40), h("span", {class: "said"}, bold(title(one))),
      h("time", {datetime: one.timestamp}, when(one.timestamp)), h("p", {class: "line"}, detail(one)));
  }

  /** Mute and report, behind the dots. */
  more(one) {
    const kinds = {friend_online: "“Friend online”", challenge: "“Challenge”", streak_rescue: "“Streak reminder”"};
    const first = (one.user_name || "this friend").split(" ")[0];
    const friend = isOwn(one) ? [] : [{label: `Mute ${first} for a week`, symbol: "quiet", run: () => this.mute(one, "friend", `${first} is muted for a week, and is not told.`)}];
    const report = isOwn(one) ? [] : [{label: `Report ${first}`, symbol: "safety", run: () => this.report(one, first)}];
    return menu(`More about: ${plainTitle(one)}`, [...friend, {label: `No more of ${kinds[one.nudge_type]}`, symbol: "nudges", run: () => this.mute(one, "kind", "That kind stays away from now on.")}, ...report]);
  }

  async answer(event, one, how) {
    event.currentTarget.disabled = true;
    await answer(one.id, how);
    this.load();
  }

  async mute(one, what, told) {
    await this.act(() => ask("POST", `/nudges/${one.id}/mute`, {what}), told);
  }

  async report(one, first) {
    await this.act(() => ask("POST", `/nudges/${one.id}/report`), `That is on record for staff. ${first} is muted, and is not told.`);
  }

  async act(work, told) {
    try {
      await work();
      toast(told, "good");
      window.dispatchEvent(new CustomEvent("tandem:nudges-changed"));
    } catch (error) {
      toast(REFUSALS[error.type] ?? error.message, "warn");
    }
    this.load();
  }

  async further() {
    try {
      const more = await ask("GET", `/nudges?status=${this.tab}&limit=${PAGE}&cursor=${encodeURIComponent(this.found.next_cursor)}`, undefined, this.life.signal);
      this.found = {...more, nudges: [...this.found.nudges, ...more.nudges]};
      this.redraw(true);
    } catch (error) {
      if (!signalled(this)) toast("This did not load. Try again in a moment.", "warn");
    }
  }
}

define("tandem-nudges", Nudges);
