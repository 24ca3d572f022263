// The lanes of a race: a face is where its person is. Everybody sees that they are moving; nobody is told to hurry.
import {face, h} from "../elements/dom.js";
import {named} from "../elements/texts.js";
import {whole} from "./words.js";

const SHOWN = 6;

const share = (run) => (run.of ? run.done / run.of : 0);

/** How far somebody is, in words: counted where that can be counted at a glance, else as a share. */
export function far(run) {
  if (run.of === null || run.of === undefined) return "under way";
  if (!run.done) return "just begun";
  return run.of <= 30 ? `${run.done} of ${run.of}` : `${whole((100 * run.done) / run.of)}%`;
}

/** Those to show: the furthest first, one's own always among them. */
export function shown(runs, me, most = SHOWN) {
  const order = [...runs].sort((a, b) => share(b) - share(a));
  const first = order.slice(0, most);
  const own = order.find((run) => run.user_id === me);
  if (own && !first.includes(own)) first.splice(most - 1, 1, own);
  return first.map((run) => ({run, place: order.indexOf(run) + 1}));
}

export class Lanes {
  constructor(me) {
    Object.assign(this, {me, rows: new Map()});
    this.node = h("ol", {class: "plain-list lanes"});
  }

  /** `mixed` runs are of several skills: each says which. */
  draw(runs, mixed = false) {
    const places = shown(runs, this.me);
    const here = new Set(places.map(({run}) => run.user_id));
    for (const [id, row] of this.rows) if (!here.has(id)) { row.node.remove(); this.rows.delete(id); }
    // A lane is somebody's own: who passes whom is seen by the faces, and no row changes its place.
    for (const {run, place} of places) {
      const row = this.rows.get(run.user_id) ?? this.row(run);
      const far_ = mixed && run.skill ? `${named(run.skill)}, ${far(run)}` : far(run);
      row.place.textContent = place;
      row.far.textContent = far_;
      row.node.style.setProperty("--far", String(Math.min(1, share(run))));
      row.node.setAttribute("aria-label", `${row.name}: ${far_}`);
    }
  }

  row(run) {
    const you = run.user_id === this.me;
    const row = {name: you ? "You" : run.username, place: h("span", {class: "place num"}), far: h("span", {class: "far num"})};
    const who = face({id: run.user_id, name: run.username, avatar: run.avatar_url === "" ? "initial" : run.avatar_url}, {size: 32, you});
    row.node = h("li", {class: you ? "lane you" : "lane", "data-person": run.user_id}, row.place, h("div", {class: "way", "aria-hidden": "true"}, h("span", {class: "gone"}), h("span", {class: "runner"}, who)),
      h("div", {class: "said"}, h("b", {}, row.name), row.far));
    this.rows.set(run.user_id, row);
    this.node.append(row.node);
    return row;
  }
}
