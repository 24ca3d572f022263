// <tandem-nudge-limits>: for parents: what may reach each of their children at most. Limits only take away; the child sees
// them with the parent's name. Every change is kept at once.
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {h, icon} from "./dom.js";
import {ask, signalled} from "./nudge-api.js";
import {SETTINGS_CSS, clock, dayBar, timeField, toggle} from "./nudge-settings.js";
import {toast} from "./toasts.js";

const KINDS = [["friend_online", "Friend online"], ["challenge", "Challenge"], ["streak_rescue", "Streak reminder"]];
const EVENING = 1260, MORNING = 420, USUAL = 3, MOST = 10;
const NONE = {kinds_off: [], mail: null, quiet_from: null, quiet_to: null, daily_cap: null};

class NudgeLimits extends TandemElement {
  static css = `${SETTINGS_CSS}
    .child { display: grid; gap: 0; }
    .child + .child { margin-top: 20px; }
    .part { padding: 14px 0; border-top: 1px solid var(--line); }
    .part:first-of-type { margin-top: 12px; }
    .part p { margin: 2px 0 0; font-size: 13px; color: var(--muted); }
    .part .top b { font-size: 14px; font-weight: 600; }`;

  start() {
    this.root.replaceChildren(h("div", {class: "box"}, loading(3)));
    this.load();
  }

  async load() {
    try {
      const {children} = await ask("GET", "/children", undefined, this.life.signal);
      this.kids = await Promise.all(children.map(async (child) => ({...child, wishes: await ask("GET", `/children/${child.user_id}/nudge-limits`, undefined, this.life.signal)})));
      this.draw();
    } catch {
      if (!signalled(this)) this.root.replaceChildren(h("div", {class: "box"}, failed(() => this.load())));
    }
  }

  draw() {
    const held = this.root.activeElement?.getAttribute("aria-label");
    this.root.replaceChildren(h("div", {class: "box"}, this.kids.length ? this.kids.map((child) => this.child(child))
      : empty("No child of yours is here. Your school or platform links you to a child.", {meaning: "parent"})));
    if (held) this.root.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus();
  }

  /** Keep a change of a child's limits, one after the other: all of them are said each time, as they are by then. */
  keep(child, change) {
    child.turn = (child.turn ?? Promise.resolve()).then(() => this.say(child, change));
    return child.turn;
  }

  async say(child, change) {
    const {parent: _, ...before} = child.wishes.limits ?? NONE;
    const now = {...NONE, ...before};
    try {
      await ask("PUT", `/children/${child.user_id}/nudge-limits`, {...now, ...(typeof change === "function" ? change(now) : change)});
      child.wishes = await ask("GET", `/children/${child.user_id}/nudge-limits`);
      this.draw();
      toast(`Kept for ${child.name}, from now on.`, "good");
      return true;
    } catch (error) {
      toast(error.message, "warn");
      return false;
    }
  }

  child(child) {
    const limits = child.wishes.limits ?? NONE, name = child.name;
    return h("section", {class: "child", "aria-label": name}, h("h2", {}, `What may reach ${name}`), h("p", {class: "note"}, `${name} can always choose less. What you limit is shown with your name.`),
      this.cap(child, limits), this.quiet(child, limits), this.mail(child, limits), ...KINDS.map(([kind, label]) => this.kind(child, limits, kind, label)));
  }

  cap(child, limits) {
    const cap = limits.daily_cap;
    const step = (by, label, symbol) => h("button", {class: "btn", type: "button", "aria-label": `${label}, ${child.name}`, disabled: cap === null || (by > 0 ? cap >= MOST : cap <= 0), onclick: () => this.keep(child, {daily_cap: cap + by})}, icon(symbol, {size: 18}));
    return h("div", {class: "part"}, h("div", {class: "top"}, h("b", {}, "How many a day"), toggle(`Limit a day, ${child.name}`, cap !== null, (on) => this.keep(child, {daily_cap: on ? USUAL : null}))),
      h("p", {}, cap === null ? `No limit of yours. ${child.name} chose ${child.wishes.daily_cap}.` : `At most ${cap} a day, whoever they come from.`),
      cap === null ? null : h("div", {class: "stepper", style: "margin-top:10px"}, step(-1, "One fewer", "slower"), h("b", {}, String(cap)), step(1, "One more", "faster")));
  }

  quiet(child, limits) {
    const on = limits.quiet_from !== null, from = limits.quiet_from ?? EVENING, to = limits.quiet_to ?? MORNING;
    const field = (label, name, at) => timeField(label, `${label}, ${child.name}`, at, (chosen) => this.keep(child, {quiet_from: from, quiet_to: to, [name]: chosen}));
    return h("div", {class: "part"}, h("div", {class: "top"}, h("b", {}, "Quiet hours"), toggle(`Quiet hours, ${child.name}`, on, (now) => this.keep(child, {quiet_from: now ? from : null, quiet_to: now ? to : null}))),
      h("p", {}, on ? `Nothing reaches ${child.name} from ${clock(from)} to ${clock(to)}.` : `No hours of yours. ${child.name} has ${child.wishes.quiet ? `${clock(child.wishes.quiet_from)} to ${clock(child.wishes.quiet_to)}` : "none"}.`),
      on ? dayBar(from, to, true) : null, on ? h("div", {class: "hours"}, field("From", "quiet_from", from), field("To", "quiet_to", to)) : null);
  }

  mail(child, limits) {
    return h("div", {class: "part"}, h("div", {class: "top"}, h("b", {}, "E-mail"), toggle(`E-mail, ${child.name}`, limits.mail === true, (on) => this.keep(child, {mail: on}))),
      h("p", {}, limits.mail ? `${child.name} may let nudges come by e-mail.` : "Nothing leaves the app."));
  }

  kind(child, limits, kind, label) {
    const off = limits.kinds_off.includes(kind);
    const next = (on) => ({kinds_off: before}) => ({kinds_off: on ? before.filter((one) => one !== kind) : [...before, kind]});
    return h("div", {class: "part"}, h("div", {class: "top"}, h("b", {}, label), toggle(`${label}, ${child.name}`, !off, (on) => this.keep(child, next(on)))),
      off ? h("p", {}, `Off for ${child.name}.`) : null);
  }
}

define("tandem-nudge-limits", NudgeLimits);
