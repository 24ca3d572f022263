// <tandem-cohort topic="cohort:…" me="…" names…>: a cohort's own place. Left the cohort and its people, in the middle what is
// said, right challenges and what was done; on phones four tabs, chat first. Everything is drawn from one join of the topic.
import {TandemElement, define, empty} from "./base.js";
import {h, icon} from "./dom.js";
import {api} from "./api.js";
import "./challenges.js";
import "./chat.js";
import {COHORT_CSS} from "./cohort-style.js";
import {Desk} from "./desk.js";
import "./feed.js";
import {asPerson, joinPeople, personRow} from "./people.js";
import {Outbox, RoomModel} from "./room-model.js";
import {refusalLine} from "./room-words.js";
import {toast} from "./toasts.js";

const TABS = {chat: "Chat", challenges: "Challenges", feed: "Feed", people: "People"};
const FEW = 10, SOON = 400;

class CohortRoom extends TandemElement {
  static css = COHORT_CSS;

  start() {
    const topic = this.getAttribute("topic");
    this.me = this.getAttribute("me");
    if (!topic) { this.root.replaceChildren(h("div", {class: "card none"}, empty("You are in no cohort yet. Whoever runs your lessons can add you to one.", {meaning: "cohort"}))); return; }
    this.info = {friends: [], same_grade: [], leads: []};
    this.people = [];
    this.layout(topic);
    this.room = {
      model: new RoomModel(this.me), outbox: new Outbox(), notes: new Map(), reported: new Set(), joined: new Set(), me: this.me,
      staff: this.hasAttribute("staff"), student: this.hasAttribute("student"), skills: JSON.parse(this.getAttribute("skills") ?? "{}"),
      see: (id) => this.see(id), remove: (id) => this.remove(id), block: (said) => this.block(said),
    };
    this.room.channel = this.join(topic, {
      onSnapshot: (state) => { this.room.model.snapshot(state); this.draw(); },
      onEvent: (event, payload) => this.event(event, payload),
      onRefused: (reason) => this.refused(reason),
    });
    this.join("user:me", {onEvent: (event, payload) => this.own(event, payload)});
    joinPeople(this, [topic], (people, total) => { Object.assign(this, {people, total}); this.drawPeople(); });
    if (this.room.staff) this.desk = new Desk(this, topic);
    this.watchState((state) => { this.toggleAttribute("stale", state === "offline" || state === "reconnecting"); if (state === "live") this.learn(); });
  }

