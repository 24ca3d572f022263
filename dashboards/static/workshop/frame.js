// The frame that stands still around every screen. <ws-top>: where we are. <ws-dock>: who we wait for, and one's one button.
// Both take plain values; below 720 px of width they take their phone form by themselves.
import {View, define} from "./element.js";
import {face, facesFor, icon, stateOf} from "./faces.js";
import {TEXTS} from "./texts.js";
import "./time.js";
import {t} from "./tree.js";
import {spaced} from "./words.js";

const F = TEXTS.frame;
export const NARROW = "(max-width: 759px)";

/** An element that draws itself anew when the page becomes narrow or wide. */
class Framed extends View {
  started(signal) {
    this.query = matchMedia(NARROW);
    this.close = matchMedia("(max-width: 1199px)");
    for (const query of [this.query, this.close]) query.addEventListener("change", () => this.draw(), {signal});
  }
  get narrow() { return this.query?.matches ?? false; }
}

export const mark = () => t("svg", {viewBox: "0 0 44 32", class: "ws-mark", "aria-hidden": "true"},
  t("path", {fill: "var(--accent)", d: "M22 2.250A15 15 0 1 0 22 29.750 15 15 0 0 1 22 2.250z"}), t("path", {fill: "var(--sun)", d: "M22 2.250A15 15 0 1 1 22 29.750 15 15 0 0 0 22 2.250z"}));

/** The steps in their groups: pips with a pill for the present one, or a line of pieces on phones. */
export function pips(steps, narrow) {
  const now = steps.find((one) => one.state === "now");
  const groups = [];
  for (const step of steps) if (groups.at(-1)?.[0].group === step.group) groups.at(-1).push(step); else groups.push([step]);
  const pip = (step) => (!narrow && step.state === "now" ? t("span", {class: "pill", key: step.key}, step.label) : t("span", {class: `pip ${step.state}`, key: step.key}));
  return t("div", {class: narrow ? "ws-line" : "ws-pips", role: "img", "aria-label": `${F.steps}: ${now?.label ?? F.completed}`},
    groups.map((group) => t("span", {class: "group", key: group[0].group, style: narrow ? `flex:${group.reduce((sum, one) => sum + (one.state === "now" ? 2.4 : 1), 0)}` : null}, group.map(pip))));
}

class Top extends Framed {
  view(props) {
    return this.narrow ? phoneTop(props, this.say.bind(this)) : wideTop(props, this.say.bind(this));
  }
}

const round = (meaning, label, onclick, extra = {}) => t("button", {type: "button", class: "ws-round", "aria-label": label, title: label, onclick, ...extra}, icon(meaning));

function wideTop({code, steps = [], time, here, room, plain, dark, facilitator, notes}, say) {
  return t("div", {class: "ws-top"},
    t("div", {class: "start"}, t("a", {class: "brand", href: "/workshop", "aria-label": F.home}, mark(), t("span", {}, "Tandem")), (code || room) && t("span", {class: "code"}, room ?? spaced(code))),
    steps.length ? pips(steps, false) : null,
    t("div", {class: "end"},
      time && t("ws-time", {".props": {time, button: facilitator}, key: "time"}),
      !plain && t("button", {type: "button", class: "ws-here", key: "here", onclick: () => say("people")}, t("span", {class: "live", "aria-hidden": "true"}), F.here(here ?? 0)),
      notes !== undefined && round("note", `${F.notes}, ${notes}`, () => say("notes-open"), {key: "notes"}),
      round("help", F.help, () => say("help"), {key: "help"}), !plain && round("feedback", F.feedback, () => say("feedback"), {key: "feedback"}), round(dark ? "sun" : "moon", F.theme, () => say("theme"), {key: "theme"})));
}

function phoneTop({code, steps = [], time, room, plain, dark, title, facilitator}, say) {
  const now = steps.find((one) => one.state === "now");
  const [head, tail, close] = now?.short ?? [now?.label ?? room ?? "Tandem", title && now?.kind === "lobby" ? `· ${title}` : ""];
  return t("div", {class: "ws-top phone"},
    t("div", {class: "row"}, t("a", {class: "brand", href: "/workshop", "aria-label": F.home}, mark()), t("p", {class: "where"}, close && time ? [t("b", {"aria-hidden": "true"}, close), t("span", {class: "sr"}, `${head} ${tail}`)] : [t("b", {}, head), tail && t("span", {}, ` ${tail}`)]),
      time && t("ws-time", {".props": {time, short: true, button: facilitator}, key: "time"}), round("help", F.help, () => say("help"), {key: "help"}),
      plain ? round(dark ? "sun" : "moon", F.theme, () => say("theme"), {key: "theme"}) : round("more", F.more, () => say("more"), {key: "more"})),
    steps.length ? pips(steps, true) : null);
}

/** One's one button. `kind`: primary, done (said already), wait (with its reason), outline. */
export function mainButton({label, kind, what, reason, detail}, say) {
  if (!label) return null;
  const waits = kind === "wait";
  return t("button", {type: "button", key: "main", class: `ws-main ${kind}`, "aria-disabled": waits ? "true" : null, "aria-describedby": reason ? "ws-reason" : null,
    onclick: () => !waits && what && say(what, detail ?? {})}, kind === "done" && icon("check"), t("span", {}, label));
}

class Dock extends Framed {
  view(props) {
    const {people = [], strong, soft, softShort, tools = [], main, sign, lobby} = props;
    const say = this.say.bind(this);
    const few = lobby || this.close?.matches;
    const {shown, more} = facesFor(people, {few});
    const faces = (!lobby || this.narrow) && props.faces !== false && (shown.length || more)
      ? t("div", {class: "faces", key: "faces"}, shown.map((one) => face(one, {state: stateOf(one)})), more ? t("span", {class: "ws-face more", key: "more"}, `+${more}`) : null) : null;
    return t("div", {class: `ws-dock${this.narrow ? " phone" : ""}${main ? "" : " quiet"}`},
      sign && t("span", {class: `sign ${sign.tone ?? ""}`, key: "sign"}, icon(sign.icon)), !this.narrow && faces,
      t("div", {class: "who", key: "who"}, t("p", {class: "strong"}, strong), t("p", {class: "soft"}, (this.narrow && softShort) || soft)), this.narrow && faces,
      tools.length && !this.narrow ? t("div", {class: "tools", role: "group", "aria-label": F.tools, key: "tools"}, tools.map((tool) => t("button", {type: "button", key: tool.what, onclick: () => say(tool.what)}, icon(tool.icon), tool.label))) : null,
      main && mainButton(main, say), main?.reason && t("p", {class: "sr", id: "ws-reason", key: "reason"}, main.reason));
  }
}

define("ws-top", Top);
define("ws-dock", Dock);
