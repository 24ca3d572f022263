import assert from "node:assert/strict";
import {test} from "node:test";

import {ICONS, SENTENCES, doing, iconOf, named, plain, sentence, students} from "../../dashboards/static/elements/texts.js";
import {ago} from "../../dashboards/static/elements/time.js";
import DRAWINGS from "../../dashboards/static/icons.js";

const say = (type, rest = {}) => plain({type, properties: {}, ...rest});

test("the feed's sentences say what happened [AF-12]", () => {
  assert.equal(say("practice_completed", {skill: "algebra", properties: {score: 92}}), "scored 92% on Algebra");
  assert.equal(say("achievement_unlocked", {properties: {name: "Week Warrior"}}), "earned the Week Warrior badge");
  assert.equal(say("challenge_won", {skill: "fractions"}), "won a Fractions challenge");
  assert.equal(say("challenge_won", {skill: "algebra"}), "won an Algebra challenge");
  assert.equal(say("diagnostic_completed", {subject: "science"}), "completed Science diagnostic");
  assert.equal(say("something_new", {}), "was active just here");
  assert.equal(say("something_new", {subject: "piano"}), "was active in Piano");
});

test("aliases are one type [AF-2]", () => {
  assert.equal(say("achievement_earned", {properties: {name: "First Steps"}}), "earned the First Steps badge");
  assert.equal(iconOf("achievement_earned"), iconOf("achievement_unlocked"));
});

test("no sentence has a blank in it, whatever is missing [AF-12]", () => {
  const bits = [undefined, null, "", "  ", NaN, {}, [], 0];
  for (const type of [...Object.keys(SENTENCES), "unknown", undefined]) {
    for (const bit of bits) {
      for (const item of [{}, {skill: bit}, {subject: bit}, {properties: {score: bit, name: bit, days: bit, level: bit, rank: bit}}, {properties: bit && typeof bit === "object" ? bit : undefined}]) {
        const text = plain({type, ...item});
        assert.match(text, /^[a-z][^{}]*[\w%]$/, `${type} ${JSON.stringify(item)}`);
        assert.doesNotMatch(text, /undefined|null|NaN|  |object/);
      }
    }
  }
});

test("what people wrote cannot forge emphasis or places in a sentence [AF-12]", () => {
  const parts = sentence({type: "achievement_unlocked", properties: {name: "*{score}* <b>x</b>"}});
  assert.deepEqual(parts, [["earned the ", false], ["∗{score}∗ <b>x</b>", true], [" badge", false]]);
});

test("every type has an icon of its own, and every icon is drawn [AF-12]", () => {
  assert.equal(new Set(Object.values(ICONS)).size, Object.keys(ICONS).length);
  assert.deepEqual(Object.keys(SENTENCES).sort(), Object.keys(ICONS).sort());
  for (const meaning of [...Object.values(ICONS), iconOf("unknown")]) assert.ok(DRAWINGS[meaning], meaning);
});

test("times are said as people say them [AF-13]", () => {
  const now = Date.parse("2025-11-21T12:00:00Z");
  const cases = [[0, "just now"], [59, "just now"], [60, "1m ago"], [3599, "59m ago"], [3600, "1h ago"], [86399, "23h ago"], [86400, "1d ago"], [864000, "10d ago"], [-30, "just now"]];
  for (const [seconds, text] of cases) {
    assert.equal(ago(new Date(now - seconds * 1000).toISOString(), now), text);
    assert.equal(ago(now / 1000 - seconds, now), text);
  }
  assert.equal(ago("no date", now), "just now");
});

test("the count of students has the right singular [PR-16]", () => {
  assert.equal(students(0), "0 students online");
  assert.equal(students(1), "1 student online");
  assert.equal(students(2), "2 students online");
  assert.equal(students(1240), "1,240 students online");
});

test("what somebody does is read over all their connections [PR-8]", () => {
  assert.deepEqual(doing({metas: [{status: "away"}, {status: "online", current_activity: "practicing_sight-reading"}]}), {text: "Practising sight reading", mark: "practising"});
  assert.deepEqual(doing({status: "away", current_activity: "browsing"}), {text: "Away", mark: "away"});
  assert.deepEqual(doing({status: "online", current_subject: "math"}), {text: "In Math", mark: "online"});
  assert.deepEqual(doing({}), {text: "Online", mark: "online"});
});

test("ids of the catalogue are named by it, others in plain words [AF-12]", () => {
  globalThis[Symbol.for("tandem.names")] = {math: "Maths"};
  assert.equal(named("math"), "Maths");
  delete globalThis[Symbol.for("tandem.names")];
  assert.equal(named("sight-reading"), "Sight reading");
  assert.equal(named("Linear Equations"), "Linear Equations");
  assert.equal(named(" "), null);
});
