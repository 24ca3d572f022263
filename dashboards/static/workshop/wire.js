// The workshop's state as the server tells it, and what each fact makes of it: the browser's side of the server's reducer.
// Pure: a state is never changed, only replaced. Nothing unrevealed is in it. `waiting` and `clocks` answer, for a state,
// who is waited for and what the clocks say.

const FEWEST = 2;
const PACE = 0.1;

const person = (state, id, given) => ({...state, participants: state.participants.map((one) => (one.id === id ? {...one, ...given} : one))});
const without = (state, id) => ({...state, scored: state.scored.filter((one) => one !== id), open_scores: state.open_scores.filter((one) => one.participant_id !== id), passed: state.passed.filter((one) => one !== id)});
const step = (state, {step: version}, given) => ({...state, version, participants: state.participants.map((one) => (one.ready ? {...one, ready: false} : one)), scored: [], open_scores: [], passed: [], scores_revealed: false, ...given});
const edit = (list, id, given) => list.map((one) => (one.id === id ? {...one, ...given} : one));
const placed = (actions) => actions.map((one, position) => ({...one, position}));
const scores = (votes) => (votes ?? []).map(([participant_id, value]) => ({participant_id, value}));

const spent = (timer, at) => timer.spent_ms + (timer.started_at ? Math.max(0, at - Date.parse(timer.started_at)) : 0);
const stopped = (state, at) => state.timers.map((one) => (one.started_at ? {...one, spent_ms: spent(one, Date.parse(at)), started_at: null} : one));

const CHANGES = {
  participant_joined: (state, fact) => (state.participants.some((one) => one.id === fact.participant_id) ? state : {...state, participants: [...state.participants,
    {id: fact.participant_id, name: fact.name ?? null, status: "active", ready: false, is_facilitator: fact.facilitator ?? false, is_observer: fact.observer ?? false, joined_at: fact.at, needs_word: false}]}),
  participant_left: (state, fact) => person(state, fact.participant_id, {status: "inactive", ready: false}),
  participant_returned: (state, fact) => person(state, fact.participant_id, {status: "active", needs_word: false}),
  participant_dropped: (state, fact) => without({...person(state, fact.participant_id, {status: "dropped", ready: false}), reentries: state.reentries.filter((one) => one.participant_id !== fact.participant_id)}, fact.participant_id),
  participant_ready: (state, fact) => person(state, fact.participant_id, {ready: true}),
  participant_unready: (state, fact) => person(state, fact.participant_id, {ready: false}),
  participant_role_changed: (state, fact) => { const changed = person(state, fact.participant_id, {is_observer: fact.observer, ready: false}); return fact.observer ? without(changed, fact.participant_id) : changed; },
  facilitator_changed: (state, fact) => ({...state, participants: state.participants.map((one) => ({...one, is_facilitator: one.id === fact.participant_id}))}),
  reentry_asked: (state, fact) => ({...state, reentries: [...state.reentries.filter((one) => one.participant_id !== fact.participant_id), {knock_id: fact.knock_id, participant_id: fact.participant_id}]}),
  reentry_answered: (state, fact) => ({...state, reentries: state.reentries.filter((one) => one.knock_id !== fact.knock_id)}),
  phase_changed: (state, fact) => step(state, fact, {state: fact.state, stage: "", current_question: 0, started_at: state.started_at ?? fact.at}),
  question_changed: (state, fact) => step(state, fact, {current_question: fact.question, stage: fact.stage ?? "awaiting"}),
  scores_revealed: (state, fact) => step(state, fact, {stage: "revealed", scores_revealed: true, current_question: fact.question,
    results: [...state.results.filter((one) => one.question !== fact.question), {question: fact.question, scores: scores(fact.votes), missing: fact.missing ?? []}]}),
  session_ended: (state, fact) => step(state, fact, {state: "completed", stage: "", current_question: 0, outcome: fact.outcome, completed_at: fact.at, timers: stopped(state, fact.at), section: "", paused: "", paused_by: null, reentries: []}),
  score_submitted: (state, fact) => (state.scored.includes(fact.participant_id) ? state : {...state, scored: [...state.scored, fact.participant_id]}),
  score_shown: (state, fact) => ({...state, open_scores: [...state.open_scores.filter((one) => one.participant_id !== fact.participant_id), ...(fact.value === undefined || fact.value === null ? [] : [{participant_id: fact.participant_id, value: fact.value}])]}),
  turn_passed: (state, fact) => ({...state, passed: [...state.passed, fact.participant_id]}),
  names_shown: (state, fact) => ({...state, results: state.results.map((one) => (one.question === fact.question ? {...one, scores: scores(fact.votes)} : one))}),
  note_added: (state, fact) => (state.notes.some((one) => one.id === fact.note_id) ? state : {...state, notes: [...state.notes, {id: fact.note_id, author: fact.by ?? null, question: fact.question ?? null, content: fact.content ?? "", edition: 0}]}),
  note_updated: (state, fact) => ({...state, notes: edit(state.notes, fact.note_id, {content: fact.content ?? "", edition: fact.edition, changed_by: fact.by ?? null})}),
  note_deleted: (state, fact) => ({...state, notes: state.notes.filter((one) => one.id !== fact.note_id)}),
  action_added: (state, fact) => (state.actions.some((one) => one.id === fact.action_id) ? state : {...state, actions: placed([...state.actions, actionOf(fact)])}),
  action_updated: (state, fact) => ({...state, actions: edit(state.actions, fact.action_id, {question: fact.question ?? null, content: fact.content ?? "", owner: fact.owner ?? null, due_on: fact.due_on ?? null, status: fact.done ? "done" : "open", edition: fact.edition})}),
  action_deleted: (state, fact) => ({...state, actions: placed(state.actions.filter((one) => one.id !== fact.action_id))}),
  actions_reordered: (state, fact) => { const place = (one) => { const at = fact.order.indexOf(one.id); return at < 0 ? fact.order.length : at; }; return {...state, actions: placed([...state.actions].sort((one, other) => place(one) - place(other)))}; },
  timer_started: (state, fact) => ({...state, section: fact.section, paused: "", paused_by: null, timers: [...stopped(state, fact.at).filter((one) => one.section !== fact.section), {section: fact.section, total_ms: fact.duration_ms, spent_ms: 0, started_at: fact.at}]}),
  timer_paused: (state, fact) => ({...state, timers: stopped(state, fact.at), paused: fact.reason, paused_by: fact.by ?? null}),
  timer_resumed: (state, fact) => ({...state, timers: edit2(state.timers, fact.section, {started_at: fact.at}), paused: "", paused_by: null}),
  timer_adjusted: (state, fact) => ({...state, timers: edit2(state.timers, fact.section, {total_ms: fact.duration_ms})}),
};

