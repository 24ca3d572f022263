import assert from "node:assert/strict";
import {test} from "node:test";

import {hintsOf, notesOf, peopleOf, phaseOf, promptsOf, resultOf, sceneOf, stepsOf, timeOf} from "../../dashboards/static/workshop/adapter.js";
import {anyway, leads, mayGive} from "../../dashboards/static/workshop/dock-words.js";
import {Drafts} from "../../dashboards/static/workshop/drafts.js";
import {roomOf} from "../../dashboards/static/workshop/room.js";
import {keepTeam, knownTeams, secretOf} from "../../dashboards/static/workshop/teams.js";
import {said, seek} from "../../dashboards/static/workshop/tree.js";
import {Voice} from "../../dashboards/static/workshop/voice.js";
import {questionScene} from "./workshop-kit.mjs";

const NAMES = ["Noor", "Lena", "Tom", "Mia"];
const scale = {low: -5, high: 5, best: 0, picture: "beam", signed: true, words: {}, lights: {}};
const question = (number) => ({number, title: `Title ${number}`, short_title: `Q${number}`, question: "?", explanation: "", examples: [], anchors: {low: "l", best: "b", high: "h"}, scale, facilitator_help: "help"});
const kind = {name: "Six", people: {warn_from: 15}, introduction: [{title: "W", lead: "Lead", body: [], picture: "circle"}], questions: [1, 2, 3].map(question), transitions: [{before: 3, screen: {title: "Another", lead: "x", body: []}}], help: {}, rules: [], topics: {}};
const workshop = (given = {}) => ({workshop_id: "w", code: "KTM4RX", settings: {disclosure: "named", skip_intro: false, total_duration_minutes: null}, state: "scoring", stage: "awaiting", current_question: 2, version: 5, outcome: "", completed_at: null,
  participants: NAMES.map((name, index) => ({id: String(index), name, status: "active", ready: false, is_facilitator: index === 0, is_observer: false})), scored: [], passed: [], open_scores: [], results: [], notes: [], actions: [], timers: [], plan_ms: {}, section: "", paused: "", paused_by: null, reentries: [], ...given});
const known = (given = {}, more = {}) => ({workshop: workshop(given), kind, me: {participant_id: "1", is_facilitator: false, is_observer: false, my_score: null}, judged: {}, highlights: {}, local: {chosen: {}, given: {}, sending: {}, unsent: {}}, now: 0, line: "live", drafts: new Drafts("x", null), link: "l", host: "h", ...more});
const dock = (...all) => sceneOf(known(...all)).dock;

test("the header's pips are the template's steps in their groups [WS-67]", () => {
  const steps = stepsOf(known());
  assert.deepEqual(steps.map((one) => one.key), ["lobby", "intro", "q1", "q2", "t3", "q3", "summary", "actions"]);
  assert.deepEqual(steps.map((one) => one.state), ["done", "done", "done", "now", "next", "next", "next", "next"]);
  assert.equal(new Set(steps.map((one) => one.group)).size, 5);
  assert.equal(stepsOf(known({settings: {...workshop().settings, skip_intro: true}})).some((one) => one.key === "intro"), false);
  assert.deepEqual([...new Set(stepsOf(known({state: "completed", stage: ""})).map((one) => one.state))], ["done"]);
});

test("the bar says who we wait for, oneself first, and offers one button [WS-20]", () => {
  assert.deepEqual([dock({scored: ["0", "3"]}).strong, dock({scored: ["0", "3"]}).soft], ["2 of 4 have scored", "We are waiting for you and Tom"]);
  const none = dock();
  assert.deepEqual([none.main.kind, none.main.label], ["wait", "Choose a number first"]);
  const chosen = dock({}, {local: {chosen: {2: -2}, given: {}, sending: {}, unsent: {}}});
  assert.deepEqual([chosen.main.what, chosen.main.detail], ["give", {value: -2}]);
  const given = dock({scored: ["1"]}, {local: {chosen: {2: -2}, given: {2: -2}, sending: {}, unsent: {}}});
  assert.deepEqual([given.main.label, given.main.kind], ["Your score is in", "done"]);
  const changing = dock({scored: ["1"]}, {local: {chosen: {2: 3}, given: {2: -2}, sending: {}, unsent: {}}});
  assert.equal(changing.main.label, "Change to +3");
});

