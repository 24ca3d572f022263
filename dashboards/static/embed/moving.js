// Rows that glide to their places; a short fade where less motion is asked for.
import {calm} from "../elements/dom.js";

export const tops = (nodes) => new Map([...nodes].map(([id, node]) => [id, node.getBoundingClientRect().top]));

export function glide(nodes, before, fresh) {
  if (document.hidden) return;
  const options = {duration: calm() ? 100 : 320, easing: "cubic-bezier(.2, .7, .3, 1)"};
  for (const id of fresh) nodes.get(id)?.animate([{opacity: 0}, {opacity: 1}], options);
  if (calm()) return;
  for (const [id, top] of before) {
    const by = nodes.has(id) ? top - nodes.get(id).getBoundingClientRect().top : 0;
    if (by) nodes.get(id).animate([{transform: `translateY(${by}px)`}, {transform: "none"}], options);
  }
}
