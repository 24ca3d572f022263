// The four reactions under an activity: how many there are of each, and one's own. A tap shows at once and is taken back
// if it does not reach the server; the counts that hold are those which the server tells everybody.
import {api} from "./api.js";
import {calm, h, icon} from "./dom.js";

export const KINDS = {like: "Like", celebrate: "Celebrate", wow: "Wow", support: "Support"};

/** What the counts become when one's own reaction changes from `mine` to `kind`; the same again takes it back. */
export function toggled(counts, mine, kind) {
  const now = mine === kind ? null : kind;
  const next = {...counts};
  if (mine) next[mine] = Math.max(0, (next[mine] ?? 0) - 1);
  if (now) next[now] = (next[now] ?? 0) + 1;
  return {mine: now, counts: Object.fromEntries(Object.entries(next).filter(([, count]) => count > 0))};
}

/** The buttons of one activity, in a group with a name; `react(kind)` is called when one is pressed. */
export function reactionBar(react) {
  const buttons = Object.entries(KINDS).map(([kind, label]) => {
    const count = h("span", {class: "num"});
    const button = h("button", {class: "reaction", type: "button", "data-kind": kind, "aria-pressed": "false", title: label,
      onclick: () => react(kind)}, icon(kind, {size: 16}), count);
    return {kind, label, button, count};
  });
  const bar = h("div", {class: "reactions", role: "group", "aria-label": "Reactions"}, buttons.map(({button}) => button));
  const show = (counts, mine) => {
    for (const {kind, label, button, count} of buttons) {
      const number = counts[kind] ?? 0;
      const grew = number > Number(count.textContent || 0) && bar.isConnected;
      count.textContent = number ? String(number) : "";
      button.classList.toggle("some", number > 0);
      button.setAttribute("aria-pressed", String(mine === kind));
      button.setAttribute("aria-label", number ? `${label}, ${number}` : label);
      if (grew && !calm()) button.firstChild.animate([{scale: 1}, {scale: 1.15}, {scale: 1}], {duration: 160});
    }
  };
  return {bar, show};
}

const ASKED = 100;

/** One's own reactions to these activities, by their ids, and those of them that one has challenged. */
export async function myReactions(ids) {
  const mine = {reactions: {}, challenged: []};
  for (let start = 0; start < ids.length; start += ASKED) {
    const query = new URLSearchParams({activities: ids.slice(start, start + ASKED).join(",")});
    const {reactions, challenged} = await api(`/reactions?${query}`);
    Object.assign(mine.reactions, reactions);
    mine.challenged.push(...challenged);
  }
  return mine;
}

export const REACTIONS_CSS = `
  .reactions { display: flex; flex-wrap: wrap; gap: 4px; margin-right: -8px; }
  .reaction { display: inline-flex; align-items: center; gap: 6px; min-width: 34px; min-height: 32px; padding: 0 8px; font: inherit; font-size: 12.5px;
    font-weight: 600; color: var(--muted); background: none; border: 1px solid transparent; border-radius: 999px; cursor: pointer;
    transition: background-color var(--quick), color var(--quick); }
  .reaction:hover { color: var(--text); background: var(--surface-2); }
  .reaction .icon { color: inherit; }
  .reaction.some { padding: 0 10px; background: var(--surface-2); }
  .reaction[aria-pressed="true"] { color: var(--accent); background: var(--accent-weak); border-color: var(--accent); }
  .reaction[disabled] { cursor: not-allowed; }
  .unsaid { font-size: 12.5px; color: var(--warn); }
  @media (pointer: coarse) { .reaction { min-width: 44px; min-height: 44px; justify-content: center; } }`;
