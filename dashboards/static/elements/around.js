// <tandem-around me="…" scope="cohort">: where one stands this week in the subject that one practised last, with one's neighbours.
// Rows glide to their places; a fall is grey, a rise green. It follows every change of the board.
import {api} from "./api.js";
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {glide, places} from "./glide.js";
import {mySubject, paced} from "./mine.js";
import {named} from "./texts.js";

const APART = 2000, SHOWN = 2;

class Around extends TandemElement {
  static css = `
    header { display: flex; align-items: center; justify-content: space-between; gap: 12px; margin-bottom: 8px; }
    .note { font-size: 13px; color: var(--muted); }
    header a { font-size: 13px; font-weight: 600; color: var(--accent); text-decoration: none; } header a:hover { text-decoration: underline; }
    li { display: grid; grid-template-columns: 26px 28px minmax(0, 1fr) auto auto; align-items: center; gap: 12px; min-height: 42px; padding: 0 10px; margin: 0 -10px; font-size: 14px; border-radius: var(--radius); }
    li.me { font-weight: 640; background: var(--accent-weak); --ground: var(--accent-weak); position: relative; z-index: 1; }
    .rank { text-align: right; color: var(--muted); } .me .rank { color: inherit; }
    .who { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .move { display: inline-flex; align-items: center; gap: 3px; font-size: 13px; color: var(--muted); } .move.rise { color: var(--good); font-weight: 640; }
    .score { min-width: 48px; font-weight: 640; text-align: right; }
    .quiet-note { margin: 10px 0 0; font-size: 13px; color: var(--muted); }`;

  async start(signal) {
    this.note = h("span", {class: "note"});
    this.list = h("ol", {class: "plain-list"});
    this.body = h("div", {}, loading(4));
    this.root.replaceChildren(h("header", {}, h("div", {}, h("slot", {name: "title"}), this.note), h("a", {href: "/boards"}, "All boards")), this.body);
    this.board = (await mySubject()) || this.getAttribute("board") || "math";
    if (signal.aborted) return;
    this.note.textContent = `${named(this.board)}, this week`;
    const again = paced(() => this.read(), APART, signal), me = this.getAttribute("me"), scope = this.getAttribute("scope");
    const room = this.getAttribute("cohort");
    this.join(scope === "cohort" && room ? `leaderboard:${this.board}:${room}` : `leaderboard:${this.board}`, {onEvent: again, onSnapshot: again});
    if (me) this.join(`user:${me}:rank-changes`, {onEvent: (event, payload) => payload.board === this.board && again()});
    this.read();
  }

  async read() {
    try {
      const query = new URLSearchParams({period: "weekly", scope: this.getAttribute("scope") ?? "global", limit: "5"});
      this.draw(await api(`/leaderboards/${this.board}?${query}`));
    } catch (error) {
      if (!this.list.children.length) this.body.replaceChildren(failed(() => this.read(), {text: error.message}));
    }
  }

  draw({entries, around, me}) {
    const own = me?.entry;
    const at = around.findIndex(({user_id: id}) => id === own?.user_id);
    const rows = own ? around.slice(Math.max(0, at - SHOWN), at + SHOWN + 1) : entries;
    if (!rows.length) { this.body.replaceChildren(empty("A fresh week. The first practice opens the board.", {meaning: "boards"})); return; }
    const known = new Map([...this.list.children].map((node) => [node.dataset.id, node]));
    const before = known.size ? places(this.list.children) : null;
    const nodes = rows.map((row) => line(row, own?.user_id, known.get(row.user_id)));
    this.list.replaceChildren(...nodes);
    this.body.replaceChildren(this.list, ...(own ? (me.listed ? [] : [h("p", {class: "quiet-note"}, "Others do not see you here. You chose that.")])
      : [h("p", {class: "quiet-note"}, "One practice, and you are on it too.")]));
    if (before) glide(before, nodes);
  }
}

/** A row; the node that stands is filled anew, so that it can glide. */
function line(row, me, node = h("li", {"data-id": row.user_id})) {
  const you = row.user_id === me, {rank_change: by} = row;
  const move = by > 0 ? h("span", {class: "move rise num"}, icon("up", {size: 14, label: "up"}), String(by))
    : by < 0 ? h("span", {class: "move num"}, icon("fall", {size: 14, label: "down"}), String(-by)) : h("span", {class: "move"}, "–");
  node.className = you ? "me" : "";
  node.replaceChildren(h("span", {class: "rank num"}, String(row.rank)), face({id: row.user_id, name: row.user_name, avatar: row.user_avatar || "initial"}, {size: 28}),
    h("span", {class: "who"}, you ? `${row.user_name} (you)` : row.user_name), move, h("span", {class: "score num"}, row.score.toLocaleString("en-GB")));
  return node;
}

define("tandem-around", Around);
