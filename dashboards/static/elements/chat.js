// <tandem-chat>: what a cohort says, drawn from the room that stands around it (`room`: model, channel, outbox, and what to
// do). Rows keep their nodes; new ones come in below while one reads there, else behind "2 new". Words stay in the field
// until they are on their way, and what is on its way says so on itself.
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {api} from "./api.js";
import {CHAT_CSS} from "./chat-style.js";
import {openMenu} from "./menu.js";
import {question} from "./question.js";
import {HELD, MUTE_FOR, REMOVED, SHUT, WAITING, clock, day, hiddenLine, mutedLine, partsOf, refusalLine, when} from "./room-words.js";
import {named} from "./texts.js";
import {toast} from "./toasts.js";

const LONGEST = 500, NEAR = 60, APART = 180_000;
const ROLES = {tutor: "Tutor", facilitator: "Facilitator", admin: "Staff"};

class Chat extends TandemElement {
  static css = CHAT_CSS;

  start() {
    this.nodes = new Map();
    this.unread = 0;
    this.list = h("ol", {class: "plain-list lines", "aria-label": "Messages"});
    this.top = h("div", {class: "top"});
    this.scroll = h("div", {class: "scroll", tabindex: "0", role: "log", "aria-label": "Chat", onscroll: () => this.atEnd() && this.seen()}, this.top, this.list);
    this.pill = h("button", {class: "btn primary small pill", type: "button", hidden: true, onclick: () => this.toEnd()});
    this.note = h("p", {class: "note", hidden: true});
    this.field = h("textarea", {rows: 1, maxlength: 2000, placeholder: "Write something kind or useful", "aria-label": "Your message", oninput: () => this.typed(), onkeydown: (event) => this.key(event)});
    this.count = h("span", {class: "count num", "aria-hidden": "true"}, `0 / ${LONGEST}`);
    this.button = h("button", {class: "btn primary send", type: "submit", "aria-label": "Send", disabled: true}, icon("send", {size: 18}));
    this.form = h("form", {class: "write", onsubmit: (event) => { event.preventDefault(); this.send(); }}, this.field, this.count, this.button);
    this.said = h("p", {class: "said-line", role: "status"});
    this.root.replaceChildren(h("slot", {name: "head"}), h("div", {class: "middle"}, this.scroll, h("div", {class: "float"}, this.pill)), this.note, this.said, this.form);
    this.top.append(loading(5));
    this.watchState((state) => this.lineChanged(state));
  }

  /** Draw the room as it is now. */
  show(room) {
    this.room = room;
    const {model} = room;
    if (!model.loaded) return;
    const shut = !model.chat.open;
    const muted = this.mutedFor();
    this.note.hidden = !shut && !muted;
    this.note.classList.toggle("muted", !shut);
    this.note.replaceChildren(icon(shut ? "safety" : "quiet", {size: 16}), h("span", {}, shut ? SHUT[model.chat.reason] ?? SHUT.switched_off : mutedLine(room.muted)));
    this.form.hidden = shut || Boolean(muted);
    this.toggleAttribute("shut", shut);
    if (shut) { this.list.replaceChildren(); this.nodes.clear(); this.top.replaceChildren(); return; }
    this.draw();
  }

  /** Milliseconds in which one cannot write; when they are over, the field is back by itself. */
  mutedFor() {
    clearTimeout(this.unmute);
    const left = this.room.muted ? Date.parse(this.room.muted) - Date.now() : 0;
    if (left > 0) this.unmute = setTimeout(() => this.isConnected && this.show(this.room), Math.min(left + 500, 2 ** 31 - 1));
    return Math.max(0, left);
  }

