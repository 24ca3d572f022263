// What a board's page shows, from what the server said: rows in order, what is left out, ties, and the next step that is in
// reach. Pure: no nodes, no clock of its own.

export const TOP = 10, BESIDE = 2;
const ORDER = {daily: "day", weekly: "week", all_time: "all time"};

/** A score as people read it: whole points, or an average with one decimal. */
export function scoreText(score, board) {
  if (score === null || score === undefined) return "–";
  if (board.divisor === 1) return score.toLocaleString("en-GB");
  return (score / board.divisor).toLocaleString("en-GB", {minimumFractionDigits: 1, maximumFractionDigits: 1});
}

export const UNITS = {points: "Points", avg_score: "Average", avg_wpm: "Words a minute", percentile: "Out of 100"};

export function todayText(row, board) {
  if (row.today === null || row.today === undefined) return "–";
  return board.metric === "points" ? `+${scoreText(row.today, board)}` : scoreText(row.today, board);
}

export const signed = (number, digits = 0) => {
  const text = Math.abs(number).toFixed(digits);
  return Number(text) === 0 ? text : `${number > 0 ? "+" : "−"}${text}`;
};

/** Newer first rows, as they were pushed, in a reading that also knows one's own place. */
export function withEntries(reading, entries) {
  const mine = reading.me && entries.find((row) => row.user_id === reading.me.entry.user_id);
  const fresh = new Map(entries.map((row) => [row.user_id, row]));
  const around = reading.around.map((row) => fresh.get(row.user_id) ?? row);
  return {...reading, entries, around, me: mine ? {...reading.me, entry: mine} : reading.me};
}

/** Whether what was pushed leaves open where one stands oneself. */
export const mustAsk = (reading, entries) => !reading?.me || !entries.slice(0, TOP - BESIDE).some((row) => row.user_id === reading.me.entry.user_id);

/** Without somebody who is gone from boards. */
export function without(reading, userId) {
  const keep = (rows) => rows.filter((row) => row.user_id !== userId);
  return {...reading, entries: keep(reading.entries), around: keep(reading.around)};
}

/** The lines of the table: {row, mine, tie} and {gap}; with `alone` only one's own. */
export function linesOf(reading, {alone = false} = {}) {
  const me = reading.me?.entry.user_id ?? null;
  const own = reading.me ? [reading.me.entry] : [];
  const top = alone ? [] : reading.entries.slice(0, TOP);
  const shown = new Set(top.map((row) => row.user_id));
  const near = alone ? own : beside(reading.around.length ? reading.around : own, me).filter((row) => !shown.has(row.user_id));
  const line = (row) => ({row, mine: row.user_id === me});
  const lines = top.map(line);
  const left = near.length && top.length ? leftOut(top, near) : null;
  if (left) lines.push({gap: left});
  lines.push(...near.map(line));
  return tied(lines);
}

function beside(around, me) {
  const at = around.findIndex((row) => row.user_id === me);
  return at < 0 ? [] : around.slice(Math.max(0, at - BESIDE), at + BESIDE + 1);
}

function leftOut(top, near) {
  const last = top.at(-1).rank, first = near[0].rank, next = Math.max(top.length, last) + 1;
  if (first === last) return "others with the same";
  if (first <= next) return null;
  return first - 1 === next ? String(next) : `${next} to ${(first - 1).toLocaleString("en-GB")}`;
}

function tied(lines) {
  const rows = lines.filter((line) => line.row);
  const count = new Map();
  for (const {row} of rows) count.set(row.rank, (count.get(row.rank) ?? 0) + 1);
  for (const line of rows) line.tie = count.get(line.row.rank) > 1;
  return lines;
}

/** One's own place, one before and one behind: what a phone keeps in sight while the first ten scroll. */
export function pinned(reading) {
  const me = reading.me?.entry.user_id;
  const at = reading.around.findIndex((row) => row.user_id === me);
  return new Set(reading.around.slice(Math.max(0, at - 1), at + 2).map((row) => row.user_id));
}

