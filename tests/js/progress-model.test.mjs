import assert from "node:assert/strict";
import {test} from "node:test";

import {dayLabel, earned, intoLevel, levelLine, monthBeside, nearlyThere, streakLine, weeksOf} from "../../dashboards/static/elements/progress-model.js";

const level = (points, begins_at, next_at) => ({points, level: {level: 7, name: "Explorer", begins_at, next_at, next_name: next_at && "Navigator"}});
const badge = (achievement, now, at, more = {}) => ({achievement, title: achievement, description: "", measure: "points", now, at, earned: 0, timestamp: null, ...more});

test("the ring and its line say what is missing to the next level", () => {
  assert.equal(intoLevel(level(1250, 1200, 1700)), 0.1);
  assert.equal(levelLine(level(1250, 1200, 1700)), "450 points to level 8, Navigator");
  assert.equal(intoLevel(level(12000, 10000, null)), 1);
  assert.match(levelLine(level(12000, 10000, null)), /last level/);
});

test("three goals, the closest first, and the first ten of a board when they are near [HUB-26]", () => {
  const mine = {next: ["a", "b", "c"], achievements: [badge("a", 97, 100), badge("b", 12, 30, {measure: "streak"}), badge("c", 0, 10), badge("top-10", null, 10, {measure: "rank"})]};
  assert.deepEqual(nearlyThere(mine).map(({achievement, said}) => [achievement, said]), [["a", "97/100"], ["b", "12/30"], ["c", "0/10"]]);
  const near = nearlyThere(mine, {rank: 14, where: "Maths, this week"});
  assert.deepEqual(near.map(({achievement, said}) => [achievement, said]), [["a", "97/100"], ["top-10", "4 places"], ["b", "12/30"]]);
  assert.equal(nearlyThere(mine, {rank: 9, where: ""}).some(({achievement}) => achievement === "top-10"), false);
});

test("medals are those that are earned, the latest first", () => {
  const mine = {achievements: [badge("old", 1, 1, {earned: 1, timestamp: "2026-01-01T00:00:00Z"}), badge("none", 0, 1), badge("new", 1, 1, {earned: 2, timestamp: "2026-02-01T00:00:00Z"})]};
  assert.deepEqual(earned(mine).map(({achievement}) => achievement), ["new", "old"]);
});

test("a month is whole weeks from Monday, each day with what it was [HUB-22]", () => {
  const days = [{day: "2026-11-17", practices: 5, saved: false}, {day: "2026-11-18", practices: 0, saved: true}, {day: "2026-11-20", practices: 1, saved: false}];
  const weeks = weeksOf({month: "2026-11-01", today: "2026-11-20", days});
  assert.equal(weeks.length, 6);
  assert.deepEqual(weeks[0].slice(0, 6), Array(6).fill(null));
  const [, tuesday, wednesday, thursday, friday, saturday] = weeks[3];
  assert.deepEqual([tuesday.tint, wednesday.saved, friday.today, saturday.ahead], [3, true, true, true]);
  assert.equal(dayLabel(wednesday), "Wednesday 18 November: saved by a freeze");
  assert.equal(dayLabel(thursday), "Thursday 19 November: rest");
  assert.equal(dayLabel(friday), "Friday 20 November, today: 1 practice");
  assert.equal(monthBeside("2026-01-01", -1), "2025-12");
});

test("a streak is told kindly whatever it is", () => {
  const at = Date.parse("2026-03-02T12:00:00Z"), ends = (hours) => new Date(at + hours * 3_600_000).toISOString();
  assert.match(streakLine({days: 0}, at), /whenever you like/);
  assert.equal(streakLine({days: 3, practised_today: true}, at), "Today counts already.");
  assert.match(streakLine({days: 3, practised_today: false, freeze_left: true, ends_at: ends(36)}, at), /freeze has it/);
  assert.equal(streakLine({days: 3, practised_today: false, freeze_left: false, ends_at: ends(6)}, at), "A practice today keeps it.");
});
