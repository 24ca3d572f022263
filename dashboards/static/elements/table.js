// <tandem-table>: a close table for staff. Fed by a page: `columns` is [{key, label, align}], `rows` a list of objects
// by key; a cell is text, a number, {text, tone, title}, {value, of} for a number with a bar of its share, or {time} for
// an age that keeps itself up to date.
import {TandemElement, define, empty, loading} from "./base.js";
import {h} from "./dom.js";
import {ago, everyTenSeconds, toMillis} from "./time.js";

class Table extends TandemElement {
  static css = `
    .good { color: var(--good); font-weight: 600; } .warn { color: var(--warn); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
    .muted { color: var(--muted); }
    td:first-child { font-weight: 500; }
    td { overflow-wrap: anywhere; }
    .share { display: inline-grid; grid-template-columns: minmax(40px, 120px) minmax(3ch, auto); gap: 10px; align-items: center; justify-content: end; }
    .share i { height: 6px; background: var(--surface-2); border-radius: 3px; overflow: hidden; }
    .share b { display: block; height: 100%; background: var(--d1); border-radius: 3px; }
    time { white-space: nowrap; }
    @media (max-width: 719px) {
      thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      .table, .table tbody { display: block; }
      .table tr { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; padding: 12px 0; border-bottom: 1px solid var(--line); }
      .table tr:last-child { border-bottom: 0; }
      .table td { display: flex; justify-content: space-between; gap: 12px; height: auto; padding: 0; border: 0; grid-column: 1 / -1; text-align: right; }
      .table td:first-child { font-size: 14px; font-weight: 640; text-align: left; }
      .table td:not(:first-child)::before { content: attr(data-label); color: var(--muted); font-weight: 400; }
    }`;

  start(signal) {
    this.draw();
    everyTenSeconds(() => this.tick(), signal);
  }

  update(values) { Object.assign(this, values); this.draw(); }

  draw() {
    if (!this.columns) { this.root.replaceChildren(loading(3)); return; }
    if (!this.rows?.length) { this.root.replaceChildren(empty(this.blank || "Nothing to show yet.", {meaning: "table"})); return; }
    const head = h("tr", {}, this.columns.map(({label, align}) => h("th", {scope: "col", class: align === "right" ? "right" : null}, label)));
    const body = this.rows.map((row) => h("tr", {}, this.columns.map((column) => cell(row[column.key], column))));
    const table = h("table", {class: "table"}, this.label && h("caption", {class: "sr"}, this.label), h("thead", {}, head), h("tbody", {}, body));
    this.root.replaceChildren(h("div", {class: "scroll-x"}, table));
  }

  tick() {
    for (const time of this.root.querySelectorAll("time")) {
      const text = ago(time.dateTime);
      if (time.textContent !== text) time.textContent = text;
    }
  }
}

function cell(value, {label, align}) {
  const td = h("td", {class: align === "right" ? "right" : null, "data-label": label});
  if (value === null || value === undefined || value === "") td.append(h("span", {class: "muted"}, "–"));
  else if (typeof value === "number") td.append(h("span", {}, value.toLocaleString("en-GB")));
  else if (typeof value !== "object") td.append(h("span", {}, String(value)));
  else if (value.time) td.append(stamp(value.time));
  else if (typeof value.of === "number") td.append(share(value));
  else td.append(h("span", {class: value.tone ?? null, title: value.title ?? null}, value.text ?? "–"));
  return td;
}

function share({value, of}) {
  const bar = h("b");
  bar.style.width = `${of > 0 ? (100 * value) / of : 0}%`;
  return h("span", {class: "share"}, h("i", {"aria-hidden": "true"}, bar), h("span", {class: "num"}, value.toLocaleString("en-GB")));
}

function stamp(moment) {
  const at = new Date(toMillis(moment));
  return h("time", {datetime: at.toISOString(), title: at.toLocaleString("en-GB")}, ago(at.getTime()));
}

define("tandem-table", Table);
