// The stock `phoenix` client, unmodified, against a running Tandem: started by tests/channels/test_stock_client.py, which
// names the server, its key and the version of the client to take.

import assert from "node:assert/strict";
import {randomUUID} from "node:crypto";
import {after, test} from "node:test";

const {TANDEM_URL, TANDEM_KEY, PHOENIX = "phoenix"} = process.env;
const {Socket, Presence} = await import(PHOENIX);
const PATIENCE = 5000;
const opened = [];

after(() => opened.forEach((socket) => socket.disconnect()));

async function api(path, body, method = "POST") {
  const headers = {Authorization: `Bearer ${TANDEM_KEY}`, "Content-Type": "application/json"};
  const answer = await fetch(`${TANDEM_URL}/api/v1/${path}`, {method, headers, body: JSON.stringify(body)});
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

async function person(more = {}) {
  const external_id = randomUUID();
  const made = await api("tokens", {external_id, name: "Ada Byron", role: "student", age_band: "18_plus", ...more});
  return {...made, external_id};
}

async function practise(who, score = 90) {
  const event = {id: randomUUID(), type: "practice_completed", external_id: who.external_id, properties: {score}};
  const {results} = await api("events", {events: [{...event, subject: "math", skill: "algebra"}]});
  assert.equal(results[0].status, "accepted");
  return results[0].seq;
}

function connect(who, options = {}) {
  const settings = {transport: WebSocket, reconnectAfterMs: () => 20, rejoinAfterMs: () => 20, params: {token: who.token}, ...options};
  const socket = new Socket(`${TANDEM_URL.replace("http", "ws")}/socket`, settings);
  opened.push(socket);
  socket.connect();
  return socket;
}

function bounded(what, start) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${what}`)), PATIENCE);
    const settled = (finish) => (value) => { clearTimeout(timer); finish(value); };
    start(settled(resolve), settled(reject));
  });
}

const join = (channel) => bounded(`join of ${channel.topic}`, (ok, no) =>
  channel.join().receive("ok", ok).receive("error", (refusal) => { channel.leave(); no(refusal); }));

const push = (channel, event, payload) => bounded(`reply to ${event}`, (ok) => channel.push(event, payload)
  .receive("ok", (response) => ok({status: "ok", response}))
  .receive("error", (response) => ok({status: "error", response})));

const next = (channel, event, fits = () => true) => bounded(event, (ok) => {
  const ref = channel.on(event, (payload) => { if (fits(payload)) { channel.off(event, ref); ok(payload); } });
});

const until = (what, true_) => bounded(what, (ok) => {
  const look = () => (true_() ? ok() : setTimeout(look, 5));
  look();
});

test("joins a feed and gets the latest activities [RT-1 RT-8]", async () => {
  const ada = await person();
  const seq = await practise(ada);
  const response = await join(connect(ada).channel("activity:global"));
  assert.ok(response.activities.some((item) => item.seq === seq));
  assert.ok(response.seq >= seq);
  assert.equal(response.recovered, false);
});

test("an event that is posted arrives, once, with its id and place [RT-10 RT-15]", async () => {
  const ada = await person();
  const channel = connect(ada).channel("activity:subject:math");
  await join(channel);
  const heard = [];
  channel.on("new_activity", (payload) => heard.push(payload));
  const seq = await practise(ada, 77);
  await until("activity", () => heard.length);
  await push(channel, "ends", {});
  assert.equal(heard.length, 1);
  assert.equal(heard[0].seq, seq);
  assert.equal(heard[0].event_type, "practice_completed");
  assert.deepEqual(heard[0].data, {score: 77});
  assert.match(heard[0].id, /^[0-9a-f-]{36}$/);
});

test("the token may come in the sub-protocol [RT-2]", {skip: PHOENIX !== "phoenix"}, async () => {
  const ada = await person();
  const socket = connect(ada, {params: {}, authToken: ada.token});
  const response = await join(socket.channel("activity:global"));
  assert.ok(!socket.endPointURL().includes(ada.token));
  assert.ok(Array.isArray(response.activities));
});

test("a bad token never opens the socket [RT-2]", async () => {
  const socket = connect({token: "nonsense"});
  await bounded("refusal", (ok) => socket.onError(ok));
  assert.equal(socket.isConnected(), false);
  socket.disconnect();
});

test("Presence follows who comes, changes and goes [PR-1 PR-8 RT-8]", async () => {
  const [ada, leo] = [await person(), await person({name: "Leo Marsh"})];
  const channel = connect(ada).channel("presence:lobby");
  const presence = new Presence(channel);
  await join(channel);
  await until("oneself", () => presence.state[ada.user_id]);
  assert.equal(presence.state[ada.user_id].metas[0].status, "online");

  const tabs = [connect(leo), connect(leo)];
  const lobbies = tabs.map((tab) => tab.channel("presence:lobby"));
  for (const lobby of lobbies) await join(lobby);
  await until("both tabs", () => presence.state[leo.user_id]?.metas.length === 2);
  const listed = presence.list((id, {metas}) => metas[0].username);
  assert.equal(listed.filter((name) => name === "Leo Marsh").length, 1, "one person, however many tabs");

  assert.equal((await push(lobbies[0], "update_status", {status: "in_quiz"})).status, "ok");
  await until("the status", () => presence.state[leo.user_id].metas.some((meta) => meta.status === "in_quiz"));
  tabs[0].disconnect();
  await until("one tab", () => presence.state[leo.user_id]?.metas.length === 1);
  lobbies[1].leave();
  await until("nobody", () => !presence.state[leo.user_id]);
});

test("every push gets an answer, and a bad one keeps the connection [RT-9]", async () => {
  const socket = connect(await person());
  const lobby = socket.channel("presence:lobby");
  await join(lobby);
  assert.equal((await push(lobby, "update_activity", {activity: "browsing"})).status, "ok");
  const refused = await push(lobby, "update_status", {status: "busy"});
  assert.deepEqual([refused.status, refused.response.reason], ["error", "invalid_status"]);
  assert.equal((await push(lobby, "no_such_message", {})).response.reason, "unknown_event");
  assert.equal((await push(lobby, "update_status", new ArrayBuffer(8))).response.reason, "binary_not_supported");
  assert.equal(socket.isConnected(), true);
});

test("what is not one's own is refused with the reason [RT-7]", async () => {
  const [ada, leo] = [await person({cohort: "blue"}), await person({cohort: "red"})];
  const socket = connect(ada);
  await assert.rejects(join(socket.channel(`user:${leo.user_id}`)), {reason: "not_yours"});
  await assert.rejects(join(socket.channel("cohort:01900000-0000-7000-8000-000000000000")), {reason: "not_in_cohort"});
  await assert.rejects(join(socket.channel("no:such:topic")), {reason: "unmatched topic"});
  const mine = await join(socket.channel("user:me"));
  assert.deepEqual(mine, {});
});

test("a rejoin after a cut gets what was missed, once, by a params function [RT-15 RT-17]", async () => {
  const ada = await person();
  let held = {};
  const heard = [];
  let snapshots = 0;
  const take = (payload) => { heard.push(payload.seq); held = {...held, since: payload.seq}; };
  const socket = connect(ada, {reconnectAfterMs: () => 100});
  const channel = socket.channel("activity:global", () => held);
  channel.on("new_activity", take);
  channel.joinPush.receive("ok", (response) => {
    if (response.recovered) response.events.forEach(({payload}) => payload.event_type && take(payload));
    else snapshots += 1;
    held = {since: response.seq, epoch: response.epoch};
  });
  await join(channel);
  const stated = [];
  for (let round = 0; round < 5; round += 1) {
    stated.push(await practise(ada));
    (socket.conn.transport ?? socket.conn).close();
    await until("cut", () => !socket.isConnected());
    stated.push(await practise(ada), await practise(ada));
    await until("return", () => channel.state === "joined" && socket.isConnected());
  }
  await until("everything", () => heard.length >= stated.length);
  assert.deepEqual(heard, stated);
  assert.equal(snapshots, 1);
});

test("a second channel of a topic replaces the first, and leaving ends it", async () => {
  const ada = await person();
  const socket = connect(ada);
  const first = socket.channel("activity:global");
  await join(first);
  const second = socket.channel("activity:global");
  await join(second);
  const heard = [];
  second.on("new_activity", (payload) => heard.push(payload.seq));
  const seq = await practise(ada);
  await until("the activity", () => heard.length);
  assert.deepEqual(heard, [seq]);
  await bounded("leave", (ok) => second.leave().receive("ok", ok));
  assert.equal(second.state, "closed");
  await practise(ada);
  const third = socket.channel("presence:lobby");
  await join(third);
  assert.equal(heard.length, 1);
});

test("heartbeats are answered, and the socket stays [RT-4]", async () => {
  const socket = connect(await person(), {heartbeatIntervalMs: 30});
  const channel = socket.channel("activity:global");
  await join(channel);
  let answered = 0;
  socket.onMessage(({topic, event}) => { if (topic === "phoenix" && event === "phx_reply") answered += 1; });
  await until("heartbeats", () => answered >= 5);
  assert.equal(socket.isConnected(), true);
  assert.equal(channel.state, "joined");
});

test("whoever is erased is out at once [RT-2]", async () => {
  const ada = await person();
  const socket = connect(ada);
  await join(socket.channel("activity:global"));
  const closed = bounded("close", (ok) => socket.onClose(ok));
  await api(`people/${ada.external_id}`, undefined, "DELETE");
  assert.equal((await closed).code, 4003);
  socket.disconnect();
});

test("whoever leaves a cohort leaves its room and does not come back by itself [RT-7]", async () => {
  const ada = await person({cohort: randomUUID()});
  const socket = connect(ada);
  const {cohort_id} = await api(`people/${ada.external_id}`, {}, "PUT");
  const room = socket.channel(`cohort:${cohort_id}`);
  await join(room);
  const closed = bounded("close of the room", (ok) => room.onClose(ok));
  await api(`people/${ada.external_id}`, {cohort: randomUUID()}, "PUT");
  await closed;
  assert.equal(room.state, "closed");
  assert.equal(socket.isConnected(), true);
});
