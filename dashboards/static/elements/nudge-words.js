// What is said of nudges and other notifications: short, warm, plain, and never that somebody is ahead or waits.
import {named} from "./texts.js";

const MINUTE = 60000;

const somebody = (one) => one.user_name || "A friend";
const what = (one) => named(skillOf(one)) ?? named(one.subject);
const skillOf = (one) => one.skill ?? one.metadata?.skill ?? one.data?.skill ?? null;
const given = (one) => ({...one.metadata, ...one.data});
const kindOf = (one) => one.kind ?? one.nudge_type;
const waits = (one) => (one.status ?? "pending") === "pending";

/** A title as parts `[text, bold]`. */
const TITLES = {
  friend_online: (one) => waits(one) ? present(one) : past(one),
  challenge: (one) => stageOf(one) ? COHORT[stageOf(one)](one) : [[somebody(one), true], [` challenged you${beat(one)}`, false]],
  challenge_back: (one) => [[somebody(one), true], [` challenged you${beat(one)}`, false]],
  streak_rescue: (one) => [[waits(one) ? "Your streak is still open today" : "Your streak was still open", false]],
  cheer: (one) => [[somebody(one), true], [" cheered for you", false]],
  friend_request: (one) => [[somebody(one), true], [" would like to be friends", false]],
  friend_accepted: (one) => [[somebody(one), true], [" and you are friends now", false]],
  co_practice: (one) => [[somebody(one), true], [` asks you to practise ${what(one) ?? "with them"}`, false]],
  badge: (one) => [["You earned the ", false], [given(one).name ?? "next", true], [" badge", false]],
};

/** Of a cohort's challenge: it was set, is nearly over, ended, or was won. */
const stageOf = (one) => (given(one).stage in COHORT ? given(one).stage : null);
const COHORT = {
  starts: (one) => [[somebody(one), true], [` set your cohort a challenge${what(one) ? `: ${what(one)}` : ""}`, false]],
  ends: (one) => [[`The ${what(one) ?? ""} challenge ends soon`.replace("  ", " "), false]],
  ended: (one) => COHORT.over(one),
  over: (one) => [[`The ${what(one) ?? ""} challenge is over`.replace("  ", " "), false]],
  won: (one) => [["You won the ", false], [what(one) ?? "", true], [" challenge", false]],
};
const COHORT_LINES = {
  starts: (one, now, zone) => `Everybody in the room can join, until ${until(one.expires_at, now, zone)}.`,
  ends: (one, now, zone) => `One practice before ${until(one.expires_at, now, zone)} counts.`,
  ended: () => "Thank you for taking part.",
  over: (one) => (one.user_name ? `${one.user_name} had the best result. Thank you for taking part.` : "Thank you for taking part."),
  won: () => "The best result of your cohort.",
};

/** Whether it is one's own affair: there is no friend behind it to mute or report. */
export const isOwn = (one) => kindOf(one) === "streak_rescue" || ["ends", "ended", "over", "won"].includes(stageOf(one));
/** Whether it shows nobody else: then a picture of what it is about stands there. */
export const isFaceless = (one) => ["ends", "ended", "won"].includes(stageOf(one));

function present(one) {
  return skillOf(one) ? [[somebody(one), true], [` is practising ${what(one)}`, false]] : [[somebody(one), true], [` is in ${what(one) ?? "a subject room"}`, false]];
}

function past(one) {
  if (one.status === "accepted") return [["You joined ", false], [somebody(one), true], [what(one) ? ` in ${what(one)}` : "", false]];
  return skillOf(one) ? [[somebody(one), true], [` was practising ${what(one)}`, false]] : [[somebody(one), true], [" was online", false]];
}

const beat = (one) => {
  const {score} = given(one);
  if (typeof score === "number") return `: beat ${Math.round(score)}%${what(one) ? ` on ${what(one)}` : ""}`;
  return what(one) ? ` to ${what(one)}` : "";
};

export const title = (one) => (TITLES[kindOf(one)] ?? (() => [["Something is new", false]]))(one).filter(([text]) => text);
export const plainTitle = (one) => title(one).map(([text]) => text).join("");

