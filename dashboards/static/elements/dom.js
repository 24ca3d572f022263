// The few ways in which elements make nodes. What people wrote goes in as text, never as markup.
import DRAWINGS from "../icons.js";

const SVG = "http://www.w3.org/2000/svg";
const ASSETS = new URL("..", import.meta.url);
const ANIMAL = /^(?:\/assets\/avatars\/)?([a-z]+-[1-8])(?:\.svg)?$/;
const DEEP = 8;

/** An element with properties (`class`, `on…` listeners, attributes) and children (nodes or text). */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** One drawing of the set, by its meaning; hidden from readers unless it is given a name. */
export function icon(meaning, {size, label} = {}) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  if (size) svg.style.fontSize = `${size}px`;
  if (label) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", label); } else svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of DRAWINGS[meaning] ?? DRAWINGS.event) {
    const part = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    svg.append(part);
  }
  return svg;
}

/** The number of the deep ground behind an adult's initial: the same for the same person everywhere. */
export function ground(text) {
  let sum = 0;
  for (const letter of String(text ?? "")) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return (sum % DEEP) + 1;
}

/** A person's face. Pictures come from our own set only; anybody else's address is not asked for. */
export function face(person, {size = 40, mark = null, you = false, title = null} = {}) {
  const node = h("span", {class: you ? "face you" : "face", title});
  node.style.setProperty("--face", `${size}px`);
  const animal = ANIMAL.exec(person.avatar ?? "")?.[1];
  if (person.avatar === "initial" && person.name) {
    const deep = ground(person.id ?? person.name);
    node.append(h("span", {class: `initial deep-${deep}`, "aria-hidden": "true"}, [...person.name.trim()][0].toUpperCase()));
  } else {
    node.append(h("img", {src: new URL(`avatars/${animal ?? "neutral"}.svg`, ASSETS).href, alt: "", width: size, height: size, loading: "lazy"}));
  }
  if (mark) node.append(h("span", {class: `mark ${mark}`, "aria-hidden": "true"}));
  return node;
}

/** A stylesheet for shadow roots, made once per text. */
const sheets = new Map();
export function sheet(text) {
  if (!sheets.has(text)) {
    const made = new CSSStyleSheet();
    made.replaceSync(text);
    sheets.set(text, made);
  }
  return sheets.get(text);
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
