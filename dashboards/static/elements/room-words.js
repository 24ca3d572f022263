// The sentences of a cohort's room. Times are the clock's in chat, and what is left in countdowns.
import {clock, toMillis} from "./time.js";

const MINUTE = 60_000, HOUR = 3_600_000, DAY = 86_400_000;
const HIDDEN = /\[(number|link|e-mail|address|name) hidden\]/;
const KINDS = {number: "Phone numbers", link: "Links", email: "E-mail addresses", address: "Addresses", name: "Names on other networks"};

/** A message's text as parts: plain ones, and `{hidden}` where something was taken out. */
export function partsOf(text) {
  return String(text).split(new RegExp(HIDDEN, "g")).map((part, index) => (index % 2 ? {hidden: part} : part)).filter((part) => part !== "");
}

/** What its writer is told of what was hidden. */
export function hiddenLine(kinds) {
  const names = [...new Set(kinds.map((kind) => KINDS[kind] ?? "Contact details"))];
  if (!names.length) return "";
  const [last, ...rest] = [...names].reverse();
  const list = rest.length ? `${rest.reverse().join(", ")} and ${last[0].toLowerCase()}${last.slice(1)}` : last;
  return `${list} stay private here, so we hid ${kinds.length > 1 ? "them" : "one"}. Everything else was sent.`;
}

/** "23 h 51 min", "38 min", seconds only in the last minute. */
export function left(until, now = Date.now()) {
  const rest = Math.max(0, toMillis(until) - now);
  if (rest === 0) return "closing";
  if (rest < MINUTE) return `${Math.ceil(rest / 1000)} s`;
  const minutes = Math.floor((rest % HOUR) / MINUTE);
  if (rest < HOUR) return `${minutes} min`;
  return `${Math.floor(rest / HOUR)} h ${String(minutes).padStart(2, "0")} min`;
}

export const soon = (until, now = Date.now()) => toMillis(until) - now < HOUR;

export function day(moment, now = new Date()) {
  const date = new Date(toMillis(moment));
  const midnight = (one) => new Date(one.getFullYear(), one.getMonth(), one.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(date)) / DAY);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  return date.toLocaleDateString("en-GB", {day: "numeric", month: "long"});
}

export {clock};

/** Why something could not be sent, as people read it. */
export function refusalLine(reason = {}) {
  if (reason.reason === "rate_limited" || reason.type === "rate_limited") {
    const wait = Math.max(1, Math.ceil(reason.retry_after ?? reason.details?.retry_after ?? 10));
    return `That was quick. Try again in ${wait} ${wait === 1 ? "second" : "seconds"}.`;
  }
  return reason.message || "That did not work. Try again.";
}

export const SHUT = {
  switched_off: "Chat is off in this room just now. Everything else goes on.",
  consent_missing: "Chat opens when a parent says yes for everybody under 13 here. Everything else is yours already.",
};
/** For how long staff may mute somebody, in minutes. */
export const MUTE_FOR = {10: "For ten minutes", 60: "For an hour", 1440: "For a day", 10080: "For a week"};
export const mutedLine = (until) => `Staff of your cohort paused your writing here until ${when(until)}. You can still read along.`;
/** A time to come: today its clock alone, else with its day. */
export const when = (until) => (new Date(until).toDateString() === new Date().toDateString() ? clock(until) : `${new Date(until).toLocaleDateString("en-GB", {weekday: "long"})}, ${clock(until)}`);
export const HELD = "A person looks at this first. Until then only you see it.";
export const WAITING = "Goes out when you are back online";
export const REMOVED = "A message was taken down";
export const HELD_FOR = {unkind: "may hurt somebody", worry: "may be a call for help", private: "asks for what is private", repeated: "said again and again", wall: "a wall of text", reported: "reported"};
