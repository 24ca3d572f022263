// <ws-lobby>: get in, who is here, say that you are ready. `{title, code, link, host, people, me, minutes, disclosure, pin, warn, crowd}`.
import {View, define} from "./element.js";
import {face, icon, stateOf} from "./faces.js";
import {NARROW} from "./frame.js";
import {path, qr} from "./qr.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {spaced} from "./words.js";

const L = TEXTS.lobby;
const TWO_COLUMNS = 9;

/** The link as a picture, drawn here: nobody else learns it. */
export function code(link) {
  const modules = qr(link);
  if (!modules) return null;
  const size = modules.length + 4;
  return t("svg", {viewBox: `0 0 ${size} ${size}`, class: "ws-qr", role: "img", "aria-label": L.qr}, t("rect", {width: size, height: size, class: "paper"}), t("path", {transform: "translate(2 2)", d: path(modules)}));
}

/** Oneself first, then the facilitator, then as they came; observers stand below a line. */
export function ordered(people) {
  const rank = (one) => (one.you ? 0 : one.facilitator ? 1 : 2);
  const here = people.filter((one) => one.status !== "dropped");
  return {seated: here.filter((one) => !one.observer).sort((one, other) => rank(one) - rank(other)), watching: here.filter((one) => one.observer)};
}

const under = (one) => (one.you && one.facilitator ? L.youFacilitator : one.facilitator ? L.facilitator : one.you ? TEXTS.you : one.away ? L.away : "");
const ready = (one) => (one.away ? null : one.done ? t("span", {class: "ready"}, t("span", {class: "disc"}, icon("check")), L.ready) : t("span", {class: "not"}, L.notYet));

class Lobby extends View {
  started(signal) {
    this.query = matchMedia(NARROW);
    this.query.addEventListener("change", () => this.draw(), {signal});
  }

  view(props) {
    return t("section", {class: "ws-lobby"}, t("div", {class: "left"}, this.welcome(props), this.pin(props), this.query.matches ? this.strip(props) : this.sheet(props), !this.query.matches && this.facts(props)), this.list(props));
  }

  welcome({title, me}) {
    const [first, second] = this.query.matches && me ? [L.mine(me.name), null] : L.heading;
    return [title && !this.query.matches && t("p", {class: "ws-kicker"}, title), t("h1", {tabindex: -1}, first, second && t("br"), second), this.query.matches && t("p", {class: "ws-lead"}, L.mineLead)];
  }

  sheet({code: text, link, host}) {
    return t("div", {class: "ws-card sheet", key: "sheet"}, code(link), t("div", {class: "how"}, t("p", {}, L.scan[0], t("b", {}, host), L.scan[1]), t("p", {class: "code"}, spaced(text)), this.buttons(link)));
  }

  buttons(link) {
    return t("div", {class: "row"}, t("button", {type: "button", class: "btn big", onclick: () => this.copy(link)}, icon(this.copied ? "check" : "copy"), t("span", {"aria-live": "polite"}, this.copied ? L.copied : L.copy)),
      globalThis.navigator?.share && t("button", {type: "button", class: "btn big", onclick: () => navigator.share({url: link}).catch(() => {})}, icon("share"), L.share));
  }

  strip({code: text, link}) {
    return [t("div", {class: "ws-card strip", key: "strip"}, t("div", {}, t("span", {}, L.code), t("b", {class: "code"}, spaced(text))),
      t("button", {type: "button", class: "square", "aria-label": L.showQr, "aria-expanded": String(Boolean(this.showing)), onclick: () => { this.showing = !this.showing; this.draw(); }}, icon("qr")),
      t("button", {type: "button", class: "square", "aria-label": this.copied ? L.copied : L.copy, onclick: () => this.copy(link)}, icon(this.copied ? "check" : "copy"))), this.showing && t("div", {class: "ws-card", key: "qr"}, code(link))];
  }

  async copy(link) {
    await navigator.clipboard?.writeText(link).catch(() => {});
    this.copied = true;
    this.draw();
    setTimeout(() => { this.copied = false; if (this.isConnected) this.draw(); }, 2500);
  }

  pin({pin, pinSeen}) {
    if (!pin || pinSeen) return null;
    const [before, number, after] = L.pin(pin);
    return t("p", {class: "ws-pin", key: "pin"}, t("span", {}, before, t("b", {class: "num"}, number), after), t("button", {type: "button", class: "btn small", onclick: () => this.say("pin-seen")}, L.pinDone));
  }

  facts({minutes, disclosure}) {
    const fact = (meaning, [strong, soft]) => t("li", {}, icon(meaning), t("span", {}, t("b", {}, strong), soft));
    return t("ul", {class: "plain-list facts", key: "facts"}, fact("clock", L.facts.time(minutes ? TEXTS.hours(minutes) : "")), fact("lock", L.facts[disclosure] ?? L.facts.named), fact("people", L.facts.team));
  }

  list({people, crowd}) {
    const {seated, watching} = ordered(people);
    return t("div", {class: `ws-card here${seated.length >= TWO_COLUMNS ? " two" : ""}`, key: "here"}, t("div", {class: "head"}, t("h2", {}, L.here), t("span", {}, L.count(seated.length, watching.length))),
      t("ul", {class: "plain-list"}, seated.map((one) => t("li", {key: one.id, class: one.away ? "away" : ""}, face(one, {size: "row", state: one.away ? "away" : ""}), t("div", {class: "who"}, t("b", {}, one.name), t("span", {}, under(one))), ready(one)))),
      watching.length ? t("ul", {class: "plain-list watching"}, watching.map((one) => t("li", {key: one.id}, face(one, {size: "row", state: stateOf(one)}), t("div", {class: "who"}, t("b", {}, one.name), t("span", {}, one.facilitator ? under(one) : L.watching)), one.facilitator && one.awaited !== undefined ? ready(one) : null))) : null,
      seated.length >= (crowd?.warn ?? 15) && t("p", {class: "warn", key: "warn"}, icon("info"), L.many));
  }
}

define("ws-lobby", Lobby);
