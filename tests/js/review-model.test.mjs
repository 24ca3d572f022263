import assert from "node:assert/strict";
import {test} from "node:test";

import {brief, evidence, moved, titleOf, usual} from "../../dashboards/static/elements/review-model.js";

const result = (more = {}) => ({result_id: "r", score: 98, points: 29, seconds: 61, items: 40, wpm: null, status: "review", reason: "too_fast", subject: "math", skill: "algebra", ...more});

test("the evidence is what came in, the time an item included [LB-14]", () => {
  assert.deepEqual(evidence(result()), [["Score", "98%"], ["Time", "61 s"], ["Items", "40"], ["Time an item", "1.5 s"], ["Worth", "29 points"]]);
  assert.deepEqual(evidence(result({items: null, seconds: 130, wpm: 245.5})), [["Score", "98%"], ["Time", "2 min 10 s"], ["Words a minute", "245.5"], ["Worth", "29 points"]]);
});

test("a line of the list says what and how quick", () => {
  const named = (slug) => slug;
  assert.deepEqual(brief(result(), named), ["math, algebra", "40 items in 61 s"]);
  assert.deepEqual(brief(result({reason: "implausible_speed", wpm: 245}), named), ["math, algebra", "245 words a minute"]);
  assert.equal(titleOf(result({reason: null})), "Looked at again");
});

test("what is usual leaves out the result itself and whatever does not count", () => {
  const all = [result(), result({result_id: "a", status: "counted", score: 40}), result({result_id: "b", status: "counted", score: 60}), result({result_id: "c", status: "voided", score: 0})];
  assert.deepEqual(usual(all, "r"), {count: 2, mean: 50});
  assert.equal(usual(all.slice(0, 1), "r"), null);
});

test("J and K move and stop at the ends", () => {
  const ids = ["a", "b", "c"];
  assert.deepEqual([moved(ids, "a", "j"), moved(ids, "c", "j"), moved(ids, "a", "k"), moved(ids, "gone", "j"), moved([], null, "j")], ["b", "c", "a", "a", null]);
});
