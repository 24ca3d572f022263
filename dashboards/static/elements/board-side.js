// What stands beside a board: one's own week with the next step in reach, how the board works, and whether others see one.
import {api} from "./api.js";
import {h, icon} from "./dom.js";
import {climbed, nextStep} from "./board-model.js";

const SO_FAR = {daily: "Your day so far", weekly: "Your week so far", all_time: "Your place so far"};
const HOW = {
  points: "Every finished practice, quiz and diagnostic adds points here, more for a better result.",
  avg_score: "This is the average of your results here. It takes three, so that one lucky one does not lead.",
  avg_wpm: "This is the average of your typing speed. It takes three practices, so that one lucky one does not lead.",
  percentile: "This is your mean place over typing, maths, reading and piano. It is counted every few minutes.",
};
const WHO = {
  global: "Everybody who may be seen by everybody is listed, under the name they chose.",
  cohort: "First names, nicknames and animals only. Nobody outside your cohort sees this board.",
  friends: "You and your friends, nobody else. Only you see it like this.",
};

/** One's own place and what would move it. `practise` is where a practice begins, if there is such a page. */
export function week(reading, board, {period, frozen, practise}) {
  const title = frozen ? "How you stood" : SO_FAR[period];
  const mine = reading?.me?.entry;
  const by = mine && !frozen ? climbed(mine) : null;
  const place = mine && h("div", {class: "place"}, h("b", {class: "num"}, mine.rank.toLocaleString("en-GB")), h("span", {class: "num"}, `of ${outOf(reading)}`),
    by && h("span", {class: "chip good"}, icon("up"), `${by} over your last practices`));
  const hidden = mine && !reading.me.listed && h("p", {class: "step"}, "Others do not see you here. This is where you would stand.");
  const step = frozen ? null : h("p", {class: "step"}, reading ? nextStep(reading, board) : "");
  const way = !frozen && practise && board.subject && h("a", {class: "btn primary", href: `${practise}?subject=${encodeURIComponent(board.subject)}`}, icon("started", {size: 16}), `Practise ${board.plain ?? board.name}`);
  return [h("h2", {}, title), place, hidden, frozen && !mine ? h("p", {class: "muted"}, "You were not on it.") : step, way].filter(Boolean);
}

const outOf = (reading) => Math.max(reading.people + (reading.me.listed ? 0 : 1), reading.me.entry.rank).toLocaleString("en-GB");

export function rules(board, scope) {
  const line = (meaning, text) => h("li", {}, icon(meaning), h("span", {}, text));
  return [h("h2", {}, "How this board works"), h("ul", {class: "plain-list rules"},
    line("equal", `${HOW[board.metric]} Equal scores share a rank; whoever got there first is listed first.`),
    line("gauge", "“Ranks a session” is how many places one moves with each practice, over the last five."),
    line("hidden", WHO[scope]))];
}

/** What others call one, here and everywhere: a line with the way to change it, which opens a field in its place. */
export function nickname(changed) {
  const now = h("b", {}, "…"), problem = h("p", {class: "problem", role: "status"});
  const change = h("button", {class: "btn text small", type: "button", onclick: () => edit(true)}, "Change");
  const field = h("input", {type: "text", class: "field", maxlength: 24, autocomplete: "off", "aria-label": "Your nickname", placeholder: "A nickname"});
  const leave = h("button", {class: "btn text small", type: "button", onclick: () => edit(false)}, "Not now");
  const form = h("form", {class: "naming", hidden: true}, field, h("div", {class: "acts"}, h("button", {class: "btn tint small", type: "submit"}, "Use it"), leave));
  const line = h("div", {class: "called"}, h("span", {}, h("small", {}, "Others read"), now), change);
  let chosen = null;
  const show = (told) => { chosen = told.nickname; now.textContent = told.public_name; };
  const edit = (open) => {
    form.hidden = !open;
    line.hidden = open;
    problem.textContent = "";
    if (open) { field.value = chosen ?? ""; field.focus(); } else change.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      show(await api("/me/nickname", {method: "PUT", body: {nickname: field.value.trim() || null}}));
      edit(false);
      changed();
    } catch (error) { problem.textContent = error.message; }
  });
  return {nodes: [line, form, problem, h("small", {class: "note"}, "A nickname stands wherever your name did, on every open page. Left empty, you are called as before.")], load: () => api("/me/nickname").then(show, () => {})};
}

/** The switch for being shown to others: takes its whole row, says what it does, and undoes itself if it does not reach the server. */
export function wish(changed) {
  const box = h("button", {class: "wish", type: "button", role: "switch", "aria-checked": "true", disabled: true}, h("b", {}, "Show me on boards"),
    h("span", {class: "toggle", "aria-hidden": "true"}), h("small", {}, "When it is off, you still see your own rank. Points and badges stay yours."));
  const problem = h("p", {class: "problem", role: "status"});
  const show = (on) => box.setAttribute("aria-checked", String(on));
  const load = () => api("/leaderboards/me").then(({listed}) => { show(listed); box.disabled = false; }, () => { box.disabled = false; });
  box.onclick = async () => {
    const on = box.getAttribute("aria-checked") !== "true";
    show(on);
    box.disabled = true;
    problem.textContent = "";
    try {
      await api("/leaderboards/me", {method: "PUT", body: {listed: on}});
      changed(on);
    } catch (error) {
      show(!on);
      problem.textContent = error.message;
    }
    box.disabled = false;
  };
  return {nodes: [h("h2", {class: "sr"}, "Being on boards"), box, problem], load};
}