/** Five points of the ranks after one's last practices, in a box: a rise goes up. */
export function trace(history, width = 50, height = 12) {
  const last = history.slice(-5);
  if (last.length < 2) return [[0, height / 2], [width, height / 2]];
  const best = Math.min(...last), span = Math.max(...last) - best;
  const low = Math.max(span, 4);
  return last.map((rank, n) => [(n * width) / (last.length - 1), span ? height / 2 + ((rank - best - span / 2) / low) * height : height / 2]);
}

/** What would bring one a place further, said so that it can be done; a sentence, never a threat. */
export function nextStep(reading, board) {
  if (!reading.me) return board.least > 1 ? `${numeral(board.least)} results put you on this board.` : "Your first practice puts you on this board.";
  const mine = reading.me.entry;
  const ahead = reading.around.filter((row) => row.score > mine.score).at(-1) ?? [...reading.entries].reverse().find((row) => row.score > mine.score);
  if (!ahead) return reading.people > 1 ? "You are in front. Enjoy the view." : "You are the first one here. Others join by practising.";
  const gap = ahead.score - mine.score;
  if (board.metric === "points") return byPoints(gap, mine, ahead);
  if (board.metric === "percentile") return "Typing, maths, reading and piano all count here: a practice in any of them lifts you.";
  return byAverage(mine, ahead, board);
}

function byPoints(gap, mine, ahead) {
  const usual = Math.max(1, Math.round(mine.score / Math.max(1, mine.results)));
  const practices = Math.ceil(gap / Math.max(1, usual));
  const points = gap.toLocaleString("en-GB");
  if (practices <= 1) return `One more practice, about ${usual} points, brings you level with ${ahead.user_name}.`;
  if (practices <= 5) return `${numeral(practices)} more practices, about ${usual} points each, bring you level with ${ahead.user_name}.`;
  return `${ahead.user_name} is ${points} points ahead. Every practice counts towards it.`;
}

function byAverage(mine, ahead, board) {
  const needed = Math.ceil((ahead.score * (mine.results + 1) - mine.score * mine.results) / board.divisor);
  const unit = board.metric === "avg_wpm" ? `${needed} words a minute` : `${needed}%`;
  if (board.metric === "avg_score" && needed > 100) return "An average moves a little with each result. Steady ones lift it.";
  if (board.metric === "avg_wpm" && needed * 100 > mine.score * 1.3) return "An average moves a little with each practice. Steady ones lift it.";
  return `A result of ${unit} brings you level with ${ahead.user_name}.`;
}

const numeral = (count) => ["No", "One", "Two", "Three", "Four", "Five"][count] ?? String(count);

/** How one moved over one's last practices: places up, or null for nothing that should be said. */
export function climbed(row) {
  const last = (row.history ?? []).slice(-6);
  return last.length > 1 && last[0] > last.at(-1) ? last[0] - last.at(-1) : null;
}

/** "New week starts Monday, in 2d 9h". */
export function untilNext(endsAt, period, now) {
  if (!endsAt || period === "all_time") return "";
  const minutes = Math.max(0, Math.round((Date.parse(endsAt) - now) / 60000));
  const hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
  const wait = days ? `${days}d ${hours % 24}h` : hours ? `${hours}h ${minutes % 60}m` : `${minutes}m`;
  return `New ${ORDER[period]} starts ${period === "weekly" ? "Monday, " : ""}in ${wait}`;
}

/** The day with which the table before this one began. */
export function startBefore(period, start) {
  const day = new Date(`${start}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - (period === "daily" ? 1 : 7));
  return day.toISOString().slice(0, 10);
}

/** Which table an address names, as far as there is one. */
export function viewOf(search, boards, {scopes, usual}) {
  const asked = new URLSearchParams(search);
  const pick = (name, known, fallback) => (known.includes(asked.get(name)) ? asked.get(name) : fallback);
  const period = pick("period", ["daily", "weekly", "all_time"], "weekly");
  const start = /^\d{4}-\d{2}-\d{2}$/.test(asked.get("start") ?? "") && period !== "all_time" ? asked.get("start") : null;
  return {period, board: pick("board", boards.map(({id}) => id), usual), scope: pick("scope", scopes, scopes[0]), start};
}

export function addressOf({period, board, scope, start}) {
  return `?${new URLSearchParams({period, board, scope, ...(start ? {start} : {})})}`;
}