/** The line below the title. */
export function detail(one, now = Date.now(), zone) {
  const kind = kindOf(one);
  if (stageOf(one) && (waits(one) || stageOf(one) === "won")) return COHORT_LINES[stageOf(one)](one, now, zone);
  if (one.status === "accepted") return "Accepted.";
  if (one.status === "ignored") return "Not now was your answer.";
  if (one.status === "expired") return kind === "friend_online" ? "Expired after an hour. Nothing to do." : "Its time is over. Nothing to do.";
  if (kind === "friend_online") return [started(one, now), left(one, now)].filter(Boolean).join(" ");
  if (kind === "challenge") return `A friendly one. It waits until ${until(one.expires_at, now, zone)}.`;
  if (kind === "streak_rescue") return `A short practice before midnight makes it ${(given(one).days ?? 0) + 1} days.`;
  if (kind === "cheer") return what(one) ? `On your ${what(one)}.` : "On what you did.";
  return "";
}

function started(one, now) {
  const subject = named(one.subject);
  const minutes = Math.max(0, Math.floor((now - Date.parse(one.timestamp)) / MINUTE));
  const since = minutes < 1 ? "just now" : minutes === 1 ? "a minute ago" : `${minutes} minutes ago`;
  return subject && skillOf(one) ? `${subject}, ${since}.` : `${since[0].toUpperCase()}${since.slice(1)}.`;
}

function left(one, now) {
  const minutes = Math.ceil((Date.parse(one.expires_at) - now) / MINUTE);
  if (!(minutes > 0)) return "";
  return minutes === 1 ? "Open for another minute." : `Open for another ${minutes} minutes.`;
}

/** "today 15:40", "Sunday 15:40": a day of this week by its name. */
export function until(moment, now = Date.now(), zone) {
  const at = new Date(moment), options = zone ? {timeZone: zone} : {};
  const day = (date) => date.toLocaleDateString("en-CA", options);
  const time = at.toLocaleTimeString("en-GB", {hour: "2-digit", minute: "2-digit", ...options});
  if (day(at) === day(new Date(now))) return `today ${time}`;
  const near = at - now < 6 * 86400000 && at > now;
  return `${at.toLocaleDateString("en-GB", {...options, ...(near ? {weekday: "long"} : {day: "numeric", month: "long"})})} ${time}`;
}

/** When something was, as briefly as a list has room for: "now", "4m ago", "2h ago", "Thu", "3 Nov". */
export function when(moment, now = Date.now()) {
  const minutes = (now - Date.parse(moment)) / MINUTE;
  if (!(minutes >= 1)) return "now";
  if (minutes < 60) return `${Math.floor(minutes)}m ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ago`;
  const options = minutes < 6 * 24 * 60 ? {weekday: "short"} : {day: "numeric", month: "short"};
  return new Date(moment).toLocaleDateString("en-GB", options);
}

/** The toast of a friend who practises; the second line is the invitation. */
export const toasted = (one, now, zone) => (stageOf(one) ? detail(one, now, zone) : TOASTED[kindOf(one)] ?? detail(one, now, zone));
const TOASTED = {friend_online: "There is room for one more.", challenge: "A friendly one.", streak_rescue: "There is still time today."};

/** What the two answers are called. */
export function answers(one) {
  const kind = kindOf(one);
  if (stageOf(one)) return [stageOf(one) === "starts" ? "Look at it" : "To the room", "Not now"];
  if (kind === "challenge") return ["Take it on", "Not now"];
  if (kind === "streak_rescue") return ["Practise", "Not now"];
  return ["Join", "Not now"];
}

/** Where a notification without answers leads to. */
export function leadsTo(one) {
  const kind = kindOf(one);
  return {friend_request: "/friends", friend_accepted: "/friends", cheer: "/activity", badge: "/me", co_practice: "/practice", challenge_back: "/practice"}[kind] ?? "/nudges";
}

export const ICONS = {streak_rescue: "streak", badge: "badge", challenge: "challenge"};

/** What is said when an answer did not work. */
export const REFUSALS = {
  expired: "The moment for this has passed.",
  already_accepted: "You said yes to this already.",
  already_ignored: "You answered this already.",
  not_found: "This is not here any more.",
};
