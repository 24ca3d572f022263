import assert from "node:assert/strict";
import {test} from "node:test";

import {Client, Presence, STEPS, Seen, backoff} from "../../dashboards/static/client/tandem.js";
import {Clock, Far, settle} from "./kit.mjs";

function start(options = {}) {
  const clock = new Clock();
  const far = new Far();
  const client = new Client({url: "ws://test/socket/websocket", token: async () => "a.b.c", WebSocket: far.Socket, later: clock.later, random: () => 0, online: () => true, ...options});
  return {clock, far, client};
}

const answering = (far, responses) => {
  far.onmessage = (socket, message) => {
    const answer = message[3] === "heartbeat" ? {} : responses(message);
    if (answer) far.reply(socket, message, answer);
  };
};

test("the wait before another attempt takes 1, 2, 5, 10 seconds, never more, and never the same for all [RT-5]", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 50].map((attempt) => backoff(attempt, () => 0)), [1000, 2000, 5000, 10000, 10000, 10000]);
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const waits = new Set(Array.from({length: 50}, () => backoff(attempt)));
    assert.ok(waits.size > 40);
    for (const wait of waits) assert.ok(wait <= STEPS[Math.min(attempt, 3)] && wait > STEPS[Math.min(attempt, 3)] / 2);
  }
});

test("a payload that was seen, or is older than the state, is not news [RT-15] [RT-16]", () => {
  const seen = new Seen();
  seen.reset(10, "e");
  assert.equal(seen.news({seq: 10, id: "a"}), false);
  assert.equal(seen.news({seq: 12, id: "b"}), true);
  assert.equal(seen.news({seq: 12, id: "b"}), false);
  assert.equal(seen.news({seq: 12, id: "c"}), true, "two messages of one fact's place are both news");
  assert.equal(seen.news({seq: 11, id: "d"}), false, "a late one does not come after a newer one");
  assert.equal(seen.news({text: "a signal has no place"}), true);
  assert.equal(seen.seq, 12);
});

test("the memory for ids is bounded [RT-15]", () => {
  const seen = new Seen();
  for (let seq = 1; seq <= 5000; seq += 1) seen.news({seq, id: `id${seq}`});
  assert.ok(seen.ids.size <= 1001);
});

test("in a crowd the number that is told counts, until all are told again [PR-8]", () => {
  const presence = new Presence();
  presence.sync({a: {metas: [{phx_ref: "1"}]}});
  assert.equal(presence.count, 1);
  presence.counted({count: 300, complete: false});
  presence.diff({joins: {b: {metas: [{phx_ref: "2"}]}}});
  assert.equal(presence.count, 300);
  presence.counted({count: 2, complete: true});
  assert.equal(presence.count, 2);
});

test("presence counts people and not connections, and lets go with the last one [PR-8]", () => {
  const presence = new Presence();
  presence.diff({joins: {x: {metas: [{phx_ref: "early"}]}}});
  presence.sync({a: {metas: [{phx_ref: "1", username: "Ada"}]}, b: {metas: [{phx_ref: "2", username: "Ben"}]}});
  presence.diff({joins: {a: {metas: [{phx_ref: "3", username: "Ada", status: "away"}]}}});
  assert.deepEqual(presence.list().map((one) => [one.key, one.metas.length]), [["a", 2], ["b", 1]]);
  presence.diff({leaves: {a: {metas: [{phx_ref: "1"}]}}});
  assert.deepEqual(presence.list().map((one) => one.key), ["a", "b"]);
  presence.diff({leaves: {a: {metas: [{phx_ref: "3"}]}}});
  assert.deepEqual(presence.list().map((one) => one.key), ["b"]);
});

