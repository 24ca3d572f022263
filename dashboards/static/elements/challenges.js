// <tandem-challenges>: the cohort's open challenges, each with who set it, how long it lasts, who takes part and how it
// stands; and a way to set one. Drawn from the room around it (`show(room)`), counted down by the page's own clock.
import {TandemElement, define, empty} from "./base.js";
import {face, h, icon} from "./dom.js";
import {left, refusalLine, soon} from "./room-words.js";
import {everyTenSeconds} from "./time.js";
import {named} from "./texts.js";
import {toast} from "./toasts.js";

const FACES = 3;

class Challenges extends TandemElement {
  static css = `
    :host { display: block; }
    header { display: flex; align-items: center; justify-content: space-between; gap: 8px; min-height: 40px; }
    .btn.new { color: var(--accent); }
    li.one { padding: 12px 0; border-top: 1px solid var(--line); }
    li.one:first-child { border-top: 0; padding-top: 6px; }
    li.one.seen { animation: seen 1.6s; }
    @keyframes seen { 30% { background: var(--accent-weak); } }
    .head { display: flex; align-items: baseline; justify-content: space-between; gap: 10px; }
    .title { margin: 0; font-size: 15px; font-weight: 640; overflow-wrap: anywhere; }
    .left { display: inline-flex; align-items: center; gap: 6px; flex: none; font-size: 13px; font-weight: 600; color: var(--muted); font-variant-numeric: tabular-nums; white-space: nowrap; }
    .left .icon { font-size: 15px; align-self: center; }
    .left.soon { color: var(--warm); }
    .from { font-size: 12.5px; color: var(--muted); }
    .foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px; min-height: 40px; margin-top: 4px; }
    .ways { display: flex; align-items: center; gap: 6px; margin-left: auto; }
    .places { margin: 4px 0 0; }
    .places li { display: flex; align-items: center; gap: 10px; min-height: 36px; font-size: 14px; }
    .places .rank { width: 2ch; text-align: right; color: var(--muted); }
    .places .name { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    .places .me { font-weight: 640; }
    .stack-way { display: inline-flex; align-items: center; gap: 6px; min-height: 36px; padding: 0 6px 0 0; background: none; border: 0; border-radius: 999px; color: var(--muted); cursor: pointer; --face: 26px; }
    .stack-way:hover { background: var(--surface-2); }
    .stack-way .icon { font-size: 15px; transition: rotate var(--quick); }
    .stack-way[aria-expanded="true"] .icon { rotate: 180deg; }
    form { display: grid; gap: 10px; padding: 12px 0 14px; border-bottom: 1px solid var(--line); }
    label { font-size: 13px; font-weight: 600; }
    select { width: 100%; min-height: 44px; padding: 0 10px; font: inherit; font-size: 15px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius); }
    form .ways { margin: 0; }
    .why { margin: 0; font-size: 13px; color: var(--warn); }
    .state { padding: 16px 8px; }`;

  start(signal) {
    this.open = new Set();
    this.list = h("ul", {class: "plain-list", "aria-label": "Open challenges"});
    this.below = h("div");
    this.button = h("button", {class: "btn text small new", type: "button", "aria-expanded": "false", onclick: () => this.compose()}, icon("faster", {size: 16}), "New");
    this.root.replaceChildren(h("header", {}, h("slot", {name: "title"}), this.button), this.list, this.below);
    everyTenSeconds(() => this.room?.model.loaded && this.draw(), signal);
  }

  show(room) {
    this.room = room;
    if (room.model.loaded) this.draw();
  }

  draw() {
    const {model, me, joined} = this.room;
    const focus = this.root.activeElement?.dataset?.way;
    const all = [...model.challenges.values()].reverse();
    this.list.replaceChildren(...all.map((one) => this.one(one, me, joined.has(one.challenge_id) || one.participants.some((place) => place.user_id === me))));
    if (focus) this.list.querySelector(`[data-way="${CSS.escape(focus)}"]`)?.focus();
    this.below.replaceChildren(...(all.length || this.form ? [] : [empty("None open just now. Set one, and everybody here can join for a day.", {meaning: "challenge"})]));
  }

