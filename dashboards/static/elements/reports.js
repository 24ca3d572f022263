// <tandem-reports>: what people reported and staff have not answered, the oldest first; with `brief` only how many wait, and
// the way there. It follows what is reported and answered, by whomever.
import {api} from "./api.js";
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {itemOf} from "./feed-model.js";
import {paced} from "./mine.js";
import {QUESTION_CSS, question} from "./question.js";
import {plain} from "./texts.js";
import {ago} from "./time.js";

const REASONS = {unkind: "unkind", private: "private", unfair: "not earned fairly", other: "something else"};

class Reports extends TandemElement {
  static css = `${QUESTION_CSS}
    header { display: flex; align-items: center; justify-content: space-between; margin-bottom: 10px; } .note { font-size: 13px; color: var(--muted); }
    li { display: flex; flex-wrap: wrap; align-items: center; gap: 12px 14px; padding: 14px 0; border-bottom: 1px solid var(--line); } li:last-child { border-bottom: 0; }
    .what { flex: 1 1 200px; min-width: 0; } .what p { margin: 0; font-size: 15px; overflow-wrap: anywhere; } .what b { font-weight: 640; }
    .why { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 6px; font-size: 12.5px; color: var(--muted); align-items: center; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .unsaid { flex-basis: 100%; font-size: 13px; color: var(--warn); } .unsaid:empty { display: none; }
    .brief { display: flex; align-items: center; justify-content: space-between; gap: 12px; margin: 0; font-size: 14px; }`;

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
      const {reports} = await api("/reports?limit=100");
      this.draw(reports);
    } catch (error) {
      this.body.replaceChildren(failed(() => this.read(), {text: error.message, code: error.type}));
    }
  }

  draw(reports) {
    this.count.textContent = reports.length ? `${reports.length} waiting` : "";
    if (!reports.length) { this.body.replaceChildren(empty("Nothing waits for an answer.", {meaning: "done"})); return; }
    if (this.hasAttribute("brief")) {
      this.body.replaceChildren(h("p", {class: "brief"}, `The oldest since ${ago(reports[0].since)}.`, h("a", {class: "btn tint small", href: "/review/activities"}, "Look")));
      return;
    }
    this.body.replaceChildren(h("ul", {class: "plain-list"}, reports.map((one) => this.row(one))));
  }

  row({activity, reasons, since}) {
    const item = itemOf(activity), unsaid = h("span", {class: "unsaid", role: "status"});
    const chips = Object.entries(reasons).map(([reason, count]) => h("span", {class: "chip warn"}, `${REASONS[reason] ?? reason}${count > 1 ? ` × ${count}` : ""}`));
    const decide = async (verdict) => {
      await api(`/reports/${item.id}/decision`, {method: "POST", body: {verdict}});
      await this.read();
    };
    const keep = h("button", {class: "btn small", type: "button", onclick: async () => {
      keep.disabled = true;
      try { await decide("keep"); } catch (error) { keep.disabled = false; unsaid.textContent = error.message; }
    }}, icon("check", {size: 16}), "Keep");
    const away = h("button", {class: "btn text small", type: "button", onclick: () => question(this.root, {title: `Remove this of ${item.user_name}?`,
      text: "It goes from every feed at once and cannot be brought back. Points stay.", answer: "Remove", tone: "bad", act: () => decide("remove")})},
    icon("remove", {size: 16}), "Remove");
    return h("li", {"data-id": item.id}, face({id: item.user_id, name: item.user_name, avatar: item.user_avatar}, {size: 40}),
      h("div", {class: "what"}, h("p", {}, h("b", {}, item.user_name), " ", plain(item)), h("div", {class: "why"}, chips, h("span", {}, `since ${ago(since)}`))),
      h("div", {class: "acts"}, keep, away), unsaid);
  }
}

define("tandem-reports", Reports);