  layout(topic) {
    const name = this.getAttribute("name") ?? "";
    this.figures = Object.fromEntries(["Members", "Online", "Active now"].map((label) => [label, h("b", {class: "num figure"}, "–")]));
    this.lead = h("p", {class: "lead"});
    this.friendsLine = h("p", {class: "friends", hidden: true});
    this.list = h("ul", {class: "plain-list people"});
    this.all = h("button", {class: "btn text small", type: "button", hidden: true, onclick: () => { this.showAll = !this.showAll; this.drawPeople(); }});
    const crest = h("div", {class: "crest"}, h("span", {class: "badge", "aria-hidden": "true"}, icon("cohort", {size: 24})));
    const simulated = this.hasAttribute("simulated") && h("span", {class: "chip"}, icon("simulated"), "Simulated community");
    const people = h("section", {class: "card about", "data-tab": "people", "aria-labelledby": "about"}, crest, h("div", {class: "inside"},
      h("h2", {id: "about"}, name), this.lead, simulated,
      h("dl", {class: "three"}, Object.entries(this.figures).map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
      this.friendsLine, h("h3", {}, "Online, friends first"), this.list, this.all));
    this.switch = h("button", {class: "btn text small switch", type: "button", role: "switch", "aria-checked": "true", hidden: true, onclick: () => this.switchChat()}, h("span", {class: "knob", "aria-hidden": "true"}), "Chat");
    this.deskButton = h("button", {class: "btn tint small", type: "button", hidden: true, "aria-expanded": "false", onclick: () => this.desk.toggle()});
    this.chat = h("tandem-chat", {}, h("header", {slot: "head"}, h("h2", {}, "Chat"), h("span", {class: "chip"}, icon("safety"), "Moderated"), h("span", {class: "end"}, this.deskButton, this.switch)));
    this.deskPlace = h("div", {class: "desk", slot: "head", hidden: true});
    this.chat.append(this.deskPlace);
    this.challenges = h("tandem-challenges", {}, h("h2", {slot: "title"}, "Challenges"));
    const feed = h("tandem-feed", {topics: topic, label: "What the cohort did", react: true, me: this.me, cohort: topic, challenge: "cohort"}, h("h2", {slot: "title"}, "In the cohort"));
    this.tabs = Object.entries(TABS).map(([key, label]) => h("button", {type: "button", role: "tab", id: `tab-${key}`, "aria-selected": "false", "data-key": key, onclick: () => this.tab(key), onkeydown: (event) => this.tabKey(event)}, label, h("span", {class: "tab-count num", hidden: true})));
    this.root.replaceChildren(h("div", {class: "tabs", role: "tablist", "aria-label": "The room"}, this.tabs), h("div", {class: "room"}, people,
      h("section", {class: "card talk", "data-tab": "chat", "aria-label": "Chat"}, this.chat),
      h("section", {class: "card sets", "data-tab": "challenges", "aria-label": "Challenges"}, this.challenges),
      h("section", {class: "card did", "data-tab": "feed", "aria-label": "In the cohort"}, feed)));
    this.tab("chat");
  }

  // --- what happens

  event(event, payload) {
    if (event === "cohort_info") { this.numbers(payload); return; }
    if (this.room.model.event(event, payload)) this.draw();
  }

  draw() {
    clearTimeout(this.drawing);
    const {model} = this.room;
    this.toggleAttribute("shut", model.loaded && !model.chat.open);
    this.chat.show?.(this.room);
    this.challenges.show?.(this.room);
    this.tabCount("challenges", model.challenges.size);
    if (this.room.staff) {
      this.switch.hidden = false;
      this.switch.setAttribute("aria-checked", String(model.chat.open || model.chat.reason !== "switched_off"));
    }
  }

  /** What the topic does not tell: who leads, one's friends, what one takes part in, one's own held messages. */
  async learn() {
    try {
      const [info, said] = await Promise.all([api("/cohort"), api("/cohort/messages?limit=1")]);
      this.info = info;
      this.room.joined = new Set(info.joined);
      this.room.muted = info.muted_until;
      this.room.outbox.held(said.held);
      this.lead.textContent = [info.grade_level && `Grade ${info.grade_level}`, info.leads.length && `with ${several(info.leads)}`].filter(Boolean).join(", ") || "Your cohort";
      this.numbers(info);
      this.drawPeople();
      this.draw();
    } catch {
      // Asked again when the line is up again; what is here stays.
    }
  }

  numbers({total_members}) { this.figures.Members.textContent = total_members.toLocaleString("en-GB"); }

  refused(reason) {
    this.root.replaceChildren(h("div", {class: "card none"}, empty(reason.reason === "not_in_cohort" ? "You are not in this cohort any more. Load the page to see where you are." : reason.message ?? "This is not open to you.", {meaning: "info"})));
  }

  own(event, payload) {
    if (event === "own_message") this.ownMessage(payload);
    if (event !== "chat_muted") return;
    this.room.muted = payload.until;
    this.draw();
  }

  ownMessage({message_id: id, status}) {
    if (status === "removed") { this.room.outbox.drop(id); this.draw(); } else this.learn();
  }

  // --- people

  drawPeople() {
    const friends = new Set(this.info.friends);
    const order = (one) => (asPerson(one).id === this.me ? 0 : friends.has(asPerson(one).id) ? 1 : 2);
    const people = [...this.people].sort((one, other) => order(one) - order(other));
    const shown = this.showAll ? people : people.slice(0, FEW);
    this.list.replaceChildren(...shown.map((one) => personRow(one, this.me)));
    this.all.hidden = people.length <= FEW;
    this.all.textContent = this.showAll ? "Show fewer" : `Show all ${people.length}`;
    const total = this.total ?? people.length;
    this.figures.Online.textContent = total.toLocaleString("en-GB");
    this.figures["Active now"].textContent = people.filter((one) => /^practi[cs]ing_|taking_quiz|studying/.test(one.current_activity ?? "") || ["studying", "in_quiz"].includes(one.status)).length.toLocaleString("en-GB");
    this.tabCount("people", total, `${total} online`);
    const here = new Set(people.map((one) => asPerson(one).id));
    const same = this.info.same_grade.filter((id) => here.has(id)).length;
    this.friendsLine.hidden = !same;
    this.friendsLine.textContent = same === 1 ? "One friend of your grade is here" : `${same} friends of your grade are here`;
  }

  // --- what one does

  async remove(id) {
    try {
      await this.room.channel.push("remove_message", {message_id: id});
      this.room.outbox.drop(id);
      this.draw();
    } catch (reason) { toast(refusalLine(reason)); }
  }

  async block(said) {
    try {
      await api("/blocks", {method: "POST", body: {user_id: said.user_id}});
      toast(`${said.user_name} and you do not see each other any more. Undo it under Friends.`, "good");
    } catch (reason) { toast(refusalLine(reason)); }
  }

  async switchChat() {
    const on = this.switch.getAttribute("aria-checked") !== "true";
    try {
      const chat = await this.room.channel.push("switch_chat", {on});
      if (on && !chat.open) toast("It stays shut until a parent says yes for everybody under 13 here.");
    } catch (reason) { toast(refusalLine(reason)); }
  }

  see(id) {
    this.tab("challenges");
    requestAnimationFrame(() => this.challenges.see(id));
  }

  // --- tabs, on phones

  tab(key) {
    this.setAttribute("tab", key);
    for (const one of this.tabs) {
      const chosen = one.dataset.key === key;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
    }
    if (key === "chat") setTimeout(() => this.chat.room && this.chat.atEnd && this.chat.unread === 0 && this.chat.toEnd(false), 0);
  }

  tabKey(event) {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const at = this.tabs.indexOf(event.currentTarget);
    const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
    this.tab(next.dataset.key);
    next.focus();
  }

  tabCount(key, count, label = null) {
    const tab = this.tabs.find((one) => one.dataset.key === key);
    if (label) { tab.replaceChildren(label); return; }
    tab.lastChild.hidden = !count;
    tab.lastChild.textContent = count;
  }
}

const several = (names) => (names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0]);

define("tandem-cohort", CohortRoom);
