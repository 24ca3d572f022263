import assert from "node:assert/strict";
import {test} from "node:test";

import {FeedModel, itemOf} from "../../dashboards/static/elements/feed-model.js";
import {GROUPS, asked, fits} from "../../dashboards/static/elements/feed-filters.js";
import {belongs, tooOld} from "../../dashboards/static/elements/feed-views.js";
import {SENTENCES, plain} from "../../dashboards/static/elements/texts.js";

const item = (rest = {}) => itemOf({id: "a", seq: 1, type: "practice_completed", user_id: "u1", subject: "math", timestamp: "2026-03-02T12:00:00Z", ...rest});
const filters = (groups = [], subject = "") => ({groups: new Set(groups), subject});

test("filters let through what fits the kinds and the subject, and ask the server for the same [AF-15]", () => {
  assert.equal(fits(item(), filters()), true);
  assert.equal(fits(item(), filters(["Practices"])), true);
  assert.equal(fits(item(), filters(["Badges and streaks"])), false);
  assert.equal(fits(item(), filters(["Badges and streaks", "Practices"], "science")), false);
  assert.equal(fits(item({subject: "science"}), filters([], "science")), true);
  assert.deepEqual(asked(filters(["Challenges"], "math")), {type: "challenge_won", subject: "math"});
  assert.deepEqual(asked(filters()), {});
});

test("every kind of activity that has a sentence can be filtered for, in one group [AF-15]", () => {
  const grouped = Object.values(GROUPS).flat();
  assert.equal(new Set(grouped).size, grouped.length);
  for (const type of Object.keys(SENTENCES)) assert.ok(grouped.includes(type), type);
});

test("one's network is what came of work, for a day; friends are friends [AF-10]", () => {
  const network = {scope: "network"}, friends = {scope: "friends"};
  assert.equal(belongs(network, item(), new Set()), true);
  assert.equal(belongs(network, item({type: "practice_started"}), new Set()), false);
  assert.equal(belongs(friends, item(), new Set(["u2"])), false);
  assert.equal(belongs(friends, item(), new Set(["u1"])), true);
  const noon = Date.parse("2026-03-03T12:00:00Z");
  assert.equal(tooOld(network, item(), noon), false);
  assert.equal(tooOld(network, item(), noon + 1), true);
  assert.equal(tooOld(friends, item(), noon + 1), false);
});

test("what is removed goes from what is shown and from what waits [AF-23]", () => {
  const model = new FeedModel();
  model.snapshot("activity:global", [item()]);
  model.add("activity:global", item({id: "b", seq: 2}), true);
  assert.equal(model.remove("b"), true);
  assert.equal(model.waiting.size, 0);
  assert.equal(model.remove("a"), true);
  assert.equal(model.remove("a"), false);
  assert.deepEqual(model.list(), []);
});

test("another leader, and who led to the end, are told apart [HUB-23]", () => {
  const said = (properties) => plain({type: "leaderboard_rank", subject: "math", properties});
  assert.equal(said({rank: 1, period: "weekly"}), "took the lead in Math");
  assert.equal(said({rank: 1, period: "weekly", final: true}), "led Math for the week");
  assert.equal(said({rank: 4, period: "weekly"}), "is now 4th in Math");
  assert.equal(said({}), "entered the top 10 in Math");
});
