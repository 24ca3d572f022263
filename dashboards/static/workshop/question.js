// <ws-question>: awaiting scores. Think, choose, nobody sees it.
// `{number, scale, title, question, explanation, examples, ends, chosen, given, role, shared, turns, sending}`; `turns`, where
// numbers are given one after another: `{faces: {"-2": [person]}, next, canPass, passed}`. Tells `pass-turn`.
import {View, define} from "./element.js";
import {face, icon} from "./faces.js";
import {NARROW} from "./frame.js";
import {sign} from "./pictures.js";
import "./scale-picker.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {value} from "./words.js";

const S = TEXTS.score;
const D = TEXTS.dock;

/** The line of words below the scale: what is chosen, and that nobody else sees it. */
export function privacy({scale, chosen, given, shared, out, turns, narrow}) {
  const text = (number) => value(number, scale.signed);
  const none = (number) => number === null || number === undefined;
  if (out) return ["", S.out];
  if (shared && !(none(chosen) && none(given))) return ["", S.shared];
  const rest = turns ? S.turns : null;
  if (none(chosen) && none(given)) return ["", rest ?? (narrow ? S.nothingShort : S.nothing)];
  if (none(given)) return [S.chose(text(chosen)), rest ?? (narrow ? S.choseShort : S.choseRest)];
  if (!none(chosen) && chosen !== given) return S.changing(text(chosen), text(given));
  return [S.given(text(given)), rest ?? (narrow ? S.givenShort : S.givenRest)];
}

class Question extends View {
  started(signal) {
    this.held = false;
    this.query = matchMedia(NARROW);
    this.query.addEventListener("change", () => this.draw(), {signal});
    for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, () => this.hold(false), {signal});
  }

  hold(on) { if (this.held !== on) { this.held = on; this.draw(); } }

  view(props) {
    const {scale, title, question, role, ends, chosen, given, shared, out} = props;
    const watching = role === "observer" || role === "leader";
    return t("section", {class: "ws-question"},
      t("p", {class: "ws-kind"}, sign(scale.picture), t("span", {class: "long"}, TEXTS.scale.kind[scale.picture] ?? ""), t("span", {class: "short"}, TEXTS.scale.short[scale.picture]?.(scale) ?? "")),
      t("h1", {tabindex: -1}, title), t("p", {class: "ws-asked"}, question), this.meaning(props),
      props.turns && this.turn(props.turns),
      watching ? this.watching(role, scale, ends, title, props.turns) : t("ws-scale", {".props": {scale, title, ends, chosen, given, locked: out, covered: shared && !this.held, faces: props.turns?.faces}, key: "scale"}),
      !watching && this.privacy(props));
  }

  meaning({explanation, examples = []}) {
    if (!explanation) return null;
    return t("details", {class: "ws-meaning", key: "meaning"}, t("summary", {}, icon("info"), t("span", {}, S.meaning)),
      t("div", {}, t("p", {}, explanation), examples.map((one) => t("p", {}, t("b", {}, `${one.setting}: `), one.text))));
  }

  /** Whose turn it is. The line keeps its place when nobody is left to be asked, so that nothing below it moves. */
  turn({next, canPass, passed}) {
    const words = next?.you ? D.yourTurn : next ? D.turn(next.name) : S.anyOrder;
    return t("div", {class: "ws-turn", key: "turn"}, next ? face(next) : icon("people"), t("p", {}, t("b", {}, words), passed && !next?.you ? ` ${S.passed}` : ""),
      canPass && t("button", {type: "button", class: "btn small", key: "pass", "aria-label": next.you ? S.later : S.passBy(next.name), onclick: () => this.say("pass-turn", {id: next.id})}, next.you ? S.later : S.pass));
  }

  watching(role, scale, ends, title, turns) {
    const [strong, soft] = role === "leader" ? S.lead : S.observer;
    return t("div", {class: "ws-watching", key: "watching"}, t("p", {class: "line"}, icon("eye"), t("span", {}, t("b", {}, strong), ` ${soft}`)),
      t("ws-scale", {".props": {scale, title, ends, chosen: null, given: null, locked: true, faces: turns?.faces}, key: "scale"}));
  }

  privacy(props) {
    const [strong, soft] = privacy({...props, narrow: this.query.matches});
    const covered = props.shared && !props.out && (props.given ?? props.chosen ?? null) !== null;
    return t("p", {class: "ws-privacy", key: "privacy"}, icon(props.turns ? "eye" : "lock"), t("span", {}, strong && t("b", {}, `${strong} `), soft),
      covered && t("button", {type: "button", class: "ws-hold", key: "hold", onpointerdown: () => this.hold(true), onkeydown: (event) => [" ", "Enter"].includes(event.key) && this.hold(true), onkeyup: () => this.hold(false)}, S.hold));
  }
}

define("ws-question", Question);
