import assert from "node:assert/strict";
import {test} from "node:test";

import {Answers, matches} from "../../dashboards/static/practice/answers.js";
import {far, shown} from "../../dashboards/static/practice/lanes.js";
import {friendAtWork} from "../../dashboards/static/practice/friend.js";
import {Beats, Notes} from "../../dashboards/static/practice/notes.js";
import {standing} from "../../dashboards/static/practice/together.js";
import {Typing} from "../../dashboards/static/practice/typing.js";
import {comparison, day, hint, minutes, steady} from "../../dashboards/static/practice/words.js";

test("typing counts letters, slips and speed, and a corrected slip stays a slip [HUB-14]", () => {
  const model = new Typing("the cat", 90);
  model.sync("thx");
  assert.deepEqual([model.mark(2).look, model.mark(2).letter, model.mark(3).look, model.mark(4).look], ["slip", "x", "here", "ahead"]);
  assert.equal(model.sync("th"), 2);
  model.sync("the cat");
  assert.equal(model.over, true);
  assert.deepEqual([model.slips, model.keys, model.accuracy], [1, 8, 87.5]);
  assert.equal(model.speed(10), 8.4);
  assert.equal(model.speed(1), 0, "the first seconds say nothing");
  const back = new Typing("the cat", 90);
  back.load(model.save());
  assert.deepEqual(back.figures(10), model.figures(10));
});

test("whatever a field holds, typing keeps within its text", () => {
  const text = "a b c";
  for (const value of ["", "zzzzzzzzzzzz", "a b c d e f", "\u{1f98a}\u{1f98a}", "a", "b", ""]) {
    const model = new Typing(text, 90);
    model.sync("a b");
    model.sync(value);
    assert.ok(model.typed.length <= text.length);
    assert.ok(model.accuracy >= 0 && model.accuracy <= 100);
    for (let place = 0; place < text.length; place += 1) assert.ok(model.mark(place).letter.length);
  }
});

test("the same letter slipping twice is worth a hint", () => {
  const model = new Typing("aabb", 90);
  for (const value of ["x", "", "x", "", "a"]) model.sync(value);
  assert.deepEqual(model.trouble, ["a"]);
  assert.equal(hint(model.trouble, "given", "typing").map(([text]) => text).join(""), "Most slips were on a. A slow line with them loosens the fingers.");
  assert.deepEqual(hint([], "given", "typing"), [["given", false]]);
});

test("an answer may be written in any way that is right", () => {
  for (const said of ["3/4", " 3 / 4 ", "0.75", "0,75"]) assert.ok(matches(said, ["3/4", "0.75"]), said);
  for (const said of ["", " ", "3", "4/3"]) assert.ok(!matches(said, ["3/4", "0.75"]), said);
  assert.ok(matches("−4", ["-4"]));
  const model = new Answers([{answers: ["1"]}, {answers: ["2"]}]);
  assert.equal(model.answer("1"), true);
  assert.equal(model.answer("1"), false);
  assert.deepEqual([model.over, model.result()], [true, {score: 50, items: 2}]);
});

test("a wrong key waits for the note, and counts once", () => {
  const model = new Notes(["C", "D"]);
  assert.deepEqual([model.play("E"), model.play("F"), model.play("C"), model.play("D")], [false, false, true, true]);
  assert.deepEqual([model.over, model.accuracy, model.slips], [true, 50, 2]);
});

test("beats are judged by the player's own tempo", () => {
  for (const tempo of [0.3, 0.6, 1.1]) {
    const model = new Beats([1, 1, 2, 1, 1]);
    let time = 5;
    for (const beat of [1, 1, 2, 1, 1]) { model.tap(time); time += beat * tempo; }
    assert.deepEqual([model.over, model.accuracy], [true, 100]);
  }
  const off = new Beats([1, 1, 2, 1]);
  assert.deepEqual([0, 1, 2, 3].map((time) => off.tap(time)), ["first", "on", "on", "off"]);
});

test("what came of it is said against one's own past, and never as a loss", () => {
  const now = new Date("2026-03-06T12:00:00");
  const past = (value, at = "2026-03-03T10:00:00") => ({value, score: 96, at});
  const given = {main: "wpm", score: 97, pace: []};
  assert.match(comparison({...given, value: 52, best: null, last: null}, now), /first one/);
  assert.equal(comparison({...given, value: 52, best: past(49), last: past(49)}, now), "3 more than your best on Tuesday.");
  assert.equal(comparison({...given, value: 49.2, best: past(49), last: past(40)}, now), "Level with your best on Tuesday.");
  for (const value of [5, 20, 48]) {
    const said = comparison({...given, value, best: past(60), last: past(50)}, now);
    assert.doesNotMatch(said, /less|worse|behind|lost|down|-\d|−/, said);
  }
  assert.equal(day("2026-03-05T23:00:00", now), "yesterday");
  assert.equal(day("2026-02-01T23:00:00", now), "on 1 February");
  assert.equal(minutes(65.9), "1:05");
  assert.ok(steady([[3, 40], [6, 50], [9, 50], [12, 51], [15, 50]].slice(0)));
});

test("a lane shows the furthest, and always one's own", () => {
  const runs = Array.from({length: 9}, (_, number) => ({user_id: String(number), done: 9 - number, of: 10}));
  const lanes = shown(runs, "8");
  assert.deepEqual(lanes.map(({run}) => run.user_id), ["0", "1", "2", "3", "4", "8"]);
  assert.equal(lanes.at(-1).place, 9);
  assert.deepEqual([far({of: null}), far({done: 0, of: 10}), far({done: 6, of: 10}), far({done: 70, of: 140})], ["under way", "just begun", "6 of 10", "50%"]);
});

test("the card tells of a friend who is there, at the skill they are at, until told not now [AF-17] [BG-27]", () => {
  const skills = {math: ["algebra", "geometry"], typing: ["speed"]};
  const leo = {key: "1", name: "Leo", metas: [{current_activity: "practicing_algebra", current_subject: "math"}]};
  const ida = {key: "2", name: "Ida", metas: [{current_activity: "practicing_speed", current_subject: "typing"}]};
  const idle = {key: "3", name: "Ben", metas: [{current_activity: "browsing", current_subject: "math"}]};
  const found = (people, friends, more = {}) => friendAtWork(people, new Set(friends), {skills, ...more});
  const card = found([idle, ida, leo], ["1", "3"]);
  assert.deepEqual([card.person.name, card.subject, card.skill], ["Leo", "math", "algebra"]);
  assert.equal(found([ida, leo], ["2"], {subject: "math"}), null, "another subject");
  assert.equal(found([leo], ["2"]), null, "not a friend");
  assert.equal(found([leo], ["1"], {declined: new Set(["1/algebra"])}), null);
  assert.equal(found([{...leo, metas: [{current_activity: "practicing_knitting", current_subject: "math"}]}], ["1"]), null);
});

test("whoever leaves is told of kindly", () => {
  assert.equal(standing("Leo", {status: "live"}), "Leo is at it too.");
  for (const reason of ["given_up", "gone", "replaced", "stale", null]) assert.match(standing("Leo", {status: "ended", reason}), /^Leo .+\.$/);
});