  one(one, me, isIn) {
    const {challenge_id: id, participants, participant_count: count} = one;
    const open = this.open.has(id);
    const rest = count - Math.min(FACES, participants.length);
    const faces = h("span", {class: "stack"}, participants.slice(0, FACES).map((place) => face(asFace(place), {size: 26})), rest > 0 && h("span", {class: "more"}, `+${rest}`));
    const toggle = h("button", {class: "stack-way", type: "button", "data-way": `places ${id}`, "aria-expanded": String(open), "aria-label": `${count} take part. Show how it stands`,
      onclick: () => { if (open) this.open.delete(id); else this.open.add(id); this.draw(); }}, faces, icon("down"));
    const practise = h("a", {class: "btn tint small", href: `/practice?subject=${encodeURIComponent(one.subject)}&skill=${encodeURIComponent(one.skill)}`}, "Practise");
    const join = h("button", {class: "btn tint small", type: "button", "data-way": `join ${id}`, onclick: () => this.join_(id)}, "Join");
    return h("li", {class: "one", "data-id": id},
      h("div", {class: "head"}, h("h3", {class: "title"}, named(one.skill)), h("span", {class: `left${soon(one.expires_at) ? " soon" : ""}`, title: "Time left"}, icon("jobs"), left(one.expires_at))),
      h("div", {class: "from"}, `${named(one.subject)}, from ${one.user_id === me ? "you" : one.creator_name || "somebody"}`),
      h("div", {class: "foot"}, count ? toggle : h("span", {class: "from"}, "Nobody is in yet"),
        h("span", {class: "ways"}, isIn && h("span", {class: "chip good"}, icon("check"), "You are in"), isIn ? practise : join)),
      open && h("ol", {class: "plain-list places"}, participants.map((place) => h("li", {class: place.user_id === me ? "me" : ""},
        h("span", {class: "rank num"}, place.rank ?? "–"), face(asFace(place), {size: 26, you: place.user_id === me}), h("span", {class: "name"}, place.user_id === me ? "You" : place.user_name),
        h("span", {class: "num"}, place.score === null ? "no result yet" : `${Math.round(place.score)}%`)))));
  }

  async join_(id) {
    try {
      await this.room.channel.push("join_challenge", {challenge_id: id});
      this.room.joined.add(id);
      this.draw();
    } catch (reason) {
      toast(refusalLine(reason));
    }
  }

  /** Bring one into sight. */
  see(id) {
    const node = this.list.querySelector(`[data-id="${CSS.escape(id)}"]`);
    if (!node) return;
    node.scrollIntoView({block: "nearest"});
    node.classList.add("seen");
    node.querySelector("button, a")?.focus({preventScroll: true});
  }

  compose() {
    if (this.form) { this.away(); return; }
    const groups = Object.entries(this.room.skills).map(([subject, skills]) => h("optgroup", {label: named(subject)}, skills.map((skill) => h("option", {value: `${subject} ${skill}`}, named(skill)))));
    const select = h("select", {id: "skill", name: "skill"}, groups);
    this.why = h("p", {class: "why", role: "alert", hidden: true});
    this.form = h("form", {onsubmit: (event) => { event.preventDefault(); this.set(select.value); }},
      h("label", {for: "skill"}, "A challenge in"), select, this.why,
      h("div", {class: "ways"}, h("button", {class: "btn tint small", type: "submit"}, "Open it for a day"), h("button", {class: "btn text small", type: "button", onclick: () => this.away()}, "Not now")));
    this.button.setAttribute("aria-expanded", "true");
    this.list.before(this.form);
    this.below.replaceChildren();
    select.focus();
  }

  away() {
    this.form?.remove();
    this.form = null;
    this.button.setAttribute("aria-expanded", "false");
    this.button.focus();
    this.draw();
  }

  async set(value) {
    const [subject, skill] = value.split(" ");
    try {
      const made = await this.room.channel.push("challenge_cohort", {subject, skill});
      if (this.room.student) this.room.joined.add(made.challenge_id);
      this.away();
    } catch (reason) {
      this.why.hidden = false;
      this.why.textContent = refusalLine(reason);
    }
  }
}

const asFace = (place) => ({id: place.user_id, name: place.user_name, avatar: place.user_avatar === "" ? "initial" : place.user_avatar});

define("tandem-challenges", Challenges);
