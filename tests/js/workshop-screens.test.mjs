import assert from "node:assert/strict";
import {test} from "node:test";

import {advice, day} from "../../dashboards/static/workshop/actions.js";
import {pips} from "../../dashboards/static/workshop/frame.js";
import {introView, midView} from "../../dashboards/static/workshop/intro.js";
import {ordered} from "../../dashboards/static/workshop/lobby.js";
import {lengthHint} from "../../dashboards/static/workshop/notes.js";
import {privacy} from "../../dashboards/static/workshop/question.js";
import {revealView, splitText, spoken} from "../../dashboards/static/workshop/reveal.js";
import {bands, runs, summaryView} from "../../dashboards/static/workshop/summary.js";
import {judged, teamView} from "../../dashboards/static/workshop/team.js";
import {said, seek} from "../../dashboards/static/workshop/tree.js";

const light = (one) => (Math.abs(one) <= 1 ? "green" : Math.abs(one) <= 3 ? "amber" : "red");
const BEAM = {low: -5, high: 5, best: 0, picture: "beam", signed: true, words: {}, lights: Object.fromEntries(Array.from({length: 11}, (_, at) => [at - 5, light(at - 5)]))};
const WEDGE = {low: 0, high: 10, best: 10, picture: "wedge", signed: false, words: {}, lights: {}};
const scores = (...list) => list.map((value, id) => ({id: String(id), name: `P${id}`, initials: `P${id}`, value}));
const result = (list, rest = {}) => ({scores: scores(...list), average: list.reduce((sum, one) => sum + one, 0) / list.length, spread: 1, count: list.length, of: list.length, light: "green", split: false, ...rest});

test("before a choice nothing is said of a number, and one's own is covered on a shared screen [WS-69]", () => {
  assert.equal(privacy({scale: BEAM, chosen: null, given: null})[0], "");
  assert.equal(privacy({scale: BEAM, chosen: 0, given: null})[0], "You chose 0.");
  assert.equal(privacy({scale: BEAM, chosen: -2, given: -2})[0], "You chose −2.");
  assert.match(privacy({scale: BEAM, chosen: 3, given: -2}).join(" "), /You chose \+3.*−2 counts/);
  assert.doesNotMatch(privacy({scale: BEAM, chosen: -2, given: -2, shared: true}).join(" "), /\d/);
});

test("a reveal says average, spread and light in words, and has a table with every score [WS-33 WS-34 WS-68]", () => {
  const props = {scale: BEAM, title: "Elbow room", question: "?", result: result([-1, 0, 1]), prompts: ["One", "Two"], notes: {}};
  const tree = revealView(props, () => {});
  const text = said(tree);
  assert.match(text, /Average 0\.0/);
  assert.match(text, /Going well/);
  const cells = seek(tree, (one) => one.tag === "td").map(said);
  assert.deepEqual(cells, ["P0", "−1", "Going well", "P1", "0", "Going well", "P2", "+1", "Going well"]);
  assert.equal(seek(tree, (one) => one.properties.class?.startsWith("ws-hint")).length, 0);
});

test("a split picture says so, and takes the light from the average [WS-37]", () => {
  const split = result([-4, -4, 5, 5], {split: true, light: "red", team: 0});
  assert.match(splitText(BEAM, split.scores), /nobody is there\. Two of us/);
  assert.match(splitText(WEDGE, scores(1, 10)), /from 1 to 10/);
  const tree = revealView({scale: BEAM, title: "x", question: "?", result: split, notes: {}}, () => {});
  assert.equal(seek(tree, (one) => one.properties.class === "ws-hint").length, 1);
  assert.equal(spoken(BEAM, {average: 0.3, spread: 3.8, split: true, light: "red"}), "Average plus 0.3, spread 3.8. We are split.");
});

test("without names nobody's letters are drawn, and one's own dot is still one's own [WS-39]", () => {
  const nameless = result([2, 3]);
  nameless.scores = [{id: "a", value: 2}, {id: "b", value: 3, you: true}];
  const tree = revealView({scale: BEAM, title: "x", question: "?", result: nameless, notes: {}}, () => {});
  const dots = seek(tree, (one) => one.properties.class?.split(" ")[0] === "dot");
  assert.deepEqual(dots.map((one) => [said(one), one.properties.class]), [["", "dot"], ["", "dot you"]]);
});

const questions = [1, 2, 3].map((number) => ({number, title: `Q${number}`, scale: number < 3 ? BEAM : WEDGE, result: number === 2 ? null : result([number, number]), notes: 0}));

