// What the bottom bar says and offers: for each step and each role who we wait for, the facilitator's quiet tools, and one's
// one button. Pure.
import {TEXTS} from "./texts.js";
import {scorers, waiting} from "./wire.js";
import {value} from "./words.js";

const D = TEXTS.dock;
const S = TEXTS.score;
const A = TEXTS.actions;

const TOOLS = {
  pause: {what: "pause", icon: "pause", label: D.pause}, resume: {what: "resume", icon: "resume", label: D.resume}, start: {what: "go-anyway", icon: "skip", label: D.startAnyway}, reveal: {what: "go-anyway", icon: "eye", label: D.revealAnyway},
  go: {what: "go-anyway", icon: "skip", label: D.goAnyway}, hand: {what: "hand", icon: "hand-over", label: D.handOver},
};

/** Who may move things on: the facilitator, or anybody who takes part while no facilitator is here. */
export function leads({workshop, me}) {
  if (me.is_facilitator) return true;
  return !me.is_observer && !workshop.participants.some((one) => one.is_facilitator && one.status === "active");
}

function tools(known, phase) {
  const {workshop, me} = known;
  if (phase === "completed" || !leads(known)) return [];
  const asked = waiting(workshop);
  const clock = me.is_facilitator && workshop.section ? [workshop.paused === "asked" ? null : TOOLS.pause] : [];
  const on = {lobby: asked.enough && asked.left.length ? TOOLS.start : null, awaiting: TOOLS.reveal, actions: null}[phase];
  return [...clock, on === undefined ? TOOLS.go : on, me.is_facilitator ? TOOLS.hand : null].filter(Boolean);
}

/** Whose turn it is, in words. */
export const turnWords = (turn, {people, me}) => (turn === me.participant_id ? D.yourTurn : D.turn(people.find((one) => one.id === turn)?.name ?? D.somebody));

/** The bold sentence and the soft one. */
function sentences({people, phase, workshop, time, me}) {
  const asked = waiting(workshop);
  const done = asked.awaited.length - asked.left.length;
  const of = asked.awaited.length;
  const named = (one) => (one.id === me.participant_id ? D.you : people.find((person) => person.id === one.id)?.name ?? "");
  const left = [...asked.left].sort((one, other) => Number(other.id === me.participant_id) - Number(one.id === me.participant_id)).map(named);
  const away = people.filter((one) => one.away && !one.observer).map((one) => one.name);
  const strong = {lobby: D.ready(done, of), awaiting: D.scored(done, of), revealed: D.readyOn(done, of), summary: D.readyActions(done, of)}[phase] ?? D.ready(done, of);
  if (phase === "lobby" && of < 2) return {strong, soft: D.few};
  if (!scorers(workshop).length) return {strong: D.nobody, soft: D.standing};
  if (asked.turn) { const turn = turnWords(asked.turn, {people, me}); return {strong, soft: turn, softShort: turn}; }
  const many = left.length > Math.max(3, of / 2) && left[0] !== D.you;
  const easy = phase === "revealed" && time && !time.paused && time.left > 60000 ? [D.timeLeft(Math.floor(time.left / 60000)), D.timeShort(Math.floor(time.left / 60000))] : [D.easy, D.easy];
  const [long, short] = many ? easy : left.length ? [D.waiting(left), D.waitingShort(left)] : [D.all, D.all];
  return {strong, soft: away.length && phase !== "lobby" ? `${many ? "" : `${short}. `}${D.away(away)}` : long, softShort: short};
}

function actionsWords({workshop, me, people}) {
  const gaps = workshop.actions.filter((one) => one.status !== "done" && (!one.owner || !one.due_on));
  const lacks = (what) => gaps.some((one) => !one[what]);
  const what = lacks("owner") && lacks("due_on") ? A.lacks.both : lacks("owner") ? A.lacks.owner : A.lacks.due;
  const leader = people.find((one) => one.facilitator);
  const soft = gaps.length ? A.missing(gaps.length, what) : me.is_facilitator || !leader ? "" : A.finishes(leader.name);
  return {strong: A.count(workshop.actions.length), soft, softShort: soft};
}

/** Whether one's number may go out now: where numbers are given in turn, oneself or those before must have come first. */
export function mayGive({workshop, me, local = {}}) {
  const given = local.given?.[workshop.current_question] ?? me.my_score ?? null;
  if (workshop.settings.disclosure !== "turns" || given !== null || workshop.stage !== "awaiting") return true;
  const {turn} = waiting(workshop);
  return turn === null || turn === me.participant_id || workshop.passed.includes(me.participant_id);
}

