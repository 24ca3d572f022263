// One question over a team's workshops, as plain values: the line, the bars of the spread, the zone where all is well,
// and a verdict in words. "Better" means nearer to the best and not wider apart.
import {twoSided} from "./scale.js";

const STILL = 0.2;
const WIDER = 0.5;
const round = (number) => Math.round(number * 10) / 10;

/** `{tone, by, wider, closer}` of the last two workshops; null when there is only one. */
export function verdict(scale, points) {
  if (points.length < 2) return null;
  const [before, now] = points.slice(-2);
  const off = ({average}) => Math.abs(average - scale.best);
  const nearer = round(off(before) - off(now));
  const wider = round(now.spread - before.spread) >= WIDER;
  const tone = wider || nearer <= -STILL ? "worse" : nearer >= STILL ? "better" : "steady";
  return {tone, wider, by: Math.abs(round(now.average - before.average)), closer: nearer > 0, twoSided: twoSided(scale)};
}

/** Where things stand in a box of `width` by `height`: y grows downwards, the high end is on top. */
export function shape(scale, points, {width, height, pad = 16}) {
  const y = (number) => Math.round((1 - (number - scale.low) / (scale.high - scale.low)) * height * 10) / 10;
  const step = points.length > 1 ? (width - 2 * pad) / (points.length - 1) : 0;
  const x = (index) => Math.round((points.length > 1 ? pad + index * step : width / 2) * 10) / 10;
  const cut = (number) => Math.min(scale.high, Math.max(scale.low, number));
  return {
    best: y(scale.best),
    zone: zone(scale, y),
    dots: points.map((point, index) => ({x: x(index), y: y(point.average)})),
    bars: points.map((point, index) => ({x: x(index), top: y(cut(point.average + point.spread)), bottom: y(cut(point.average - point.spread))})),
  };
}

/** The green stretch of averages, from the scale's own limits where they are given. */
function zone(scale, y) {
  const [from, to] = scale.well ?? [scale.best, scale.best];
  return {top: y(Math.min(to, scale.high)), bottom: y(Math.max(from, scale.low))};
}
