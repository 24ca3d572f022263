// <tandem-invites topics="…" me="…">: the next step, and company for it. The first card picks up where one stopped. The second is
// there only while it is true: a friend is practising this moment; it says who and what, and leaves quietly.
import {TandemElement, define} from "./base.js";
import {face, h, icon} from "./dom.js";
import {Engagement} from "./engage.js";
import {myFriends, myRuns, mySubject, paced, renewRuns} from "./mine.js";
import {asPerson, joinPeople, topicsOf} from "./people.js";
import {named} from "./texts.js";

const SVG = "http://www.w3.org/2000/svg", ROUND = 2 * Math.PI * 27;
const DISMISSED = "tandem.not-now", FOR = 4 * 3_600_000;

class Invites extends TandemElement {
  static css = `
    .invites { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 20px; }
    .invite { display: flex; flex-direction: column; justify-content: space-between; gap: 16px; min-width: 0; min-height: 160px; padding: 20px; background: var(--surface);
      border: 1px solid var(--line); border-radius: var(--radius-l); }
    .invite.now { --ground: var(--accent-weak); background: linear-gradient(135deg, var(--accent-weak), color-mix(in srgb, var(--accent-weak) 55%, var(--surface)));
      border-color: color-mix(in srgb, var(--accent) 32%, var(--line)); animation: come 320ms; }
    .top { display: flex; align-items: center; gap: 16px; min-width: 0; }
    .what { min-width: 0; }
    .eyebrow { font-size: 12.5px; font-weight: 600; color: var(--muted); } .now .eyebrow { color: var(--accent); }
    h3 { margin: 2px 0; font-size: 18px; font-weight: 640; line-height: 1.25; letter-spacing: -.01em; overflow-wrap: anywhere; }
    .what p { margin: 0; font-size: 13.5px; color: var(--muted); } .now .what p { color: var(--text); }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .now .btn.join { color: var(--accent); border-color: color-mix(in srgb, var(--accent) 40%, var(--line)); }
    .ring { position: relative; flex: none; width: 64px; height: 64px; display: grid; place-items: center; }
    .ring svg.arc { position: absolute; inset: 0; transform: rotate(-90deg); }
    .arc circle { fill: none; stroke-width: 8; } .arc .all { stroke: var(--track); } .arc .done { stroke: var(--accent); stroke-linecap: round; }
    .ring b { font-size: 15px; font-weight: 680; letter-spacing: -.02em; } .ring > .icon { color: var(--accent); font-size: 22px; }
    .pair { display: inline-flex; } .pair > * + * { margin-left: -14px; }
    .pair > * { box-shadow: 0 0 0 3px var(--ground); }
    @keyframes come { from { opacity: 0; } }
    @media (max-width: 719px) { .invites { gap: 14px; } .invite { padding: 16px; min-height: 0; } .invite.now { order: -1; } }`;

  async start(signal) {
    this.engagement = new Engagement(signal);
    this.box = h("div", {class: "invites"}, this.step = h("article", {class: "invite", "aria-label": "Your next step"}));
    this.root.replaceChildren(this.box);
    this.people = [];
    this.friends = new Set();
    const again = paced(() => { renewRuns(); this.drawStep(); }, 1000, signal);
    const me = this.getAttribute("me");
    if (me) this.join(`user:${me}:achievements`, {onEvent: again});
    joinPeople(this, topicsOf(this), (people) => { this.people = people; this.drawFriend(); });
    addEventListener("storage", ({key}) => key === DISMISSED && this.drawFriend(), {signal});
    this.drawStep();
    try {
      this.friends = new Set((await myFriends()).map(({user_id: id}) => id));
      this.subject = await mySubject();
    } catch { /* without them there is no such card */ }
    if (!signal.aborted) this.drawFriend();
  }

  async drawStep() {
    const runs = await myRuns().catch(() => null);
    if (!this.life || this.life.signal.aborted) return;
    const last = runs?.find(({skill}) => skill);
    const {eyebrow, title, text, ring, label} = step(last, runs ?? []);
    const query = last ? `?${new URLSearchParams({subject: last.subject, skill: last.skill})}` : "";
    const go = h("a", {class: "btn primary", href: `/practice${query}`, onclick: () => this.pressed("continue")}, icon("resume", {size: 18}), label);
    this.step.replaceChildren(h("div", {class: "top"}, ring, h("div", {class: "what"}, h("span", {class: "eyebrow"}, eyebrow), h("h3", {}, title), h("p", {}, text))),
      h("div", {class: "acts"}, go, last && h("a", {class: "btn text", href: "/practice"}, "Something else")));
  }

