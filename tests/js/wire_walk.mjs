// Walks that the server's rules made, on standard input; the browser's reducer must be where the server is after every fact.
import assert from "node:assert/strict";

import {apply, clocks, waiting} from "../../dashboards/static/workshop/wire.js";

const bySelf = (one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/** What both sides know of a state, with what has no order put into one. */
function known(state) {
  return {
    ...state,
    participants: state.participants.map(({needs_word, ...one}) => one),
    scored: [...state.scored].sort(),
    open_scores: [...state.open_scores].sort(bySelf),
    results: [...state.results].map((one) => ({...one, scores: [...one.scores].sort(bySelf)})).sort((one, other) => one.question - other.question),
    timers: state.timers.map((one) => ({...one, started_at: one.started_at && Date.parse(one.started_at)})).sort(bySelf),
    notes: state.notes.map(({changed_by, ...one}) => one),
    started_at: state.started_at && Date.parse(state.started_at),
    completed_at: state.completed_at && Date.parse(state.completed_at),
    can_advance: null, missing: null, waiting_for: null, alone: null, turn: null,
  };
}

let facts = 0;
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
for (const {start, steps} of JSON.parse(Buffer.concat(chunks))) {
  let state = start;
  for (const {event, fact, after, time} of steps) {
    const before = JSON.stringify(state);
    const next = apply(state, event, fact);
    assert.equal(JSON.stringify(state), before, `${event} changed the state that it was given`);
    state = next;
    facts += 1;
    assert.deepEqual(known(state), known(after), event);
    const asked = waiting(state);
    assert.deepEqual([asked.left.map((one) => one.id), asked.canAdvance, asked.alone, asked.turn], [after.waiting_for, after.can_advance, after.alone, after.turn], event);
    const read = clocks(state, time.now);
    assert.deepEqual(read && [read.section, read.total, read.left, read.overallTotal, read.overallLeft, read.paused, read.pacing], time.clocks, event);
  }
}
console.log(JSON.stringify({facts}));
