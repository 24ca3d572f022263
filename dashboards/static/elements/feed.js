// <tandem-feed topics="activity:global cohort:…">: what is happening, newest on top.
// New rows come in where nobody is reading: at once when the top is in sight and untouched, else behind "Show 3 new".
// `views` (JSON: [{label, topics | scope}]) gives a switch between several feeds in the same place; `subjects` (JSON:
// [{id, name}]) filters; `react` lets its reader act, `moderate` take out what anybody did; `me` is their id, `cohort` the
// topic of their cohort, `presence` the topics that say who is here, `challenge` whom they may challenge (`all`, `cohort`).
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {calm, h, icon} from "./dom.js";
import {Engagement} from "./engage.js";
import {hiddenIds} from "./feed-acts.js";
import {FILTERS_CSS, asked, filterPanel, fits} from "./feed-filters.js";
import {FeedModel, itemOf} from "./feed-model.js";
import {Handling} from "./feed-handling.js";
import {setMark} from "./feed-row.js";
import {FEED_CSS} from "./feed-style.js";
import {belongs, fetchPage, sources, tooOld} from "./feed-views.js";
import {MENU_CSS} from "./menu.js";
import {Pager} from "./pager.js";
import {asPerson, joinPeople, topicsOf} from "./people.js";
import {QUESTION_CSS} from "./question.js";
import {REACTIONS_CSS} from "./reactions.js";
import {doing} from "./texts.js";
import {ago, clock, everyTenSeconds} from "./time.js";

const GLIDE = 320, FEW = 20, ANEW = 400;
const PICTURE = "picture", PATIENCE = 1500;
const patience = () => new Promise((resolve) => { setTimeout(resolve, PATIENCE); });

class Feed extends TandemElement {
  static css = FEED_CSS + FILTERS_CSS + MENU_CSS + QUESTION_CSS + REACTIONS_CSS;

  start(signal) {
    this.views = JSON.parse(this.getAttribute("views") ?? "null") ?? [{topics: topicsOf(this, "activity:global")}];
    this.me = this.getAttribute("me");
    this.acts = this.hasAttribute("react");
    this.marks = new Map();
    this.unseen = new Set();
    this.engagement = new Engagement(signal, {mine: (id) => this.model.rows.get(id)?.user_id === this.me});
    this.handling = new Handling(this);
    this.build();
    this.watchState((state) => this.stateChanged(state));
    everyTenSeconds(() => this.tick(), signal);
    if (this.acts) this.handling.listen();
    if (this.hasAttribute("presence")) joinPeople(this, this.getAttribute("presence").split(/\s+/).filter(Boolean), (people) => this.present(people));
    Promise.race([this.learnHidden(), patience()]).finally(() => signal.aborted || this.open(this.views[0]));
    this.below.replaceChildren(loading(5));
  }

  build() {
    this.list = h("ol", {class: "plain-list list", "aria-label": this.getAttribute("label") ?? "What is happening",
      onpointerleave: () => this.atTop() && this.reveal()});
    this.below = h("div", {class: "below"});
    this.pill = h("button", {class: "btn primary small pill", type: "button", hidden: true, onclick: () => { this.engagement.click("show_new"); this.reveal(true); }},
      icon("up", {size: 16}), h("span"));
    this.said = h("span", {class: "sr", role: "status"});
    this.line = h("span", {class: "line"});
    this.filters = filterPanel(JSON.parse(this.getAttribute("subjects") ?? "[]"), () => this.filtered());
    this.head = h("header", {}, h("div", {class: "title"}, h("slot", {name: "title"}), this.line), h("div", {class: "controls"}, this.switch(), this.opener()));
    this.root.replaceChildren(this.head, this.filters.panel, h("div", {class: "float"}, this.pill), this.said, this.list, this.below,
      ...(this.hasAttribute("share") ? [h("footer", {}, h("tandem-share", {source: "activity_feed"}))] : []));
  }

  switch() {
    if (this.views.length < 2) return null;
    this.buttons = this.views.map((view) => h("button", {type: "button", "aria-pressed": "false", onclick: () => this.open(view)}, view.label));
    return h("div", {class: "segments", role: "group", "aria-label": "Which activities"}, this.buttons);
  }

  opener() {
    if (!this.hasAttribute("subjects")) return null;
    this.count = h("span", {class: "num"});
    const button = h("button", {class: "btn text small opener", type: "button", "aria-expanded": "false", title: "Filters", "aria-label": "Filters", onclick: () => {
      const open = this.filters.panel.hidden;
      this.filters.panel.hidden = !open;
      this.head.classList.toggle("open", open);
      button.setAttribute("aria-expanded", String(open));
      if (open) this.engagement.click("filter");
    }}, icon("filter"), this.count);
    return button;
  }

  /** What the reader hid, before the first row is drawn: nothing is shown to be taken away. */
  async learnHidden() {
    if (!this.acts) return;
    try { this.unseen = new Set(await hiddenIds()); if (this.model) this.draw([]); } catch { /* the lists of the server leave it out by themselves */ }
  }

