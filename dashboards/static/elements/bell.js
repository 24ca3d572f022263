// <tandem-bell me="…">: how many notifications are new, and the latest of them. Opening clears the number, not the list. It also
// shows what is to be shown at once, as a toast with its two answers, in every tab of its person.
import {ask, signalled} from "./nudge-api.js";
import {TandemElement, define, empty, failed, loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {ICONS, REFUSALS, answers, detail, isFaceless, leadsTo, plainTitle, title, toasted, when} from "./nudge-words.js";
import {badge, fold, furthest, unread, whole} from "./queue-model.js";
import {toast, untoast} from "./toasts.js";

const SHOWN = 8;

export const bold = (parts) => parts.map(([text, strong]) => (strong ? h("b", {}, text) : text));

/** Somebody's face, or the drawing of what a notification is about. */
export function portrait(one, size = 40) {
  const symbol = ICONS[one.kind ?? one.nudge_type];
  if (symbol && !(one.user_name && symbol === "challenge" && !isFaceless(one))) return h("span", {class: "symbol", style: `--symbol:${size}px`}, icon(symbol));
  const mark = one.kind === "friend_online" || one.nudge_type === "friend_online" ? ((one.status ?? "pending") === "pending" ? (one.skill ?? one.metadata?.skill ? "practising" : "online") : null) : null;
  return face({id: one.user_id, name: one.user_name, avatar: one.user_avatar === "" && one.user_name ? "initial" : one.user_avatar}, {size, mark});
}

export const SYMBOL_CSS = `
  .symbol { display: inline-grid; flex: none; place-items: center; width: var(--symbol, 40px); height: var(--symbol, 40px); color: var(--warm); background: var(--warm-weak); border-radius: 12px; }
  .symbol .icon { font-size: 20px; }`;

/** Answer a nudge and go where it leads; what is refused is said, and the page goes on. */
export async function answer(nudgeId, how) {
  try {
    const {href} = await ask("POST", `/nudges/${nudgeId}/${how}`);
    if (href) location.assign(href);
    return true;
  } catch (error) {
    toast(REFUSALS[error.type] ?? error.message, error.temporary ? "warn" : "info");
    return false;
  }
}

class Bell extends TandemElement {
  static css = `
    :host { position: relative; display: inline-block; }
    .bell { position: relative; border-color: transparent; color: var(--muted); }
    .bell .icon { font-size: 20px; }
    .number { position: absolute; top: -1px; right: -1px; min-width: 18px; height: 18px; padding: 0 5px; font-size: 11px; font-weight: 680; line-height: 18px; text-align: center;
      font-variant-numeric: tabular-nums; color: var(--on-accent); background: var(--accent); border-radius: 999px; box-shadow: 0 0 0 2px var(--surface); }
    .panel { position: absolute; z-index: 25; top: calc(100% + 6px); right: 0; width: 360px; max-height: min(520px, 76vh); overflow-y: auto; padding: 8px;
      background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); box-shadow: var(--float); }
    header { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 6px 8px 6px 12px; font-size: 14px; font-weight: 640; }
    li a { display: flex; align-items: flex-start; gap: 12px; padding: 10px 12px; color: inherit; text-decoration: none; border-radius: 12px; }
    li a:hover { background: var(--surface-2); }
    li .what { flex: 1; min-width: 0; font-size: 14px; overflow-wrap: anywhere; }
    li .what span { display: block; margin-top: 1px; font-size: 12.5px; color: var(--muted); }
    li b { font-weight: 640; }
    time { flex: none; padding-top: 2px; font-size: 12px; color: var(--muted); }
    .all { color: var(--accent); display: flex; justify-content: center; padding: 10px 8px 6px; font-size: 13px; font-weight: 600; }
    @media (max-width: 719px) { .panel { position: fixed; top: calc(var(--bar, 56px) + 4px); left: 12px; right: 12px; width: auto; } }
    ${SYMBOL_CSS}`;

  start(signal) {
    this.state = null;
    this.number = h("span", {class: "number", "aria-hidden": "true", hidden: true});
    this.button = h("button", {class: "btn text round bell", type: "button", "aria-expanded": "false", "aria-label": "Notifications", onclick: () => this.toggle()}, icon("nudges"), this.number);
    this.panel = h("div", {class: "panel", role: "dialog", "aria-label": "Notifications", hidden: true});
    this.root.replaceChildren(this.button, this.panel);
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false, true), {signal});
    document.addEventListener("pointerdown", (event) => event.composedPath().includes(this) || this.toggle(false), {signal});
    this.channel = this.join(`notifications:${this.getAttribute("me")}`, {
      onSnapshot: (snapshot) => this.become(whole(snapshot)),
      onEvent: (event, payload) => this.hear(event, payload),
    });
  }

  hear(event, payload) {
    if (!this.state) return;
    this.become(fold(this.state, event, payload));
    if (event === "notification_added" && payload.way === "live") this.announce(payload);
    if (event === "nudge_changed") untoast(payload.nudge_id);
    if (event === "notifications_withdrawn") payload.notification_ids.forEach(untoast);
  }

  become(state) {
    this.state = state;
    const count = unread(state);
    this.number.hidden = count === 0;
    this.number.textContent = badge(count);
    this.button.setAttribute("aria-label", count ? `Notifications, ${count} new` : "Notifications");
    if (!this.panel.hidden) this.look();
  }

  /** What is to be shown at once. Whom one may not see is named nowhere, so of them nothing is shown. */
  announce(one) {
    if (one.nudge_id && one.kind !== "streak_rescue" && !one.user_name) return;
    const symbol = ICONS[one.kind];
    const [yes, no] = answers(one);
    const actions = one.nudge_id ? [{label: yes, run: () => answer(one.nudge_id, "accept")}, {label: no, run: () => answer(one.nudge_id, "ignore")}] : [];
    const person = one.user_name && one.kind !== "streak_rescue" ? {id: one.user_id, name: one.user_name, avatar: one.user_avatar || "initial"} : null;
    const mark = one.kind === "friend_online" ? (one.skill ? "practising" : "online") : null;
    toast({key: one.nudge_id ?? one.notification_id, parts: title(one), line: toasted(one), person, mark, symbol, actions});
    if (one.nudge_id) this.channel.push("nudge_shown", {nudge_id: one.nudge_id}).catch(() => {});
  }

  toggle(open = this.panel.hidden, back = false) {
    if (open === !this.panel.hidden) return;
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) { this.draw(); this.look(); } else if (back) this.button.focus();
  }

  /** Looking at the list says so: the number goes, in every tab. */
  look() {
    if (this.state && unread(this.state)) this.channel.push("see_notifications", {up_to: furthest(this.state)}).catch(() => {});
  }

  async draw() {
    const close = h("button", {class: "btn text round small", type: "button", "aria-label": "Close", onclick: () => this.toggle(false, true)}, icon("close", {size: 16}));
    const box = h("div", {}, loading(3));
    this.panel.replaceChildren(h("header", {}, h("span", {}, "Notifications"), close), box, h("a", {class: "all", href: "/nudges"}, "All nudges and what may reach you"));
    close.focus();
    try {
      const {notifications} = await ask("GET", `/notifications?limit=${SHOWN}`, undefined, this.life.signal);
      box.replaceChildren(notifications.length ? h("ul", {class: "plain-list"}, notifications.map(row)) : empty("Nothing new. It is quiet, and that is fine.", {meaning: "nudges"}));
    } catch (error) {
      if (!signalled(this)) box.replaceChildren(failed(() => this.draw()));
    }
  }
}

function row(one) {
  const waits = one.nudge_id && one.status === "pending";
  const href = one.nudge_id ? "/nudges" : leadsTo(one);
  const line = waits || !one.nudge_id ? detail(one) : detail(one);
  return h("li", {}, h("a", {href, "aria-label": `${plainTitle(one)}, ${when(one.timestamp)}`}, portrait(one, 36),
    h("span", {class: "what"}, bold(title(one)), line && h("span", {}, line)), h("time", {}, when(one.timestamp))));
}

define("tandem-bell", Bell);
