// <tandem-friendships me="…" cohort="cohort:…" topics="…">: friends with what they do just now, requests both ways, whom one may
// know in one's cohort, and whom one has blocked. Lists are read again when one's own topic says that they changed. What
// ends something waits ten seconds, so that it can be undone; a block acts at once.
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {api} from "./api.js";
import {MENU_CSS, openMenu} from "./menu.js";
import {face, h, icon} from "./dom.js";
import {asPerson, joinPeople, topicsOf} from "./people.js";
import {refusalLine} from "./room-words.js";
import {doing} from "./texts.js";
import {toast} from "./toasts.js";

const UNDO = 10_000, SOON = 250;

class Friends extends TandemElement {
  static css = `
    :host { display: block; }
    .two { display: grid; gap: 20px; grid-template-columns: minmax(0, 1fr) 348px; align-items: start; }
    .column { display: grid; gap: 20px; min-width: 0; }
    .card { min-width: 0; padding: 18px 20px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
    header { display: flex; align-items: baseline; justify-content: space-between; gap: 10px; margin-bottom: 6px; }
    h2 { margin: 0; font-size: 16px; font-weight: 640; }
    header span { font-size: 13px; color: var(--muted); }
    .row { min-height: 56px; }
    .row .who { flex: 1; }
    .row + .row { border-top: 1px solid var(--line); }
    .ways { position: relative; display: flex; flex-wrap: wrap; justify-content: flex-end; align-items: center; gap: 6px; margin-left: auto; }
    .ways .btn.round { min-height: 36px; width: 36px; border-color: transparent; }
    .done { color: var(--muted); font-size: 13.5px; }
    input { width: 100%; min-height: 44px; padding: 0 14px; margin: 4px 0 8px; font: inherit; font-size: 15px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius); }
    input::placeholder { color: var(--muted); opacity: 1; }
    .why { margin: 0 0 10px; font-size: 13px; color: var(--muted); }
    .scroll { max-height: 420px; overflow-y: auto; }
    .state { padding: 18px 8px; }
    @media (max-width: 999px) { .two { grid-template-columns: minmax(0, 1fr); } }
    @media (max-width: 719px) { .two, .column { gap: 14px; } .card { padding: 16px; } input { font-size: 16px; } .scroll { max-height: none; } }
    ${MENU_CSS}`;

  start(signal) {
    this.me = this.getAttribute("me");
    this.here = new Map();
    this.leaving = new Map();
    this.boxes = Object.fromEntries(["friends", "asked", "sent", "found", "blocked"].map((key) => [key, h("ul", {class: "plain-list"})]));
    this.field = h("input", {type: "search", placeholder: "A name in your cohort", "aria-label": "Find somebody in your cohort", maxlength: 60, autocomplete: "off", oninput: () => this.soon("find", () => this.find())});
    this.count = h("span", {class: "num"});
    const card = (key, title, ...more) => (this[key] = h("section", {class: "card", "aria-labelledby": `t-${key}`}, h("header", {}, h("h2", {id: `t-${key}`}, title), ...more), this.boxes[key]));
    const left = h("div", {class: "column"}, card("asked", "They asked you"), card("friends", "Your friends", this.count), card("sent", "You asked"));
    card("found", "Find someone you know");
    this.found.insertBefore(h("div", {}, this.field), this.boxes.found);
    this.boxes.found.className += " scroll";
    this.found.hidden = !this.hasAttribute("cohort");
    const right = h("div", {class: "column"}, this.found, card("blocked", "Blocked"));
    this.blocked.insertBefore(h("p", {class: "why"}, "You and they do not see each other anywhere. They are not told."), this.boxes.blocked);
    for (const one of [this.asked, this.sent, this.blocked]) one.hidden = true;
    this.boxes.friends.replaceChildren(h("li", {}, loading(4)));
    this.root.replaceChildren(h("div", {class: "two"}, left, right));
    joinPeople(this, topicsOf(this), (people) => { this.here = new Map(people.map((one) => [asPerson(one).id, one])); this.draw(); });
    this.join("user:me", {onEvent: (event) => event === "friends_changed" && this.soon("read", () => this.read())});
    // Whoever is renamed, hidden or gone is so here too.
    for (const topic of ["activity:global", this.getAttribute("cohort")].filter(Boolean)) this.join(topic, {onEvent: (event) => /^person_/.test(event) && this.soon("read", () => this.read())});
    this.watchState((state) => state === "live" && this.read());
    addEventListener("pagehide", () => this.flush(), {signal});
    signal.addEventListener("abort", () => this.flush(), {once: true});
  }

