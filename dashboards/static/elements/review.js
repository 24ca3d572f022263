// <tandem-review>: results that wait for a second look, decided fairly: the evidence beside the decision, people under a name
// that means nothing, a reason on record. J and K move, 1 and 2 choose; nothing is decided by one key. What was decided can be
// undone for ten seconds at once, and later from the list of decisions.
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {api} from "./api.js";
import {h, icon} from "./dom.js";
import {brief, evidence, moved, titleOf, usual, whyOf} from "./review-model.js";
import {REVIEW_CSS} from "./review-style.js";
import {named} from "./texts.js";
import {ago, everyTenSeconds} from "./time.js";

const UNDO = 10_000, TABS = {open: "Open", decided: "Decided"};
const SIGNS = {too_fast: "gauge", implausible_speed: "practice", too_many: "rank", sudden_jump: "growth"};
const DONE = {counted: ["Counts", "good"], voided: ["Set aside", "warn"], review: ["Waits", ""]};

class Review extends TandemElement {
  static css = REVIEW_CSS;

  start(signal) {
    Object.assign(this, {tab: "open", results: [], chosen: null, names: new Map()});
    this.count = h("span", {class: "num"});
    this.list = h("ul", {class: "plain-list"}, loading(5));
    this.detail = h("section", {class: "card", "aria-label": "The result"});
    this.tabs = Object.entries(TABS).map(([tab, text]) => h("button", {type: "button", "aria-pressed": String(tab === this.tab), "data-tab": tab, onclick: () => this.open(tab)}, text));
    this.bar = h("div", {class: "undo", hidden: true, role: "status"});
    const queue = h("section", {class: "card queue", "aria-label": "Results"}, h("div", {class: "head"}, h("h2", {}, "To review"), this.count),
      h("div", {class: "segments", role: "group", "aria-label": "Which results"}, this.tabs), this.list);
    this.page = h("div", {class: "page"}, queue, this.detail);
    this.root.replaceChildren(this.page, this.bar);
    this.detail.hidden = true;
    signal.addEventListener("abort", () => clearTimeout(this.timer), {once: true});
    document.addEventListener("keydown", (event) => this.key(event), {signal});
    this.join("reviews:results", {onSnapshot: (told) => this.told(told), onEvent: () => this.load()});
    everyTenSeconds(() => this.tick(), signal);
  }

  /** Something waits, or was decided, here or elsewhere. */
  told({waiting, oldest}) {
    this.count.textContent = waiting ? `${waiting.toLocaleString("en-GB")}, oldest ${ago(oldest).replace(" ago", "")}` : "";
    this.load();
  }

  open(tab) {
    Object.assign(this, {tab, chosen: null});
    for (const button of this.tabs) button.setAttribute("aria-pressed", String(button.dataset.tab === tab));
    this.list.replaceChildren(loading(5));
    this.detail.hidden = true;
    this.load();
  }

  async load() {
    const {tab} = this;
    try {
      const {results} = await api(`/results/reviews?limit=50${tab === "decided" ? "&decided=true" : ""}`, {signal: this.life.signal});
      if (tab !== this.tab) return;
      this.results = results;
      this.draw();
    } catch {
      if (!this.life.signal.aborted && tab === this.tab && !this.results.length) this.list.replaceChildren(failed(() => this.load()));
    }
  }

  draw() {
    if (!this.results.length) {
      this.list.replaceChildren(h("li", {}, empty(this.tab === "open" ? "Nothing waits. Every result counts as it came." : "Nothing was decided yet.", {meaning: "done"})));
      if (!this.busy()) this.detail.hidden = true;
      return;
    }
    // What somebody is deciding on stays in front of them, even if somebody else was quicker.
    const focused = this.root.activeElement?.closest?.(".item")?.dataset.id;
    this.list.replaceChildren(...this.results.map((result) => this.item(result)));
    if (focused) this.list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
    if (!this.results.some(({result_id: id}) => id === this.chosen) && !this.busy()) this.choose(this.results[0].result_id);
  }

  busy() { return Boolean(this.note?.value) && this.chosen !== null; }

  item(result) {
    const [what, how] = brief(result, named);
    return h("li", {}, h("button", {class: "item", type: "button", "data-id": result.result_id, "aria-current": String(result.result_id === this.chosen), onclick: () => { this.choose(result.result_id); if (innerWidth < 1000) this.detail.scrollIntoView({block: "start"}); }},
      h("span", {class: "sign"}, icon(SIGNS[result.reason] ?? "eye")), h("span", {}, h("b", {}, titleOf(result)), h("span", {}, what), h("span", {class: "num"}, how)),
      h("time", {class: "num", datetime: result.taken_at}, ago(result.taken_at).replace(" ago", ""))));
  }

  choose(id, focus = false) {
    this.chosen = id;
    for (const item of this.list.querySelectorAll(".item")) {
      item.setAttribute("aria-current", String(item.dataset.id === id));
      if (focus && item.dataset.id === id) item.focus();
    }
    const result = this.results.find((one) => one.result_id === id);
    if (result) this.show(result);
  }

