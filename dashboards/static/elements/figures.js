// <tandem-figures>: key figures as cards, each with its age, its limit drawn and a verdict in words. Fed by a page:
// `figures` is [{label, value, unit, note, chip: {tone, text}, trend: [numbers], limit: {value, label}}].
import {TandemElement, define, loading} from "./base.js";
import {h, icon} from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 240, HEIGHT = 56;
const CHIP_ICONS = {good: "check", warn: "warn", bad: "error"};

class Figures extends TandemElement {
  static css = `
    ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(150px, 100%), 1fr)); gap: 16px; }
    li { display: flex; flex-direction: column; min-width: 0; padding: 16px 18px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
    .top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 4px 8px; min-height: 24px; font-size: 12.5px; font-weight: 600; color: var(--muted); }
    .value { margin: 4px 0 2px; font-size: 32px; font-weight: 680; line-height: 1.2; letter-spacing: -.025em; }
    .value span { margin-left: 4px; font-size: 14px; font-weight: 500; letter-spacing: 0; color: var(--muted); }
    .note { margin: auto 0 0; padding-top: 4px; font-size: 12.5px; color: var(--muted); }
    svg.trend { display: block; width: 100%; height: ${HEIGHT}px; margin: 4px 0 6px; overflow: visible; }
    .trend .line { fill: none; stroke: var(--d1); stroke-width: 1.75; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
    .trend .area { fill: var(--d1); opacity: .1; }
    .trend .limit { stroke: var(--muted); stroke-dasharray: 4 4; vector-effect: non-scaling-stroke; }`;

  start() { this.draw(); }

  update({figures}) { this.figures = figures; this.draw(); }

  draw() {
    if (!this.figures) { this.root.replaceChildren(loading(1)); return; }
    if (this.cards?.length !== this.figures.length) {
      this.cards = this.figures.map(() => h("li"));
      this.root.replaceChildren(h("ul", {class: "plain-list"}, this.cards));
    }
    this.figures.forEach((figure, index) => this.cards[index].replaceChildren(...parts(figure)));
  }
}

function parts({label, value, unit, note, chip, trend, limit}) {
  const verdict = chip && h("span", {class: `chip ${chip.tone ?? ""}`}, CHIP_ICONS[chip.tone] && icon(CHIP_ICONS[chip.tone]), chip.text);
  const shown = typeof value === "number" ? value.toLocaleString("en-GB") : value ?? "–";
  return [
    h("div", {class: "top"}, h("span", {}, label), verdict),
    h("div", {class: "value num"}, shown, unit && h("span", {}, unit)),
    ...(trend?.length > 1 ? [line(trend, limit, label)] : []),
    ...(note ? [h("p", {class: "note"}, note)] : []),
  ];
}

/** A small line over time with its limit, cut off at the frame and never clamped to it. */
function line(values, limit, label) {
  const top = Math.max(...values, limit?.value ?? 0, 1) * 1.08;
  const point = (value, index) => `${((index / (values.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - (value / top) * HEIGHT).toFixed(1)}`;
  const path = values.map(point).join(" ");
  const svg = document.createElementNS(SVG, "svg");
  const add = (tag, attributes) => {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    svg.append(node);
  };
  svg.setAttribute("class", "trend");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${label} over time, last ${values.at(-1).toLocaleString("en-GB")}, highest ${Math.max(...values).toLocaleString("en-GB")}`);
  add("polygon", {class: "area", points: `0,${HEIGHT} ${path} ${WIDTH},${HEIGHT}`});
  if (limit) { const y = HEIGHT - (limit.value / top) * HEIGHT; add("line", {class: "limit", x1: 0, x2: WIDTH, y1: y, y2: y}); }
  add("polyline", {class: "line", points: path});
  return svg;
}

define("tandem-figures", Figures);