  soon(name, task) {
    this.timers ??= {};
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(task, SOON);
  }

  async read() {
    try {
      const [all, blocks] = await Promise.all([this.whole(), api("/blocks")]);
      Object.assign(this, {all, blocks: blocks.blocks});
      this.draw();
      if (!this.found.hidden) await this.find();
    } catch {
      if (!this.all) this.boxes.friends.replaceChildren(h("li", {}, failed(() => this.read())));
    }
  }

  async whole() {
    const found = [];
    let cursor = "";
    do {
      const page = await api(`/friendships?limit=100${cursor ? `&cursor=${cursor}` : ""}`);
      found.push(...page.friendships);
      cursor = page.next_cursor;
    } while (cursor && found.length < 1000);
    return found;
  }

  async find() {
    const search = this.field.value.trim();
    try {
      const {members} = await api(`/cohort/members?${new URLSearchParams({search, limit: "50"})}`);
      if (search !== this.field.value.trim()) return;
      this.members = members;
      this.draw();
    } catch {
      this.boxes.found.replaceChildren(h("li", {}, failed(() => this.find())));
    }
  }

  // --- drawing

  draw() {
    if (!this.all) return;
    const focus = this.root.activeElement?.dataset?.way;
    const accepted = this.all.filter((one) => one.status === "accepted").sort((one, other) => this.rank(one) - this.rank(other) || one.name.localeCompare(other.name));
    const asked = this.all.filter((one) => one.status === "pending" && !one.asked_by_me);
    const sent = this.all.filter((one) => one.status === "pending" && one.asked_by_me);
    const online = accepted.filter((one) => this.here.has(one.user_id)).length;
    this.count.textContent = accepted.length ? `${online} of ${accepted.length} here` : "";
    this.fill("friends", accepted, (one) => this.friend(one), empty("Nobody yet. Find someone you know, or wait until somebody asks you.", {meaning: "friend"}));
    this.fill("asked", asked, (one) => this.row(one, "would like to be friends", [this.way("Accept", "tint", one, () => this.answer(one, "accept")), this.way("Not now", "text", one, () => this.later(one, `${one.name} is not told.`))]));
    this.fill("sent", sent, (one) => this.row(one, "has not answered yet", [this.way("Take back", "text", one, () => this.later(one, "Your request goes back."))]));
    this.fill("found", this.members ?? [], (one) => this.mate(one), empty(this.field.value.trim() ? "Nobody of that name whom you may see." : "Nobody else is in your cohort yet.", {meaning: "people"}));
    this.fill("blocked", this.blocks, (one) => this.row(one, "", [this.way("Unblock", "text", one, () => this.unblock(one))]));
    if (focus) this.root.querySelector(`[data-way="${CSS.escape(focus)}"]`)?.focus();
  }

  rank(one) { return this.here.has(one.user_id) ? 0 : 1; }

  fill(key, list, row, otherwise = null) {
    this[key].hidden = !list.length && !otherwise || (key === "found" && !this.hasAttribute("cohort"));
    this.boxes[key].replaceChildren(...(list.length ? list.map((one) => (key !== "found" && this.leaving.has(one.user_id) ? this.undone(one) : row(one))) : otherwise ? [h("li", {}, otherwise)] : []));
  }

