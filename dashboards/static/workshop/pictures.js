// The workshop's drawings, all of simple shapes: the pictograms of the scales (a beam on a fulcrum, a rising wedge, a
// few steps), the pictures of the introduction and of the half-way screen, and the small distributions.
import {tallest} from "./distribution.js";
import {place, twoSided, values} from "./scale.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {value} from "./words.js";

const svg = (box, properties, ...parts) => t("svg", {viewBox: box, "aria-hidden": "true", ...properties}, parts);

const SIGNS = {
  beam: () => [t("path", {d: "M1.500 7h19M11 8l4.500 8.500h-9z"}), t("circle", {cx: 4, cy: 3.200, r: 1.600, class: "full"}), t("circle", {cx: 18, cy: 3.200, r: 1.600, class: "full"})],
  wedge: () => [t("path", {d: "M1.500 17h18.500V6z", class: "soft"}), t("circle", {cx: 19.500, cy: 2.500, r: 1.600, class: "full"})],
  steps: () => [t("path", {d: "M1.500 17h19V5h-5v4h-5v4h-9z", class: "soft"})],
};

/** The pictogram that stands for a scale, beside its words. */
export const sign = (picture) => svg("0 0 22 18", {class: "ws-sign"}, (SIGNS[picture] ?? SIGNS.steps)());

/** Eleven balls on a beam or along a wedge: the best one filled. */
export function balls(scale) {
  const all = values(scale);
  const x = (number) => 20 + ((number - scale.low) / (scale.high - scale.low)) * 360;
  const beam = twoSided(scale);
  const y = (number) => (beam ? 34 : 70 - ((number - scale.low) / (scale.high - scale.low)) * 52);
  return svg("0 0 400 132", {class: `ws-balls ${beam ? "beam" : "wedge"}`},
    !beam && t("path", {d: "M8 96L392 40V96z", class: "wedge"}),
    all.map((one) => t("circle", {cx: x(one), cy: y(one), r: Math.min(12.500, 170 / all.length), class: one === scale.best ? "best" : ""})),
    t("path", {d: beam ? "M8 58H392" : "M8 96H392", class: "line"}),
    beam && t("path", {d: `M${x(scale.best)} 61l23 37h-46z`, class: "best"}),
    label(x(scale.low) - (beam ? 12 : 0), beam ? 90 : 116, value(scale.low), beam ? "start" : "middle"),
    label(x(scale.best), 116, value(scale.best), "middle", "good"),
    beam && label(x(scale.high) + 12, 90, value(scale.high, scale.signed), "end"));
}

const label = (x, y, text, anchor, kind = "") => t("text", {x, y, "text-anchor": anchor, class: kind}, text);

/** A beam or a wedge under the row of choices: it says what the scale is like before a word is read. */
export function ground(scale) {
  const all = values(scale);
  if (!twoSided(scale)) return svg("0 0 1000 36", {class: "ws-ground", preserveAspectRatio: "none"}, t("path", {class: "wedge", d: "M14 34L986 2V34z"}), t("path", {class: "slope", d: "M14 34L986 2"}), t("path", {class: "line", d: "M14 34H986"}));
  return t("div", {class: "ws-ground beam", "aria-hidden": "true"}, t("span", {class: "line"}),
    all.map((one) => t("span", {class: "tick", style: `left:${place(one, scale) * 100}%`})),
    svg("0 0 34 26", {style: `left:${place(scale.best, scale) * 100}%`}, t("path", {d: "M17 0L34 26H0z"})));
}

/** A small distribution: dots on a line, the best marked below. `counts` is value to number of people. */
export function small(scale, counts, {height = 64} = {}) {
  const all = values(scale);
  const width = 240;
  const step = width / all.length;
  const size = Math.min(6.500, step * 0.32, (height - 6) / (2.2 * tallest(counts)));
  const x = (one) => (one - scale.low + 0.5) * step;
  return svg(`0 0 ${width} ${height + 10}`, {class: "ws-small"},
    t("path", {class: "line", d: `M0 ${height}H${width}`}),
    all.flatMap((one) => Array.from({length: counts[one] ?? 0}, (_, index) => t("circle", {cx: x(one), cy: height - 2 - size - index * 2.2 * size, r: size}))),
    t("path", {class: "best", d: `M${x(scale.best)} ${height + 2}l5 7.500h-10z`}));
}

/** The start page's distribution: eight people, one of them you. */
export function sample() {
  const stacks = {"-2": 1, "-1": 2, 0: 3, 3: 1};
  const x = (one) => 28 + (one + 5) * 51.5;
  const numbers = values({low: -5, high: 5});
  return svg("0 0 572 158", {class: "ws-sample", role: "img", "aria-hidden": null, "aria-label": TEXTS.start.pictureLabel},
    numbers.flatMap((one) => Array.from({length: stacks[one] ?? 0}, (_, index) => t("circle", {cx: x(one), cy: 101 - index * 39, r: 17}))),
    t("circle", {cx: x(1), cy: 101, r: 17, class: "mine"}), t("text", {x: x(1), y: 66, "text-anchor": "middle", class: "mine"}, TEXTS.start.you),
    t("path", {class: "line", d: "M4 122H568"}), numbers.map((one) => t("text", {x: x(one), y: 146, "text-anchor": "middle", class: one === 0 ? "good" : ""}, value(one, true))));
}

const BEAM = {low: -5, high: 5, best: 0, signed: true};
const WEDGE = {low: 0, high: 10, best: 10, signed: false};
const SCENES = {circle, steps: threeSteps, beam: () => balls(BEAM), wedge: () => balls(WEDGE), turn: circle};

/** The drawing of an introduction's screen, by the name its template gives. */
export const scene = (name) => (SCENES[name] ?? circle)();

/** People around a table; where they meet, there is something in the middle. */
function circle() {
  const seats = Array.from({length: 8}, (_, index) => (index * Math.PI) / 4 - Math.PI / 2);
  return svg("0 0 400 200", {class: "ws-scene"}, t("circle", {cx: 200, cy: 100, r: 46, class: "soft"}),
    seats.map((angle, index) => t("circle", {cx: 200 + Math.cos(angle) * 82, cy: 100 + Math.sin(angle) * 82, r: 15, class: index === 3 ? "sun" : "full"})));
}

/** First alone, then together, then in talk. */
function threeSteps() {
  const dots = (cx, cy) => [[-15, 10], [0, 10], [15, 10], [0, -8], [-15, -8]].map(([x, y]) => t("circle", {cx: cx + x, cy: cy + y, r: 6.500, class: "full"}));
  const box = (x) => t("rect", {x, y: 40, width: 104, height: 120, rx: 18, class: "card"});
  const arrow = (x) => t("path", {d: `M${x} 100h16m-6-6l6 6-6 6`, class: "line"});
  return svg("0 0 400 200", {class: "ws-scene"}, box(6), t("path", {class: "line", d: "M44 98h28v22H44zM49 98v-9a9 9 0 0 1 18 0v9"}), arrow(120), box(148), dots(200, 100), arrow(262), box(290),
    t("path", {class: "line", d: "M318 82h34a7 7 0 0 1 7 7v18a7 7 0 0 1-7 7h-20l-10 10v-10h-4a7 7 0 0 1-7-7V89a7 7 0 0 1 7-7z"}), t("path", {class: "line", d: "M322 94h26M322 103h17"}));
}
