// <tandem-here topics="cohort:… presence:lobby" cohort="cohort:…">: one strip of live figures about who is here. A figure shows
// when it is known, and never before; its digits change in place.
import {api} from "./api.js";
import {TandemElement, define} from "./base.js";
import {h, icon} from "./dom.js";
import {mySubject} from "./mine.js";
import {joinPeople, topicsOf} from "./people.js";
import {doing, named} from "./texts.js";

const EVERY = 30_000, APART = 10_000, SOON = 300;

const practising = (people) => people.filter((person) => doing(person).mark === "practising").length;

/** Ask for the viewer's own figures: now, every half minute, and soon after a change; returns what says that there was one. */
function figures(subject, signal, told) {
  let due = 0, at = 0;
  const ask = async () => {
    clearTimeout(due);
    due = setTimeout(ask, EVERY);
    at = Date.now();
    const query = subject ? `?subject=${encodeURIComponent(subject)}` : "";
    const found = await api(`/presence/figures${query}`, {signal}).catch(() => null);
    if (found && !signal.aborted) told(found);
  };
  signal.addEventListener("abort", () => clearTimeout(due), {once: true});
  ask();
  return () => {
    clearTimeout(due);
    due = setTimeout(ask, Math.max(SOON, at + APART - Date.now()));
  };
}

class Here extends TandemElement {
  static css = `
    ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
    li { display: flex; align-items: center; gap: 14px; min-height: 48px; padding: 0 24px; min-width: 0; }
    li:not([hidden]) ~ li { border-left: 1px solid var(--line); }
    li:first-child { padding-left: 6px; }
    li > .icon { color: var(--accent); font-size: 21px; }
    b { display: block; font-size: 22px; font-weight: 680; line-height: 1.2; letter-spacing: -.025em; min-width: 2ch; }
    li div span { font-size: 13px; color: var(--muted); }
    @media (max-width: 719px) {
      ul { grid-template-columns: 1fr 1fr; gap: 16px 12px; }
      li, li:first-child { padding: 0; gap: 12px; }
      li:not([hidden]) ~ li { border-left: 0; }
    }`;

  async start(signal) {
    this.list = h("ul", {class: "plain-list"});
    this.root.replaceChildren(this.list);
    const topics = topicsOf(this), room = this.getAttribute("cohort");
    const online = this.figure("online", "people", room ? "online in your cohort" : "online now");
    const inSubject = this.figure("subject", "rooms", "in your subject", {hidden: true});
    const friends = this.figure("friends", "friend", "friends online");
    const busy = this.figure("practising", "writing", "practising now");
    // In a crowd one is told of some people only: what is counted there is asked of the server.
    let crowd = false, asked = () => {};
    joinPeople(this, topics, (people, total) => {
      crowd = total > people.length;
      if (!crowd) busy(practising(people));
      if (!room) online(total);
      asked();
    });
    if (room) this.join(room, {onPresence: (people, count) => online(count)});
    this.watchState((state) => this.list.classList.toggle("stale", state === "offline" || state === "reconnecting"));
    const subject = this.hasAttribute("practises") ? await mySubject() : "";
    if (signal.aborted) return;
    asked = figures(subject, signal, (found) => {
      friends(found.friends);
      inSubject(found.subject, !subject && found.subject === 0, subject && `in ${named(subject)}`);
      if (crowd) busy(found.practising);
    });
  }

  figure(name, meaning, label, {hidden = false} = {}) {
    const value = h("b", {class: "num figure"}, "–"), words = h("span", {}, label);
    const item = h("li", {"data-figure": name, hidden}, icon(meaning), h("div", {}, value, words));
    this.list.append(item);
    return (count, away = false, text = "") => {
      value.textContent = count.toLocaleString("en-GB");
      item.hidden = away;
      if (text) words.textContent = text;
    };
  }
}

define("tandem-here", Here);
