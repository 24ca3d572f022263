// What the page of held results says about one: why it was held, as evidence one can weigh. Pure.

export const REASONS = {
  implausible_speed: ["Very fast typing", "More than 220 words a minute"],
  too_fast: ["Fast answers", "A good score in very little time"],
  too_many: ["Many at once", "Forty results in the subject within an hour"],
  sudden_jump: ["A sudden jump", "Near perfect after a row of low ones"],
};

export const titleOf = ({reason}) => REASONS[reason]?.[0] ?? "Looked at again";
export const whyOf = ({reason}) => REASONS[reason]?.[1] ?? "Staff looked at it again";

const number = (value) => value.toLocaleString("en-GB", {maximumFractionDigits: 1});

/** The figures to weigh, each [label, value]. */
export function evidence(result) {
  const {score, seconds, items, wpm, points} = result;
  const found = [["Score", `${number(score)}%`]];
  if (seconds !== null) found.push(["Time", seconds >= 120 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${number(seconds)} s`]);
  if (items) found.push(["Items", number(items)]);
  if (items && seconds !== null) found.push(["Time an item", `${number(seconds / items)} s`]);
  if (wpm !== null) found.push(["Words a minute", number(wpm)]);
  return [...found, ["Worth", `${number(points)} points`]];
}

/** One line about a result in a list: what and how long. */
export function brief({subject, skill, items, seconds, score, wpm, reason}, named) {
  const what = [named(subject), skill && named(skill)].filter(Boolean).join(", ");
  if (reason === "implausible_speed" && wpm !== null) return [what, `${number(wpm)} words a minute`];
  const how = items && seconds !== null ? `${items} items in ${seconds} s` : seconds !== null ? `${number(score)}% in ${seconds} s` : `${number(score)}%`;
  return [what, how];
}

/** What stands beside it: the mean of the person's other results that count, and how many there are. */
export function usual(results, id) {
  const others = results.filter((one) => one.result_id !== id && one.status === "counted").slice(-20);
  return others.length ? {count: others.length, mean: others.reduce((sum, one) => sum + one.score, 0) / others.length} : null;
}

/** Where the choice goes from a place in the list by J and K. */
export function moved(ids, now, key) {
  const at = ids.indexOf(now);
  if (!ids.length) return null;
  if (at < 0) return ids[0];
  return ids[Math.max(0, Math.min(ids.length - 1, at + (key === "j" ? 1 : -1)))];
}
