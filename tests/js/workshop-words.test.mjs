import assert from "node:assert/strict";
import {test} from "node:test";

import {readCode} from "../../dashboards/static/workshop/code-field.js";
import {facesFor, initials, stateOf} from "../../dashboards/static/workshop/faces.js";
import {TEXTS} from "../../dashboards/static/workshop/texts.js";
import {milestones, reading} from "../../dashboards/static/workshop/timing.js";
import {clock, figure, inSentence, names, shortDay, span, spaced, value} from "../../dashboards/static/workshop/words.js";

test("numbers have a true minus, a plus where there are two sides, and no minus zero", () => {
  assert.deepEqual([value(-2, true), value(3, true), value(0, true), value(3, false)], ["−2", "+3", "0", "3"]);
  assert.deepEqual([figure(0.25, true), figure(-4, true), figure(-0.04, true), figure(8.64)], ["+0.3", "−4.0", "0.0", "8.6"]);
  assert.equal(figure(null), "–");
});

test("names are said up to three, then counted", () => {
  assert.deepEqual([[], ["Tom"], ["Tom", "Mia"], ["Tom", "Mia", "Sam"], ["a", "b", "c", "d", "e", "f", "g"]].map((list) => names(list)),
    ["", "Tom", "Tom and Mia", "Tom, Mia and Sam", "a, b, c and 4 more"]);
});

test("times and days are said as a team says them", () => {
  assert.deepEqual([clock(372000), clock(53900), clock(-80000), clock(3750000)], ["6:12", "0:54", "1:20", "1:02:30"]);
  assert.deepEqual([span(99 * 60000), span(600000)], ["1 h 39", "10 min"]);
  assert.deepEqual([shortDay("2026-12-05"), shortDay("2026-09-18"), shortDay(null), shortDay("no day")], ["5 Dec", "18 Sep", "", ""]);
  assert.deepEqual([inSentence("Setting goals"), inSentence("API design"), spaced("KTM4RX")], ["setting goals", "API design", "KTM 4RX"]);
});

test("a code may be pasted, typed low, mistyped, or be a whole link [WS-1]", () => {
  assert.equal(readCode("ktm 4rx"), "KTM4RX");
  assert.equal(readCode("https://tandem.example/workshop/KTM4RX?from=mail"), "KTM4RX");
  assert.equal(readCode(" k-t-m-4-r-x-and-more "), "KTM4RX");
  assert.equal(readCode("O0I1L", "ABCDEFGHJKMNPQRSTUVWXYZ0123456789"), "00111");
  assert.equal(readCode("çöø💥"), "");
});

test("two letters tell people apart as far as their names allow", () => {
  const of = (...list) => [...initials(list.map((name, id) => ({id, name}))).values()];
  assert.deepEqual(of("Noor", "Lena", "Ada"), ["No", "Le", "Ad"]);
  assert.deepEqual(of("Mara", "Maria", "Max"), ["Ma", "Mr", "Mx"]);
  assert.deepEqual(of("Anna Kron", "Anna Lund"), ["AK", "AL"]);
  assert.deepEqual(of("👩‍🚀 Zoe", "أحمد", "<b>"), ["👩‍🚀Z", "أح", "<B"].map((one, index) => (index === 2 ? "<b" : one)));
  assert.equal(of("")[0].length > 0, true);
});

test("the bar shows a small group whole and of a large one those we wait for, oneself first", () => {
  const people = (count) => Array.from({length: count}, (_, id) => ({id, awaited: id > 3, you: id === 7}));
  assert.equal(facesFor(people(8), {few: false}).shown.length, 8);
  const large = facesFor(people(12), {few: false});
  assert.deepEqual([large.shown.map((one) => one.id), large.more], [[7, 4], 6]);
  assert.deepEqual(facesFor(people(7), {few: true}).shown.map((one) => one.id), [4, 5, 6]);
});

test("a person is one thing at a time: watching, away, awaited or done [WS-11]", () => {
  assert.deepEqual([{observer: true, done: true}, {away: true, awaited: true}, {awaited: true}, {done: true}, {}].map(stateOf), ["watch", "away", "wait", "done", ""]);
});

test("the ring tells what is left, and says when it is the last tenth, over or paused [WS-47 WS-48 WS-49]", () => {
  const time = {total: 600000, deadline: 1_000_000, overallDeadline: 6_000_000, pacing: "on_track"};
  assert.deepEqual([reading(time, 700000).tone, reading(time, 700000).figure, reading(time, 700000).words], ["fine", "5:00", "left here · 1 h 28 in all, on track"]);
  assert.equal(reading({...time, pacing: "behind"}, 700000).tone, "behind");
  assert.deepEqual([reading(time, 950000).tone, reading(time, 950000).words], ["last", "last minute"]);
  assert.deepEqual([reading(time, 1080000).tone, reading(time, 1080000).figure, reading(time, 1080000).share], ["over", "1:20 over", 1]);
  const paused = reading({...time, paused: true, left: 280000}, 99999999);
  assert.deepEqual([paused.tone, paused.figure, paused.words], ["paused", "4:40", "paused"]);
  assert.equal(reading(null, 0), null);
});

test("half, a tenth and nothing left are each told once", () => {
  assert.deepEqual(milestones(301, 300, 600), ["half"]);
  assert.deepEqual(milestones(300, 299, 600), []);
  assert.deepEqual(milestones(61, 59, 600), ["tenth"]);
  assert.deepEqual(milestones(1, -1, 600), ["none"]);
  assert.deepEqual(milestones(null, 10, 600), []);
});

test("the lights are said in words, and no sentence hurries or shouts [WS-68]", () => {
  assert.deepEqual(TEXTS.lights, {green: "Going well", amber: "Worth a talk", red: "Needs care"});
  const all = [];
  const walk = (one) => { if (typeof one === "string") all.push(one); else if (one && typeof one === "object") Object.values(one).forEach(walk); };
  walk(TEXTS);
  for (const text of all) assert.doesNotMatch(text, /!|pending|hurry|deviation|invalid|lobby/i, text);
});