  async open(view) {
    if (view === this.view) return;
    this.channels?.forEach((channel) => channel.leave());
    Object.assign(this, {view, model: new FeedModel(), pager: null, friends: null, channels: [], nodes: new Map(), loaded: false, refused: 0});
    this.handling.clear();
    this.buttons?.forEach((button, index) => button.setAttribute("aria-pressed", String(this.views[index] === view)));
    this.list.replaceChildren();
    this.showWaiting();
    this.below.replaceChildren(loading(5));
    try {
      const {lists, topics, friends} = await sources(view, this.getAttribute("cohort"));
      if (!this.current(view)) return;
      Object.assign(this, {lists, topics, friends});
    } catch (error) {
      if (this.current(view)) this.below.replaceChildren(failed(() => { this.view = null; this.open(view); }, {text: error.message}));
      return;
    }
    this.pager = this.newPager();
    this.watch(view);
    if (view.scope) this.readAnew();
    else if (this.filters.count()) this.loadMore();
  }

  watch(view) {
    this.channels = this.topics.map((topic) => this.join(topic, {
      onSnapshot: (state) => this.current(view) && this.snapshot(topic, state),
      onEvent: (event, payload) => this.current(view) && this.event(topic, event, payload),
      onRefused: (reason) => this.current(view) && this.notAllowed(reason),
    }));
  }

  current(view) { return this.view === view; }
  newPager() { return new Pager(this.lists, (scope, cursor) => fetchPage(scope, cursor, asked(this.filters.chosen))); }

  snapshot(topic, state) {
    if (this.view.scope) { if (this.loaded) this.readAnew(); return; }
    this.model.snapshot(topic, (state.activities ?? []).map(itemOf).filter(Boolean));
    this.loaded = true;
    this.draw([]);
  }

  /** The server's own list again: soon, and once for all that asks for it meanwhile. */
  readAnew() {
    const {view} = this;
    clearTimeout(this.anew);
    this.anew = setTimeout(async () => {
      try {
        const {activities} = await fetchPage(view.scope, null, asked(this.filters.chosen));
        if (!this.current(view)) return;
        this.model.snapshot(PICTURE, activities);
        this.loaded = true;
        this.draw([]);
      } catch (error) {
        if (this.current(view) && !this.loaded) this.below.replaceChildren(failed(() => this.readAnew(), {text: error.message}));
      }
    }, this.loaded ? ANEW : 0);
  }

  event(topic, event, payload) {
    if (event === "new_activity") return this.arrived(topic, itemOf(payload));
    if (event === "activity_reacted") return this.handling.reacted(payload);
    if (event === "activity_removed") { if (this.model.remove(payload.activity_id)) { this.showWaiting(); this.draw([]); } return; }
    if (event === "person_removed") { if (this.view.scope) this.readAnew(); this.model.removePerson(topic, payload.user_id); }
    else if (event === "person_updated") this.model.rename(payload.user_id, payload.user_name, payload.user_avatar);
    else return;
    this.showWaiting();
    this.draw([], true);
  }

  arrived(topic, item) {
    if (!item || !belongs(this.view, item, this.friends)) return;
    const wait = this.shows(item) && (!this.atTop() || this.touched());
    if (!this.model.add(this.view.scope ? PICTURE : topic, item, wait)) return;
    if (wait) this.showWaiting(); else this.draw([item.id]);
  }

  /** Whether a row may be seen: not hidden by its reader, within the filters, young enough. */
  shows(item) { return !this.unseen.has(item.id) && fits(item, this.filters.chosen) && !tooOld(this.view, item); }

  filtered() {
    const count = this.filters.count();
    this.count.textContent = count ? String(count) : "";
    if (!this.model) return;
    this.pager = this.newPager();
    this.list.replaceChildren();
    this.nodes.clear();
    this.handling.clear();
    this.draw([]);
    if (count || this.view.scope) this.loadMore();
  }

  /** The list's top is in sight, so what comes above it pushes nothing away that is being read further down. */
  atTop() { return document.hidden || this.list.getBoundingClientRect().top >= 40; }

  touched() {
    return (matchMedia("(hover: hover)").matches && this.list.matches(":hover")) || (this.root.activeElement && this.list.contains(this.root.activeElement));
  }

  showWaiting() {
    const count = this.model ? [...this.model.waiting.values()].filter((item) => this.shows(item)).length : 0;
    this.pill.hidden = count === 0;
    this.pill.lastChild.textContent = count ? `Show ${count} new` : "";
    this.said.textContent = count ? `${count} new` : "";
  }

