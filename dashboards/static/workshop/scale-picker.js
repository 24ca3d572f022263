// <ws-scale>: a radio group of equal cells in which nothing is chosen at first. Arrows, Home, End and figures choose,
// Enter gives; a tap chooses, and once a score is given a tap on another number counts at once. Arrow keys never send.
// `{scale, title, chosen, given, ends, locked, covered, faces}`; tells `choose` and `give`. `faces`: who stands where, as far
// as numbers are given openly.
import {View, define} from "./element.js";
import {face, icon} from "./faces.js";
import {NARROW} from "./frame.js";
import {ground} from "./pictures.js";
import {press, rows, twoSided, values} from "./scale.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {value} from "./words.js";

const S = TEXTS.scale;
const MOST_FACES = 4;

class Scale extends View {
  started(signal) {
    this.typed = null;
    this.query = matchMedia(NARROW);
    this.query.addEventListener("change", () => this.draw(), {signal});
  }

  view(props) {
    const {scale, title, locked} = props;
    const narrow = this.query.matches || values(scale).length > 12;
    const cell = (one) => this.cell(one, props);
    const group = t("div", {class: `cells${narrow ? " narrow" : ""}`, role: "radiogroup", "aria-label": S.label(title), "aria-disabled": locked ? "true" : null, key: "cells", onkeydown: (event) => this.key(event)},
      narrow ? rows(scale).map((row, index) => this.row(row, index, cell)) : values(scale).map(cell));
    return t("div", {class: `ws-scale ${narrow ? "phone" : "wide"}${Object.keys(scale.words ?? {}).length ? " worded" : ""}${props.faces ? " open" : ""}`}, narrow ? this.narrow(props, group) : this.wide(props, group));
  }

  row(row, index, cell) {
    const {scale, ends} = this.props;
    const best = row.length === 1 && row[0] === scale.best && twoSided(scale);
    const last = !twoSided(scale) && row.includes(scale.best) && row.length > 1;
    return t("div", {class: `line${best ? " best" : ""}`, role: "presentation", key: `row-${index}`},
      best && t("span", {class: "good aside"}, S.best(scale)), row.map(cell), best && t("span", {class: "soft aside"}, ends?.best ?? ""), last && t("span", {class: "good aside"}, S.best(scale)));
  }

  cell(one, {scale, chosen, given, locked, covered, faces}) {
    const here = faces?.[one] ?? [];
    const on = !covered && one === (chosen ?? given);
    const tabbed = covered || (chosen ?? given) === null || (chosen ?? given) === undefined ? scale.low : chosen ?? given;
    const kind = ["cell", one === scale.best && "best", on && "on", on && given === one && "given", locked && "locked"].filter(Boolean).join(" ");
    return t("button", {type: "button", role: "radio", key: `cell-${one}`, class: kind, "data-value": one, "aria-checked": String(on), "aria-disabled": locked ? "true" : null, tabindex: one === tabbed ? 0 : -1,
      "aria-label": S.choice(one, scale) + (scale.words?.[one] ? `, ${scale.words[one]}` : "") + (here.length ? `, ${S.chosenBy(here.map((who) => who.name))}` : ""), onclick: () => this.choose(one, true)},
    t("span", {class: "number"}, value(one, scale.signed)), scale.words?.[one] && t("span", {class: "word"}, scale.words[one]), on && given === one && t("span", {class: "tag", key: "tag"}, icon("check"), TEXTS.you),
    here.length ? t("span", {class: "here", key: "here"}, here.slice(0, MOST_FACES).map((who) => face(who, {size: "tiny"})), here.length > MOST_FACES ? t("span", {class: "rest", key: "rest"}, `+${here.length - MOST_FACES}`) : null) : null);
  }

  wide({scale, ends}, group) {
    const stepped = Object.keys(scale.words ?? {}).length;
    return [group, !stepped && t("div", {class: "under", key: "under"}, ground(scale)), !stepped && t("div", {class: `ends${twoSided(scale) ? " three" : ""}`, key: "ends"}, end(S.low[scale.picture]?.(scale), ends?.low, "low"),
      twoSided(scale) && end(S.best(scale), ends?.best, "best"), twoSided(scale) ? end(S.high, ends?.high, "high") : end(S.best(scale), ends?.best, "best high"))];
  }

  narrow({scale, ends}, group) {
    const stepped = Object.keys(scale.words ?? {}).length;
    return [!stepped && t("p", {class: "edge"}, t("b", {}, `${S.low[scale.picture]?.(scale)}. `), ends?.low ?? ""), group,
      !stepped && t("p", {class: "edge high"}, t("b", {}, twoSided(scale) ? `${S.high}. ` : `${value(scale.high)}. `), (twoSided(scale) ? ends?.high : ends?.best) ?? "")];
  }

  choose(one, tapped) {
    const {locked, given, chosen} = this.props;
    if (locked) return;
    if (tapped && given !== null && given !== undefined) { if (one !== given || chosen !== one) this.say("give", {value: one}); } else this.say("choose", {value: one});
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.props.locked) return;
    const {scale, chosen, given} = this.props;
    const at = Number(event.target.closest?.("[data-value]")?.dataset.value ?? scale.low);
    if (event.key === "Enter") {
      event.preventDefault();
      if (chosen !== null && chosen !== undefined && chosen !== given) this.say("give", {value: chosen});
      return;
    }
    const found = press(event.key, {scale, at: chosen ?? given ?? (event.key.startsWith("Arrow") ? null : at), typed: this.typed, now: Date.now()});
    if (!found) return;
    event.preventDefault();
    this.typed = found.typed;
    if (found.value === null) return;
    this.say("choose", {value: found.value});
    this.querySelector(`[data-value="${found.value}"]`)?.focus();
  }
}

const end = (head, words, kind) => t("div", {class: kind}, t("b", {}, head), t("span", {}, words ?? ""));

define("ws-scale", Scale);
