// A scale as the screens need it, without a screen: its values, their places on a narrow page, and what keys choose.
// A scale is `{low, high, best, picture, signed, lights, words}`; `lights` gives each value's light once it may be shown.

export const values = ({low, high}) => Array.from({length: high - low + 1}, (_, index) => low + index);

/** Whether the best lies between two ends that both cost something. */
export const twoSided = ({low, high, best}) => best > low && best < high;

/** Rows of a narrow page, so that the form itself is the scale: 5 / 1 / 5, or 4 / 4 / 3; few steps stand one a row. */
export function rows(scale) {
  const all = values(scale);
  if (twoSided(scale)) return [all.filter((one) => one < scale.best), [scale.best], all.filter((one) => one > scale.best)];
  if (all.length <= 7) return all.map((one) => [one]);
  const wide = all.length <= 12 ? 4 : 5;
  return Array.from({length: Math.ceil(all.length / wide)}, (_, row) => all.slice(row * wide, (row + 1) * wide));
}

/** Where a value lies between the ends of the scale's picture, 0 to 1; the ends' cells are as wide as the others. */
export const place = (number, {low, high}) => Math.min(1, Math.max(0, (number - low + 0.5) / (high - low + 1)));

const STEPS = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1};
const TOGETHER = 900;

/**
 * What a key does. `at` is the value that has the focus, `typed` what was typed just before, `{text, when}`.
 * Returns null for a key that is not ours, or `{value, typed}`: the value to go to, if any.
 */
export function press(key, {scale, at = null, typed = null, now = 0}) {
  const {low, high} = scale;
  if (key === "Home") return {value: low, typed: null};
  if (key === "End") return {value: high, typed: null};
  if (key in STEPS) {
    const from = at ?? (STEPS[key] > 0 ? low - 1 : high + 1);
    return {value: Math.min(high, Math.max(low, from + STEPS[key])), typed: null};
  }
  if (!/^[-+\u2212\d]$/.test(key)) return null;
  const before = typed && now - typed.when <= TOGETHER ? typed.text : "";
  const one = key === "\u2212" ? "-" : key;
  const fits = (text) => /^[-+]?\d+$/.test(text) && Number(text) >= low && Number(text) <= high;
  const text = [before + one, one].find(fits);
  return {value: text === undefined ? null : Number(text) + 0, typed: {text: text ?? one, when: now}};
}
