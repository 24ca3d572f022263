// <tandem-bars>: an amount for every hour or day as bars, zero drawn as zero. Fed by a page: `points` is [{at, value}] in
// order, `unit` what is counted ([singular, plural]), `zone` the time zone of the labels, `open` whether the last one
// is still counting. A sentence says the finding, and the same figures stand in a table behind the button.
import {TandemElement, define, empty, loading} from "./base.js";
import {h, icon} from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 190, TOP = 14, LEFT = 36, FOOT = 26, RIGHT = 4;

class Bars extends TandemElement {
  static css = `
    .head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px; min-height: 34px; }
    .finding { margin: 0; font-size: 13px; color: var(--muted); }
    .plot { position: relative; margin-top: 8px; }
    svg.chart { display: block; width: 100%; height: ${HEIGHT + FOOT}px; overflow: visible; }
    .rule { stroke: var(--line); } .zero { stroke: var(--line-strong); }
    text { font: 500 12px var(--font); fill: var(--muted); font-variant-numeric: tabular-nums; }
    .bar { fill: var(--d2); } .bar.open { fill: url(#hatch); } .hatch-ground { fill: var(--accent-weak); } .hatch-line { fill: var(--hatch); }
    .bar.pointed { fill: var(--text); }
    .reading { min-height: 20px; font-size: 13px; color: var(--muted); }
    .sheet { max-height: 260px; overflow: auto; margin-top: 8px; border: 1px solid var(--line); border-radius: var(--radius); padding: 0 14px; }
    .sheet th { position: sticky; top: 0; background: var(--surface); }
    .sheet td { height: 32px; padding-block: 3px; }`;

  start(signal) {
    this.draw();
    const watcher = new ResizeObserver(() => this.plot && this.drawPlot());
    watcher.observe(this);
    signal.addEventListener("abort", () => watcher.disconnect(), {once: true});
  }

  update(values) { Object.assign(this, values); this.draw(); }

  draw() {
    if (!this.points) { this.root.replaceChildren(loading(3)); return; }
    if (!this.points.length) { this.plot = null; this.root.replaceChildren(empty("No hour has been counted yet. The first one shows up within minutes.", {meaning: "chart"})); return; }
    const asTable = this.asTable ?? false;
    const toggle = h("button", {class: "btn text small", type: "button", "aria-pressed": String(asTable), onclick: () => this.turn()},
      icon(asTable ? "chart" : "table", {size: 16}), asTable ? "Show as chart" : "Show as table");
    const had = this.root.activeElement?.tagName === "BUTTON";
    this.plot = asTable ? null : h("div", {class: "plot"});
    this.reading = h("span", {class: "reading num", "aria-hidden": "true"});
    const head = h("div", {class: "head"}, h("p", {class: "finding"}, this.finding()), toggle);
    this.root.replaceChildren(head, asTable ? this.sheet() : this.plot);
    if (had) toggle.focus();
    if (this.plot) this.drawPlot();
  }

  turn() { this.asTable = !this.asTable; this.draw(); }

  count(value) { const [one, many] = this.unit ?? ["person", "people"]; return `${value.toLocaleString("en-GB")} ${value === 1 ? one : many}`; }

  when(at) { return new Date(at).toLocaleString("en-GB", {weekday: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: this.zone || "UTC"}); }

  finding() {
    const highest = this.points.reduce((best, point) => (point.value > best.value ? point : best));
    if (!highest.value) return "Nobody was active in this time.";
    return `Highest: ${this.count(highest.value)}, ${this.when(highest.at)}. ${this.open ? "This hour so far" : "Latest"}: ${this.count(this.points.at(-1).value)}.`;
  }

