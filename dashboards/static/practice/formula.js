// A task as it is written in books: fractions and powers in the running text, x in italics. Nodes only, never markup.
import {h} from "../elements/dom.js";

const PARTS = /(\d+\/\d+)|(\bx\b|(?<=\d)x)/g;

export function formula(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PARTS)) {
    if (found.index > from) nodes.push(text.slice(from, found.index));
    if (found[1]) {
      const [top, bottom] = found[1].split("/");
      nodes.push(h("span", {class: "fraction", role: "img", "aria-label": `${top} over ${bottom}`}, h("span", {}, top), h("span", {}, bottom)));
    } else nodes.push(h("i", {}, found[0]));
    from = found.index + found[0].length;
  }
  return [...nodes, text.slice(from)];
}
