import assert from "node:assert/strict";
import {test} from "node:test";

import {bracket, columns, dotSize, groups, stretches} from "../../dashboards/static/workshop/distribution.js";
import {held, keyMove, lifted, moved, placeAt} from "../../dashboards/static/workshop/reorder.js";
import {place, press, rows, twoSided, values} from "../../dashboards/static/workshop/scale.js";
import {shape} from "../../dashboards/static/workshop/trend.js";

const lights = (scale, light) => Object.fromEntries(values(scale).map((one) => [one, light(one)]));
const BEAM = {low: -5, high: 5, best: 0, picture: "beam", signed: true, well: [-1.5, 1.5]};
BEAM.lights = lights(BEAM, (one) => (Math.abs(one) <= 1 ? "green" : Math.abs(one) <= 3 ? "amber" : "red"));
const WEDGE = {low: 0, high: 10, best: 10, picture: "wedge", signed: false, well: [6.5, 10]};
WEDGE.lights = lights(WEDGE, (one) => (one >= 7 ? "green" : one >= 4 ? "amber" : "red"));
const STEPS = {low: 1, high: 5, best: 5, picture: "steps", signed: false};
const of = (...list) => list.map((value, id) => ({id, value}));

test("on a phone the form is the scale: 5 / 1 / 5, 4 / 4 / 3, or a step a row [WS-69]", () => {
  assert.deepEqual(rows(BEAM).map((row) => row.length), [5, 1, 5]);
  assert.deepEqual(rows(WEDGE).map((row) => row.length), [4, 4, 3]);
  assert.deepEqual(rows(STEPS).map((row) => row.length), [1, 1, 1, 1, 1]);
  for (const scale of [BEAM, WEDGE, STEPS]) assert.deepEqual(rows(scale).flat(), values(scale));
  assert.deepEqual([twoSided(BEAM), twoSided(WEDGE)], [true, false]);
});

test("keys choose: arrows, Home, End, digits, minus then digit, ten in two strokes [WS-69]", () => {
  const key = (name, more) => press(name, {scale: BEAM, ...more})?.value;
  assert.deepEqual([key("ArrowRight", {at: -2}), key("ArrowLeft", {at: -5}), key("Home"), key("End"), key("ArrowRight")], [-1, -5, -5, 5, -5]);
  assert.equal(key("3"), 3);
  const minus = press("-", {scale: BEAM, now: 0});
  assert.equal(minus.value, null);
  assert.equal(press("4", {scale: BEAM, typed: minus.typed, now: 500}).value, -4);
  assert.equal(press("4", {scale: BEAM, typed: minus.typed, now: 5000}).value, 4);
  const one = press("1", {scale: WEDGE, now: 0});
  assert.equal(one.value, 1);
  assert.equal(press("0", {scale: WEDGE, typed: one.typed, now: 200}).value, 10);
  assert.equal(press("7", {scale: WEDGE, typed: one.typed, now: 200}).value, 7);
  assert.deepEqual([key("9"), press("Enter", {scale: BEAM}), press("x", {scale: BEAM})], [null, null, null]);
});

test("values lie where their cells are", () => {
  assert.equal(place(0, BEAM), 0.5);
  assert.equal(place(10, WEDGE).toFixed(4), (10.5 / 11).toFixed(4));
  assert.deepEqual(bracket(BEAM, {average: 4, spread: 3}), {left: place(1, BEAM), middle: place(4, BEAM), right: place(5, BEAM)});
});

test("every score is one dot, in one wave with the ends first", () => {
  const all = columns(BEAM, of(-4, 0, 5, 0)).flatMap((column) => column.dots);
  assert.equal(all.length, 4);
  assert.deepEqual([...all].sort((one, other) => one.order - other.order).map((dot) => dot.value), [5, -4, 0, 0]);
  assert.deepEqual(columns(BEAM, of(2)).find((column) => column.dots.length).light, "amber");
});

test("dots shrink with the highest stack and then stand two abreast", () => {
  assert.deepEqual([of(1, 1), of(1, 1, 1, 1), of(...Array(7).fill(0)), of(...Array(20).fill(0))].map((scores) => [dotSize(scores).size, dotSize(scores).abreast]),
    [["large", 1], ["medium", 1], ["small", 1], ["small", 2]]);
  assert.equal(dotSize([]).highest, 0);
});

test("groups are what one would name: two sides, near the best, or a range; never more than three [WS-37]", () => {
  assert.deepEqual(groups(BEAM, of(-4, -3, -4, -3, 3, 4, 4, 5)).map(({count, side}) => [count, side]), [[4, "low"], [4, "high"]]);
  assert.deepEqual(groups(BEAM, of(-1, 0, 1)).map(({side}) => side), ["near"]);
  assert.deepEqual(groups(WEDGE, of(7, 8, 9)).map(({from, to, side}) => [from, to, side]), [[7, 9, "range"]]);
  assert.ok(groups(WEDGE, of(0, 3, 6, 10)).length <= 3);
  assert.equal(groups(WEDGE, of(0, 4, 8)).reduce((sum, one) => sum + one.count, 0), 3);
});

test("neighbours of one light share one word", () => {
  assert.deepEqual(stretches(BEAM).map(({light, from, to}) => [light, to - from + 1]), [["red", 2], ["amber", 2], ["green", 3], ["amber", 2], ["red", 2]]);
  assert.deepEqual(stretches({...BEAM, lights: {}}), []);
});

test("a trend's picture keeps to its box", () => {
  const drawn = shape(BEAM, [{average: -5, spread: 3}, {average: 5, spread: 3}], {width: 200, height: 100});
  assert.deepEqual([drawn.best, drawn.zone.top, drawn.zone.bottom], [50, 35, 65]);
  for (const bar of drawn.bars) assert.ok(bar.top >= 0 && bar.bottom <= 100 && bar.top <= bar.bottom);
  assert.equal(shape(WEDGE, [{average: 5, spread: 1}], {width: 200, height: 100}).dots[0].x, 100);
});

test("an action is moved by keys, put back by Escape, and kept when others change the list [WS-51]", () => {
  assert.deepEqual(moved(["a", "b", "c"], "c", 0), ["c", "a", "b"]);
  assert.deepEqual(moved(["a", "b", "c"], "a", 9), ["b", "c", "a"]);
  let {state} = keyMove(lifted(["a", "b", "c"], "a"), "ArrowDown");
  assert.deepEqual(state.ids, ["b", "a", "c"]);
  assert.equal(keyMove(state, " ").done, "down");
  assert.deepEqual(keyMove(state, "Escape").state.ids, ["a", "b", "c"]);
  assert.equal(keyMove(state, "x"), null);
  state = held(state, ["a", "b", "c", "d"]);
  assert.deepEqual(state.ids, ["b", "a", "c", "d"]);
  assert.equal(held(state, ["b", "c"]), null);
  assert.deepEqual([placeAt(10, [20, 60]), placeAt(30, [20, 60]), placeAt(90, [20, 60])], [0, 1, 2]);
});