test("whoever is away is named and not waited for [WS-11 WS-21]", () => {
  const away = workshop().participants.map((one) => (one.id === "3" ? {...one, status: "inactive"} : one));
  assert.match(dock({participants: away, scored: ["0", "1"]}).soft, /Waiting for Tom\. Mia is away/);
  assert.match(dock({participants: away, scored: ["0", "1"]}).strong, /2 of 3/);
});

test("the facilitator has quiet tools; others have them only while no facilitator is here [WS-9]", () => {
  const lead = {me: {participant_id: "0", is_facilitator: true, is_observer: false}};
  assert.deepEqual(dock({}, lead).tools.map((one) => one.what), ["go-anyway", "hand"]);
  assert.deepEqual(dock({section: "question_2", plan_ms: {question_2: 600000}}, lead).tools.map((one) => one.what), ["pause", "go-anyway", "hand"]);
  assert.deepEqual(dock().tools, []);
  const gone = workshop().participants.map((one) => (one.id === "0" ? {...one, status: "inactive"} : one));
  assert.equal(leads(known({participants: gone})), true);
  const asked = anyway({...known({scored: ["0"]}), people: peopleOf(known({scored: ["0"]}))}, "awaiting");
  assert.equal(asked.text, "You yourself, Tom and Mia have not scored. Go on without them?");
});

test("offline, paused, watching and over are said in the bar and nowhere else", () => {
  const cut = dock({}, {line: "offline", local: {chosen: {2: 1}, given: {}, sending: {}, unsent: {2: 1}}});
  assert.deepEqual([cut.strong, cut.soft], ["No connection, trying again", "Your score of +1 is kept here and goes out as soon as you are back"]);
  assert.match(dock({paused: "asked", paused_by: "0"}).strong, /Noor has paused/);
  const watching = dock({}, {me: {participant_id: "9", is_observer: true, is_facilitator: false}});
  assert.deepEqual([watching.main, watching.sign.icon], [null, "eye"]);
  assert.equal(dock({state: "completed", stage: ""}).main, null);
});

test("what an action still needs is named: a name, a date, or both [WS-51]", () => {
  const said = (...actions) => dock({state: "actions", stage: "", actions: actions.map(([owner, due_on]) => ({status: "open", owner, due_on}))}).soft;
  assert.equal(said(["Tom", null], ["Ida", null]), "Two actions still need a date");
  assert.equal(said([null, "2026-12-01"]), "One action still needs a name");
  assert.equal(said([null, "2026-12-01"], ["Tom", null]), "Two actions still need a name and a date");
});

test("on a shared screen no sentence and no button tells the own number", () => {
  const scene = sceneOf(known({scored: ["1"]}, {local: {shared: true, chosen: {2: 3}, given: {2: -2}, sending: {}, unsent: {2: 3}}, line: "offline"}));
  assert.doesNotMatch(JSON.stringify(scene.dock), /[+\u2212]\d/);
});

const judged = {2: {revealed: true, scores: [{participant_id: "1", value: -4}, {participant_id: "2", value: 5}], average: 0.5, spread: 4.5, count: 2, split: true, light: "red", team_value: 0, prompts: ["One?", "Two?"]}};

test("a reveal waits for the breath, then has the server's figures with faces put to them [WS-33 WS-38]", () => {
  const given = {stage: "revealed", results: [{question: 2, scores: []}]};
  assert.equal(sceneOf(known(given, {judged, local: {breath: true, fresh: 2}})).screen.tag, "ws-question");
  const scene = sceneOf(known(given, {judged}));
  assert.equal(scene.screen.tag, "ws-reveal");
  assert.deepEqual(scene.screen.props.result.scores.map((one) => [one.initials, one.you]), [["Le", true], ["To", false]]);
  assert.equal(promptsOf(known(given, {judged}), 2)[0], "Lena and Tom, you are furthest apart. One?");
  assert.equal(resultOf(known(given), 2), null);
});

test("who was left out at a reveal is named there, also when one looks again later [WS-20]", () => {
  const results = [{question: 2, scores: [], missing: ["3"]}, {question: 1, scores: [], missing: []}];
  assert.deepEqual(resultOf(known({results, current_question: 3}, {judged}), 2).without, ["Mia"]);
});

