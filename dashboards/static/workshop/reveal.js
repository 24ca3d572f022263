// <ws-reveal>: look at the shape first, then talk. Dots, axis with its lights in words, average and spread, figures, the
// hint when we are split, prompts and notes. `{scale, title, question, result, prompts, notes…, fresh}`; `fresh` plays the
// one wave, once. `result`: `{scores: [{id, name, initials, value, you}], average, spread, count, of, team, light, split}`.
import {bracket, columns, dotSize, groups, stretches} from "./distribution.js";
import {screen} from "./element.js";
import {icon, light, lightIcon} from "./faces.js";
import {sign} from "./pictures.js";
import {place, twoSided} from "./scale.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import "./notes.js";
import {figure, people, value} from "./words.js";

const R = TEXTS.reveal;
const share = (part) => `${(part * 100).toFixed(2)}%`;

/** The hint above a split picture: what is seen, not what it means. */
export function splitText(scale, scores) {
  const low = scores.filter((one) => one.value < scale.best - 1).length;
  const high = scores.filter((one) => one.value > scale.best + 1).length;
  const near = scores.length - low - high;
  if (twoSided(scale) && low && high && !near) return R.splitText(scale, low, high);
  const all = scores.map((one) => one.value);
  return R.splitWide(value(Math.min(...all), scale.signed), value(Math.max(...all), scale.signed));
}

/** The whole picture in one sentence, for the polite voice and for readers. */
export const spoken = (scale, {average, spread, split, light: kind}) =>
  R.spoken(figure(average, scale.signed), figure(spread), split, TEXTS.lights[kind] ? `${TEXTS.lights[kind]}.` : "").replaceAll("+", "plus ").replaceAll("\u2212", "minus ");

function headings(scale, scores) {
  const found = groups(scale, scores);
  const label = (group) => ({low: R.groups.low, high: R.groups.high, near: R.groups.near(scale)})[group.side] ?? R.range(group.from, group.to, scale);
  const edge = (group) => (place(group.to, scale) > 0.9 && group.to - group.from < 2 ? " at-end" : place(group.from, scale) < 0.1 && group.to - group.from < 2 ? " at-start" : "");
  const half = 0.5 / (scale.high - scale.low + 1);
  const empty = twoSided(scale) && found.length === 2 && found[0].side === "low" && found[1].side === "high";
  return t("div", {class: "groups"}, found.map((group) => t("div", {class: `group${edge(group)}`, key: `${group.from}-${group.to}`, style: `left:${share(place(group.from, scale) - half)};right:${share(1 - place(group.to, scale) - half)}`},
    t("span", {class: "said"}, t("b", {}, people(group.count)), t("span", {}, label(group))))),
  empty && t("span", {class: "nobody", style: `left:${share((place(found[0].to, scale) + place(found[1].from, scale)) / 2)}`}, R.nobodyNear(scale)));
}

function dots(scale, scores, shape) {
  return t("div", {class: `dots ${shape.size}${shape.abreast > 1 ? " abreast" : ""}`}, columns(scale, scores).map((column) => t("div", {class: "column", key: `c${column.value}`},
    column.dots.map((dot) => t("span", {class: `dot${dot.you ? " you" : ""}`, key: `d${dot.id}`, style: `--order:${dot.order}`, title: dot.name ?? null}, shape.size === "small" && shape.abreast > 1 ? "" : dot.initials ?? "")))));
}

function axis(scale) {
  return [t("div", {class: "axis"}, columns(scale, []).map(({value: one, light: kind}) => t("span", {class: kind ?? ""}, value(one, scale.signed)))),
    t("div", {class: "lights"}, stretches(scale).map((one) => t("span", {class: one.light, style: `flex:${one.to - one.from + 1}`}, lightIcon(one.light), t("span", {class: "words"}, TEXTS.lights[one.light]))))];
}