  row(one, text, ways) {
    const here = this.here.get(one.user_id);
    const now = here && doing(here);
    const picture = {id: one.user_id, name: one.name, avatar: one.avatar === "" && one.name !== "Somebody" ? "initial" : one.avatar};
    return h("li", {class: "row", "data-person": one.user_id}, face(picture, {size: 40, mark: now?.mark}),
      h("div", {class: "who"}, h("div", {class: "name"}, one.name), h("div", {class: "doing"}, text || now?.text || "")), h("div", {class: "ways"}, ways));
  }

  way(label, tone, one, act) {
    return h("button", {class: `btn small ${tone}`, type: "button", "data-way": `${label} ${one.user_id}`, "aria-label": `${label}: ${one.name}`, onclick: act}, label);
  }

  friend(one) {
    const more = h("button", {class: "btn text round small", type: "button", "data-way": `more ${one.user_id}`, "aria-haspopup": "menu", "aria-label": `More about ${one.name}`,
      onclick: (event) => openMenu(event.currentTarget, [{label: "End the friendship", symbol: "leave", run: () => this.later(one, `You and ${one.name} are not friends any more.`)}, this.blocking(one)])}, icon("more", {size: 18}));
    return this.row(one, this.here.has(one.user_id) ? "" : "Not here just now", [more]);
  }

  mate(one) {
    const known = {accepted: h("span", {class: "chip good"}, icon("check"), "Friends"), pending: h("span", {class: "chip"}, one.asked_by_me ? "Asked" : "Asks you")}[one.status];
    const more = h("button", {class: "btn text round small", type: "button", "data-way": `block ${one.user_id}`, "aria-haspopup": "menu", "aria-label": `More about ${one.name}`,
      onclick: (event) => openMenu(event.currentTarget, [this.blocking(one)])}, icon("more", {size: 18}));
    return this.row(one, one.role === "tutor" ? "Tutor" : "", [known ?? this.way("Ask", "tint", one, () => this.ask(one)), more]);
  }

  blocking(one) { return {label: `Block ${one.name}`, symbol: "close", run: () => this.block(one)}; }

  undone(one) {
    const {text} = this.leaving.get(one.user_id);
    return h("li", {class: "row done", role: "status"}, h("div", {class: "who"}, text), h("div", {class: "ways"}, this.way("Undo", "tint", one, () => this.stay(one))));
  }

  // --- doing

  async act(path, options, said) {
    try {
      await api(path, options);
      if (said) toast(said, "good");
    } catch (reason) {
      toast(refusalLine(reason));
    }
    await this.read();
  }

  ask(one) { return this.act("/friendships", {method: "POST", body: {user_id: one.user_id}}); }
  answer(one, word) { return this.act(`/friendships/${one.user_id}/${word}`, {method: "POST"}); }
  unblock(one) { return this.act(`/blocks/${one.user_id}`, {method: "DELETE"}, `${one.name} may see you again.`); }
  block(one) { return this.act("/blocks", {method: "POST", body: {user_id: one.user_id}}, `You and ${one.name} do not see each other any more. Undo it under Blocked.`); }

  /** Let something end, but not before it can be undone. */
  later(one, text) {
    const end = () => { this.leaving.delete(one.user_id); this.answer(one, "decline"); };
    this.leaving.set(one.user_id, {text, one, timer: setTimeout(end, UNDO)});
    this.draw();
    this.root.querySelector(`[data-way="${CSS.escape(`Undo ${one.user_id}`)}"]`)?.focus();
  }

  stay(one) {
    clearTimeout(this.leaving.get(one.user_id)?.timer);
    this.leaving.delete(one.user_id);
    this.draw();
  }

  /** The page goes away: what was to end ends now. */
  flush() {
    for (const [id, {timer}] of this.leaving) {
      clearTimeout(timer);
      api(`/friendships/${id}/decline`, {method: "POST", keepalive: true}).catch(() => null);
    }
    this.leaving.clear();
  }
}

define("tandem-friendships", Friends);