test("a change of somebody's meta is no coming and going, and a new state keeps people's places [PR-8]", () => {
  const presence = new Presence();
  presence.sync({a: {metas: [{phx_ref: "1", status: "online"}]}, b: {metas: [{phx_ref: "2"}]}});
  presence.diff({joins: {a: {metas: [{phx_ref: "3", status: "away"}]}}, leaves: {a: {metas: [{phx_ref: "1"}]}}});
  assert.deepEqual(presence.list().map((one) => [one.key, one.status]), [["a", "away"], ["b", undefined]]);
  presence.sync({c: {metas: [{phx_ref: "5"}]}, b: {metas: [{phx_ref: "2"}]}});
  assert.deepEqual(presence.list().map((one) => one.key), ["b", "c"]);
});

test("the token goes in the sub-protocol and never in the address [RT-1]", async () => {
  const {far} = start({token: async () => "héader.pay~load".normalize("NFD").replace(/[^\x00-\x7f]/g, "")});
  await settle();
  assert.equal(far.last.url, "ws://test/socket/websocket?vsn=2.0.0");
  const [protocol, bearer] = far.last.protocols;
  assert.equal(protocol, "phoenix");
  const encoded = bearer.replace("base64url.bearer.phx.", "");
  assert.match(encoded, /^[\w-]+$/);
  assert.equal(Buffer.from(encoded, "base64url").toString(), "header.pay~load");
});

test("after a cut every topic is joined again from where it was, and the gap arrives once [RT-5] [RT-17]", async () => {
  const {clock, far, client} = start();
  const heard = [];
  answering(far, ([, , , event, payload]) => {
    if (event !== "phx_join") return {};
    if (payload.since === undefined) return {seq: 5, epoch: "e1", recovered: false, activities: []};
    return {seq: 8, epoch: "e1", recovered: true, events: [7, 8].map((seq) => ({event: "new_activity", payload: {seq, id: `i${seq}`}}))};
  });
  client.channel("activity:global", {onSnapshot: () => heard.push("snapshot"), onEvent: (_, {seq}) => heard.push(seq)});
  await settle();
  far.say("activity:global", "new_activity", {seq: 6, id: "i6"});
  far.say("activity:global", "new_activity", {seq: 7, id: "i7"});
  far.cut();
  await clock.pass(1000);
  far.say("activity:global", "new_activity", {seq: 9, id: "i9"});
  assert.deepEqual(heard, ["snapshot", 6, 7, 8, 9]);
  assert.deepEqual(far.joins("activity:global").map(([, , , , payload]) => payload), [{}, {since: 7, epoch: "e1"}]);
});

test("a state in place of the gap replaces what was seen, and what it holds is not told again [RT-17]", async () => {
  const {far, client} = start();
  const heard = [];
  answering(far, () => ({seq: 5, epoch: "e1", recovered: false, activities: []}));
  client.channel("activity:global", {onSnapshot: ({activities}) => heard.push(activities.length), onEvent: (_, {seq}) => heard.push(`e${seq}`)});
  await settle();
  far.say("activity:global", "snapshot", {seq: 20, epoch: "e2", activities: [{}, {}]});
  far.say("activity:global", "new_activity", {seq: 20, id: "x"});
  far.say("activity:global", "new_activity", {seq: 21, id: "y"});
  assert.deepEqual(heard, [0, 2, "e21"]);
});

test("what is pushed while the line is away goes out in order when it is back [RT-5]", async () => {
  const {clock, far, client} = start();
  const pushed = [];
  answering(far, ([, , , event, payload]) => {
    if (event === "phx_join") return {seq: 1, epoch: "e", recovered: false};
    pushed.push(payload.n);
    return {n: payload.n};
  });
  const channel = client.channel("presence:lobby");
  await settle();
  far.reachable = false;
  far.cut();
  const answers = [1, 2, 3].map((n) => channel.push("update_status", {n}));
  await clock.pass(1500);
  assert.deepEqual(pushed, []);
  far.reachable = true;
  await clock.pass(10000);
  assert.deepEqual(pushed, [1, 2, 3]);
  assert.deepEqual(await Promise.all(answers), [{n: 1}, {n: 2}, {n: 3}]);
});

