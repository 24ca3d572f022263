// The embeds' one line: the token that the host gives, when it is asked for, and why a line does not open.
import assert from "node:assert/strict";
import {afterEach, mock, test} from "node:test";

import {Far, settle} from "./kit.mjs";

const asked = [];
const far = new Far();
const region = () => ({dispatchEvent: (event) => asked.push(event), lineChanged() {}, restart() { this.again = true; }});
const tokenOf = (sub, exp = 4e9) => `x.${btoa(JSON.stringify({sub, exp}))}.y`;
const answers = {status: 200, reach: true, origin: true};

globalThis.document = {readyState: "complete", addEventListener() {}, hidden: false};
globalThis.location = {origin: "https://school.example", href: "https://school.example/"};
globalThis.CustomEvent ??= class { constructor(type, init) { Object.assign(this, {type, ...init}); } };
globalThis.WebSocket = far.Socket;
globalThis.fetch = async (address) => {
  if (!answers.reach || (!answers.origin && !address.endsWith("/embed/tandem.js"))) throw new TypeError("failed");
  return {status: answers.status, ok: answers.status < 400, json: async () => ({})};
};
const {claimsOf, lineTo} = await import("../../dashboards/static/embed/line.js");

let number = 0;
function line() {
  mock.timers.enable({apis: ["setTimeout"]});
  const made = lineTo(`https://tandem-${++number}.example`), one = region();
  made.add(one);
  return {made, one};
}

const pass = async (milliseconds) => { for (let at = 0; at < milliseconds; at += 500) { mock.timers.tick(500); await settle(); } };

afterEach(() => {
  mock.timers.reset();
  asked.length = 0;
  Object.assign(answers, {status: 200, reach: true, origin: true});
  Object.assign(far, {reachable: true});
});

test("without a token the page is asked, again and again, and nothing is dialled until it answers [UI-6]", async () => {
  const before = far.sockets.length;
  const {made} = line();
  await pass(1000);
  assert.deepEqual(asked.map(({type, detail}) => [type, detail.reason]), [["tandem-token", "missing"]]);
  await pass(20000);
  assert.ok(asked.length > 3);
  assert.equal(made.problem, "token");
  assert.equal(far.sockets.length, before);
  made.offer(tokenOf("ada"));
  await settle();
  assert.equal(far.sockets.length, before + 1);
  assert.equal(made.problem, null);
  assert.equal(made.me, "ada");
});

test("a token is asked for a minute before it runs out, and again when it was revoked [SEC-1]", async () => {
  const {made} = line();
  made.offer(tokenOf("ada", (Date.now() + 100000) / 1000));
  await settle();
  await pass(50000);
  assert.deepEqual(asked.map(({detail}) => detail.reason), ["expiring"]);
  made.offer(tokenOf("ada", 4.1e9));
  far.cut(4003);
  await pass(3000);
  assert.equal(made.client.state, "live", "what was revoked was the old one");
  far.cut(4003);
  await pass(3000);
  assert.equal(asked.at(-1).detail.reason, "expired");
  made.offer(tokenOf("ada", 4.2e9));
  await pass(3000);
  assert.equal(made.client.state, "live");
});

test("a line that does not open is looked into: the origin, the token, or the network [SEC-3]", async () => {
  const warned = mock.method(console, "warn", () => {});
  for (const [given, problem] of [[{origin: false}, "origin"], [{reach: false}, null], [{status: 401}, "token"]]) {
    Object.assign(far, {reachable: false});
    Object.assign(answers, {status: 200, reach: true, origin: true}, given);
    const {made} = line();
    made.offer(tokenOf("ada"));
    await pass(15000);
    assert.equal(made.problem, problem, JSON.stringify(given));
    made.client.close();
    mock.timers.reset();
  }
  assert.equal(warned.mock.callCount(), 1);
  warned.mock.restore();
});

test("a token of somebody else starts everything afresh, on a line of its own", async () => {
  const {made, one} = line();
  made.offer(tokenOf("ada"));
  await settle();
  const {client} = made;
  made.offer(tokenOf("ben"));
  await settle();
  assert.equal(client.state, "ended");
  assert.notEqual(made.client, client);
  assert.equal(one.again, true);
});

test("the last element that goes closes the line, unless one comes in its place", async () => {
  const {made, one} = line();
  made.offer(tokenOf("ada"));
  await settle();
  made.remove(one);
  made.add(one);
  await pass(2000);
  assert.equal(made.client.state, "live");
  made.remove(one);
  await pass(2000);
  assert.equal(made.client.state, "ended");
  assert.notEqual(lineTo(made.address), made);
});

test("what is no token says nothing", () => {
  for (const token of [null, "", "a", "a.b.c", "a.e30.c"]) assert.deepEqual(claimsOf(token), {});
});
