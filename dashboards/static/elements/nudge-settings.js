// <tandem-nudge-settings me="…">: quiet hours as a day in one bar, how many a day, kinds and ways, and whom one muted. With
// `child="…"` and `name="…"` a parent sets the limits of that child in the same place. Every change is kept at once; what
// did not reach the server takes itself back. A limit is shown with the name of the parent who set it.
import {TandemElement, define, failed, loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {ask, signalled} from "./nudge-api.js";
import {until} from "./nudge-words.js";
import {toast} from "./toasts.js";

const KINDS = [["friend_online", "Friend online"], ["challenge", "Challenge"], ["streak_rescue", "Streak reminder"]];
const DAY = 1440, STEP = 30, MOST = 10;

export const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** The parts of a day that are quiet, as [from, to] within it. */
export function quietParts(from, to) {
  if (from === to) return [];
  return from < to ? [[from, to]] : [[0, to], [from, DAY]].filter(([start, end]) => end > start);
}

export const SETTINGS_CSS = `
    :host { display: grid; gap: 20px; }
    .box { padding: 20px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
    h2 { margin: 0; font-size: 16px; font-weight: 640; line-height: 1.3; }
    .top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 6px 12px; min-height: 34px; }
    .note { margin: 4px 0 0; font-size: 13px; color: var(--muted); }
    .day { position: relative; display: block; height: 14px; margin: 16px 0 6px; overflow: hidden; background: var(--warm-weak); border-radius: 999px; }
    .day i { position: absolute; top: 0; bottom: 0; background: var(--accent); }
    .day.off i { background: var(--track); }
    .marks { position: relative; height: 18px; font-size: 12.5px; font-variant-numeric: tabular-nums; color: var(--muted); }
    .marks span { position: absolute; transform: translateX(-50%); }
    .marks span:first-child { transform: none; } .marks span.last { transform: translateX(-100%); }
    .hours { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin-top: 12px; }
    label { display: block; font-size: 12px; font-weight: 600; color: var(--muted); }
    select, input[type="email"] { display: block; width: 100%; min-height: 40px; padding: 0 10px; margin-top: 4px; font: inherit; font-size: 14px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius); }
    .stepper { display: flex; align-items: center; gap: 14px; }
    .stepper .btn { width: 40px; padding: 0; }
    .stepper b { min-width: 2ch; font-size: 20px; font-weight: 680; text-align: center; font-variant-numeric: tabular-nums; }
    .fewer { display: flex; align-items: center; justify-content: space-between; gap: 16px; margin-top: 8px; }
    .fewer .note { margin: 0; max-width: 18ch; }
    table { width: 100%; margin-top: 8px; border-collapse: collapse; font-size: 14px; }
    th { padding: 6px 0; font-size: 12px; font-weight: 600; text-align: left; color: var(--muted); }
    th[scope="row"] { font-size: 14px; font-weight: 500; color: var(--text); }
    th:not(:first-child), td { width: 92px; text-align: center; }
    tbody tr { border-top: 1px solid var(--line); }
    td { height: 44px; padding: 4px 0; }
    .switch { position: relative; width: 43px; height: 24px; padding: 0; margin: 0; vertical-align: middle; background: var(--line-strong); border: 0; border-radius: 999px; cursor: pointer; transition: background-color var(--quick); }
    .switch::before { content: ""; position: absolute; inset: -10px -12px; }
    .switch::after { content: ""; position: absolute; left: 3px; top: 3px; width: 18px; height: 18px; background: var(--surface); border-radius: 50%; transition: transform var(--quick); }
    .switch[aria-checked="true"] { background: var(--accent); }
    .switch[aria-checked="true"]::after { transform: translateX(19px); }
    .switch[disabled] { cursor: not-allowed; opacity: .55; }
    .locked { display: flex; align-items: center; gap: 12px; margin: 12px 0 0; font-size: 13px; color: var(--muted); }
    .line { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding-top: 12px; margin-top: 12px; border-top: 1px solid var(--line); font-size: 14px; }
    .muted-row { display: flex; align-items: center; gap: 12px; padding: 8px 0; }
    .muted-row div { flex: 1; min-width: 0; font-size: 14px; font-weight: 600; }
    .muted-row small { display: block; font-size: 13px; font-weight: 400; color: var(--muted); }
    form { display: flex; align-items: end; gap: 8px; margin-top: 12px; }
    form label { flex: 1; min-width: 0; }
    form .btn { min-height: 40px; }
    @media (max-width: 719px) { :host { gap: 14px; } .box { padding: 16px; } }`;

export function toggle(label, on, changed, {disabled = false} = {}) {
  const button = h("button", {class: "switch", type: "button", role: "switch", "aria-checked": String(on), "aria-label": label, disabled});
  button.onclick = async () => {
    const next = button.getAttribute("aria-checked") !== "true";
    button.setAttribute("aria-checked", String(next));
    if (!(await changed(next))) button.setAttribute("aria-checked", String(!next));
  };
  return button;
}

/** A time of day, by half hours and whatever it is now. */
export function timeField(label, name, at, changed) {
  const times = [...new Set([...Array.from({length: DAY / STEP}, (_, index) => index * STEP), at])].sort((a, b) => a - b);
  return h("label", {}, label, h("select", {"aria-label": name, onchange: (event) => changed(Number(event.target.value))},
    times.map((time) => h("option", {value: time, selected: time === at}, clock(time)))));
}

const lockedBy = (parent, text) => h("p", {class: "locked"}, icon("lock", {size: 16}), h("span", {}, text.replace("{parent}", parent)));

/** A day in one bar: dark is quiet. */
export function dayBar(from, to, on) {
  const parts = quietParts(from, to).map(([start, end]) => h("i", {style: `left:${(start / DAY) * 100}%;width:${((end - start) / DAY) * 100}%`}));
  const marks = [...new Set([0, Math.min(from, to), 720, Math.max(from, to)])].filter((at, index, all) => index === 0 || all.every((other) => other === at || Math.abs(other - at) > 90 || all.indexOf(other) > index))
    .sort((a, b) => a - b);
  return [h("span", {class: on ? "day" : "day off", role: "img", "aria-label": on ? `Quiet from ${clock(from)} to ${clock(to)}` : "No quiet hours"}, parts),
    h("div", {class: "marks", "aria-hidden": "true"}, marks.map((at) => h("span", {class: at > 1380 ? "last" : null, style: `left:${(at / DAY) * 100}%`}, at % 60 ? clock(at) : String(at / 60).padStart(2, "0"))))];
}

class NudgeSettings extends TandemElement {
  static css = SETTINGS_CSS;

  start(signal) {
    this.root.replaceChildren(h("div", {class: "box"}, loading(4)));
    this.join(`notifications:${this.getAttribute("me")}`, {onEvent: (event) => ["nudge_settings_changed", "nudge_changed"].includes(event) && this.load()});
    window.addEventListener("tandem:nudges-changed", () => this.load(), {signal});
    this.load();
  }

  async load() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    try {
      const signal = this.life.signal;
      const [wishes, {muted}] = await Promise.all([ask("GET", "/nudges/settings", undefined, signal), ask("GET", "/nudges/mutes", undefined, signal)]);
      if (turn !== this.turn) return;
      Object.assign(this, {wishes, muted});
      // Not under somebody's hands: a field that is being filled in stays as it is.
      if (!this.root.activeElement?.matches("input")) this.draw();
    } catch (error) {
      if (!signalled(this) && !this.wishes) this.root.replaceChildren(h("div", {class: "box"}, failed(() => this.load())));
    }
  }

  /** Keep a change; whether it was kept. */
  async keep(change) {
    try {
      await ask("PUT", "/nudges/settings", change);
      this.load();
      return true;
    } catch (error) {
      toast(error.message, "warn");
      return false;
    }
  }

  draw() {
    const held = this.root.activeElement?.getAttribute("aria-label");
    this.root.replaceChildren(this.quiet(), this.cap(), this.ways(), ...(this.muted.length ? [this.silent()] : []));
    if (held) this.root.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus();
  }

  quiet() {
    const {quiet, quiet_from: from, quiet_to: to, limits} = this.wishes;
    const field = (label, name, at) => timeField(label, `Quiet ${label.toLowerCase()}`, at, (chosen) => this.keep({[name]: chosen}));
    const box = h("section", {class: "box", "aria-label": "Quiet hours"}, h("div", {class: "top"}, h("h2", {}, "Quiet hours"), toggle("Quiet hours", quiet, (on) => this.keep({quiet: on}))),
      h("p", {class: "note"}, quiet ? `Nothing reaches you from ${clock(from)} to ${clock(to)}.` : "Nudges may come at any hour."), dayBar(from, to, quiet));
    if (quiet) box.append(h("div", {class: "hours"}, field("From", "quiet_from", from), field("To", "quiet_to", to)));
    if (limits && limits.quiet_from !== null) box.append(lockedBy(limits.parent, `Quiet from ${clock(limits.quiet_from)} to ${clock(limits.quiet_to)} in any case, set by {parent}, your parent.`));
    return box;
  }

  cap() {
    const {daily_cap: cap, limits} = this.wishes;
    const limit = limits?.daily_cap ?? null, most = limit ?? MOST;
    const step = (by, label, symbol) => h("button", {class: "btn", type: "button", "aria-label": label, disabled: by > 0 ? cap >= most : cap <= 0,
      onclick: () => this.keep({daily_cap: cap + by})}, icon(symbol, {size: 18}));
    return h("section", {class: "box", "aria-label": "How many a day"}, h("div", {class: "top"}, h("h2", {}, "How many a day"),
      limit !== null && h("span", {class: "chip"}, icon("lock"), `Limit ${limit}, from ${limits.parent}`)),
    h("div", {class: "fewer"}, h("p", {class: "note"}, limit !== null ? "You can always choose fewer." : "And one an hour at most."),
      h("div", {class: "stepper"}, step(-1, "One fewer", "slower"), h("b", {"aria-live": "polite"}, String(cap)), step(1, "One more", "faster"))));
  }

  ways() {
    const {app, mail, mail_locked: locked, limits, reachable, digest, email, minor} = this.wishes;
    const off = new Set(limits?.kinds_off ?? []);
    const rows = KINDS.map(([kind, label]) => h("tr", {}, h("th", {scope: "row"}, label),
      h("td", {}, toggle(`${label}, in the app`, app[kind], (on) => this.keep({app: {[kind]: on}}), {disabled: off.has(kind)})),
      h("td", {}, toggle(`${label}, by e-mail`, mail[kind], (on) => this.keep({mail: {[kind]: on}}), {disabled: locked || off.has(kind)}))));
    const box = h("section", {class: "box", "aria-label": "What may reach you"}, h("h2", {}, "What may reach you"),
      h("table", {}, h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "Kind"), h("th", {scope: "col"}, "In the app"), h("th", {scope: "col"}, "E-mail"))), h("tbody", {}, rows)));
    for (const [kind, label] of KINDS) if (off.has(kind)) box.append(lockedBy(limits.parent, `${label} is off, set by {parent}, your parent.`));
    if (locked) box.append(limits?.mail === false ? lockedBy(limits.parent, "E-mail is off, set by {parent}, your parent.")
      : h("p", {class: "locked"}, icon("lock", {size: 16}), h("span", {}, "E-mail opens when a parent says yes.")));
    else if (Object.values(mail).some(Boolean)) box.append(...this.post(digest, email, reachable, minor));
    return box;
  }

  /** Where mail goes, and whether once a day. */
  post(digest, email, reachable, minor) {
    const parts = [h("div", {class: "line"}, h("span", {}, "Once a day, all in one"), toggle("E-mail once a day", digest, (on) => this.keep({digest: on})))];
    if (reachable && !email) return parts;
    const field = h("input", {type: "email", value: email ?? "", autocomplete: "email", maxlength: 254});
    return [...parts, h("form", {onsubmit: async (event) => { event.preventDefault(); field.blur(); if (await this.keep({email: field.value.trim()})) toast(field.value.trim() ? "That address is kept for your nudges alone." : "The address is forgotten.", "good"); }},
      h("label", {}, minor ? "E-mail address (a parent’s is fine)" : "E-mail address", field), h("button", {class: "btn tint small", type: "submit"}, "Keep"))];
  }

  silent() {
    const rows = this.muted.map((one) => h("li", {class: "muted-row"}, face({id: one.user_id, name: one.user_name, avatar: one.user_avatar || "initial"}, {size: 36}),
      h("div", {}, one.user_name, h("small", {}, `${one.until ? `Until ${until(one.until)}` : "For good"}. ${one.user_name.split(" ")[0]} is not told.`)),
      h("button", {class: "btn small", type: "button", "aria-label": `Unmute ${one.user_name}`, onclick: () => this.unmute(one)}, "Unmute")));
    return h("section", {class: "box", "aria-label": "Muted"}, h("h2", {}, "Muted"), h("ul", {class: "plain-list"}, rows));
  }

  async unmute(one) {
    try {
      await ask("DELETE", `/nudges/mutes/${one.user_id}`);
      toast(`You hear of ${one.user_name} again.`, "good");
    } catch (error) {
      if (error.type !== "not_found") toast(error.message, "warn");
    }
    this.load();
  }
}

define("tandem-nudge-settings", NudgeSettings);
