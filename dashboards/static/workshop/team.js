// <ws-team>: the team's own room. Where we stand, what has changed, what is still open.
// `{name, since, count, unfinished, kinds: [{slug, name, trends: [{number, title, scale, points: [{on, average, spread}]}]}], actions, workshops, today, exports: ["pdf", …], saving, trouble}`.
import {day as shortest} from "./actions.js";
import {screen} from "./element.js";
import {face, icon} from "./faces.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {secretOf} from "./teams.js";
import {shape} from "./trend.js";
import {twoSided} from "./scale.js";
import {figure, longDay, monthYear, namedDay} from "./words.js";

const T = TEXTS.team;
const WIDTH = 240;
const HEIGHT = 108;

export function chart({title, scale, points}) {
  const {best, zone, dots, bars} = shape(scale, points, {width: WIDTH, height: HEIGHT, pad: 24});
  const line = dots.map(({x, y}, index) => `${index ? "L" : "M"}${x} ${y}`).join("");
  const list = points.map((one) => `${monthYear(one.on)} ${figure(one.average, scale.signed)}`).join(", ");
  return t("svg", {viewBox: `0 -8 ${WIDTH} ${HEIGHT + 16}`, class: "ws-trend", role: "img", "aria-label": T.chart(title, list)}, t("rect", {class: "zone", x: 0, y: zone.top, width: WIDTH, height: Math.max(3, zone.bottom - zone.top), rx: 5}),
    t("path", {class: "best", d: `M0 ${best}H${WIDTH}`}), bars.map((bar) => t("path", {class: "bar", d: `M${bar.x} ${bar.top}V${bar.bottom}`})), t("path", {class: "line", d: line}),
    dots.map(({x, y}, index) => t("circle", {cx: x, cy: y, r: index === dots.length - 1 ? 6 : 3.5, class: index === dots.length - 1 ? "now" : ""})));
}

const WORDS = {better: "better", worse: "worse", wider: "worse", same: "steady"};

/** The server's verdict in words: "Better, closer to 0", "Worse, wider apart", "Steady, within 0.1". */
export function judged({scale, points, verdict}) {
  if (points.length < 2 || !WORDS[verdict]) return null;
  const [before, now] = points.slice(-2).map((one) => one.average);
  const by = Math.abs(now - before);
  const closer = Math.abs(now - scale.best) < Math.abs(before - scale.best);
  const why = verdict === "wider" ? T.wider : verdict === "same" ? T.within(by) : twoSided(scale) ? (closer ? T.closer(scale) : T.further(scale)) : now > before ? T.up(by) : T.down(by);
  return {tone: WORDS[verdict], word: T.verdict[WORDS[verdict]], why};
}

function trend(one) {
  const {number, title, scale, points} = one;
  const said = judged(one);
  return t("li", {class: "ws-card trend", key: `t${number}`}, t("h3", {}, t("span", {class: "number"}, number), title), t("div", {class: "picture"}, chart(one), t("p", {class: "dates", "aria-hidden": "true"}, t("span", {}, monthYear(points[0].on)), t("span", {}, monthYear(points.at(-1).on)))),
    t("div", {class: "said"}, t("p", {class: "latest num"}, figure(points.at(-1).average, scale.signed)), said && t("p", {class: `verdict ${said.tone}`}, icon(said.tone), t("span", {}, t("b", {}, said.word), t("span", {class: "why"}, `, ${said.why}`)))));
}

const legend = () => t("p", {class: "legend", "aria-hidden": "true"}, t("span", {}, t("i", {class: "zone"}), t("span", {class: "long"}, T.zone), t("span", {class: "short"}, T.zoneShort)), t("span", {}, t("i", {class: "line"}), T.average), t("span", {}, t("i", {class: "stick"}), T.spread));

function stopped(unfinished, say) {
  const where = unfinished.after ? T.after(unfinished.after) : T.before;
  return t("div", {class: "stopped", key: "stopped"}, icon("history"), t("p", {}, t("b", {}, T.stopped(where, namedDay(unfinished.on))), ` ${T.stoppedRest}`), t("a", {class: "btn big primary", href: unfinished.href, onclick: () => say("go-on", unfinished)}, T.goOn(unfinished.next)));
}