  reveal(move = false) {
    if (!this.model?.waiting.size) return;
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
    const items = this.model.list().filter((item) => this.shows(item) || this.handling.folded.has(item.id));
    const all = items.length;
    if (this.brief) items.splice(this.brief);
    const before = fresh.length ? this.tops() : null;
    const keep = new Set(items.map((item) => item.id));
    for (const [id, node] of this.nodes) if (!keep.has(id)) { node.remove(); this.nodes.delete(id); this.handling.forget(id); }
    const fromOthers = items.filter((item) => !this.nodes.has(item.id) && !fresh.includes(item.id));
    items.forEach((item, index) => {
      const node = !this.nodes.has(item.id) || again ? this.place(item) : this.nodes.get(item.id);
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
    this.handling.learn(fromOthers);
    if (before) this.glide(before, fresh);
    this.drawBelow(all);
  }

  /** On a narrow screen, where something stands below it, so many rows and the way to the rest. */
  get brief() { return this.hasAttribute("brief") && matchMedia("(max-width: 999px)").matches ? Number(this.getAttribute("brief")) : 0; }

  /** The row of an activity, drawn anew in its place. */
  place(item) {
    const drawn = this.handling.row(item, this.marks.get(item.user_id) ?? null);
    this.nodes.get(item.id)?.replaceWith(drawn);
    this.nodes.set(item.id, drawn);
    this.engagement.watch(drawn, item.id);
    return drawn;
  }

  present(people) {
    this.marks = new Map(people.map((one) => [asPerson(one).id, doing(one).mark]));
    for (const [id, node] of this.nodes ?? []) setMark(node, this.marks.get(this.model.rows.get(id)?.user_id) ?? null);
  }

  drawBelow(count) {
    if (!this.loaded || this.below.querySelector("[data-loading]")) return;
    if (this.brief && count > this.brief) { this.below.replaceChildren(h("a", {class: "btn tint small", href: "/activity"}, "All activity")); return; }
    const wanted = this.pager?.more && (count >= FEW || this.model.paged);
    if (!count && !wanted) { this.below.replaceChildren(this.blank()); return; }
    if (wanted && !this.below.querySelector("[data-more]")) this.below.replaceChildren(this.moreButton());
    if (!wanted) this.below.replaceChildren(...(this.model.paged && !this.filters.count() ? [h("p", {class: "end"}, "That is everything.")] : []));
  }

  blank() {
    if (this.filters.count()) return empty("Nothing of that kind here yet.", {meaning: "filter"});
    if (this.view.scope) return empty(this.friends.size || this.view.scope === "network" ? "Quiet here just now. What your people do shows up by itself."
      : "What your friends do shows up here.", {meaning: "people", action: this.friends.size ? null : h("a", {class: "btn tint small", href: "/friends"}, "Find someone you know")});
    return empty("Quiet here just now. What people do shows up by itself.");
  }

  moreButton() {
    return h("button", {class: "btn tint small", type: "button", "data-more": true, onclick: () => { this.engagement.click("load_more"); this.loadMore(); }}, "Load more");
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
    const {view, pager} = this;
    const same = () => this.current(view) && this.pager === pager;
    const hadFocus = this.root.activeElement?.hasAttribute("data-more");
    this.below.replaceChildren(h("button", {class: "btn tint small", type: "button", disabled: true, "data-loading": true}, "Loading"));
    try {
      let news = 0;
      while (!news && pager.more && same()) news = this.model.page((await pager.next()).map(([topic, item]) => [view.scope ? PICTURE : topic, item]));
      if (!same()) return;
      this.below.replaceChildren();
      this.loaded = true;
      this.draw([]);
      if (hadFocus) this.below.querySelector("button")?.focus();
    } catch {
      if (same()) this.below.replaceChildren(failed(() => this.loadMore()));
    }
  }

  notAllowed(reason) {
    if (++this.refused < this.topics.length || this.loaded || this.view.scope) return;
    this.below.replaceChildren(empty(reason.message ?? "This is not open to you yet.", {meaning: "info"}));
  }

  stateChanged(state) {
    const away = state === "offline" || state === "reconnecting";
    if (state === "live") { if (this.lost) this.handling.learnAgain(); this.lost = null; } else this.lost ??= Date.now();
    this.list.classList.toggle("stale", away);
    const text = away && this.loaded ? `as of ${clock(this.lost)}` : "Live";
    this.line.className = away ? "line as-of" : "line live";
    this.line.replaceChildren(...(away ? [] : [h("span", {class: "dot", "aria-hidden": "true"})]), text);
    this.line.hidden = state === "connecting" || (away && !this.loaded);
    if (state === "offline" && !this.loaded) this.below.replaceChildren(failed(() => this.client.hurry()));
  }

  tick() {
    for (const node of this.nodes?.values() ?? []) {
      const time = node.querySelector("time");
      const text = time && ago(time.dateTime);
      if (time && time.textContent !== text) time.textContent = text;
    }
    if (this.view?.scope === "network" && this.model.list().some((item) => this.nodes.has(item.id) && tooOld(this.view, item))) this.draw([]);
  }
}

define("tandem-feed", Feed);
