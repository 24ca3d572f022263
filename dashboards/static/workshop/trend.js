// One question over a team's workshops, as plain values: the line, the bars of the spread, and the zone where all is well.
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
