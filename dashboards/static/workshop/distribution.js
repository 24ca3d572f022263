// The picture of a reveal as plain values: where dots stand, how large they are, in which order they rise, which groups
// one would name, and which stretches of the axis share a light.
import {place, twoSided, values} from "./scale.js";

const MOST_GROUPS = 3;
const APART = 3;

/** Columns of dots, one a value: `{value, dots, light}`; a dot carries its order in the one wave, ends first. */
export function columns(scale, scores) {
  const middle = (scale.high - scale.low) / 2 + scale.low;
  const order = [...scores].sort((one, other) => Math.abs(other.value - middle) - Math.abs(one.value - middle));
  const rank = new Map(order.map((score, index) => [score, index]));
  return values(scale).map((value) => ({
    value,
    light: scale.lights?.[value] ?? null,
    dots: scores.filter((score) => score.value === value).map((score) => ({...score, order: rank.get(score)})),
  }));
}

/** How large dots may be for the highest stack: `{size, abreast}`. */
export function dotSize(scores) {
  const counts = new Map();
  for (const {value} of scores) counts.set(value, (counts.get(value) ?? 0) + 1);
  const highest = Math.max(0, ...counts.values());
  if (highest <= 3) return {size: "large", abreast: 1, highest};
  if (highest <= 5) return {size: "medium", abreast: 1, highest};
  if (highest <= 7) return {size: "small", abreast: 1, highest};
  return {size: "small", abreast: 2, highest};
}

/** Groups of scores that lie together: `{from, to, count, side}`, at most three, the nearest ones joined first. */
export function groups(scale, scores) {
  const sorted = scores.map(({value}) => value).sort((one, other) => one - other);
  const found = [];
  for (const value of sorted) {
    const last = found.at(-1);
    if (last && value - last.to < APART && sameSide(scale, last.to, value)) { last.to = value; last.count += 1; } else found.push({from: value, to: value, count: 1});
  }
  while (found.length > MOST_GROUPS) {
    const gaps = found.slice(1).map((group, index) => group.from - found[index].to);
    const at = gaps.indexOf(Math.min(...gaps));
    const [one, other] = found.splice(at, 2);
    found.splice(at, 0, {from: one.from, to: other.to, count: one.count + other.count});
  }
  return found.map((group) => ({...group, side: sideOf(scale, group)}));
}

/** On a scale with two costly ends, the one end's people and the other's are never one group. */
const sameSide = (scale, one, other) => !twoSided(scale) || !(one < scale.best - 1 && other > scale.best + 1);

function sideOf(scale, {from, to}) {
  if (!twoSided(scale)) return "range";
  if (to < scale.best - 1 || (to < scale.best && from < scale.best - 1)) return "low";
  if (from > scale.best + 1 || (from > scale.best && to > scale.best + 1)) return "high";
  return from >= scale.best - 1 && to <= scale.best + 1 ? "near" : "across";
}

/** Stretches of the axis with one light: `{from, to, light}`. */
export function stretches(scale) {
  const found = [];
  for (const value of values(scale)) {
    const light = scale.lights?.[value];
    if (!light) continue;
    if (found.at(-1)?.light === light) found.at(-1).to = value; else found.push({from: value, to: value, light});
  }
  return found;
}

/** The bracket of the spread around the average, cut at the ends of the scale: shares of the width. */
export function bracket(scale, {average, spread}) {
  return {left: place(Math.max(scale.low, average - spread), scale), middle: place(average, scale), right: place(Math.min(scale.high, average + spread), scale)};
}

/** The largest number of scores at one value: how much room a small picture needs. */
export const tallest = (counts) => Math.max(1, ...Object.values(counts));
