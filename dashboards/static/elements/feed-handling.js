// What a feed's reader does with its rows, and what their own other pages do: reactions, hiding, reporting, removing,
// challenging back. One's own choice shows at once; what the server says holds, and every tab of theirs follows.
import {challenge, hide, hiddenIds, remove, report, show} from "./feed-acts.js";
import {answerable, folded, row} from "./feed-row.js";
import {h} from "./dom.js";
import {menu} from "./menu.js";
import {myReactions, reactionBar, toggled} from "./reactions.js";
import {named} from "./texts.js";
import {toast} from "./toasts.js";

const UNDO = 10_000;

export class Handling {
  constructor(feed) {
    Object.assign(this, {feed, folded: new Map()});
    this.clear();
  }

  clear() {
    for (const {timer} of this.folded.values()) clearTimeout(timer);
    this.folded.clear();
    Object.assign(this, {mine: new Map(), challenged: new Set(), bars: new Map()});
  }

  forget(id) { this.bars.delete(id); }

  /** One's own topic: what one did in another tab, and who challenged one. */
  listen() { this.feed.join("user:me", {onEvent: (event, payload) => this.own(event, payload)}); }

  own(event, payload) {
    const id = payload.activity_id;
    if (event === "own_reaction") { this.mine.set(id, payload.reaction); this.showReactions(id); }
    if (event === "activity_hidden") { this.feed.unseen[payload.hidden ? "add" : "delete"](id); this.redraw(id); }
    if (event !== "challenge_initiated") return;
    if (payload.from_user_id === this.feed.me) { this.challenged.add(id); this.redraw(id); }
    else toast(`${payload.from_name} challenges you${payload.skill ? ` in ${named(payload.skill)}` : ""}.`, "info");
  }

  redraw(id) {
    const {feed} = this;
    if (feed.unseen.has(id) !== this.folded.has(id)) this.unfold(id);
    if (!feed.model) return;
    feed.showWaiting();
    const item = feed.model.rows.get(id);
    if (item && feed.nodes.has(id)) feed.place(item);
    feed.draw([]);
  }

  // --- a row

  row(item, mark) {
    const fold = this.folded.get(item.id);
    if (fold) return folded(item.id, fold.text, fold.undo);
    const bar = reactionBar((kind) => this.react(item.id, kind));
    this.bars.set(item.id, bar);
    bar.show(item.reactions, this.mine.get(item.id) ?? null);
    // Who may only read is offered nothing to press.
    if (!this.feed.acts) return row(item, {mark});
    const name = item.user_name || "Somebody";
    return row(item, {mark, reactions: bar.bar, menu: this.menu(item, name), challenge: this.challengeButton(item)});
  }

  menu(item, name) {
    const button = menu(`What to do about this of ${name}`, this.choices(item));
    button.addEventListener("click", () => this.feed.engagement.click("menu", item.user_id === this.feed.me ? null : item.id));
    return button;
  }

  choices(item) {
    const {feed} = this;
    const own = item.user_id === feed.me;
    const gone = () => { feed.model.remove(item.id); feed.draw([]); };
    const choices = [{label: "Hide from me", symbol: "hidden", run: () => this.hide(item)}];
    if (!own) choices.push({label: "Report", symbol: "report", run: () => report(feed.root, item, () => this.fold(item.id, "Thank you. A person looks at it, and it is hidden from you."))});
    if (own || feed.hasAttribute("moderate")) choices.push({label: "Remove for everybody", symbol: "remove", run: () => remove(feed.root, item, own, gone)});
    return choices;
  }

  challengeButton(item) {
    const {feed} = this;
    const reach = feed.getAttribute("challenge");
    if (!reach || !answerable(item) || item.user_id === feed.me) return null;
    if (reach === "cohort" && !item.topics?.has(feed.getAttribute("cohort"))) return null;
    if (this.challenged.has(item.id)) return h("span", {class: "answered"}, "Challenged");
    return h("button", {class: "btn text small answer", type: "button", onclick: ({currentTarget}) => this.challenge(item, currentTarget)}, "Challenge back");
  }

