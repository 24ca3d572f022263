// <tandem-reports>: what people reported and staff have not answered, activities and nudges, the oldest first; with
// `brief` only how many wait, and the way there. It follows what is reported and answered, by whomever.
import {api} from "./api.js";
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {itemOf} from "./feed-model.js";
import {MENU_CSS, menu} from "./menu.js";
import {paced} from "./mine.js";
import {takeBack} from "./nickname.js";
import {QUESTION_CSS, question} from "./question.js";
import {named, plain} from "./texts.js";
import {ago} from "./time.js";

const NUDGES = {friend_online: " who practised", challenge: ", who set a challenge"};
const REASONS = {unkind: "unkind", private: "private", unfair: "not earned fairly", other: "something else"};

class Reports extends TandemElement {
  static css = `${QUESTION_CSS}${MENU_CSS}
    header { display: flex; align-items: center; justify-content: space-between; margin-bottom: 10px; } .note { font-size: 13px; color: var(--muted); }
    li { display: flex; flex-wrap: wrap; align-items: center; gap: 12px 14px; padding: 14px 0; border-bottom: 1px solid var(--line); } li:last-child { border-bottom: 0; }
    .what { flex: 1 1 200px; min-width: 0; } .what p { margin: 0; font-size: 15px; overflow-wrap: anywhere; } .what b { font-weight: 640; }
    .why { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 6px; font-size: 12.5px; color: var(--muted); align-items: center; }
    .acts { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
    .unsaid { flex-basis: 100%; font-size: 13px; color: var(--warn); } .unsaid:empty { display: none; }
    .brief { display: flex; align-items: center; justify-content: space-between; gap: 12px; margin: 0; font-size: 14px; }
    @media (max-width: 719px) { .acts { flex: 1 1 calc(100% + 10px); flex-wrap: nowrap; gap: 2px; margin-right: -10px; } .acts .btn.text:not(.round) { padding-inline: 10px; } .acts .more { margin-left: auto; } }`;

  start(signal) {
    this.count = h("span", {class: "note num"});
    this.body = h("div", {}, loading(2));
    this.root.replaceChildren(h("header", {}, h("slot", {name: "title"}), this.count), this.body);
    const again = paced(() => this.read(), 300, signal);
    this.join("moderation:activities", {onEvent: again});
    this.watchState((state) => state === "live" && again());
  }

  async read() {
    try {
      const [{reports}, nudges] = await Promise.all([api("/reports?limit=100"), api("/nudge-reports?limit=100")]);
      const waiting = [...reports.map((one) => ({...one, row: () => this.row(one)})), ...nudges.reports.map((one) => ({...one, row: () => this.nudge(one)}))];
      this.draw(waiting.sort((one, other) => Date.parse(one.since) - Date.parse(other.since)));
    } catch (error) {
      this.body.replaceChildren(failed(() => this.read(), {text: error.message, code: error.type}));
    }
  }

  draw(reports) {
    this.count.textContent = reports.length ? `${reports.length} waiting` : "";
    if (!reports.length) { this.body.replaceChildren(empty("Nothing waits for an answer.", {meaning: "done"})); return; }
    if (this.hasAttribute("brief")) {
      this.body.replaceChildren(h("p", {class: "brief"}, `The oldest was reported ${ago(reports[0].since)}.`, h("a", {class: "btn tint small", href: "/review/activities"}, "Look")));
      return;
    }
    this.body.replaceChildren(h("ul", {class: "plain-list"}, reports.map((one) => one.row())));
  }

  row({activity, reasons, since, nickname}) {
    const item = itemOf(activity), unsaid = h("span", {class: "unsaid", role: "status"});
    const chips = Object.entries(reasons).map(([reason, count]) => h("span", {class: "chip warn"}, `${REASONS[reason] ?? reason}${count > 1 ? ` × ${count}` : ""}`));
    const decide = async (verdict) => {
      await api(`/reports/${item.id}/decision`, {method: "POST", body: {verdict}});
      await this.read();
    };
    const keep = this.keep("Keep", () => decide("keep"), unsaid);
    const away = h("button", {class: "btn text small", type: "button", onclick: () => question(this.root, {title: `Remove this of ${item.user_name}?`,
      text: "It goes from every feed at once and cannot be brought back. Points stay.", answer: "Remove", tone: "bad", act: () => decide("remove")})},
    icon("remove", {size: 16}), "Remove");
    return h("li", {"data-id": item.id}, face({id: item.user_id, name: item.user_name, avatar: item.user_avatar}, {size: 40}),
      h("div", {class: "what"}, h("p", {}, h("b", {}, item.user_name), " ", plain(item)), h("div", {class: "why"}, chips, h("span", {}, `reported ${ago(since)}`))),
      h("div", {class: "acts"}, keep, away, nickname && this.name(item)), unsaid);
  }

  /** What they call themselves may be what is wrong. */
  name(one) {
    return menu(`More about ${one.user_name}`, [{label: "Take back nickname", symbol: "undo", run: () => takeBack(this.root, {id: one.user_id, name: one.user_name}, () => this.read())}]);
  }

  keep(label, act, unsaid) {
    const button = h("button", {class: "btn small", type: "button", onclick: async () => {
      button.disabled = true;
      try { await act(); } catch (error) { button.disabled = false; unsaid.textContent = error.message; }
    }}, icon("check", {size: 16}), label);
    return button;
  }

  /** Somebody's nudges that a friend of theirs reported: nothing to mend, or a week without any. */
  nudge(one) {
    const unsaid = h("span", {class: "unsaid", role: "status"});
    const decide = async (verdict) => {
      await api(`/nudge-reports/${one.report_id}/decision`, {method: "POST", body: {verdict}});
      await this.read();
    };
    const pause = h("button", {class: "btn text small", type: "button", onclick: () => question(this.root, {title: `Pause nudges about ${one.user_name}?`,
      text: "For a week nobody is nudged about them, and their challenges are not handed on. They are not told. Friends and feeds stay as they are.", answer: "Pause nudges", tone: "bad", act: () => decide("pause")})},
    icon("quiet", {size: 16}), "Pause nudges");
    return h("li", {"data-id": one.report_id}, face({id: one.user_id, name: one.user_name, avatar: one.user_avatar}, {size: 40}),
      h("div", {class: "what"}, h("p", {}, "A nudge about ", h("b", {}, one.user_name), NUDGES[one.nudge_type] ?? "", one.skill && ` (${named(one.skill)})`),
        h("div", {class: "why"}, h("span", {class: "chip warn"}, icon("nudges", {size: 14}), "nudge"), h("span", {}, `reported ${ago(one.since)}`))),
      h("div", {class: "acts"}, this.keep("Nothing to mend", () => decide("keep"), unsaid), pause, one.nickname && this.name(one)), unsaid);
  }
}

define("tandem-reports", Reports);