const still = (one, today) => {
  const late = one.due && one.due < today;
  const under = late ? T.late(one.owner, shortest(one.due, today)) : T.owner(one.owner ?? T.noOwner, one.due && shortest(one.due, today));
  return t("li", {key: one.id}, face({id: one.owner ?? one.id, initials: one.initials ?? "?", tint: one.tint ?? 1}, {you: false, state: one.owner ? "" : "away"}), t("div", {}, t("b", {}, one.text), t("span", {class: late ? "late" : ""}, under)));
};

function file(format, saving, say) {
  const busy = saving === format;
  const name = TEXTS.done.formats[format] ?? format;
  return t("button", {type: "button", class: "btn big", key: format, "aria-busy": busy ? "true" : null, "aria-disabled": saving ? "true" : null, "aria-label": busy ? TEXTS.done.making(name) : `${T.exports}: ${name}`, onclick: () => !saving && say("export", {format})}, icon(busy ? "clock" : "download"), name);
}

export const teamView = ({name, since, count, unfinished, kinds = [], actions = [], workshops = [], today, exports = [], saving, trouble}, say) => {
  const changed = kinds.map((kind) => ({...kind, trends: kind.trends.filter((one) => one.points.length > 1)})).filter((kind) => kind.trends.length);
  const titled = kinds.length > 1;
  return t("section", {class: "ws-team"}, t("div", {class: "ws-heads"}, t("div", {}, t("h1", {tabindex: -1}, name), t("p", {class: "ws-lead"}, count ? T.lead(count, since) : T.leadNone)),
    t("div", {class: "row"}, exports.map((one) => file(one, saving, say)), t("button", {type: "button", class: "btn big primary", onclick: () => say("new-workshop")}, icon("faster"), T.fresh))), trouble && t("p", {class: "ws-trouble", role: "alert"}, trouble), unfinished && stopped(unfinished, say),
  t("div", {class: "columns"}, t("div", {class: "left"}, t("div", {class: "heads"}, t("h2", {}, T.changed), changed.length ? legend() : null), changed.length ? changed.map((kind) => [titled && t("p", {class: "kind", key: `k${kind.slug}`}, kind.name), t("ul", {class: "plain-list trends", key: kind.slug, "aria-label": titled ? kind.name : null}, kind.trends.map(trend))]) : t("p", {class: "ws-card ws-empty"}, T.once)),
    t("div", {class: "right"}, t("div", {class: "ws-card open"}, t("h2", {}, T.open), actions.length ? t("ul", {class: "plain-list"}, actions.map((one) => still(one, today))) : t("p", {class: "ws-empty"}, T.noOpen)),
      workshops.length ? t("div", {class: "ws-card earlier"}, t("h2", {}, T.earlier), t("ul", {class: "plain-list"}, workshops.map((one) => t("li", {key: one.id}, t("a", {class: "words", href: one.href}, t("b", {}, longDay(one.on)), t("span", {}, T.row(one.people, one.actions))))))) : null)));
};

/** <ws-find-team>: no room is open yet; the teams that this browser knows, and a field for a link. */
export const findView = ({teams = [], trouble}) => t("section", {class: "ws-join"}, t("div", {class: "ws-card"}, t("h1", {tabindex: -1}, T.finding), t("p", {class: "ws-lead"}, T.findLead), trouble && t("p", {class: "ws-trouble", role: "alert"}, trouble),
  teams.map((one) => t("a", {class: "btn big", key: one.secret, href: `/team#${one.secret}`}, icon("history"), one.name)),
  t("form", {onsubmit: (event) => { event.preventDefault(); const secret = secretOf(event.target.querySelector("input").value.trim().replace(/^.*#/, "#")); if (secret) location.hash = secret; else event.target.querySelector("input").focus(); }},
    t("div", {class: "ws-field"}, t("label", {for: "ws-find"}, T.findField), t("input", {id: "ws-find", class: "ws-input", type: "text", autocomplete: "off"})), t("button", {type: "submit", class: "ws-main primary"}, T.findGo))));

screen("ws-find-team", findView);
screen("ws-team", teamView);
