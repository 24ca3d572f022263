// People as the workshop shows them: two letters on one of eight soft tints, the same for the same person everywhere,
// and a shape for what they are: done has a tick, awaited a dashed edge, away is grey, watching is an eye.
import ICONS from "../icons.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";

export const TINTS = 8;

const letters = (text) => {
  const trimmed = String(text ?? "").trim();
  return globalThis.Intl?.Segmenter ? [...new Intl.Segmenter("en", {granularity: "grapheme"}).segment(trimmed)].map(({segment}) => segment) : [...trimmed];
};

/** Two letters a person, told apart where their names allow: "Mara" and "Maria" become "Ma" and "Mr". */
export function initials(people) {
  const taken = new Set();
  return new Map(people.map(({id, name}) => {
    const found = choices(name).find((one) => !taken.has(one)) ?? choices(name)[0];
    taken.add(found);
    return [id, found];
  }));
}

function choices(name) {
  const [first = "?", ...rest] = letters(name);
  const parts = String(name ?? "").trim().split(/\s+/);
  const second = parts.length > 1 ? letters(parts.at(-1))[0] : null;
  const others = rest.filter((one) => /\p{L}|\p{N}/u.test(one));
  const wide = /\p{Extended_Pictographic}/u.test(first);
  const all = [second && first + second.toUpperCase(), ...(wide ? [first] : []), ...others.map((one) => first.toUpperCase() + one.toLowerCase()), first.toUpperCase()];
  return all.filter(Boolean);
}

/** One drawing of the set, hidden from readers: it always stands beside words or in a named control. */
export const icon = (meaning, extra = {}) => t("svg", {viewBox: "0 0 24 24", "aria-hidden": "true", ...extra, class: `icon ${extra.class ?? ""}`.trim()},
  (ICONS[meaning] ?? ICONS.event).map(([tag, attributes]) => t(tag, attributes)));

/** A face. `state`: done, wait, away, watch, or nothing at all. */
export function face(person, {state = "", size = "", you = person.you} = {}) {
  const kind = ["ws-face", state, size, you ? "you" : "", state === "away" || state === "watch" ? "" : `tint-${person.tint}`];
  return t("span", {class: kind.filter(Boolean).join(" "), key: `face-${person.id}`, "aria-hidden": "true"},
    state === "watch" ? icon("eye") : t("span", {}, person.initials),
    state === "done" && t("span", {class: "tick", key: "tick"}, icon("check")));
}

/** Those whose faces the bar shows: all of a small group, else the awaited, at most three, oneself first. */
export function facesFor(people, {few}) {
  const seated = people.filter((one) => !one.observer && one.status !== "dropped");
  if (!few && seated.length <= 10) return {shown: seated, more: 0};
  const awaited = seated.filter((one) => one.awaited).sort((one, other) => Number(other.you ?? false) - Number(one.you ?? false));
  return awaited.length <= 3 ? {shown: awaited, more: 0} : {shown: awaited.slice(0, 2), more: awaited.length - 2};
}

export const stateOf = (person) => (person.observer ? "watch" : person.away ? "away" : person.awaited ? "wait" : person.done ? "done" : "");

export const lightIcon = (light) => t("svg", {viewBox: "0 0 20 20", class: `light ${light}`, "aria-hidden": "true"}, LIGHTS[light] ?? []);

const stroke = {fill: "none", stroke: "var(--surface)", "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round"};
const LIGHTS = {
  green: [t("circle", {cx: 10, cy: 10, r: 9}), t("path", {...stroke, d: "M6 10.4l2.8 2.8L14.2 7.4"})],
  amber: [t("path", {d: "M8.7 1.9a1.5 1.5 0 0 1 2.6 0l8 14.2a1.5 1.5 0 0 1-1.3 2.2H2a1.5 1.5 0 0 1-1.3-2.2z"}), t("path", {...stroke, d: "M10 7.2v4.600M10 14.900v.01"})],
  red: [t("rect", {x: 1, y: 1, width: 18, height: 18, rx: 4}), t("path", {...stroke, d: "M6 10h8"})],
};

/** A traffic light: shape, colour and words together. `size` is sm, md or lg. */
export const light = (kind, {size = "md", words = TEXTS.lights[kind]} = {}) =>
  t("span", {class: `ws-light ${kind} ${size}`}, lightIcon(kind), t("span", {}, words));