function measure(scale, result) {
  const {left, middle, right} = bracket(scale, result);
  return t("div", {class: "measure"}, result.spread > 0 && t("span", {class: "spread", style: `left:${share(left)};right:${share(1 - right)}`}), t("span", {class: "diamond", style: `left:${share(middle)}`}),
    result.spread > 0 && middle - left > 0.11 ? t("span", {class: "name", style: `left:${share(left)}`}, R.spread) : null, t("span", {class: "name average", style: `left:${share(middle)}`}, R.average));
}

/** The picture itself; hidden from readers, who get the sentence and the table. */
export function picture({scale, result, fresh}) {
  const shape = dotSize(result.scores);
  return t("div", {class: `ws-picture${fresh ? " fresh" : ""}`, key: "picture"}, t("p", {class: "sr"}, R.picture(spoken(scale, result))),
    t("div", {"aria-hidden": "true"}, headings(scale, result.scores), dots(scale, result.scores, shape), axis(scale), measure(scale, result)));
}

function table({scale, result}) {
  return t("details", {class: "ws-table", key: "table"}, t("summary", {}, icon("table"), R.table), t("div", {class: "scroll-x"}, t("table", {class: "table"}, t("caption", {class: "sr"}, R.tableTitle),
    t("thead", {}, t("tr", {}, t("th", {scope: "col"}, R.person), t("th", {scope: "col", class: "right"}, R.number), t("th", {scope: "col"}, R.light))),
    t("tbody", {}, result.scores.map((one, index) => t("tr", {}, t("td", {}, `${one.name ?? `${R.somebody} ${index + 1}`}${one.you ? ` (${R.mine})` : ""}`), t("td", {class: "right"}, value(one.value, scale.signed)), t("td", {}, TEXTS.lights[scale.lights?.[one.value]] ?? "")))))));
}

const fact = (label, number, more, extra = "") => t("div", {class: `fact ${extra}`}, t("dt", {}, label), t("dd", {}, t("b", {class: "num"}, number), more));

function facts({scale, result}) {
  const judged = result.split ? null : light(result.light);
  return t("dl", {class: "ws-facts", key: "facts"}, fact(R.average, figure(result.average, scale.signed), judged && result.team === undefined ? judged : null), fact(R.spread, figure(result.spread)), fact(R.scores, String(result.count), t("span", {}, R.of(result.of)), "count"),
    result.team !== undefined && fact(R.team, figure(result.team), [t("span", {}, R.ofTen), light(result.teamLight ?? result.light)], "team"));
}

export const revealView = (props, say) => {
  const {scale, title, question, result, prompts = [], big} = props;
  return t("section", {class: "ws-reveal"},
    t("div", {class: "left"},
      t("div", {class: "ws-heads"}, t("div", {}, t("p", {class: "ws-kind"}, sign(scale.picture), t("span", {}, TEXTS.scale.short[scale.picture]?.(scale) ?? "")), t("h1", {tabindex: -1}, title)), t("p", {class: "ws-asked"}, question)),
      result.split && t("p", {class: "ws-hint", key: "hint"}, icon("apart"), t("span", {}, t("b", {}, R.splitLead), ` ${splitText(scale, result.scores)}`)),
      result.without?.length ? t("p", {class: "ws-without", key: "without"}, R.without(result.without)) : null,
      result.count ? [t("div", {class: "ws-card", key: "card"}, picture(props)), facts(props), table(props)] : t("p", {class: "ws-card ws-empty", key: "card"}, R.nobody),
      props.canName && t("button", {type: "button", class: "ws-link", key: "names", onclick: () => say("show-names")}, R.showNames)),
    t("div", {class: "right"}, prompts.length ? t("div", {class: "ws-card ws-prompts"}, t("h2", {}, R.prompts), t("ol", {}, prompts.map((one, index) => t("li", {class: index ? "" : "first"}, t("span", {class: "number", "aria-hidden": "true"}, index + 1), t("span", {}, one))))) : null,
      !big && t("div", {class: "ws-card", key: "notes"}, t("ws-notes", {".props": props.notes, key: "editor"}))));
};

screen("ws-reveal", revealView);