test("in turn: who has given what stands on the scale, and who comes next may be passed by [WS-31]", () => {
  const given = {settings: {...workshop().settings, disclosure: "turns"}, scored: ["0"], open_scores: [{participant_id: "0", value: -2}]};
  const lead = {me: {participant_id: "0", is_facilitator: true, is_observer: false, my_score: -2}};
  const turns = (...all) => sceneOf(known(...all)).screen.props.turns;
  assert.deepEqual([turns(given, lead).faces[-2].map((one) => one.name), turns(given, lead).next.name, turns(given, lead).canPass], [["Noor"], "Lena", true]);
  assert.deepEqual([turns(given).next.you, turns(given).canPass, turns(given, {me: {participant_id: "2", is_facilitator: false, is_observer: false, my_score: null}}).canPass], [true, true, false]);
  assert.equal(dock(given).soft, "It is your turn");
  assert.equal(dock(given, lead).soft, "It is Lena\u2019s turn");
  const later = known({...given, passed: ["1"]});
  assert.deepEqual([mayGive(later), mayGive(known({...given, passed: []}, {me: {participant_id: "3", my_score: null}}))], [true, false]);
  assert.deepEqual([turns({...given, passed: ["1"]}).passed, turns({...given, passed: ["1"]}).next.name], [true, "Tom"]);
  assert.equal(sceneOf(known()).screen.props.turns, null);
});

test("without names one's own dot is found by one's own score, once [WS-39]", () => {
  const nameless = {2: {...judged[2], scores: [{participant_id: null, value: 3}, {participant_id: null, value: 3}, {participant_id: null, value: 1}]}};
  const result = resultOf(known({}, {judged: nameless, local: {given: {2: 3}}}), 2);
  assert.deepEqual(result.scores.map((one) => one.you), [true, false, false]);
  assert.equal(promptsOf(known({}, {judged: nameless}), 2)[0], "One?");
});

test("the big screen sees what an observer sees and has no controls", () => {
  const scene = sceneOf(known({}, {screenOnly: true, me: {participant_id: null, is_observer: true, is_facilitator: false}, local: {}}));
  assert.deepEqual([scene.dock.tools, scene.dock.main, scene.screen.props.given, scene.screen.props.role], [[], null, null, "observer"]);
});

test("every step has its screen [WS-14 WS-71]", () => {
  const tags = [["lobby", ""], ["intro", ""], ["scoring", "transition"], ["scoring", "awaiting"], ["scoring", "revealed"], ["summary", ""], ["actions", ""], ["completed", ""]]
    .map(([state, stage]) => sceneOf(known({state, stage, current_question: state === "scoring" ? 3 : 0}, {judged: {3: judged[2]}})).screen.tag);
  assert.deepEqual(tags, ["ws-lobby", "ws-intro", "ws-mid", "ws-question", "ws-reveal", "ws-summary", "ws-actions", "ws-completed"]);
  assert.equal(phaseOf({state: "scoring", stage: "revealed"}), "revealed");
});

test("the ring counts to the server's deadline by the browser's own clock, however wrong that is [WS-48]", () => {
  const timed = {section: "question_2", plan_ms: {question_2: 600000}, timers: [{section: "question_2", total_ms: 600000, spent_ms: 100000, started_at: "2026-01-01T12:00:00+00:00"}]};
  const server = Date.parse("2026-01-01T12:01:00Z");
  for (const offset of [0, 240000, -240000]) {
    const time = timeOf(known(timed, {now: server - offset, offset}));
    assert.deepEqual([time.left, time.deadline - (server - offset)], [440000, 440000]);
  }
  const paused = timeOf(known({...timed, paused: "asked", timers: [{...timed.timers[0], started_at: null}]}, {now: server}));
  assert.deepEqual([paused.deadline, paused.left, paused.paused], [null, 500000, true]);
  assert.equal(timeOf(known()), null);
});

test("notes keep their authors' faces, and one question's are not another's [WS-50]", () => {
  const notes = [{id: "a", author: "2", question: 2, content: "<b>", edition: 0}, {id: "b", author: null, question: null, content: "x", edition: 1, changed_by: "0"}];
  assert.deepEqual(notesOf(known({notes}), 2).list.map((one) => [one.text, one.initials]), [["<b>", "To"]]);
  assert.deepEqual(notesOf(known({notes}), null).list.map((one) => one.changedBy), ["Noor"]);
});

test("what needs care comes first beside the actions [WS-51]", () => {
  const three = {1: {...judged[2], light: "green", split: false}, 2: judged[2], 3: {...judged[2], light: "amber", split: false, spread: 1}};
  assert.deepEqual(hintsOf(known({}, {judged: three})).map((one) => one.number), [2, 3]);
});

