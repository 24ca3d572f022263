// <ws-time>: the ring and the time left. It counts by itself from a deadline and draws anew once a second; nothing pulses.
// `{time, short}`; tells `milestone` when half, a tenth, or none of the time is left.
import {View, define} from "./element.js";
import {TEXTS} from "./texts.js";
import {milestones, reading} from "./timing.js";
import {t} from "./tree.js";

const AROUND = 2 * Math.PI * 11;

export function ring(share, tone) {
  return t("svg", {viewBox: "0 0 28 28", class: "ring", "aria-hidden": "true"}, t("circle", {cx: 14, cy: 14, r: 11, class: "track"}),
    t("circle", {cx: 14, cy: 14, r: 11, class: `left ${tone}`, "stroke-dasharray": `${(share * AROUND).toFixed(2)} ${AROUND.toFixed(2)}`}));
}

class Time extends View {
  started(signal) {
    this.before = null;
    signal.addEventListener("abort", () => clearTimeout(this.timer), {once: true});
  }

  changed(before) {
    if (before.time?.total !== this.props.time?.total || before.time?.section !== this.props.time?.section) this.before = null;
  }

  view({time, short, button}) {
    clearTimeout(this.timer);
    const read = reading(time, Date.now());
    if (!read) return [];
    this.timer = setTimeout(() => this.draw(), time.paused ? 60000 : 1000 - ((((time.deadline ?? 0) - Date.now()) % 1000) + 1000) % 1000 || 1000);
    if (!time.paused) for (const name of milestones(this.before, read.left, time.total)) this.say("milestone", {name});
    this.before = read.left;
    const parts = [ring(read.share, read.tone), t("span", {class: "figures"}, t("b", {class: `num ${read.tone}`}, short && read.tone === "over" ? `+${read.figure.split(" ")[0]}` : read.figure), !short && t("span", {}, read.words))];
    const label = TEXTS.time.label(read.figure, read.words);
    if (button) return t("button", {type: "button", class: "ws-clock", "aria-label": label, title: TEXTS.dock.time, onclick: () => this.say("time-menu")}, parts);
    return t("div", {class: "ws-clock", role: "timer", "aria-label": label}, parts);
  }
}

define("ws-time", Time);
