// <tandem-here topics="cohort:… presence:lobby" cohort="cohort:…">: one strip about who is here, faces first. A figure shows when it
// is known, and never before; its digits change in place.
import {TandemElement, define} from "./base.js";
import {h, icon} from "./dom.js";
import "./presence.js";
import {joinPeople, topicsOf} from "./people.js";
import {doing} from "./texts.js";

const EVERY = 30_000, APART = 10_000, SOON = 300;

const practising = (people) => people.filter((person) => doing(person).mark === "practising").length;

/** Ask for the viewer's own figures: now, every half minute, and soon after a change; returns what says that there was one. */
function figures(signal, told) {
  let due = 0;
  const ask = async () => {
    clearTimeout(due);
    due = setTimeout(ask, EVERY);
    at = Date.now();
    const answer = await fetch("/api/v1/presence/figures", {headers: {"X-Tandem": "1"}, credentials: "same-origin", signal}).catch(() => null);
    if (answer?.ok) told(await answer.json());
  };
  let at = 0;
  signal.addEventListener("abort", () => clearTimeout(due), {once: true});
  ask();
  return () => {
    clearTimeout(due);
    due = setTimeout(ask, Math.max(SOON, at + APART - Date.now()));
  };
}

class Here extends TandemElement {
  static css = `
    ul { display: flex; flex-wrap: wrap; gap: 16px 0; }
    li { display: flex; align-items: center; gap: 14px; flex: 1 1 150px; min-height: 48px; padding: 0 20px; min-width: 0; }
    li[hidden] { display: none; }
    li + li { border-left: 1px solid var(--line); }
    li:first-child { padding-left: 0; }
    li > .icon { color: var(--accent); font-size: 21px; }
    b { display: block; font-size: 22px; font-weight: 680; line-height: 1.2; letter-spacing: -.025em; min-width: 2ch; }
    li div span { font-size: 13px; color: var(--muted); }
    .people { --ground: var(--surface); flex-basis: 290px; margin-left: -6px; }
    @media (max-width: 719px) {
      ul { display: grid; grid-template-columns: 1fr 1fr; }
      li, li:first-child { padding: 0; gap: 12px; }
      li + li { border-left: 0; }
      li.people { grid-column: 1 / -1; }
    }`;

  start() {
    this.list = h("ul", {class: "plain-list"});
    this.root.replaceChildren(this.list);
    this.figures = new Map();
    const topics = topicsOf(this);
    this.list.append(h("li", {class: "people"}, h("tandem-presence", {topics: topics.join(" "), me: this.getAttribute("me")})));
    const cohort = this.hasAttribute("cohort") ? this.figure("cohort", "friend", "in your cohort") : null;
    const busy = this.figure("practising", "writing", "practising now");
    const friends = this.figure("friends", "people", "friends online");
    const subject = this.figure("subject", "book", "in your subject", {hidden: true});
    // In a crowd one is told of some people only: what is counted there is asked of the server.
    let crowd = false;
    const asked = figures(this.life.signal, (found) => {
      friends(found.friends);
      subject(found.subject, found.subject === 0);
      if (crowd) busy(found.practising);
    });
    joinPeople(this, topics, (people, total) => {
      crowd = total > people.length;
      if (!crowd) busy(practising(people));
      asked();
    });
    if (cohort) this.join(this.getAttribute("cohort"), {onPresence: (people, count) => cohort(count)});
    this.watchState((state) => this.list.classList.toggle("stale", state === "offline" || state === "reconnecting"));
  }

  figure(name, meaning, label, {hidden = false} = {}) {
    const value = h("b", {class: "num figure"}, "–");
    const item = h("li", {"data-figure": name, hidden}, icon(meaning), h("div", {}, value, h("span", {}, label)));
    this.list.append(item);
    return (count, away = false) => { value.textContent = count.toLocaleString("en-GB"); item.hidden = away; };
  }
}

define("tandem-here", Here);