const edit2 = (timers, section, given) => timers.map((one) => (one.section === section ? {...one, ...given} : one));
const actionOf = (fact) => ({id: fact.action_id, question: fact.question ?? null, content: fact.content ?? "", owner: fact.owner ?? null, due_on: fact.due_on ?? null, status: "open", carried: fact.carried ?? false, edition: 0});

/** The state after one more fact; a fact that changes nothing here gives back the same state. */
export function apply(state, event, fact) {
  return CHANGES[event] ? CHANGES[event](state, fact) : state;
}

const scores_ = (one) => one.status === "active" && !one.is_observer;

/** Who takes part and is here. */
export const scorers = (state) => state.participants.filter(scores_);

/** `{awaited, left, canAdvance, alone, turn}`: whose word the step needs, and who has not given it. */
export function waiting(state) {
  const {state: phase, stage} = state;
  const asked = phase === "lobby" ? state.participants.filter((one) => scores_(one) || (one.status === "active" && one.is_facilitator)) : ["actions", "completed"].includes(phase) ? [] : scorers(state);
  const left = asked.filter((one) => (stage === "awaiting" ? !state.scored.includes(one.id) : !one.ready));
  const enough = scorers(state).length >= (phase === "lobby" ? FEWEST : 1) || phase === "actions";
  const turns = state.settings.disclosure === "turns" && stage === "awaiting";
  return {awaited: asked, left, enough, canAdvance: phase !== "completed" && enough && !left.length, alone: scorers(state).length === 1 && !["lobby", "completed"].includes(phase),
    turn: turns ? left.find((one) => !state.passed.includes(one.id))?.id ?? null : null};
}

/** What the clocks say at a moment of the server's clock; null where no time was set. */
export function clocks(state, now) {
  const plan = state.plan_ms ?? {};
  if (!Object.keys(plan).length) return null;
  const totals = {...plan, ...Object.fromEntries(state.timers.map((one) => [one.section, one.total_ms]))};
  const used = Object.fromEntries(state.timers.map((one) => [one.section, spent(one, now)]));
  const sum = (values) => Object.values(values).reduce((all, one) => all + one, 0);
  const timer = state.timers.find((one) => one.section === state.section);
  const total = timer?.total_ms ?? 0;
  const left = total - (used[state.section] ?? 0);
  const running = Boolean(timer?.started_at) && !state.paused;
  return {section: state.section, total, left, overallTotal: sum(totals), overallLeft: sum(totals) - sum(used), paused: Boolean(state.paused), running, pacing: pace(state, plan, used)};
}

function pace(state, plan, used) {
  const planned = Object.entries(used).reduce((all, [section, taken]) => all + (section === state.section && state.state !== "completed" ? Math.min(taken, plan[section] ?? 0) : plan[section] ?? 0), 0);
  const actual = Object.values(used).reduce((all, one) => all + one, 0);
  return actual > planned * (1 + PACE) ? "behind" : actual < planned * (1 - PACE) ? "ahead" : "on_track";
}