test("who has scored is gathered and told at most every three seconds", () => {
  const due = [];
  const voice = new Voice(() => {}, (task, wait) => due.push([task, wait]));
  const state = {workshop: workshop(), me: {participant_id: "1"}};
  for (const id of ["0", "2", "2", "1"]) voice.fact("score_submitted", {participant_id: id}, state);
  assert.equal(voice.text, "");
  assert.deepEqual(due.map(([, wait]) => wait), [3000]);
  due[0][0]();
  assert.equal(voice.text, "Noor and Tom have scored");
});

test("a team's room is read from what the server tells [WS-56 WS-76]", () => {
  const room = roomOf({name: "Kiln", workshops: [{workshop_id: "b", code: "BBBBBB", current_question: 5, people: 3, created_at: "2026-11-20T10:00:00Z", completed_at: null}, {workshop_id: "a", code: "AAAAAA", current_question: 0, people: 4, actions: 2, created_at: "2026-03-01T10:00:00Z", completed_at: "2026-03-01T12:00:00Z"}],
    actions: [{content: "x", owner: null, due_on: null}], templates: [{template: "six", trends: [{question: 1, title: "Elbow room", verdict: "first", scale_min: -5, scale_max: 5, optimal_value: 0, points: [{ended_at: "2026-03-01T12:00:00Z", average: 1, spread: null}, {ended_at: "2026-04-01T12:00:00Z", average: null, spread: null}]}]}, {template: "pulse", name: "Pulse", trends: [{question: 1, title: "Mood", verdict: "first", scale_min: 1, scale_max: 5, optimal_value: 5, points: []}]}]}, {kinds: {six: [scale]}, today: "2026-11-21"});
  assert.deepEqual([room.count, room.since, room.unfinished.after, room.unfinished.next, room.workshops.length], [2, "March 2026", 4, 5, 1]);
  assert.deepEqual(room.kinds.map((kind) => kind.slug), ["six", "pulse"]);
  assert.equal(room.kinds[0].trends[0].scale, scale);
  assert.deepEqual(room.kinds[0].trends[0].points, [{on: "2026-03-01T12:00:00Z", average: 1, spread: 0}]);
  assert.deepEqual(room.kinds[1].trends[0].scale, {low: 1, high: 5, best: 5, signed: false});
  assert.equal(room.workshops[0].actions, 2);
});

test("a team's secret is taken from behind the #, and kept on this device only [WS-76]", () => {
  const store = new Map();
  const storage = {getItem: (key) => store.get(key) ?? null, setItem: (key, text) => store.set(key, text)};
  assert.equal(secretOf("#team_abcdefghijklmnop"), "team_abcdefghijklmnop");
  assert.equal(secretOf("#<script>"), null);
  keepTeam({name: "Kiln", secret: "team_1"}, storage);
  keepTeam({name: "Kiln team", secret: "team_1"}, storage);
  assert.deepEqual(knownTeams(storage), [{name: "Kiln team", secret: "team_1"}]);
});

test("while a file is made its button says so, and no other is begun [WS-55]", () => {
  const {props} = sceneOf(known({state: "completed", stage: ""}, {exports: {full: ["pdf"]}, local: {saving: "full:pdf"}})).screen;
  assert.deepEqual([props.exports.full, props.saving], [["pdf"], "full:pdf"]);
  assert.deepEqual(sceneOf(known({state: "completed", stage: ""}, {screenOnly: true, local: {}})).screen.props.exports, {});
});

test("unsent words and choices outlive the page, and only one's own [WS-75]", () => {
  const store = new Map();
  const storage = {getItem: (key) => store.get(key) ?? null, setItem: (key, text) => store.set(key, text), removeItem: (key) => store.delete(key)};
  new Drafts("KTM4RX:1", storage).set("note:2", "half a thought");
  assert.equal(new Drafts("KTM4RX:1", storage).get("note:2"), "half a thought");
  assert.equal(new Drafts("KTM4RX:2", storage).get("note:2"), "");
  assert.equal(new Drafts("x", {getItem() { throw new Error("closed"); }}).get("note:2"), "");
});

test("text of people reaches a screen as text", () => {
  const nasty = "<img src=x onerror=alert(1)>";
  const tree = questionScene({title: nasty});
  assert.match(said(tree), /<img src=x/);
  assert.deepEqual(seek(tree, (one) => one.tag === "img"), []);
});