  unsaid(id, error) {
    const node = this.feed.nodes.get(id)?.querySelector(".unsaid");
    if (node) node.textContent = error.lost ? "That did not reach us. Try again." : error.message ?? "That did not work. Try again.";
  }

  async challenge(item, button) {
    button.disabled = true;
    this.feed.engagement.click("challenge_back", item.id);
    try {
      await challenge(item.id);
      this.challenged.add(item.id);
      this.redraw(item.id);
      toast(`${item.user_name} hears of your challenge.`, "good");
    } catch (error) {
      if (error.type === "already_challenged") { this.challenged.add(item.id); this.redraw(item.id); return; }
      button.disabled = false;
      this.unsaid(item.id, error);
    }
  }

  // --- hiding

  async hide(item) {
    try {
      await hide(item.id);
      this.fold(item.id, "Hidden from you.");
    } catch (error) { this.unsaid(item.id, error); }
  }

  /** The row gives way to a sentence with the way back, and then to nothing. */
  fold(id, text) {
    const {feed} = this;
    feed.unseen.add(id);
    clearTimeout(this.folded.get(id)?.timer);
    const undo = async () => {
      try { await show(id); feed.unseen.delete(id); this.unfold(id); this.redraw(id); } catch (error) { this.unsaid(id, error); }
    };
    this.folded.set(id, {text, undo, timer: setTimeout(() => { this.unfold(id); feed.draw([]); }, UNDO)});
    this.redraw(id);
    feed.nodes.get(id)?.querySelector("button")?.focus({preventScroll: true});
  }

  unfold(id) {
    clearTimeout(this.folded.get(id)?.timer);
    this.folded.delete(id);
  }

  // --- reactions

  reacted({activity_id: id, reactions}) {
    if (this.feed.model.reacted(id, reactions)) this.showReactions(id);
  }

  showReactions(id) {
    const item = this.feed.model?.rows.get(id);
    if (item) this.bars.get(id)?.show(item.reactions, this.mine.get(id) ?? null);
  }

  /** One's own reaction shows at once; what the server says holds. */
  async react(id, kind) {
    const {feed} = this;
    const item = feed.model.rows.get(id);
    const channel = feed.channels.find(({topic}) => item?.topics.has(topic)) ?? feed.channels[0];
    if (!item || !channel) return;
    const before = {mine: this.mine.get(id) ?? null, counts: item.reactions};
    const set = ({mine, counts}) => { this.mine.set(id, mine); feed.model.reacted(id, counts); this.showReactions(id); };
    set(toggled(before.counts, before.mine, kind));
    feed.said.textContent = "";
    try {
      const {mine, reactions} = await channel.push("react", {activity_id: id, reaction: kind});
      set({mine, counts: reactions});
    } catch (reason) {
      set(before);
      this.unsaid(id, reason);
    }
  }

  // --- what is one's own, as the server knows it

  async learn(items) {
    const {feed} = this;
    const ids = items.map(({id}) => id).filter((id) => !this.mine.has(id));
    if (!ids.length || !feed.acts) return;
    const {view} = feed;
    for (const id of ids) this.mine.set(id, null);
    try {
      const {reactions, challenged} = await myReactions(ids);
      if (!feed.current(view)) return;
      for (const [id, kind] of Object.entries(reactions)) { this.mine.set(id, kind); this.showReactions(id); }
      for (const id of challenged) if (!this.challenged.has(id)) { this.challenged.add(id); this.redraw(id); }
    } catch {
      for (const id of ids) if (!this.mine.get(id)) this.mine.delete(id); // asked again with the next rows
    }
  }

  /** The line was away: what one did elsewhere meanwhile is asked for. */
  async learnAgain() {
    const {feed} = this;
    if (!feed.acts || !feed.model) return;
    this.mine.clear();
    this.learn(feed.model.list());
    try { feed.unseen = new Set(await hiddenIds()); feed.draw([]); } catch { /* with the next return */ }
  }
}