  show(result) {
    const [word, tone] = DONE[result.status];
    const past = h("ul", {class: "plain-list past"}, h("li", {}, "…"));
    const beside = h("dl", {}, evidence(result).map(([label, value]) => [h("dt", {}, label), h("dd", {class: "num"}, value)]).flat());
    this.detail.hidden = false;
    this.detail.replaceChildren(h("div", {class: "title"}, h("h2", {}, titleOf(result)), h("span", {class: `chip ${result.status === "review" ? "warn" : tone}`}, result.status === "review" ? "Held, counts nowhere" : word),
      h("p", {}, `${whyOf(result)}. ${result.alias}, ${new Date(result.taken_at).toLocaleString("en-GB", {dateStyle: "medium", timeStyle: "short"})}.`)),
      h("div", {class: "two"}, h("div", {}, h("h3", {}, "What came in"), beside, this.nameLine(result), h("h3", {}, "Before and after it"), past), this.form(result)),
      result.note && h("div", {class: "foot"}, `Decided ${ago(result.reviewed_at)}: “${result.note}”`) || "");
    this.loadPast(result, past, beside);
  }

  async loadPast(result, past, beside) {
    const {results} = await api(`/results/reviews?limit=100&user_id=${result.user_id}`, {signal: this.life.signal}).catch(() => ({results: []}));
    const same = results.filter(({subject}) => subject === result.subject);
    const mean = usual(same, result.result_id);
    if (mean) beside.append(h("dt", {}, `Usual here, of ${mean.count}`), h("dd", {class: "num"}, `${Math.round(mean.mean)}%`));
    const near = same.filter((one) => one.result_id !== result.result_id).slice(-6);
    past.replaceChildren(...(near.length ? near.map((one) => h("li", {}, h("span", {}, named(one.skill ?? one.subject)), h("b", {class: "num"}, `${Math.round(one.score)}%`), h("time", {}, ago(one.taken_at))))
      : [h("li", {class: "muted"}, "Nothing else in this subject.")]));
  }

  nameLine(result) {
    const line = h("div");
    const show = (said) => line.replaceChildren(h("p", {class: "name", style: "cursor: default"}, icon("eye", {size: 16}), said));
    if (this.names.has(result.user_id)) { show(this.names.get(result.user_id)); return line; }
    line.append(h("button", {class: "name", type: "button", onclick: async () => {
      try {
        const {name} = await api("/names", {method: "POST", body: {user_id: result.user_id, why: `A result that was held: ${result.reason ?? "review"}`}});
        this.names.set(result.user_id, `${name}. This look is on record.`);
        show(this.names.get(result.user_id));
      } catch (error) { line.append(h("p", {class: "problem", role: "alert"}, error.message)); }
    }}, icon("eye", {size: 16}), "Show name, on record"));
    return line;
  }

  form(result) {
    if (result.status !== "review") {
      return h("div", {}, h("h3", {}, "The decision"), h("p", {}, result.status === "counted" ? "It counts on every board." : "It counts on no board."),
        h("div", {class: "ways"}, h("button", {class: "btn", type: "button", onclick: () => this.send(result, "reopened")}, icon("undo", {size: 16}), "Look at it again")));
    }
    const choice = (value, key, title, what) => h("label", {class: "choice"}, h("input", {type: "radio", name: "verdict", value, "data-key": key}), h("span", {}, h("b", {}, title), h("small", {}, what)), h("kbd", {}, key));
    this.note = h("textarea", {id: "note", maxlength: 300, rows: 2});
    const problem = h("p", {class: "problem", role: "alert"});
    const decide = h("button", {class: "btn primary", type: "submit"}, "Decide");
    return h("form", {onsubmit: (event) => {
      event.preventDefault();
      const verdict = new FormData(event.target).get("verdict") ?? event.target.querySelector("input:checked")?.value;
      if (!verdict) { problem.textContent = "Choose one of the two first."; return; }
      if (!this.note.value.trim()) { problem.textContent = "A reason belongs to it: a few words are enough."; this.note.focus(); return; }
      decide.disabled = true;
      this.send(result, verdict, this.note.value.trim()).catch((error) => { problem.textContent = error.message; decide.disabled = false; });
    }}, h("h3", {}, "Your decision"), choice("accepted", "1", "Let it count", "Every board is right at once, those of the past included"),
      choice("voided", "2", "Set it aside", "It counts on no board. The person is told nothing"),
      h("label", {class: "note", for: "note"}, "Reason, kept on record"), this.note, problem,
      h("div", {class: "ways"}, decide, h("button", {class: "btn text", type: "button", onclick: () => this.key({key: "j"})}, "Skip")));
  }

  async send(result, verdict, note = "") {
    await api(`/results/${result.result_id}/review`, {method: "POST", body: {verdict, note}});
    this.note = null;
    this.chosen = null;
    clearTimeout(this.timer);
    this.bar.hidden = verdict === "reopened";
    if (verdict !== "reopened") {
      this.bar.replaceChildren(verdict === "accepted" ? "It counts now." : "It was set aside.", h("button", {class: "btn small", type: "button", onclick: () => { this.bar.hidden = true; this.send(result, "reopened").catch(() => this.load()); }}, icon("undo", {size: 16}), "Undo"));
      this.timer = setTimeout(() => { this.bar.hidden = true; }, UNDO);
    }
    await this.load();
  }

  key(event) {
    const at = event.composedPath?.()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || at?.matches?.("textarea, input:not([type=radio]), select")) return;
    if (event.key === "j" || event.key === "k") {
      const next = moved(this.results.map(({result_id: id}) => id), this.chosen, event.key);
      if (next) this.choose(next, true);
    } else if (event.key === "1" || event.key === "2") {
      const box = this.detail.querySelector(`[data-key="${event.key}"]`);
      if (box) { box.checked = true; box.focus(); }
    }
  }

  tick() { for (const time of this.list.querySelectorAll("time")) time.textContent = ago(time.dateTime).replace(" ago", ""); }
}

define("tandem-review", Review);