test("a push that was cut before its answer is sent again only when it carries a key [RT-15]", async () => {
  const {clock, far, client} = start();
  let silent = true;
  const arrived = [];
  answering(far, ([, , , event, payload]) => {
    if (event === "phx_join") return {seq: 1, epoch: "e", recovered: false};
    arrived.push(payload.key ?? "none");
    return silent ? null : {};
  });
  const channel = client.channel("cohort:1");
  await settle();
  const keyed = channel.push("send_message", {key: "k1"});
  const bare = channel.push("update_status", {});
  await settle();
  silent = false;
  far.cut();
  await assert.rejects(bare, {reason: "lost", temporary: true});
  await clock.pass(1000);
  await keyed;
  assert.deepEqual(arrived, ["k1", "none", "k1"]);
});

test("a short cut is not spoken of; a longer one is reconnecting after two seconds, then offline, then live again [UI-1]", async () => {
  const {clock, far, client} = start();
  const states = [];
  client.onState((state) => states.push(state));
  await settle();
  far.cut();
  await clock.pass(1500);
  assert.deepEqual(states, ["connecting", "live"]);
  far.reachable = false;
  far.cut();
  await clock.pass(1900);
  assert.deepEqual(states, ["connecting", "live"]);
  await clock.pass(200);
  assert.deepEqual(states, ["connecting", "live", "reconnecting"]);
  await clock.pass(18000);
  assert.equal(states.at(-1), "offline");
  far.reachable = true;
  await clock.pass(10000);
  assert.equal(states.at(-1), "live");
});

test("a line that answers no heartbeat is dropped and dialled again [RT-5]", async () => {
  const {clock, far} = start();
  await settle();
  far.onmessage = () => {};
  await clock.pass(30000);
  assert.equal(far.last.sent.at(-1)[3], "heartbeat");
  await clock.pass(12000);
  assert.equal(far.sockets.length, 2);
});

test("an ended sign-in ends the dialling [RT-2]", async () => {
  let asked = 0;
  const {clock, client} = start({token: async () => { asked += 1; throw {ended: true}; }});
  await settle();
  assert.equal(client.state, "ended");
  await clock.pass(60000);
  assert.equal(asked, 1);
});

test("two regions share one join, a late one gets the present state, and the last to go leaves [RT-15]", async () => {
  const {far, client} = start();
  answering(far, () => ({seq: 5, epoch: "e", recovered: false, activities: ["first"]}));
  const one = client.channel("activity:global", {});
  await settle();
  far.say("activity:global", "new_activity", {seq: 6, id: "i6"});
  far.say("activity:global", "presence_state", {a: {metas: [{phx_ref: "1"}]}});
  const heard = [];
  const two = client.channel("activity:global", {
    onSnapshot: ({activities}) => heard.push(...activities), onEvent: (_, {seq}) => heard.push(seq), onPresence: (people) => heard.push(people.length),
  });
  assert.deepEqual(heard, ["first", 6, 1]);
  assert.equal(far.joins("activity:global").length, 1);
  one.leave();
  assert.ok(!far.last.sent.some((message) => message[3] === "phx_leave"));
  two.leave();
  assert.equal(far.last.sent.at(-1)[3], "phx_leave");
});

test("a refused join is told with its reason and tried again only if that may help [RT-7]", async () => {
  const {clock, far, client} = start();
  let refusal = {reason: "not_in_cohort", message: "This cohort is not yours.", temporary: false};
  far.onmessage = (socket, message) => far.reply(socket, message, message[3] === "heartbeat" ? {} : refusal, message[3] === "heartbeat" ? "ok" : "error");
  const told = [];
  client.channel("cohort:2", {onRefused: ({reason}) => told.push(reason)});
  await clock.pass(20000);
  assert.deepEqual(told, ["not_in_cohort"]);
  assert.equal(far.joins("cohort:2").length, 1);
  refusal = {reason: "unavailable", temporary: true};
  client.channel("activity:global", {onRefused: () => told.push("never")});
  await clock.pass(2500);
  assert.equal(far.joins("activity:global").length, 2);
  assert.deepEqual(told, ["not_in_cohort"]);
});

