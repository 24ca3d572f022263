import assert from "node:assert/strict";
import {test} from "node:test";

import {addressOf, climbed, linesOf, mustAsk, nextStep, pinned, scoreText, signed, startBefore, todayText, trace, untilNext, viewOf, withEntries,
  without} from "../../dashboards/static/elements/board-model.js";

const POINTS = {id: "math", metric: "points", divisor: 1, least: 1}, AVERAGE = {id: "math_accuracy", metric: "avg_score", divisor: 100, least: 3};
const row = (rank, score, id = `p${rank}`, more = {}) => ({rank, score, user_id: id, user_name: id.toUpperCase(), results: 10, today: null, history: [], velocity: 0, ...more});
const table = (scores, me, more = {}) => {
  const rows = scores.map((score, n) => row(1 + scores.filter((other) => other > score).length, score, `p${n + 1}`));
  const at = rows.findIndex(({user_id: id}) => id === me);
  return {entries: rows.slice(0, 10), me: at < 0 ? null : {entry: rows[at], listed: true}, around: at < 0 ? [] : rows.slice(Math.max(0, at - 3), at + 4), people: rows.length, ...more};
};
const told = (lines) => lines.map((line) => line.gap ?? `${line.row.rank}${line.tie ? "=" : ""}${line.mine ? "*" : ""}`);
const SCORES = Array.from({length: 20}, (_, n) => 1000 - 40 * n);

test("ten first, a gap that names what is left out, then oneself with two neighbours each side [LB-9, LB-11]", () => {
  assert.deepEqual(told(linesOf(table(SCORES, "p14"))), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14*", "15", "16"]);
  assert.deepEqual(told(linesOf(table(SCORES, "p15"))).slice(10), ["11 to 12", "13", "14", "15*", "16", "17"]);
  assert.deepEqual(told(linesOf(table(SCORES, "p9"))).slice(8), ["9*", "10", "11"]);
  assert.deepEqual(told(linesOf(table(SCORES, "p20"))).slice(10), ["11 to 17", "18", "19", "20*"]);
  assert.deepEqual([...pinned(table(SCORES, "p15"))], ["p14", "p15", "p16"]);
});

test("equal scores wear a tie, and many with the same are named so [LB-3]", () => {
  assert.deepEqual(told(linesOf(table([90, 80, 80, 70], "p3"))), ["1", "2=", "2=*", "4"]);
  const many = table([...Array(9).fill(90), ...Array(9).fill(10)], "p16");
  assert.deepEqual(told(linesOf(many)).slice(9, 12), ["10=", "others with the same", "10="]);
});

test("who may be shown to nobody sees their own row alone [LB-13]", () => {
  const lines = linesOf(table(SCORES, "p15"), {alone: true});
  assert.deepEqual(told(lines), ["15*"]);
  assert.deepEqual(linesOf(table(SCORES, null), {alone: true}), []);
});

test("the next step is one that can be taken, or none is named", () => {
  const at = (gap, own = 1240, results = 44) => nextStep({...table([own + gap, own], "p2"), me: {entry: {...row(2, own, "p2"), results}, listed: true}}, POINTS);
  assert.equal(at(28), "One more practice, about 28 points, brings you level with P1.");
  assert.equal(at(60), "Three more practices, about 28 points each, bring you level with P1.");
  assert.equal(at(900), "P1 is 900 points ahead. Every practice counts towards it.");
  assert.equal(nextStep(table([5], null), POINTS), "Your first practice puts you on this board.");
  assert.equal(nextStep(table([5], null), AVERAGE), "Three results put you on this board.");
  assert.equal(nextStep(table([5, 4], "p1"), POINTS), "You are in front. Enjoy the view.");
  const average = (mine, theirs) => nextStep({...table([theirs, mine], "p2"), me: {entry: {...row(2, mine, "p2"), results: 3}, listed: true}}, AVERAGE);
  assert.equal(average(8000, 8200), "A result of 88% brings you level with P1.");
  assert.match(average(5000, 9500), /Steady ones lift it/);
});

test("what is pushed keeps one's own place, and says when it must be asked for [LB-5]", () => {
  const reading = table(SCORES, "p9");
  const pushed = reading.entries.map((entry) => (entry.user_id === "p9" ? {...entry, score: 1, rank: 10} : entry));
  assert.equal(withEntries(reading, pushed).me.entry.score, 1);
  assert.equal(mustAsk(reading, pushed), true);
  assert.equal(mustAsk(table(SCORES, "p3"), table(SCORES, "p3").entries), false);
  assert.equal(mustAsk(table(SCORES, null), []), true);
  assert.deepEqual(told(linesOf(without(reading, "p2"))).slice(0, 2), ["1", "3"]);
});

test("scores, changes and times as people read them", () => {
  assert.equal(scoreText(2313, POINTS), "2,313");
  assert.equal(scoreText(8550, AVERAGE), "85.5");
  assert.equal(todayText({today: 120}, POINTS), "+120");
  assert.equal(todayText({today: null}, POINTS), "–");
  assert.deepEqual([signed(0.4, 1), signed(-0.2, 1), signed(0.04, 1)], ["+0.4", "−0.2", "0.0"]);
  assert.equal(untilNext("2026-03-09T00:00:00Z", "weekly", Date.parse("2026-03-06T15:00:00Z")), "New week starts Monday, in 2d 9h");
  assert.equal(untilNext("2026-03-09T00:00:00Z", "daily", Date.parse("2026-03-08T23:15:00Z")), "New day starts in 45m");
  assert.equal(untilNext(null, "all_time", 0), "");
  assert.equal(startBefore("weekly", "2026-03-02"), "2026-02-23");
  assert.equal(startBefore("daily", "2026-03-01"), "2026-02-28");
});

test("a rise goes up, five points wide, and a fall is never told as one [HUB-13]", () => {
  const line = trace([9, 8, 7, 6, 5, 4]);
  assert.equal(line.length, 5);
  assert.ok(line[0][1] > line.at(-1)[1]);
  assert.deepEqual(trace([3]).map(([, y]) => y), [6, 6]);
  assert.equal(climbed({history: [9, 7, 6]}), 3);
  assert.equal(climbed({history: [6, 9]}), null);
});

test("the address names the table, and nonsense in it is the usual one", () => {
  const boards = [POINTS, AVERAGE], known = {scopes: ["cohort", "global"], usual: "math"};
  const view = {period: "daily", board: "math_accuracy", scope: "global", start: "2026-03-01"};
  assert.deepEqual(viewOf(addressOf(view), boards, known), view);
  assert.deepEqual(viewOf("?period=x&board=<b>&scope=friends&start=1", boards, known), {period: "weekly", board: "math", scope: "cohort", start: null});
});