test("the summary shows every question in runs of one scale, and says what is not scored [WS-52]", () => {
  assert.deepEqual(runs(questions).map((run) => run.length), [2, 1]);
  const text = said(summaryView({questions, highlights: {strength: 1}}, () => {}));
  assert.match(text, /not scored/);
  assert.deepEqual(bands({questions, highlights: {strength: 1, concern: 2}}).map((band) => band.title), ["Q1", "Nothing needs care now", "We see it alike"]);
});

test("three actions are plenty and a fourth is asked about, never refused [WS-51]", () => {
  const list = (count) => Array.from({length: count}, () => ({done: false}));
  assert.deepEqual([0, 1, 2, 3, 4].map((count) => advice(list(count))[0]), ["", "", "", "Three is plenty.", "Three is plenty. Which one can wait?"]);
  assert.deepEqual([day("2026-12-05", "2026-11-20"), day("2027-01-05", "2026-11-20")], ["5 Dec", "5 Jan 2027"]);
});

test("the present step opens to words; the others are pips [WS-67]", () => {
  const steps = ["done", "now", "next"].map((state, index) => ({key: `s${index}`, group: 0, state, label: `Step ${index}`}));
  const tree = pips(steps, false);
  assert.equal(said(tree), "Step 1");
  assert.match(tree.properties["aria-label"], /Step 1/);
});

test("oneself is first, then who leads; those who watch stand below [WS-13]", () => {
  const people = [{id: 1, facilitator: true}, {id: 2}, {id: 3, you: true}, {id: 4, observer: true}, {id: 5, status: "dropped"}];
  assert.deepEqual(ordered(people).seated.map((one) => one.id), [3, 1, 2]);
  assert.deepEqual(ordered(people).watching.map((one) => one.id), [4]);
});

test("introduction and half-way screens show what the template says [WS-16 WS-18]", () => {
  const screens = [{title: "Welcome", lead: "Lead", body: ["Body"], picture: "circle"}, {title: "Two", lead: "Second", body: [], picture: "unknown"}];
  assert.match(said(introView({screens, at: 1}, () => {})), /2 of 2 Second/);
  assert.deepEqual(introView({screens: []}, () => {}), []);
  const text = said(midView({done: 4, left: 4, from: [1, 4], to: [5, 8], before: BEAM, after: WEDGE, screen: {title: "Another scale", lead: "The higher, the better."}}));
  assert.match(text, /Four questions done, four to go Another scale .*0 was best.*10 is best/);
});

test("one workshop has no trend yet; two have a verdict in words [WS-56 WS-76]", () => {
  const room = (trends) => said(teamView({name: "Kiln", count: trends.length, since: "March 2025", kinds: [{slug: "six", name: "Six Criteria", trends}], actions: [], workshops: [], today: "2026-11-20"}, () => {}));
  const point = (average, spread) => ({on: "2025-03-06", average, spread});
  assert.match(room([{number: 1, title: "Elbow room", scale: BEAM, points: [point(2, 1)]}]), /After the next workshop/);
  assert.match(room([{number: 1, title: "Elbow room", scale: BEAM, verdict: "better", points: [point(2, 1), point(1, 1)]}]), /Better , closer to 0/);
  const twice = [{number: 1, title: "Elbow room", scale: BEAM, points: [point(2, 1), point(1, 1)]}];
  const both = said(teamView({name: "Kiln", count: 4, since: "May", kinds: [{slug: "six", name: "Six Criteria", trends: twice}, {slug: "pulse", name: "Team pulse", trends: twice}], today: "2026-11-20"}, () => {}));
  assert.match(both, /Six Criteria .*Elbow room.*Team pulse .*Elbow room/);
  const why = (scale, verdict, ...points) => judged({scale, verdict, points})?.why;
  assert.deepEqual([why(WEDGE, "worse", point(5.2, 1), point(4.9, 1)), why(BEAM, "wider", point(0, 1), point(0.3, 3)), why(WEDGE, "same", point(8, 1), point(8.1, 1)), why(BEAM, "first", point(8, 1))], ["down 0.3", "wider apart", "within 0.1", undefined]);
});

test("a note near its limit says how much is left, and beyond it how much too much [WS-50]", () => {
  assert.deepEqual([lengthHint("x"), lengthHint("x".repeat(4990)), lengthHint("x".repeat(5003))], ["", "10 characters left", "3 characters too many"]);
});
