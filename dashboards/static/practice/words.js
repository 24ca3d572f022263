// What the practice pages say: always against one's own past first, never a minus, nothing that is not so.
import {named} from "../elements/texts.js";

export const LEVELS = [[1, "Gentle"], [2, "Steady"], [3, "Brisk"]];
export const UNITS = {wpm: "words a minute", score: "% right"};

/** 1:05 for 65 seconds. */
export const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The figure a practice is about: the speed of typing, else the share that was right. */
export const mainOf = (app) => (app === "typing" ? "wpm" : "score");

export const whole = (value) => Math.round(value).toLocaleString("en-GB");

/** "today", "yesterday", "on Tuesday" within a week, else "on 4 March". */
export function day(moment, now = new Date()) {
  const at = new Date(moment);
  const midnight = (one) => new Date(one.getFullYear(), one.getMonth(), one.getDate()).getTime();
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days <= 0) return "earlier today";
  if (days === 1) return "yesterday";
  if (days < 7) return `on ${at.toLocaleDateString("en-GB", {weekday: "long"})}`;
  return `on ${at.toLocaleDateString("en-GB", {day: "numeric", month: "long"})}`;
}

/** How even the pace was: the spread of its second half against its mean. */
export function steady(pace) {
  const late = pace.slice(Math.floor(pace.length / 2)).map(([, value]) => value);
  if (late.length < 3) return false;
  const mean = late.reduce((sum, value) => sum + value, 0) / late.length;
  return mean > 0 && Math.max(...late.map((value) => Math.abs(value - mean))) <= 0.06 * mean;
}

/** One sentence about one's own past: better, level, or something that was good all the same. */
export function comparison({main, value, score, best, last, pace = []}, now = new Date()) {
  const what = main === "wpm" ? "" : " points";
  if (!best) return "Your first one of these. Everything from here on has something to grow from.";
  const ahead = Math.round(value) - Math.round(best.value);
  if (ahead > 0) return `${ahead}${what} more than your best ${day(best.at, now)}${steady(pace) ? ", and steady all the way through" : ""}.`;
  if (ahead === 0) return `Level with your best ${day(best.at, now)}.`;
  if (last && main === "wpm" && score > last.score) return `${whole(value)} today, and cleaner than ${last.near ? "the time before" : "last time"}.`;
  if (last && Math.round(value) > Math.round(last.value)) return `${whole(value)} today, up from ${whole(last.value)} the time before.`;
  if (steady(pace)) return `${whole(value)} today. Your steady pace is getting smoother.`;
  return `${whole(value)} today. One more for the hands to remember.`;
}

/** What might help next, from what slipped; else the exercise's own hint. */
export function hint(trouble, given, app) {
  if (!trouble.length) return [[given, false]];
  const both = trouble.flatMap((one, index) => [...(index ? [[" and ", false]] : []), [one, true]]);
  const after = app === "piano" ? ". Play them once slowly before the next line." : ". A slow line with them loosens the fingers.";
  return [["Most slips were on ", false], ...both, [after, false]];
}

/** "Algebra" of "math" is called so; speed and accuracy need their subject with them. */
export function called(subject, skill) {
  return subject === "typing" ? `${named(subject)}: ${named(skill)?.toLowerCase()}` : named(skill) ?? named(subject) ?? "Practice";
}

export const TITLES = {typing: "Typing practice", math: "Maths practice", reading: "Reading practice", piano: "Piano practice"};
export const ALONG = {typing: "Typing along", math: "Working along", reading: "Reading along", piano: "Playing along"};