test("a node that stops sends its clients elsewhere: they come soon, spread over three seconds [RT-22] [HUB-25]", async () => {
  for (const [random, early, wait] of [[0, 2900, 3000], [1, 200, 300]]) {
    const {clock, far} = start({random: () => random});
    await settle();
    far.cut(1012);
    await clock.pass(early);
    assert.equal(far.sockets.length, 1);
    await clock.pass(wait - early);
    assert.equal(far.sockets.length, 2);
  }
});

test("one connection too many stays away for a minute or more, unless somebody looks at its page [RT-5]", async () => {
  const {clock, far, client} = start();
  await settle();
  far.cut(4029);
  await clock.pass(59000);
  assert.equal(far.sockets.length, 1);
  await clock.pass(2000);
  assert.equal(far.sockets.length, 2);
  far.cut(4029);
  await clock.pass(1000);
  client.hurry();
  await settle();
  assert.equal(far.sockets.length, 3);
});

test("who is signed out does not come back with that token, and nothing waits for them [RT-2] [HUB-25]", async () => {
  const {clock, far, client} = start();
  const states = [];
  client.onState((state) => states.push(state));
  const lobby = client.channel("presence:lobby");
  await settle();
  far.cut(4003);
  const waiting = lobby.push("update_status", {status: "away"});
  const refused = assert.rejects(waiting, {reason: "signed_out", temporary: false});
  await clock.pass(600000);
  await refused;
  assert.equal(far.sockets.length, 1);
  assert.equal(states.at(-1), "ended");
  await assert.rejects(lobby.push("update_status", {}), {reason: "signed_out"});
});

test("a token that ran out is replaced by a fresh one, if there is one to have [RT-2]", async () => {
  let number = 0;
  const {clock, far, client} = start({token: async () => `a.b.${number += 1}`});
  await settle();
  far.cut(4003);
  await clock.pass(1000);
  assert.equal(far.sockets.length, 2);
  assert.equal(client.state, "live");
});

test("a laptop that slept for an hour finds its line dead, dials at once and gets what it missed, once [RT-17] [HUB-25]", async () => {
  const {clock, far, client} = start();
  const heard = [];
  let missed = [];
  answering(far, ([, , , event, payload]) => {
    if (event !== "phx_join") return {};
    if (payload.since === undefined) return {seq: 5, epoch: "e1", recovered: false, activities: []};
    return {seq: 5 + missed.length, epoch: "e1", recovered: true, events: missed.map((seq) => ({event: "new_activity", payload: {seq, id: `i${seq}`}}))};
  });
  client.channel("activity:global", {onEvent: (_, {seq}) => heard.push(seq)});
  await settle();
  // Asleep, no timer fires; the server has long cut the line, and nobody has told this side.
  clock.now += 3600000;
  missed = [6, 7, 8];
  far.last.deaf = true;
  client.hurry();
  await clock.pass(3000);
  assert.equal(far.sockets.length, 1, "the line is given a moment to answer");
  await clock.pass(1000);
  assert.equal(far.sockets.length, 2);
  assert.deepEqual(heard, [6, 7, 8]);
  far.say("activity:global", "new_activity", {seq: 8, id: "i8"});
  assert.deepEqual(heard, [6, 7, 8]);
});

test("the server going away while the page is offline costs nothing: it is found when the network is back [RT-5] [RT-17]", async () => {
  let online = true;
  const {clock, far, client} = start({online: () => online});
  const asked = [];
  answering(far, ([, , , event, payload]) => {
    if (event === "phx_join") asked.push(payload.since ?? null);
    return event === "phx_join" ? {seq: 9, epoch: "e", recovered: payload.since === 9, events: [], activities: []} : {};
  });
  client.channel("activity:global", {});
  await settle();
  online = false;
  far.reachable = false;
  far.cut();
  await clock.pass(120000);
  assert.equal(client.state, "offline");
  online = far.reachable = true;
  client.hurry();
  await settle();
  assert.equal(client.state, "live");
  assert.deepEqual(asked, [null, 9]);
});
