// <tandem-feed topics="activity:global cohort:…">: what is happening, newest on top.
// New rows come in where nobody is reading: at once when the top is in sight and untouched, else behind "Show 3 new".
// `views` (JSON: [{label, topics}]) gives a switch between several feeds in the same place.
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {calm, face, h, icon} from "./dom.js";
import {FeedModel, itemOf} from "./feed-model.js";
import {iconOf, kind, plain, sentence} from "./texts.js";
import {ago, clock, everyTenSeconds, toMillis} from "./time.js";
import {FEED_CSS} from "./feed-style.js";
import {Pager} from "./pager.js";
import {REACTIONS_CSS, myReactions, reactionBar, toggled} from "./reactions.js";
import {topicsOf} from "./people.js";

const GLIDE = 320;

class Feed extends TandemElement {
  static css = FEED_CSS + REACTIONS_CSS;

  start(signal) {
    this.views = JSON.parse(this.getAttribute("views") ?? "null") ??
      [{topics: topicsOf(this, "activity:global")}];
    this.list = h("ol", {class: "plain-list list", "aria-label": this.getAttribute("label") ?? "What is happening",
      onpointerleave: () => this.atTop() && this.reveal()});
    this.below = h("div", {class: "below"});
    this.pill = h("button", {class: "btn primary small pill", type: "button", hidden: true, onclick: () => this.reveal(true)}, icon("up", {size: 16}), h("span"));
    this.said = h("span", {class: "sr", role: "status"});
    this.line = h("span", {class: "line"});
    this.root.replaceChildren(h("header", {}, h("div", {class: "title"}, h("slot", {name: "title"}), this.line), this.switch()),
      h("div", {class: "float"}, this.pill), this.said, this.list, this.below);
    this.watchState((state) => this.stateChanged(state));
    everyTenSeconds(() => this.tick(), signal);
    this.open(this.views[0]);
  }

  switch() {
    if (this.views.length < 2) return null;
    const buttons = this.views.map((view) => h("button", {type: "button", "aria-pressed": "false", onclick: () => this.open(view)}, view.label));
    this.buttons = buttons;
    return h("div", {class: "segments", role: "group", "aria-label": "Which activities"}, buttons);
  }

  open(view) {
    if (view === this.view) return;
    this.channels?.forEach((channel) => channel.leave());
    Object.assign(this, {view, model: new FeedModel(), mine: new Map(), bars: new Map(), pager: new Pager(view.topics, fetchPage), nodes: new Map(), loaded: false});
    this.buttons?.forEach((button, index) => button.setAttribute("aria-pressed", String(this.views[index] === view)));
    this.list.replaceChildren();
    this.showWaiting();
    this.below.replaceChildren(loading(5));
    this.refused = 0;
    this.channels = view.topics.map((topic) => this.join(topic, {
      onSnapshot: (state) => this.current(view) && this.snapshot(topic, state),
      onEvent: (event, payload) => this.current(view) && this.event(topic, event, payload),
      onRefused: (reason) => this.current(view) && this.notAllowed(reason),
    }));
  }

  current(view) { return this.view === view; }

  snapshot(topic, state) {
    const items = (state.activities ?? []).map(itemOf).filter(Boolean);
    this.model.snapshot(topic, items);
    this.loaded = true;
    this.draw([]);
  }

  event(topic, event, payload) {
    if (event === "new_activity") return this.arrived(topic, itemOf(payload));
    if (event === "activity_reacted") return this.reacted(payload);
    if (event === "person_removed") this.model.removePerson(topic, payload.user_id);
    else if (event === "person_updated") this.model.rename(payload.user_id, payload.user_name, payload.user_avatar);
    else return;
    this.draw([], true);
  }

  reacted({activity_id: id, reactions}) {
    if (this.model.reacted(id, reactions)) this.showReactions(id);
  }

  showReactions(id) {
    const item = this.model.rows.get(id);
    if (item) this.bars.get(id)?.show(item.reactions, this.mine.get(id) ?? null);
  }

