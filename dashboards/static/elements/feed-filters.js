// The filters of a feed: kinds of activity and a subject. What is chosen is said to `changed`; nothing chosen is everything.
import {h, icon} from "./dom.js";

export const GROUPS = {
  "Practices": ["practice_completed", "practice_started", "co_practice_completed"],
  "Quizzes": ["quiz_completed", "diagnostic_completed"],
  "Badges and streaks": ["achievement_unlocked", "streak_milestone"],
  "Bests and levels": ["high_score", "level_up"],
  "Boards": ["leaderboard_rank"],
  "Challenges": ["challenge_won"],
  "Friends": ["friend_joined"],
};

export const FILTERS_CSS = `
  .filters { display: grid; gap: 12px; padding: 4px 0 14px; border-bottom: 1px solid var(--line); }
  .chips { display: flex; flex-wrap: wrap; gap: 8px; }
  .pick { min-height: 34px; padding: 0 14px; font: inherit; font-size: 13px; font-weight: 600; color: var(--muted); background: var(--surface-2);
    border: 1px solid transparent; border-radius: 999px; cursor: pointer; transition: background-color var(--quick), color var(--quick); }
  .pick:hover { color: var(--text); }
  .pick[aria-pressed="true"] { color: var(--accent); background: var(--accent-weak); border-color: var(--accent); }
  .subject { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; font-size: 13px; color: var(--muted); }
  .subject select { min-height: 36px; padding: 0 30px 0 12px; font: inherit; font-size: 13px; font-weight: 600; color: var(--text); background: var(--surface);
    border: 1px solid var(--line-strong); border-radius: var(--radius); }
  .subject .btn { margin-left: auto; }
  @media (pointer: coarse) { .pick, .subject select { min-height: 44px; } }`;

/** Whether an activity fits; the newest kinds of all pass when no kind is chosen. */
export function fits(item, {groups, subject}) {
  if (subject && item.subject !== subject) return false;
  return groups.size === 0 || [...groups].some((group) => GROUPS[group].includes(item.type));
}

/** What the list's address is asked for. */
export function asked({groups, subject}) {
  const types = [...groups].flatMap((group) => GROUPS[group]);
  return {...(types.length ? {type: types.join(",")} : {}), ...(subject ? {subject} : {})};
}

/** The panel. `subjects` are [{id, name}]. */
export function filterPanel(subjects, changed) {
  const chosen = {groups: new Set(), subject: ""};
  const tell = () => {
    clear.hidden = !chosen.groups.size && !chosen.subject;
    changed(chosen);
  };
  const chips = Object.keys(GROUPS).map((group) => h("button", {class: "pick", type: "button", "aria-pressed": "false", onclick: ({currentTarget}) => {
    const on = !chosen.groups.delete(group) && Boolean(chosen.groups.add(group));
    currentTarget.setAttribute("aria-pressed", String(on));
    tell();
  }}, group));
  const select = h("select", {"aria-label": "Subject", onchange: () => { chosen.subject = select.value; tell(); }},
    h("option", {value: ""}, "Every subject"), subjects.map(({id, name}) => h("option", {value: id}, name)));
  const clear = h("button", {class: "btn text small", type: "button", hidden: true, onclick: () => {
    chosen.groups.clear();
    chosen.subject = select.value = "";
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    tell();
  }}, icon("close", {size: 16}), "Show everything");
  const panel = h("div", {class: "filters", role: "group", "aria-label": "Filters", hidden: true}, h("div", {class: "chips"}, chips),
    h("div", {class: "subject"}, select, clear));
  return {panel, chosen, count: () => chosen.groups.size + (chosen.subject ? 1 : 0)};
}
