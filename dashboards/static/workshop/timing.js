// The countdown, without a screen: what the ring and its two lines say for a moment. Times are the browser's own clock;
// whoever makes the props has taken away the difference to the server's.
import {TEXTS} from "./texts.js";
import {clock, span} from "./words.js";

const LAST = 0.1;

/**
 * `time` is null without a timer, or `{total, deadline, left, paused, overallTotal, overallDeadline, overallLeft, pacing}`;
 * `left` and `overallLeft` stand in for the deadlines while the clock is stopped. Returns `{tone, share, figure, words, left}`.
 */
export function reading(time, now) {
  if (!time) return null;
  const left = time.paused || time.deadline === null || time.deadline === undefined ? time.left ?? 0 : time.deadline - now;
  const overall = time.paused || time.overallDeadline === null || time.overallDeadline === undefined ? time.overallLeft : time.overallDeadline - now;
  const share = time.total > 0 ? Math.min(1, Math.max(0, left / time.total)) : 0;
  const tone = time.paused ? "paused" : left < 0 ? "over" : time.total > 0 && left < time.total * LAST ? "last" : time.pacing === "behind" ? "behind" : "fine";
  const text = clock(left);
  return {tone, share: tone === "over" ? 1 : share, left, figure: tone === "over" ? TEXTS.time.over(text) : text, words: words(tone, overall, time.pacing)};
}

function words(tone, overall, pacing) {
  const {time} = TEXTS;
  if (tone === "paused") return time.paused;
  if (tone === "over") return time.finish;
  if (tone === "last") return time.last;
  if (overall === undefined || overall === null) return time.here(time.pacing[pacing] ?? "");
  return time.inAll(span(overall), time.pacing[pacing] ?? "");
}

/** Which moments have passed between two readings: half, tenth or none left. Each is told once. */
export function milestones(before, after, total) {
  if (!total || before === null) return [];
  return [[0.5, "half"], [LAST, "tenth"], [0, "none"]].filter(([share]) => before > total * share && after <= total * share).map(([, name]) => name);
}
