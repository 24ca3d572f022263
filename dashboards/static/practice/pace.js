// The pace of a practice as a picture: the small line beside the figures, and the chart of the result with the old best.
import {h} from "../elements/dom.js";
import {minutes} from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

function node(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The small line: `pace` is [[seconds, value]] in order. */
export function spark(pace, width = 190, height = 44) {
  const svg = node("svg", {class: "spark", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true"});
  if (pace.length < 2) return svg;
  const values = pace.map(([, value]) => value), low = Math.min(...values), high = Math.max(...values, low + 1);
  const last = pace.at(-1)[0], first = pace[0][0];
  const at = ([seconds, value]) => [(((seconds - first) / Math.max(1, last - first)) * (width - 8)).toFixed(1), (height - 8 - ((value - low) / (high - low)) * (height - 16)).toFixed(1)];
  const points = pace.map(at);
  const path = points.map((point) => point.join(",")).join(" ");
  svg.append(node("polygon", {class: "area", points: `0,${height} ${path} ${points.at(-1)[0]},${height}`}), node("polyline", {class: "line", points: path}),
    node("circle", {class: "tip", cx: points.at(-1)[0], cy: points.at(-1)[1], r: 3.5}));
  return svg;
}

/** Round steps that cut a stretch into two to four. */
function rules(low, high) {
  const span = Math.max(high - low, 4);
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200].find((one) => span / one <= 3.2) ?? 500;
  const from = Math.floor(low / step) * step;
  const found = [];
  for (let value = from; value <= high + step * 0.999; value += step) found.push(value);
  return found;
}

/** The chart of the result, for a width in pixels. */
export function chart(pace, {best = null, unit, width = 760}) {
  const height = 270, left = 40, right = 46, top = 14, foot = 28;
  const values = pace.map(([, value]) => value);
  const lines = rules(Math.max(0, Math.min(...values, best ?? Infinity) - 4), Math.max(...values, best ?? 0));
  const low = lines[0], high = lines.at(-1), last = pace.at(-1)[0], first = pace[0][0];
  const x = (seconds) => left + ((seconds - first) / Math.max(1, last - first)) * (width - left - right);
  const y = (value) => top + (1 - (value - low) / (high - low)) * (height - top - foot);
  const end = Math.round(values.at(-1));
  const words = `${unit}: ${Math.round(values[0])} at the start, ${end} at the end${best === null ? "" : `, best before ${Math.round(best)}`}.`;
  const svg = node("svg", {class: "chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words});
  for (const value of lines) {
    svg.append(node("line", {class: "rule", x1: left, x2: width - right, y1: y(value), y2: y(value)}), node("text", {x: left - 10, y: y(value) + 4, "text-anchor": "end"}, value));
  }
  const path = pace.map(([seconds, value]) => `${x(seconds).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  svg.append(node("polygon", {class: "area", points: `${x(first)},${y(low)} ${path} ${x(last)},${y(low)}`}));
  if (best !== null) {
    const under = Math.abs(y(best) - y(values[0])) < 18 && values[0] > best;
    svg.append(node("line", {class: "best", x1: left, x2: width - right, y1: y(best), y2: y(best)}),
      node("text", {class: "best", x: left + 4, y: y(best) + (under ? 16 : -7)}, `Best before: ${Math.round(best)}`));
  }
  svg.append(node("polyline", {class: "line", points: path}), node("circle", {class: "tip", cx: x(last), cy: y(values.at(-1)), r: 4.5}),
    node("text", {class: "end", x: x(last) + 10, y: y(values.at(-1)) + 5}, end), node("text", {x: left, y: height - 6}, "start"),
    node("text", {x: width - right, y: height - 6, "text-anchor": "end"}, minutes(Math.round(last))));
  const rows = pace.map(([seconds, value]) => h("tr", {}, h("td", {}, minutes(seconds)), h("td", {}, String(Math.round(value)))));
  return h("div", {class: "chart-box"}, svg, h("table", {class: "sr"}, h("caption", {}, unit), h("tbody", {}, rows)));
}