  /** One's own reaction shows at once; what the server says holds. */
  async react(id, kind) {
    const item = this.model.rows.get(id);
    const channel = this.channels[this.view.topics.findIndex((topic) => item?.topics.has(topic))];
    if (!item || !channel) return;
    const before = {mine: this.mine.get(id) ?? null, counts: item.reactions};
    const set = ({mine, counts}) => { this.mine.set(id, mine); this.model.reacted(id, counts); this.showReactions(id); };
    set(toggled(before.counts, before.mine, kind));
    this.said.textContent = "";
    try {
      const {mine, reactions} = await channel.push("react", {activity_id: id, reaction: kind});
      set({mine, counts: reactions});
    } catch (reason) {
      set(before);
      const node = this.nodes.get(id)?.querySelector(".unsaid");
      if (node) node.textContent = reason.lost ? "That did not reach us. Try again." : reason.message ?? "That did not work. Try again.";
    }
  }

  async learnMine(items) {
    const ids = items.map(({id}) => id).filter((id) => !this.mine.has(id));
    if (!ids.length || !this.hasAttribute("react")) return;
    const view = this.view;
    for (const id of ids) this.mine.set(id, null);
    try {
      const mine = await myReactions(ids);
      if (!this.current(view)) return;
      for (const [id, kind] of Object.entries(mine)) { this.mine.set(id, kind); this.showReactions(id); }
    } catch {
      for (const id of ids) if (!this.mine.get(id)) this.mine.delete(id); // asked again with the next rows
    }
  }

  arrived(topic, item) {
    if (!item) return;
    const wait = !this.atTop() || this.touched();
    if (!this.model.add(topic, item, wait)) return;
    if (wait) this.showWaiting(); else this.draw([item.id]);
  }

  /** The list's top is in sight, so what comes above it pushes nothing away that is being read further down. */
  atTop() { return document.hidden || this.list.getBoundingClientRect().top >= 40; }

  touched() {
    return (matchMedia("(hover: hover)").matches && this.list.matches(":hover")) || (this.root.activeElement && this.list.contains(this.root.activeElement));
  }

  showWaiting() {
    const count = this.model.waiting.size;
    this.pill.hidden = count === 0;
    this.pill.lastChild.textContent = count ? `Show ${count} new` : "";
    this.said.textContent = count ? `${count} new` : "";
  }

  reveal(move = false) {
    if (!this.model.waiting.size) return;
    const ids = this.model.reveal();
    this.showWaiting();
    this.draw(ids);
    if (!move) return;
    this.scrollIntoView({block: "start", behavior: calm() ? "auto" : "smooth"});
    const first = this.list.firstElementChild;
    first?.setAttribute("tabindex", "-1");
    first?.focus({preventScroll: true});
  }