const ready = (me, label) => (me.ready ? {label: D.youReady, kind: "done", what: "unready"} : {label, kind: "primary", what: "ready"});

function scoreButton({workshop, kind, me, local = {}}) {
  const number = workshop.current_question;
  const {signed} = kind.questions[number - 1].scale;
  const chosen = local.chosen?.[number] ?? null;
  const given = local.given?.[number] ?? me.my_score ?? null;
  if (local.sending?.[number]) return {label: S.sending, kind: "done"};
  if (!mayGive({workshop, me, local})) return {label: D.waitTurn, kind: "wait"};
  if (chosen === null && given === null) return {label: S.choose, kind: "wait", reason: S.nothingShort};
  if (given === null) return {label: S.give, kind: "primary", what: "give", detail: {value: chosen}};
  return chosen !== null && chosen !== given ? {label: S.change(local.shared ? "" : value(chosen, signed)).trim(), kind: "primary", what: "give", detail: {value: chosen}} : {label: S.isIn, kind: "done"};
}

function mainFor(known, phase) {
  const {workshop, me} = known;
  if (phase === "completed") return null;
  if (phase === "actions") return leads(known) ? {label: A.finish, kind: "primary", what: "finish"} : null;
  if (workshop.paused === "asked" && me.is_facilitator) return {label: D.resume, kind: "primary", what: "resume"};
  const mine = workshop.participants.find((one) => one.id === me.participant_id) ?? {};
  if (me.is_observer && !(phase === "lobby" && me.is_facilitator)) return null;
  if (phase === "awaiting") return scoreButton(known);
  return ready(mine, {lobby: D.iAmReady, intro: D.iAmReady, half: D.gotIt, revealed: D.goOn, summary: D.onActions}[phase]);
}

/** Everything of the bar. */
export function dockOf(known) {
  const {workshop, me, people, phase, line, local = {}} = known;
  const said = phase === "actions" ? actionsWords(known) : phase === "completed" ? {strong: D.completed, soft: D.completedRest} : sentences(known);
  const base = {people, lobby: phase === "lobby", faces: !["actions", "completed"].includes(phase), tools: tools(known, phase), main: mainFor(known, phase), ...said};
  if (line === "offline" || line === "reconnecting") return {...base, sign: {icon: "offline", tone: "warn"}, faces: false, tools: [], strong: D.offline, soft: kept(known), softShort: kept(known), main: phase === "awaiting" && !me.is_observer && scoreButton(known).kind === "primary" ? scoreButton(known) : {label: D.tryNow, kind: "outline", what: "try-now"}};
  if (local.breath) return {...base, strong: TEXTS.reveal.allIn(workshop.results.at(-1)?.scores.length ?? 0), soft: TEXTS.reveal.breath, softShort: TEXTS.reveal.breath, main: null, people: people.map((one) => ({...one, done: !one.observer && !one.away, awaited: false}))};
  if (workshop.paused) return {...base, sign: {icon: "pause"}, strong: workshop.paused === "asked" ? D.paused(people.find((one) => one.id === workshop.paused_by)?.name ?? D.somebody) : D.pausedNobody, soft: D.standing, softShort: D.standing};
  if (me.is_observer && !me.is_facilitator && phase !== "completed") return {...base, sign: {icon: "eye"}, main: null};
  return base;
}

function kept({workshop, kind, me, local = {}}) {
  const number = workshop.current_question;
  const waits = local.unsent?.[number];
  if (waits === undefined || waits === null || local.shared) return S.keptAny;
  return S.kept(value(waits, kind.questions[number - 1]?.scale.signed));
}

/** The one question before going on without somebody; null when nobody is missing. */
export function anyway({workshop, me, people}, phase) {
  const left = waiting(workshop).left.map((one) => (one.id === me.participant_id ? D.you : people.find((person) => person.id === one.id)?.name ?? ""));
  if (!left.length) return null;
  const list = left.map((one) => (one === D.you ? TEXTS.ask.yourself : one));
  return {kind: "ask", heading: TEXTS.ask.yes, text: TEXTS.ask.goOn(list, phase === "awaiting" ? TEXTS.ask.scored : TEXTS.ask.said), yes: TEXTS.ask.yes, no: TEXTS.ask.no, what: "advance", detail: {override: true}};
}