  sheet() {
    const rows = [...this.points].reverse().map((point, index) => h("tr", {}, h("td", {}, this.when(point.at)),
      h("td", {class: "right"}, point.value.toLocaleString("en-GB"), this.open && index === 0 ? " so far" : "")));
    const [, many] = this.unit ?? ["person", "people"];
    return h("div", {class: "sheet", tabindex: "0", role: "region", "aria-label": this.label ?? "Figures"}, h("table", {class: "table"},
      h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "Hour"), h("th", {scope: "col", class: "right"}, many[0].toUpperCase() + many.slice(1)))), h("tbody", {}, rows)));
  }

  drawPlot() {
    const width = Math.max(260, this.plot.clientWidth || this.clientWidth || 600);
    if (this.drawn === `${width}` && this.plot.firstChild && this.drawnPoints === this.points) return;
    this.drawn = `${width}`;
    this.drawnPoints = this.points;
    const inner = width - LEFT - RIGHT;
    const top = nice(Math.max(...this.points.map((point) => point.value), 1));
    const y = (value) => TOP + (HEIGHT - TOP) * (1 - value / top);
    const step = inner / this.points.length;
    const svg = node("svg", {class: "chart", viewBox: `0 0 ${width} ${HEIGHT + FOOT}`, role: "img", "aria-label": `${this.label ?? "Chart"}. ${this.finding()}`});
    svg.append(hatch());
    for (const part of [1, 2]) rule(svg, y((top * part) / 2), width, (top * part) / 2, "rule");
    this.points.forEach((point, index) => {
      const last = this.open && index === this.points.length - 1;
      if (!point.value) return;
      svg.append(node("rect", {class: last ? "bar open" : "bar", "data-index": index, x: LEFT + index * step + step * .12, width: Math.max(1, step * .76), y: y(point.value),
        height: HEIGHT - y(point.value), rx: Math.min(2, step / 4), }));
    });
    rule(svg, HEIGHT, width, 0, "zero");
    this.days(svg, step, width);
    svg.addEventListener("pointermove", (event) => this.point(svg, event, step, width));
    svg.addEventListener("pointerleave", () => this.unpoint(svg));
    this.plot.replaceChildren(svg, this.reading);
    this.unpoint(svg);
  }

  /** One label a day, at its first hour. */
  days(svg, step, width) {
    const day = (at) => new Date(at).toLocaleDateString("en-GB", {weekday: "short", day: "numeric", timeZone: this.zone || "UTC"});
    let before = null, free = LEFT - 1;
    this.points.forEach((point, index) => {
      const text = day(point.at);
      const x = LEFT + index * step;
      if (text !== before && before !== null) svg.append(node("line", {class: "rule", x1: x, x2: x, y1: HEIGHT, y2: HEIGHT + 5}));
      if (text !== before && x >= free) {
        const fits = x + 44 <= width;
        const label = node("text", {x: fits ? x : width - RIGHT, y: HEIGHT + 19, "text-anchor": fits ? "start" : "end"});
        label.textContent = text;
        svg.append(label);
        free = x + 58;
      }
      before = text;
    });
  }

  point(svg, event, step, width) {
    const box = svg.getBoundingClientRect();
    const index = Math.floor((((event.clientX - box.left) * width) / box.width - LEFT) / step);
    const point = this.points[index];
    if (!point) { this.unpoint(svg); return; }
    svg.querySelector(".pointed")?.classList.remove("pointed");
    svg.querySelector(`[data-index="${index}"]`)?.classList.add("pointed");
    this.reading.textContent = `${this.when(point.at)}: ${this.count(point.value)}${this.open && index === this.points.length - 1 ? " so far" : ""}`;
  }

  unpoint(svg) {
    svg.querySelector(".pointed")?.classList.remove("pointed");
    this.reading.textContent = !this.open ? "\u00a0" : this.points.at(-1).value ? "The hatched hour is still counting" : "This hour is still counting";
  }
}

function node(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function rule(svg, y, width, value, kind) {
  const label = node("text", {x: LEFT - 8, y: y + 4, "text-anchor": "end"});
  label.textContent = value.toLocaleString("en-GB");
  svg.append(node("line", {class: kind, x1: LEFT, x2: width - RIGHT, y1: y, y2: y}), label);
}

function hatch() {
  const pattern = node("pattern", {id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)"});
  pattern.append(node("rect", {width: 5, height: 5, class: "hatch-ground"}), node("rect", {width: 2, height: 5, class: "hatch-line"}));
  return pattern;
}

/** An even number at or above the highest value that halves cleanly. */
function nice(highest) {
  for (let scale = 1; ; scale *= 10) for (const step of [2, 4, 6, 8, 10]) if (step * scale >= highest) return step * scale;
}

define("tandem-bars", Bars);
