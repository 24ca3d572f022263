// <ws-summary>: what carries us, what needs care, where we differ; then a picture of each question. A card opens its
// reveal. `{questions: [{number, title, short, scale, result, notes}], highlights}`; no total: two scales do not add up.
import {screen} from "./element.js";
import {icon, light, lightIcon} from "./faces.js";
import {sign, small} from "./pictures.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {figure, value} from "./words.js";

const Y = TEXTS.summary;

export const countsOf = (scores) => scores.reduce((sum, {value: one}) => ({...sum, [one]: (sum[one] ?? 0) + 1}), {});

const average = ({scale, result}) => figure(result.average, scale.signed);
const best = ({scale, result}) => (scale.signed ? average({scale, result}) : `${average({scale, result})} of ${value(scale.high)}`);

/** The three bands; one without a question says so kindly. */
export function bands({questions, highlights = {}}) {
  const find = (number) => questions.find((one) => one.number === number && one.result?.count);
  const [strength, concern, differ] = [find(highlights.strength), find(highlights.concern), find(highlights.differ)];
  const extent = (one) => one.result.scores.map((score) => score.value);
  return [
    {tone: "good", sign: "green", label: Y.strength, title: strength?.title ?? Y.noneStrong, text: strength && Y.strengthText(best(strength), strength.result.spread < 1.2 && !strength.result.split)},
    {tone: "bad", sign: concern ? concern.result.light : "green", label: Y.concern, title: concern?.title ?? Y.noneCare, text: concern && `${average(concern)}, ${Y.spread(figure(concern.result.spread))}`},
    {tone: "accent", sign: "apart", label: Y.differ, title: differ?.title ?? Y.noneDiffer, text: differ && Y.from(value(Math.min(...extent(differ)), differ.scale.signed), value(Math.max(...extent(differ)), differ.scale.signed), figure(differ.result.spread))},
  ];
}

function card(one, say) {
  const {number, title, short, scale, result, notes} = one;
  const scored = Boolean(result?.count);
  const more = [scored ? TEXTS.lights[result.light] : Y.none, result?.split && TEXTS.split.toLowerCase()].filter(Boolean).join(", ");
  return t("li", {key: `q${number}`}, t("button", {type: "button", class: "ws-card card", "aria-label": `${Y.open(title)}. ${scored ? `${average(one)}, ${Y.spread(figure(result.spread))}. ` : ""}${more}`, onclick: () => say("open-question", {number})},
    t("span", {class: "head"}, t("span", {class: "number"}, number), t("b", {}, t("span", {class: "long"}, title), t("span", {class: "short"}, short ?? title))), small(scale, scored ? countsOf(result.scores) : {}),
    t("span", {class: "figures"}, t("b", {class: "num"}, scored ? average(one) : "\u2013"), scored && t("span", {class: "spread"}, Y.spread(figure(result.spread))), notes ? t("span", {class: "notes"}, icon("note"), notes) : null),
    t("span", {class: "foot"}, scored ? light(result.light) : t("span", {class: "ws-light none"}, Y.none), result?.split && t("span", {class: "ws-split"}, icon("apart"), TEXTS.split)),
    t("span", {class: "line"}, scored ? lightIcon(result.light) : icon("idle"), t("span", {class: "names"}, t("b", {}, short ?? title), t("span", {}, more)))));
}

/** Questions in runs of one scale, with the scale's words above each run. */
export function runs(questions) {
  const found = [];
  for (const one of questions) {
    const last = found.at(-1)?.[0].scale;
    if (last && last.picture === one.scale.picture && last.low === one.scale.low && last.high === one.scale.high) found.at(-1).push(one); else found.push([one]);
  }
  return found;
}

export const summaryView = (props, say) => t("section", {class: "ws-summary"},
  t("div", {class: "ws-heads"}, t("h1", {tabindex: -1}, Y.heading), t("p", {class: "ws-lead"}, Y.lead(props.questions.length))),
  t("ul", {class: "plain-list bands"}, bands(props).map((band) => t("li", {class: band.tone, key: band.label}, band.sign === "apart" ? icon("apart") : lightIcon(band.sign), t("div", {}, t("span", {}, band.label), t("b", {}, band.title), band.text && t("span", {class: "text"}, band.text))))),
  t("div", {class: "runs"}, runs(props.questions).map((run) => t("div", {class: "run", key: `r${run[0].number}`}, t("p", {class: "ws-kind"}, sign(run[0].scale.picture), t("span", {}, TEXTS.scale.group[run[0].scale.picture]?.(run[0].scale) ?? "")),
    t("ul", {class: "plain-list cards"}, run.map((one) => card(one, say)))))));

screen("ws-summary", summaryView);
