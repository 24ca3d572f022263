// The table of a board: one node a person that lasts, so that figures change in place and rows glide when ranks change.
import {face, h, icon} from "./dom.js";
import {UNITS, scoreText, signed, todayText, trace} from "./board-model.js";
import {Paced, glide, places} from "./glide.js";

const APART = 2000, SVG = "http://www.w3.org/2000/svg", WIDTH = 50, HEIGHT = 12;

export class BoardTable {
  /** `open(row, node)` is called when somebody's name is pressed. */
  constructor(open) {
    this.open = open;
    this.rows = new Map();
    this.head = h("div", {class: "line head", role: "row"});
    this.body = h("div", {class: "body", role: "rowgroup"});
    this.node = h("div", {class: "board", role: "table", "aria-label": "Board"}, h("div", {role: "rowgroup"}, this.head), this.body);
    this.pace = new Paced(APART, {held: () => Boolean(this.body.querySelector(".person:hover, .person:focus-visible"))});
  }

  /** Another table is shown from now on: nothing glides into it. */
  reset(board, {daily = false, frozen = false} = {}) {
    this.pace.stop();
    Object.assign(this, {board, fresh: true});
    this.node.classList.toggle("no-today", daily || frozen || board.metric === "percentile");
    this.rows.clear();
    this.body.replaceChildren();
    const cell = (text, name, more = {}) => h("span", {class: name, role: "columnheader", ...more}, text);
    this.head.replaceChildren(cell("Rank", "rank"), cell(h("span", {class: "sr"}, "Change"), "change"), cell("Name", "name"),
      cell("Ranks a session", "speed"), cell("Today", "today"), cell(UNITS[board.metric], "score"));
  }

  draw(lines, pinned) {
    const keys = lines.map(keyOf);
    const same = keys.length === this.body.children.length && keys.every((key, n) => this.body.children[n].dataset.key === key);
    const show = () => this.put(lines, pinned);
    if (this.fresh || same) { this.pace.stop(); show(); } else this.pace.run(show);
    this.fresh = false;
  }

  put(lines, pinned) {
    const before = this.body.children.length ? places(this.body.children) : null;
    const nodes = lines.map((line) => (line.gap ? gap(line.gap) : this.row(line)));
    for (const [id] of this.rows) if (!lines.some(({row}) => row?.user_id === id)) this.rows.delete(id);
    nodes.forEach((node, n) => { if (this.body.children[n] !== node) this.body.insertBefore(node, this.body.children[n] ?? null); });
    while (this.body.children.length > nodes.length) this.body.lastElementChild.remove();
    const cut = lines.findIndex((line) => line.gap);
    let height = 0;
    for (let n = nodes.length - 1; n >= 0; n -= 1) {
      const below = cut >= 0 && n > cut, pin = below && pinned.has(lines[n].row?.user_id);
      nodes[n].classList.toggle("pin", pin);
      nodes[n].classList.toggle("beyond", below && !pin);
      if (pin) nodes[n].style.setProperty("--pin", height++);
    }
    this.node.classList.toggle("cut", cut >= 0);
    if (before) glide(before, nodes);
  }

  row(line) {
    const {row} = line;
    const known = this.rows.get(row.user_id) ?? this.build(row);
    this.rows.set(row.user_id, known);
    known.node.classList.toggle("mine", line.mine);
    known.node.classList.toggle("first", row.rank <= 3);
    set(known.rank, row.rank.toLocaleString("en-GB"));
    set(known.name, line.mine ? `${row.user_name} (you)` : row.user_name);
    known.tie.hidden = !line.tie;
    set(known.today, todayText(row, this.board));
    set(known.score, scoreText(row.score, this.board));
    change(known.change, row.rank_change);
    speed(known.speed, row);
    if (known.avatar !== row.user_avatar) { known.avatar = row.user_avatar; known.face.replaceChildren(face(personOf(row), {size: 28})); }
    known.person.onclick = () => this.open(row, known.person);
    return known.node;
  }

  build(row) {
    const cell = (name, ...inside) => h("span", {class: name, role: "cell"}, inside);
    const rank = h("b", {class: "num"}), name = h("span", {class: "called"});
    const known = {rank, name, face: h("span", {class: "picture"}), tie: h("span", {class: "tie"}, "tie"),
      change: cell("change num"), speed: cell("speed num"), today: cell("today num"), score: cell("score num")};
    known.person = h("button", {class: "person", type: "button"}, known.face, name);
    const robot = row.simulated && icon("simulated", {size: 14, label: "Simulated"});
    known.node = h("div", {class: "line", role: "row", "data-key": row.user_id}, cell("rank", rank), known.change,
      cell("name", known.person, robot, known.tie), known.speed, known.today, known.score);
    return known;
  }

  stop() { this.pace.stop(); }
}

export const personOf = (row) => ({id: row.user_id, name: row.user_name, avatar: row.user_avatar || "initial"});

const keyOf = (line) => (line.gap ? "gap" : line.row.user_id);

function set(node, text) { if (node.textContent !== text) node.textContent = text; }

function gap(text) {
  return h("div", {class: "gap", role: "row", "data-key": "gap"}, h("span", {role: "cell", class: "num"}, h("span", {class: "sr"}, "Left out: "), text));
}

function change(cell, by) {
  const key = by === null || by === undefined ? "–" : String(by);
  if (cell.dataset.is === key) return;
  cell.dataset.is = key;
  cell.classList.toggle("rose", by > 0);
  if (!by) { cell.replaceChildren(h("span", {"aria-hidden": "true"}, "–"), h("span", {class: "sr"}, by === 0 ? "same place" : "new")); return; }
  cell.replaceChildren(icon(by > 0 ? "up" : "fall", {size: 14, label: by > 0 ? "up" : "down"}), String(Math.abs(by)));
}

function speed(cell, row) {
  const key = `${row.velocity}/${row.history.join()}`;
  if (cell.dataset.is === key) return;
  cell.dataset.is = key;
  cell.classList.toggle("rose", row.velocity > 0);
  cell.replaceChildren(spark(row.history), h("span", {}, signed(row.velocity, 1)));
}

function spark(history) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({viewBox: `-1 -3 ${WIDTH + 5} ${HEIGHT + 6}`, class: "spark", "aria-hidden": "true"})) svg.setAttribute(name, value);
  const points = trace(history, WIDTH, HEIGHT);
  const line = document.createElementNS(SVG, "polyline"), dot = document.createElementNS(SVG, "circle");
  line.setAttribute("points", points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "));
  const [x, y] = points.at(-1);
  for (const [name, value] of Object.entries({cx: x, cy: y.toFixed(1), r: 2.4})) dot.setAttribute(name, value);
  svg.append(line, dot);
  return svg;
}