  draw(fresh, again = false) {
    const items = this.model.list();
    const before = fresh.length ? this.tops() : null;
    const keep = new Set(items.map((item) => item.id));
    for (const [id, node] of this.nodes) if (!keep.has(id)) { node.remove(); this.nodes.delete(id); this.bars.delete(id); }
    const fromOthers = items.filter((item) => !this.nodes.has(item.id) && !fresh.includes(item.id));
    items.forEach((item, index) => {
      let node = this.nodes.get(item.id);
      if (!node || again) {
        const bar = reactionBar((kind) => this.react(item.id, kind));
        // Who may only read is offered nothing to press.
        const drawn = row(item, this.hasAttribute("react") && bar.bar);
        this.bars.set(item.id, bar);
        bar.show(item.reactions, this.mine.get(item.id) ?? null);
        node?.replaceWith(drawn);
        this.nodes.set(item.id, node = drawn);
      }
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
    this.learnMine(fromOthers);
    if (before) this.glide(before, fresh);
    this.drawBelow(items.length);
  }

  drawBelow(count) {
    if (!this.loaded) return;
    if (!count) { this.below.replaceChildren(empty("Quiet here just now. What people do shows up by itself.")); return; }
    const wanted = this.pager.more && (count >= 20 || this.model.paged);
    if (wanted && !this.below.querySelector("[data-more]")) this.below.replaceChildren(this.moreButton());
    if (!wanted) this.below.replaceChildren(...(this.model.paged ? [h("p", {class: "end"}, "That is everything.")] : []));
  }

  moreButton() {
    return h("button", {class: "btn tint small", type: "button", "data-more": true, onclick: () => this.loadMore()}, "Load more");
  }

  tops() { return new Map([...this.nodes].map(([id, node]) => [id, node.getBoundingClientRect().top])); }

  glide(before, fresh) {
    if (document.hidden) return;
    const options = {duration: calm() ? 100 : GLIDE, easing: "cubic-bezier(.2, .7, .3, 1)"};
    for (const id of fresh) this.nodes.get(id)?.animate([{opacity: 0}, {opacity: 1}], options);
    if (calm()) return;
    for (const [id, top] of before) {
      const node = this.nodes.get(id);
      const by = node ? top - node.getBoundingClientRect().top : 0;
      if (by) node.animate([{transform: `translateY(${by}px)`}, {transform: "none"}], options);
    }
  }

  /** The way down begins at the top, whatever the window has dropped meanwhile, and goes on until there is something new. */
  async loadMore() {
    const view = this.view;
    const hadFocus = this.root.activeElement?.hasAttribute("data-more");
    this.below.replaceChildren(h("button", {class: "btn tint small", type: "button", disabled: true}, "Loading"));
    try {
      let news = 0;
      while (!news && this.pager.more && this.current(view)) news = this.model.page(await this.pager.next());
      if (!this.current(view)) return;
      this.below.replaceChildren();
      this.draw([]);
      if (hadFocus) this.below.querySelector("button")?.focus();
    } catch {
      if (this.current(view)) this.below.replaceChildren(failed(() => this.loadMore()));
    }
  }

  notAllowed(reason) {
    if (++this.refused < this.view.topics.length || this.loaded) return;
    this.below.replaceChildren(empty(reason.message ?? "This is not open to you yet.", {meaning: "info"}));
  }

  stateChanged(state) {
    const away = state === "offline" || state === "reconnecting";
    if (state === "live") this.lost = null; else this.lost ??= Date.now();
    this.list.classList.toggle("stale", away);
    const text = away && this.loaded ? `as of ${clock(this.lost)}` : "Live";
    this.line.className = away ? "line as-of" : "line live";
    this.line.replaceChildren(...(away ? [] : [h("span", {class: "dot", "aria-hidden": "true"})]), text);
    this.line.hidden = state === "connecting" || (away && !this.loaded);
    if (state === "offline" && !this.loaded) this.below.replaceChildren(failed(() => this.client.hurry()));
  }

  tick() {
    for (const node of this.nodes.values()) {
      const time = node.querySelector("time");
      const text = ago(time.dateTime);
      if (time.textContent !== text) time.textContent = text;
    }
  }
}

async function fetchPage(scope, cursor) {
  const query = new URLSearchParams({scope, ...(cursor ? {cursor} : {})});
  const answer = await fetch(`/api/v1/activities?${query}`, {headers: {"X-Tandem": "1"}, credentials: "same-origin"});
  if (!answer.ok) throw new Error(`activities: ${answer.status}`);
  const page = await answer.json();
  return {activities: page.activities.map(itemOf).filter(Boolean), next_cursor: page.next_cursor ?? null};
}

function row(item, reactions) {
  const name = item.user_name || "Somebody";
  const at = new Date(toMillis(item.timestamp ?? Date.now()));
  const time = h("time", {datetime: at.toISOString(), title: at.toLocaleString("en-GB")}, ago(at.getTime()));
  const words = sentence(item).map(([text, bold]) => (bold ? h("b", {}, text) : text));
  const robot = item.simulated && h("span", {class: "robot", title: "Simulated"}, icon("simulated", {size: 14, label: "Simulated"}));
  return h("li", {class: `item ${kind(item.type)}`, "data-id": item.id, "aria-label": `${name} ${plain(item)}`},
    face({id: item.user_id, name, avatar: item.user_avatar}, {size: 40}),
    h("div", {class: "said"}, h("p", {}, h("b", {}, name), " ", words), h("div", {class: "foot"}, h("div", {class: "meta"}, icon(iconOf(item.type), {size: 15}), time, robot), reactions),
      h("span", {class: "unsaid", role: "status"})));
}

define("tandem-feed", Feed);
