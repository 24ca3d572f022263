// What is said of a cohort's challenges: when one starts, nearly ends, and is over; kindly, and with nothing missing.
import assert from "node:assert/strict";
import {test} from "node:test";

const {answers, detail, isFaceless, isOwn, plainTitle} = await import("../../dashboards/static/elements/nudge-words.js");
const NOW = Date.parse("2026-03-02T12:00:00Z");
const nudge = (stage, more = {}) => ({nudge_type: "challenge", status: "pending", subject: "math", user_name: "Leo", metadata: {skill: "algebra", stage}, expires_at: "2026-03-02T14:00:00Z", ...more});

test("a cohort's challenge is told in words of its own at every stage [ND-5]", () => {
  assert.equal(plainTitle(nudge("starts")), "Leo set your cohort a challenge: Algebra");
  assert.equal(plainTitle(nudge("ends")), "The Algebra challenge ends soon");
  assert.equal(plainTitle(nudge("over")), "The Algebra challenge is over");
  assert.equal(plainTitle(nudge("won")), "You won the Algebra challenge");
  assert.match(detail(nudge("ends"), NOW, "UTC"), /before today 14:00/);
  assert.match(detail(nudge("over"), NOW), /Leo had the best result/);
});

test("who may not be named is not, and nobody is told that they lost", () => {
  for (const one of [nudge("over", {user_name: ""}), nudge("ended", {user_name: "Mia"})]) assert.equal(detail(one, NOW), "Thank you for taking part.");
});

test("there is no friend to mute behind what is one's own, and what is unknown is a friend's challenge", () => {
  for (const stage of ["ends", "ended", "over", "won"]) assert.ok(isOwn(nudge(stage)));
  assert.ok(!isOwn(nudge("starts")) && !isFaceless(nudge("over")) && isFaceless(nudge("won")));
  assert.deepEqual(answers(nudge("starts")), ["Look at it", "Not now"]);
  assert.equal(plainTitle(nudge("later")), "Leo challenged you to Algebra");
});
