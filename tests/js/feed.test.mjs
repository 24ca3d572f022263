import assert from "node:assert/strict";
import {test} from "node:test";

import {FeedModel, WINDOW, itemOf} from "../../dashboards/static/elements/feed-model.js";
import {Pager, scopeOf} from "../../dashboards/static/elements/pager.js";
import {toggled} from "../../dashboards/static/elements/reactions.js";

const item = (seq, rest = {}) => itemOf({id: `i${seq}`, seq, type: "practice_completed", user_id: "u1", user_name: "Ada", ...rest});
const range = (from, to) => Array.from({length: from - to + 1}, (_, index) => item(from - index));
const pairs = (items, topic = "activity:global") => items.map((one) => [topic, one]);
const seqs = (model) => model.list().map(({seq}) => seq);

test("new activities come on top and the newest fifty stay [AF-9]", () => {
  const model = new FeedModel();
  model.snapshot("activity:global", range(50, 1));
  for (let seq = 51; seq <= 60; seq += 1) model.add("activity:global", item(seq));
  assert.equal(model.list().length, WINDOW);
  assert.deepEqual([seqs(model)[0], seqs(model).at(-1)], [60, 11]);
});

test("pages that the reader loaded stay when new ones come, none twice [AF-8] [AF-9]", () => {
  const model = new FeedModel();
  model.snapshot("activity:global", range(100, 51));
  assert.equal(model.page(pairs(range(60, 11))), 40);
  for (let seq = 101; seq <= 130; seq += 1) model.add("activity:global", item(seq));
  assert.deepEqual(seqs(model), range(130, 11).map(({seq}) => seq));
});

test("after the window has moved on, paging from the top leaves no gap [AF-8]", () => {
  const model = new FeedModel();
  model.snapshot("activity:global", range(100, 51));
  for (let seq = 101; seq <= 120; seq += 1) model.add("activity:global", item(seq));
  assert.deepEqual([seqs(model)[0], seqs(model).at(-1)], [120, 71]);
  model.page(pairs(range(120, 71)));
  model.page(pairs(range(70, 21)));
  assert.deepEqual(seqs(model), range(120, 21).map(({seq}) => seq));
});

test("an activity that comes by two topics is one row [RT-15]", () => {
  const model = new FeedModel();
  assert.equal(model.add("activity:global", item(1)), true);
  assert.equal(model.add("cohort:1", item(1)), false);
  assert.equal(model.list().length, 1);
});

test("what waits is not shown until it is looked at, and the order is that of the log [UI-2] [RT-16]", () => {
  const model = new FeedModel();
  model.snapshot("activity:global", range(10, 1));
  model.add("activity:global", item(12), true);
  model.add("activity:global", item(11), true);
  assert.equal(model.waiting.size, 2);
  assert.equal(seqs(model)[0], 10);
  assert.deepEqual(model.reveal().sort(), ["i11", "i12"]);
  assert.deepEqual(seqs(model).slice(0, 3), [12, 11, 10]);
});

test("a fresh picture takes away what its topic no longer shows, and leaves older pages alone [RT-17]", () => {
  const model = new FeedModel();
  model.snapshot("activity:global", range(100, 51));
  model.page(pairs(range(50, 1)));
  const without = range(101, 51).filter(({seq}) => seq !== 99);
  model.snapshot("activity:global", without);
  assert.ok(!seqs(model).includes(99));
  assert.ok(seqs(model).includes(1));
});

test("somebody who is no longer seen on a topic goes from it, and stays where another still shows them [AF-6]", () => {
  const model = new FeedModel();
  model.add("activity:global", item(1));
  model.add("cohort:1", item(1));
  model.add("activity:global", item(2));
  model.add("activity:global", item(3, {user_id: "u2"}));
  model.page(pairs([item(0)]));
  model.removePerson("activity:global", "u1");
  assert.deepEqual(seqs(model), [3, 1]);
  model.rename("u1", "Adi", "fox-2");
  assert.equal(model.list()[1].user_name, "Adi");
});

test("messages by either set of names make the same activity [AF-3]", () => {
  const payload = {id: 7, seq: 1, event_type: "level_up", data: {level: 2}, timestamp: "2025-01-01T00:00:00Z"};
  assert.deepEqual(itemOf(payload).properties, {level: 2});
  assert.equal(itemOf(payload).type, "level_up");
  assert.equal(itemOf({}), null);
  assert.equal(itemOf(null), null);
});

/** Lists as the server keeps them, by scope, in pages of a size. */
const paging = (lists, size, asked = []) => async (scope, cursor) => {
  asked.push(scope);
  const left = lists[scope].filter((one) => cursor === null || one.seq < Number(cursor));
  const activities = left.slice(0, size);
  return {activities, next_cursor: left.length > size ? String(activities.at(-1).seq) : null};
};

async function all(pager) {
  const stretches = [];
  while (pager.more) stretches.push((await pager.next()).map(([, {seq}]) => seq));
  return stretches;
}

test("pages of several topics are one list: in order, without a gap and without a double [AF-8]", async () => {
  for (let round = 0; round < 200; round += 1) {
    const global = range(60, 1).filter(() => Math.random() < round / 200);
    const cohort = range(60, 1).filter(() => Math.random() < 0.4);
    const size = 1 + Math.floor(Math.random() * 12);
    const pager = new Pager(["activity:global", "cohort:7"], paging({global, "cohort:7": cohort}, size));
    const stretches = await all(pager);
    const said = stretches.flatMap((stretch) => [...new Set(stretch)]);
    const wanted = [...new Set([...global, ...cohort].map(({seq}) => seq))].sort((one, other) => other - one);
    assert.deepEqual(said, wanted);
    assert.ok(stretches.slice(0, -1).every((stretch) => stretch.length > 0));
  }
});

test("a topic that has come to its end is not asked again [AF-8]", async () => {
  const asked = [];
  const pager = new Pager(["activity:global", "cohort:7"], paging({global: range(30, 1), "cohort:7": []}, 10, asked));
  await all(pager);
  assert.deepEqual(asked.filter((scope) => scope === "cohort:7").length, 1);
  assert.equal(asked.filter((scope) => scope === "global").length, 3);
  assert.deepEqual(["activity:global", "activity:subject:math", "cohort:7"].map(scopeOf), ["global", "subject:math", "cohort:7"]);
});

test("a reaction replaces one's own, the same again takes it back, others' stay [AF-14]", () => {
  assert.deepEqual(toggled({like: 2}, null, "wow"), {mine: "wow", counts: {like: 2, wow: 1}});
  assert.deepEqual(toggled({like: 2, wow: 1}, "wow", "like"), {mine: "like", counts: {like: 3}});
  assert.deepEqual(toggled({like: 3}, "like", "like"), {mine: null, counts: {like: 2}});
  assert.deepEqual(toggled({}, "like", "like"), {mine: null, counts: {}});
});

test("counts follow what the server tells, for rows that are shown and rows that wait [AF-14]", () => {
  const model = new FeedModel();
  model.snapshot("activity:global", range(3, 1));
  model.add("activity:global", item(4), true);
  assert.equal(model.reacted("i2", {like: 1}), true);
  assert.equal(model.reacted("i4", {wow: 1}), false);
  assert.equal(model.reacted("unknown", {wow: 1}), false);
  model.reveal();
  assert.deepEqual(model.list().map(({reactions}) => reactions), [{wow: 1}, {}, {like: 1}, {}]);
});