  /** Whoever practises one's own subject comes first; whom one said "Not now" to does not come again for this. */
  drawFriend() {
    const dismissed = gone();
    const found = this.people.filter((one) => this.friends.has(asPerson(one).id) && skillOf(one) && !dismissed.has(keyOf(one)));
    const one = found.find((each) => each.current_subject === this.subject) ?? found[0];
    const key = one ? keyOf(one) : null;
    if (key === this.shown) return;
    this.shown = key;
    this.friend?.remove();
    this.friend = one ? this.card(one) : null;
    if (this.friend) this.box.append(this.friend);
  }

  card(one) {
    const person = asPerson(one), skill = skillOf(one), first = person.name.split(" ")[0];
    const query = new URLSearchParams({with: person.id, skill});
    const myself = {name: this.getAttribute("name") ?? "", avatar: this.getAttribute("avatar") ?? "", id: this.getAttribute("me")};
    return h("article", {class: "invite now", "aria-label": `${first} is practising`, "data-friend": person.id},
      h("div", {class: "top"}, h("span", {class: "pair"}, face(myself, {size: 52}), face(person, {size: 52, mark: "practising"})),
        h("div", {class: "what"}, h("span", {class: "eyebrow"}, "Happening now"), h("h3", {}, `${first} is practising ${named(skill)}`), h("p", {}, "There is room for one more."))),
      h("div", {class: "acts"}, h("a", {class: "btn join", href: `/practice/co-session?${query}`, onclick: () => this.pressed("friend_card")}, `Join ${first}`),
        h("button", {class: "btn text", type: "button", onclick: () => { dismiss(keyOf(one)); this.drawFriend(); }}, "Not now")));
  }

  pressed(target) { this.engagement.click(target); this.engagement.flush(); }
}

const skillOf = (meta) => /^practi[cs]ing_(.+)$/.exec((meta.metas ?? [meta]).map(({current_activity: what}) => what).find((what) => /^practi[cs]ing_/.test(what ?? "")) ?? "")?.[1] ?? null;
const keyOf = (meta) => `${asPerson(meta).id} ${skillOf(meta)}`;

/** What was answered with "Not now" lately, on all of one's tabs. */
function gone() {
  try {
    const all = JSON.parse(localStorage.getItem(DISMISSED) ?? "{}");
    return new Set(Object.keys(all).filter((key) => Date.now() - all[key] < FOR));
  } catch { return new Set(); }
}

function dismiss(key) {
  const kept = Object.fromEntries([...gone()].map((one) => [one, Date.now()]));
  try { localStorage.setItem(DISMISSED, JSON.stringify({...kept, [key]: Date.now()})); } catch { /* this page forgets it with its next load */ }
}

/** The next step, by what one did last. */
function step(last, runs) {
  if (!last) return {eyebrow: "Your next step", title: "Your first practice", text: "A few minutes are enough. Pick what you like.", ring: ring(null), label: "Start"};
  const best = runs.find(({skill, subject, score}) => skill === last.skill && subject === last.subject && score !== null);
  const title = `${named(last.skill)}`, done = last.status === "completed";
  const text = best ? `Last time ${Math.round(best.score)}% in ${named(last.subject)}` : `${named(last.subject)}, as far as you like`;
  return {eyebrow: done ? "A little further" : "Pick up where you stopped", title, text, ring: ring(best?.score ?? null), label: "Continue"};
}

function ring(score) {
  if (score === null) return h("span", {class: "ring"}, arc(0), icon("practice"));
  return h("span", {class: "ring", role: "img", "aria-label": `Last result ${Math.round(score)} percent`}, arc(score / 100), h("b", {class: "num"}, `${Math.round(score)}%`));
}

function arc(share) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "arc");
  svg.setAttribute("viewBox", "0 0 64 64");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["all", "done"]) {
    if (name === "done" && !share) continue;
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({class: name, cx: 32, cy: 32, r: 27})) circle.setAttribute(key, value);
    if (name === "done") circle.setAttribute("stroke-dasharray", `${share * ROUND} ${ROUND}`);
    svg.append(circle);
  }
  return svg;
}

define("tandem-invites", Invites);
