import assert from "node:assert/strict";
import {test} from "node:test";

import {Outbox, RoomModel} from "../../dashboards/static/elements/room-model.js";
import {day, hiddenLine, left, partsOf, refusalLine, soon} from "../../dashboards/static/elements/room-words.js";

const said = (seq, rest = {}) => ({message_id: `m${seq}`, seq, user_id: "ada", user_name: "Ada", user_avatar: "fox-1", text: `text ${seq}`, timestamp: `2026-03-02T12:00:${String(seq).padStart(2, "0")}Z`, ...rest});
const challenge = {challenge_id: "c", user_id: "ada", creator_name: "Ada", subject: "math", skill: "algebra", created_at: "2026-03-02T12:00:00Z", expires_at: "2026-03-03T12:00:00Z", participant_count: 0, participants: []};
const room = (rest = {}) => {
  const model = new RoomModel("me");
  model.snapshot({messages: [said(1), said(2)], challenges: [challenge], chat: {open: true, reason: null}, ...rest});
  return model;
};
const texts = (model) => model.list().map((one) => one.text ?? null);

test("messages stand in the order of the log, whatever order they come in, and none twice [CO-5]", () => {
  const model = room();
  model.event("new_message", said(4));
  model.event("new_message", said(3));
  model.event("new_message", said(4));
  model.earlier([said(2), said(0)]);
  assert.deepEqual(texts(model), ["text 0", "text 1", "text 2", "text 3", "text 4"]);
});

test("what is taken down keeps its place and nothing else; shut chat keeps nothing [CO-5]", () => {
  const model = room();
  model.earlier([said(0)]);
  model.event("message_taken_down", {message_id: "m1"});
  model.event("message_taken_down", {message_id: "m0"});
  assert.deepEqual(texts(model), [null, null, "text 2"]);
  assert.equal(JSON.stringify(model.list()[0]).includes("Ada"), false);
  model.event("chat_changed", {open: false, reason: "switched_off"});
  assert.deepEqual([texts(model), model.chat.reason], [[], "switched_off"]);
});

test("a challenge counts each person once, ranks results, and equal ones share a rank [CO-7]", () => {
  const model = room();
  for (const id of ["ada", "leo", "mia"]) model.event("challenge_joined", {challenge_id: "c", user_id: id, user_name: id, user_avatar: ""});
  model.event("challenge_scored", {challenge_id: "c", user_id: "leo", user_name: "leo", score: 90});
  model.event("challenge_scored", {challenge_id: "c", user_id: "mia", user_name: "mia", score: 90});
  model.event("challenge_scored", {challenge_id: "c", user_id: "leo", user_name: "leo", score: 95});
  model.event("challenge_scored", {challenge_id: "gone", user_id: "leo", user_name: "leo", score: 95});
  const one = model.challenges.get("c");
  assert.equal(one.participant_count, 3);
  assert.deepEqual(one.participants.map(({user_id, rank}) => [user_id, rank]), [["leo", 1], ["mia", 2], ["ada", null]]);
  model.event("challenge_closed", {challenge_id: "c"});
  assert.equal(model.challenges.size, 0);
});

test("whoever leaves takes along what is theirs; a new name is on everything [CO-1]", () => {
  const model = room();
  model.event("new_message", said(3, {user_id: "leo", user_name: "Leo"}));
  model.event("challenge_joined", {challenge_id: "c", user_id: "leo", user_name: "Leo", user_avatar: ""});
  model.event("person_updated", {user_id: "leo", user_name: "Leon", user_avatar: "owl-1"});
  assert.equal(model.list().at(-1).user_name, "Leon");
  assert.equal(model.challenges.get("c").participants[0].user_name, "Leon");
  model.event("person_removed", {user_id: "leo"});
  assert.deepEqual([texts(model), model.challenges.get("c").participant_count], [["text 1", "text 2"], 0]);
  model.event("person_removed", {user_id: "ada"});
  assert.deepEqual([texts(model), model.challenges.size], [[], 0]);
});

test("what one said oneself waits, is held or goes out, and never stands there twice [CO-5]", () => {
  const outbox = new Outbox();
  const item = outbox.add("k1", "Hello");
  assert.equal(item.state, "waiting");
  outbox.answered("k1", {message_id: "m1", status: "sent", text: "Hello"});
  assert.equal(outbox.list(new Map()).length, 1);
  assert.equal(outbox.list(new Map([["m1", said(1)]])).length, 0);
  outbox.add("k2", "Bad");
  outbox.answered("k2", {message_id: "m2", status: "held", text: "Bad"});
  outbox.held([{message_id: "m2", text: "Bad", timestamp: "2026-03-02T12:00:00Z"}, {message_id: "m3", text: "Old", timestamp: "2026-03-02T11:00:00Z"}]);
  assert.deepEqual(outbox.list(new Map()).map(({text, state}) => [text, state]), [["Bad", "held"], ["Old", "held"]]);
  outbox.drop("m3");
  outbox.add("k4", "Quick");
  outbox.refused("k4", {reason: "rate_limited", retry_after: 11.2});
  assert.equal(refusalLine(outbox.list(new Map()).at(-1).reason), "That was quick. Try again in 12 seconds.");
});

test("words: what is hidden, how long, which day", () => {
  assert.deepEqual(partsOf("Call me on [number hidden] <b>"), ["Call me on ", {hidden: "number"}, " <b>"]);
  assert.deepEqual(partsOf("[password hidden]"), ["[password hidden]"]);
  assert.equal(hiddenLine(["number"]), "Phone numbers stay private here, so we hid one. Everything else was sent.");
  assert.equal(hiddenLine(["number", "link"]), "Phone numbers and links stay private here, so we hid them. Everything else was sent.");
  const now = Date.parse("2026-03-02T12:00:00Z");
  const ahead = (seconds) => left(now + seconds * 1000, now);
  assert.deepEqual([ahead(86_340), ahead(3_600), ahead(2_299), ahead(42), ahead(0)], ["23 h 59 min", "1 h 00 min", "38 min", "42 s", "closing"]);
  assert.deepEqual([soon(now + 3_599_000, now), soon(now + 3_601_000, now)], [true, false]);
  const noon = new Date(2026, 2, 2, 12);
  assert.deepEqual([day(new Date(2026, 2, 2, 0, 1), noon), day(new Date(2026, 2, 1, 23, 59), noon), day(new Date(2026, 1, 3), noon)], ["Today", "Yesterday", "3 February"]);
});