  draw() {
    const stay = this.atEnd();
    const rows = this.rows();
    const known = new Set(this.nodes.keys());
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, {node}] of this.nodes) if (!wanted.has(key)) { node.remove(); this.nodes.delete(key); }
    rows.forEach((row, index) => {
      let held = this.nodes.get(row.key);
      if (!held || held.mark !== row.mark) {
        const node = row.make();
        held?.node.replaceWith(node);
        this.nodes.set(row.key, held = {node, mark: row.mark});
      }
      if (this.list.children[index] !== held.node) this.list.insertBefore(held.node, this.list.children[index] ?? null);
    });
    this.drawTop(rows.length);
    const fresh = this.drawn ? rows.filter((row) => row.foreign && !known.has(row.key) && row.newer).length : 0;
    if (stay || !this.drawn) this.toEnd(false); else if (fresh) this.waiting(fresh);
    this.drawn = true;
  }

  /** The lines from above: days, messages, challenges that were opened, and one's own that are on their way. */
  rows() {
    const {model, outbox, me} = this.room;
    const shown = new Map(model.list().map((said) => [said.message_id, said]));
    const newest = this.newest ?? "";
    const lines = [...shown.values()].filter((said) => !this.room.reported.has(said.message_id)).map((said) => this.ofMessage(said, me, newest));
    for (const one of model.challenges.values()) lines.push(this.ofChallenge(one));
    lines.sort((one, other) => one.at - other.at);
    const first = [...model.messages.values()][0];
    const kept = first && (model.older.size || model.messages.size >= 50) ? lines.filter((line) => !line.challenge || line.at >= Date.parse(first.timestamp)) : lines;
    for (const item of outbox.list(shown)) kept.push(this.ofOwn(item));
    // What is on its way stands last, whatever the clocks say.
    kept.sort((one, other) => (one.last ?? 0) - (other.last ?? 0) || one.at - other.at);
    this.newest = [...shown.values()].reduce((latest, said) => (said.timestamp > latest ? said.timestamp : latest), newest);
    return withDays(kept);
  }

  ofMessage(said, me, newest) {
    const own = said.user_id === me;
    const notes = own ? hiddenLine(this.room.notes.get(said.message_id) ?? []) : "";
    const mark = said.removed ? "removed" : [said.text, said.user_name, said.user_avatar, notes].join("\n");
    return {
      key: said.message_id, at: Date.parse(said.timestamp), who: said.removed ? null : said.user_id, mark, foreign: !own, newer: said.timestamp > newest,
      make: (joined) => (said.removed ? gone() : bubble(said, {own, joined, notes, more: (button) => this.menu(said, own, button)})),
    };
  }

  ofChallenge(one) {
    return {key: `c-${one.challenge_id}`, at: Date.parse(one.created_at), mark: one.creator_name, challenge: true, make: () => h("li", {class: "system"}, h("div", {class: "pill-line"},
      icon("challenge", {size: 16}), h("p", {}, h("b", {}, one.creator_name || "Somebody"), " opened the challenge ", h("b", {}, named(one.skill))),
      h("button", {class: "see", type: "button", onclick: () => this.room.see(one.challenge_id)}, "See it")))};
  }

  ofOwn(item) {
    const away = this.client.state !== "live";
    const line = {waiting: away ? WAITING : "", held: HELD, refused: refusalLine(item.reason), sent: ""}[item.state];
    return {
      key: `o-${item.key}`, at: Date.parse(item.timestamp), last: item.state === "held" ? 0 : 1, mark: `${item.state}${line}${item.text}`, who: this.room.me,
      make: () => bubble({text: item.text, timestamp: item.timestamp}, {own: true, waiting: true, line, symbol: item.state === "held" ? "eye" : item.state === "refused" ? "info" : "clock",
        ways: item.state === "refused" ? [["Try again", () => this.again(item)], ["Let it go", () => { this.room.outbox.drop(item.key); this.draw(); }]] :
          item.state === "held" ? [["Take it back", () => this.room.remove(item.message_id)]] : []}),
    };
  }

  drawTop(count) {
    const {model} = this.room;
    const more = model.messages.size >= 50 && this.more !== false;
    if (!count) { this.top.replaceChildren(empty("Quiet here just now. Say hello, or set a challenge.", {meaning: "talk"})); return; }
    if (!more) { this.top.replaceChildren(); return; }
    if (!this.top.querySelector("[data-more]")) this.top.replaceChildren(h("button", {class: "btn text small", type: "button", "data-more": true, onclick: () => this.earlier()}, "Show earlier messages"));
  }

  async earlier() {
    const before = this.scroll.scrollHeight - this.scroll.scrollTop;
    try {
      this.cursor ??= "";
      const page = await api(`/cohort/messages?limit=50${this.cursor ? `&cursor=${this.cursor}` : ""}`);
      this.room.model.earlier(page.messages);
      this.cursor = page.next_cursor;
      this.more = Boolean(page.next_cursor);
      // The first page may hold no more than what is here already.
      if (this.more && !page.messages.some((said) => this.room.model.older.has(said.message_id))) return this.earlier();
      this.draw();
      this.scroll.scrollTop = this.scroll.scrollHeight - before;
    } catch {
      this.top.replaceChildren(failed(() => this.earlier(), {text: "Earlier messages did not load."}));
    }
  }

  // --- reading

  atEnd() { return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR; }

  toEnd(press = true) {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.seen();
    if (press) this.field.focus({preventScroll: true});
  }

  seen() { this.unread = 0; this.pill.hidden = true; }

  waiting(fresh) {
    this.unread += fresh;
    this.pill.hidden = false;
    this.pill.textContent = `${this.unread} new below`;
  }

  // --- writing

  typed() {
    const length = [...this.field.value.trim()].length;
    this.count.textContent = `${length} / ${LONGEST}`;
    this.count.classList.toggle("over", length > LONGEST);
    this.button.disabled = length === 0 || length > LONGEST;
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 132)}px`;
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  send() {
    if (this.button.disabled) return;
    const text = this.field.value.trim();
    this.field.value = "";
    this.typed();
    this.said.textContent = "";
    this.push(this.room.outbox.add(crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.slice(0, 60), text));
    this.toEnd();
  }

  again(item) {
    item.state = "waiting";
    this.push(item);
  }

  async push(item) {
    this.draw();
    try {
      const answer = await this.room.channel.push("send_message", {text: item.text, key: item.key});
      if (answer.redacted.length) this.room.notes.set(answer.message_id, answer.redacted);
      this.room.outbox.answered(item.key, answer);
      if (answer.redacted.length) this.said.textContent = hiddenLine(answer.redacted);
    } catch (reason) {
      this.room.outbox.refused(item.key, reason);
    }
    this.draw();
  }

  lineChanged(state) {
    this.toggleAttribute("away", state === "offline" || state === "reconnecting");
    if (this.room?.model.loaded && this.room.model.chat.open) this.draw();
  }

  // --- what one may do with a message

  menu(said, own, button) {
    const {room} = this;
    const ways = [];
    if (own || room.staff) ways.push({label: "Take it down", symbol: "remove", run: () => takeDown(this.root, said.text, () => room.remove(said.message_id))});
    if (room.staff && !own && !said.role) ways.push({label: `Mute ${said.user_name}`, symbol: "quiet", run: () => this.mute(said)});
    if (!own) {
      ways.push({label: "Report to staff", symbol: "hand-over", run: () => this.report(said)});
      ways.push({label: `Block ${said.user_name}`, symbol: "close", run: () => room.block(said)});
    }
    openMenu(button, ways);
  }

  mute(said) {
    question(this.root, {
      title: `Mute ${said.user_name} in this chat?`, text: "They can read along, but not write here. They are told so, and until when.", reasons: MUTE_FOR, answer: "Mute",
      act: async (minutes) => {
        const {until} = await api(`/cohort/mutes/${said.user_id}`, {method: "PUT", body: {minutes: Number(minutes)}});
        toast(`${said.user_name} cannot write here until ${when(until)}.`, "good");
      },
    });
  }

  async report(said) {
    try {
      await this.room.channel.push("report_message", {message_id: said.message_id, reason: "unkind"});
      this.room.reported.add(said.message_id);
      toast("Thank you. A person looks at it, and you do not see it any more.", "good");
      this.draw();
    } catch (reason) {
      toast(refusalLine(reason));
    }
  }
}

/** Words that are taken down are gone for good: it is asked first. */
export function takeDown(root, text, act) {
  question(root, {title: "Take this message down?", text: "It leaves every open page at once, and nobody can bring it back.", answer: "Take it down", tone: "bad",
    body: h("blockquote", {}, String(text).length > 160 ? `${String(text).slice(0, 160)}…` : text), act});
}

function withDays(lines) {
  const rows = [];
  let last = "", before = null;
  for (const line of lines) {
    const today = day(line.at);
    if (today !== last) rows.push({key: `d-${today}`, mark: today, make: () => h("li", {class: "day"}, today)});
    const joined = Boolean(before && last === today && line.who && before.who === line.who && line.at - before.at < APART);
    rows.push({...line, mark: `${line.mark}${joined}`, make: () => line.make(joined)});
    [last, before] = [today, line];
  }
  return rows;
}

const gone = () => h("li", {class: "gone"}, icon("remove", {size: 14}), REMOVED);

function words(text) {
  return partsOf(text).map((part) => (typeof part === "string" ? part : h("span", {class: "hidden-part"}, icon("safety", {size: 13}), `${part.hidden} hidden`)));
}

/** One message: face and name unless it goes on where the same person stopped; what it is waiting for, or lacks, below. */
function bubble(said, {own = false, joined = false, notes = "", waiting = false, line = "", symbol = "clock", ways = [], more = null}) {
  const name = own ? "You" : said.user_name || "Somebody";
  const time = h("time", {datetime: said.timestamp}, clock(said.timestamp));
  const robot = said.simulated && icon("simulated", {size: 13, label: "Simulated"});
  const head = joined ? h("span", {class: "sr"}, name, " ", time) : h("div", {class: "name"}, h("b", {}, name), said.role && ROLES[said.role] && h("span", {class: "chip accent"}, ROLES[said.role]), robot, time);
  const dots = more && h("button", {class: "dots", type: "button", "aria-label": `More about the message of ${name}`, "aria-haspopup": "menu", onclick: (event) => more(event.currentTarget)}, icon("more", {size: 16}));
  const below = line ? h("p", {class: "below"}, icon(symbol, {size: 15}), h("span", {}, line), ways.map(([label, act]) => h("button", {class: "see", type: "button", onclick: act}, label))) : null;
  const note = notes ? h("p", {class: "below kind"}, icon("safety", {size: 16}), h("span", {}, notes)) : null;
  const picture = own ? null : joined ? h("span", {class: "gap"}) : face({id: said.user_id, name, avatar: said.user_avatar === "" ? "initial" : said.user_avatar}, {size: 32});
  return h("li", {class: `line${own ? " own" : ""}${joined ? " joined" : ""}${waiting ? " waiting" : ""}`}, picture,
    h("div", {class: "body"}, head, h("div", {class: "bubble-line"}, h("div", {class: "bubble"}, words(said.text)), dots), note, below));
}

define("tandem-chat", Chat);
