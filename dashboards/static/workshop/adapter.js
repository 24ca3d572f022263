// From what the server tells to what the screens show: `sceneOf(known)` makes the whole page's plain values. Pure.
// `known`: `{workshop, kind, me, judged, local, now, line}`. `kind` is the template with its scales as data; `judged`
// holds what the server says of revealed questions; `local` what this browser alone knows: choices, the turned pages.
import {dockOf, leads} from "./dock-words.js";
import {initials} from "./faces.js";
import {TEXTS} from "./texts.js";
import {clocks, waiting} from "./wire.js";
import {value} from "./words.js";

const F = TEXTS.frame;

/** Everybody as the screens show them, in the order in which they came. */
export function peopleOf({workshop, me}) {
  const {left} = waiting(workshop);
  const letters = initials(workshop.participants.map(({id, name}) => ({id, name: name ?? "?"})));
  const awaited = new Set(left.map(({id}) => id));
  return workshop.participants.map((one, index) => ({
    id: one.id, name: one.name ?? TEXTS.notes.somebody, initials: letters.get(one.id), tint: (index % 8) + 1, you: one.id === me.participant_id, facilitator: one.is_facilitator,
    observer: one.is_observer, status: one.status, away: one.status === "inactive", awaited: awaited.has(one.id), done: workshop.stage === "awaiting" ? workshop.scored.includes(one.id) : one.ready,
  }));
}

/** The steps of the header: two of welcome, the questions with what stands between them, and two at the end. */
export function stepsOf({workshop, kind}) {
  const {state, stage, current_question: at} = workshop;
  const of = kind.questions.length;
  const steps = [{key: "lobby", kind: "lobby", group: "a", label: F.lobby}];
  if (kind.introduction.length && !workshop.settings.skip_intro) steps.push({key: "intro", kind: "intro", group: "a", label: F.intro});
  kind.questions.forEach(({number}) => {
    if (kind.transitions.some((one) => one.before === number)) steps.push({key: `t${number}`, kind: "mid", group: `t${number}`, label: F.half});
    const before = kind.transitions.filter((one) => one.before <= number).length;
    steps.push({key: `q${number}`, kind: "question", group: `q${before}`, label: F.question(number, of), short: [F.number(number), F.of(of), F.close(number, of)]});
  });
  steps.push({key: "summary", kind: "summary", group: "z", label: F.summary}, {key: "actions", kind: "actions", group: "z", label: F.actions});
  const now = state === "scoring" ? `${stage === "transition" ? "t" : "q"}${at}` : state;
  const place = state === "completed" ? steps.length : steps.findIndex((one) => one.key === now);
  return steps.map((one, index) => ({...one, state: index < place ? "done" : index === place ? "now" : "next"}));
}

/** The countdown for the ring, in this browser's own time. */
export function timeOf({workshop, now, offset = 0}) {
  const found = clocks(workshop, now + offset);
  if (!found || !found.section) return null;
  const until = (left) => (found.running ? now + left : null);
  return {section: found.section, total: found.total, left: found.left, deadline: until(found.left), overallTotal: found.overallTotal, overallLeft: found.overallLeft, overallDeadline: until(found.overallLeft), paused: found.paused, pacing: found.pacing};
}

/** A question's result as the reveal shows it: the server's judgement, with faces put to it. */
export function resultOf(known, number) {
  const judged = known.judged?.[number];
  if (!judged?.revealed) return null;
  const people = new Map(peopleOf(known).map((one) => [one.id, one]));
  const own = known.local?.given?.[number] ?? null;
  let unclaimed = judged.scores.every((one) => !one.participant_id) && own !== null;
  const scores = judged.scores.map((one, index) => {
    const who = people.get(one.participant_id);
    const mine = who ? who.you : unclaimed && one.value === own;
    if (mine) unclaimed = false;
    return {id: one.participant_id ?? `s${index}`, name: who?.name ?? one.name ?? null, initials: who?.initials ?? "", value: one.value, you: Boolean(mine)};
  });
  const missed = (known.workshop.results.find((one) => one.question === number)?.missing ?? []).map((id) => people.get(id)?.name).filter(Boolean);
  return {scores, average: judged.average, spread: judged.spread ?? 0, count: judged.count ?? scores.length, of: Math.max(judged.count ?? 0, known.workshop.participants.filter((one) => !one.is_observer && one.status !== "dropped").length),
    team: judged.team_value ?? undefined, teamLight: judged.team_light ?? judged.light, light: judged.light, split: Boolean(judged.split), without: missed};
}

const noteOf = (known, people) => (note) => {
  const author = people.find((one) => one.id === note.author);
  const changed = people.find((one) => one.id === note.changed_by);
  return {id: note.id, text: note.content ?? "", edition: note.edition, author: note.author, name: author?.name, initials: author?.initials, tint: author?.tint, mine: author?.you, changedBy: changed?.name};
};

/** The notes of one question, or of everything (null). */
export function notesOf(known, question, extra = {}) {
  const people = peopleOf(known);
  return {list: known.workshop.notes.filter((one) => (one.question ?? null) === question).map(noteOf(known, people)), question, drafts: known.drafts, locked: known.screenOnly || (known.me.is_observer && !known.me.is_facilitator) || known.workshop.state === "completed", ...extra};
}

const actionOf = (known) => (one) => {
  const question = known.kind.questions.find(({number}) => number === one.question);
  return {id: one.id, text: one.content ?? "", edition: one.edition, owner: one.owner, due: one.due_on, done: one.status === "done", carried: one.carried, from: question && {number: question.number, title: question.title}};
};

const roleOf = ({me, screenOnly}) => (screenOnly ? "observer" : me.is_observer ? (me.is_facilitator ? "leader" : "observer") : "player");

/** The prompts of the pattern; in a split, those furthest apart are asked by name to begin. */
export function promptsOf(known, number) {
  const {prompts = []} = known.judged?.[number] ?? {};
  const result = resultOf(known, number);
  if (!result?.split || !prompts.length) return prompts;
  const order = result.scores.filter((one) => one.name).sort((one, other) => one.value - other.value);
  if (order.length < 2) return prompts;
  return [`${TEXTS.reveal.apart([order[0].name, order.at(-1).name])} ${prompts[0]}`, ...prompts.slice(1)];
}

function revealScreen(known, number, extra = {}) {
  const question = known.kind.questions[number - 1];
  const judged = known.judged?.[number];
  const nameless = judged?.scores?.length && judged.scores.every((one) => !one.participant_id);
  return {tag: "ws-reveal", key: `reveal-${number}`, props: {scale: question.scale, title: question.title, question: question.question, result: resultOf(known, number), prompts: promptsOf(known, number), fresh: known.local?.fresh === number, notes: notesOf(known, number), big: known.screenOnly,
    canName: nameless && known.me.is_facilitator && known.workshop.stage === "revealed" && number === known.workshop.current_question && !known.screenOnly, ...extra}};
}

function questionScreen(known) {
  const {workshop, kind, me, local = {}} = known;
  const number = workshop.current_question;
  const question = kind.questions[number - 1];
  return {tag: "ws-question", key: `question-${number}`, props: {number, scale: question.scale, title: question.title, question: question.question, explanation: question.explanation, examples: question.examples, ends: {low: question.anchors.low, best: question.anchors.best, high: question.anchors.high},
    chosen: local.chosen?.[number] ?? null, given: local.given?.[number] ?? (me.my_score ?? null), role: roleOf(known), shared: local.shared, turns: turnsOf(known)}};
}

/** Where numbers are given in turn: the faces that stand on the scale by now, whose turn it is, and who may pass them by. */
function turnsOf(known) {
  const {workshop, me} = known;
  if (workshop.settings.disclosure !== "turns" || workshop.stage !== "awaiting") return null;
  const people = new Map(peopleOf(known).map((one) => [one.id, one]));
  const {turn, left} = waiting(workshop);
  const next = turn && people.get(turn);
  const faces = {};
  for (const {participant_id, value: number} of workshop.open_scores) if (people.has(participant_id)) (faces[number] ??= []).push(people.get(participant_id));
  return {faces, next: next || null,
    canPass: Boolean(next) && left.length > 1 && !known.screenOnly && (next.you || leads(known)), passed: workshop.passed.includes(me.participant_id) && !workshop.scored.includes(me.participant_id)};
}

const SCREENS = {
  lobby: (known) => ({tag: "ws-lobby", key: "lobby", props: {title: known.title ?? known.kind.name, code: known.workshop.code, link: known.link, host: known.host, people: peopleOf(known), me: peopleOf(known).find((one) => one.you), minutes: known.workshop.settings.total_duration_minutes, disclosure: known.workshop.settings.disclosure, pin: known.local?.pin, pinSeen: known.local?.pinSeen, crowd: {warn: known.kind.people.warn_from}}}),
  intro: (known) => ({tag: "ws-intro", key: "intro", props: {screens: known.kind.introduction, at: known.local?.page ?? 0, canSkip: known.me.is_facilitator && !known.screenOnly}}),
  half: (known) => {
    const before = known.workshop.current_question;
    const all = known.kind.questions;
    const next = known.kind.transitions.filter((one) => one.before > before)[0]?.before ?? all.length + 1;
    const start = Math.max(1, ...known.kind.transitions.filter((one) => one.before < before).map((one) => one.before));
    return {tag: "ws-mid", key: `mid-${before}`, props: {done: before - 1, left: all.length - before + 1, from: [start, before - 1], to: [before, next - 1], before: all[before - 2].scale, after: all[before - 1].scale, screen: known.kind.transitions.find((one) => one.before === before)?.screen}};
  },
  awaiting: questionScreen,
  revealed: (known) => (resultOf(known, known.workshop.current_question) && !known.local?.breath ? revealScreen(known, known.workshop.current_question) : questionScreen(known)),
  summary: (known) => ({tag: "ws-summary", key: "summary", props: {questions: known.kind.questions.map((one) => ({number: one.number, title: one.title, short: one.short_title, scale: one.scale, result: resultOf(known, one.number), notes: known.workshop.notes.filter((note) => note.question === one.number).length})), highlights: known.highlights ?? {}}}),
  actions: (known) => ({tag: "ws-actions", key: "actions", props: {list: known.workshop.actions.map(actionOf(known)), people: peopleOf(known).filter((one) => one.status !== "dropped"), drafts: known.drafts, today: new Date(known.now).toISOString().slice(0, 10), notes: known.workshop.notes.length, hints: hintsOf(known), locked: roleOf(known) === "observer"}}),
  completed: (known) => ({tag: "ws-completed", key: "completed", props: {actions: known.workshop.actions.map(actionOf(known)), people: peopleOf(known), exports: known.screenOnly ? {} : known.exports, saving: known.local?.saving, room: known.local?.room, canSave: known.me.is_facilitator && !known.screenOnly, again: known.again}}),
};

/** What the summary says, for the list of actions: what needs care first, then what is worth a talk. */
export function hintsOf(known) {
  const rank = {red: 0, amber: 1, green: 2};
  const all = known.kind.questions.map((one) => ({one, result: resultOf(known, one.number)})).filter(({result}) => result?.count);
  const open = all.filter(({result}) => result.light !== "green" || result.split).sort((a, b) => rank[a.result.light] - rank[b.result.light] || b.result.spread - a.result.spread);
  return open.slice(0, 5).map(({one, result}) => ({number: one.number, title: one.title, light: result.light, average: result.average, spread: result.spread, split: result.split, signed: one.scale.signed}));
}

/** The step's one name: lobby, intro, half (before another scale), awaiting, revealed, summary, actions, completed. */
export const phaseOf = ({state, stage}) => (state !== "scoring" ? state : stage === "transition" ? "half" : stage);

/** The whole page. */
export function sceneOf(known) {
  const {workshop, me, local = {}} = known;
  const steps = stepsOf(known);
  const people = peopleOf(known);
  const here = people.filter((one) => one.status === "active").length;
  const phase = phaseOf(workshop);
  const screen = local.looking ? revealScreen(known, local.looking) : local.seeSummary ? SCREENS.summary(known) : SCREENS[phase](known);
  const questionLike = ["awaiting", "revealed", "half"].includes(phase) && screen.tag !== "ws-reveal";
  const top = {code: workshop.code, steps, time: known.screenOnly ? timeOf(known) : timeOf(known), here, dark: known.dark, facilitator: me.is_facilitator && !known.screenOnly, title: known.title, notes: workshop.notes.length};
  return {top, screen: {...screen, key: `${screen.key}`}, dock: known.screenOnly ? screenDock(known, people) : dockOf({...known, people, phase, time: top.time}), wide: questionLike ? "narrow" : "", big: known.screenOnly, banner: known.banner, dialog: known.dialog, voice: known.voice,
    title: F.title(steps.find((one) => one.state === "now")?.label ?? F.completed, ["awaiting", "revealed"].includes(phase) ? known.kind.questions[workshop.current_question - 1].title : "")};
}

/** The big screen has no controls: who we wait for, and nothing else. */
function screenDock(known, people) {
  const dock = dockOf({...known, people, phase: phaseOf(known.workshop), time: null});
  return {...dock, tools: [], main: null, sign: null};
}

/** One's own number as the bar says it. */
export const ownText = (known) => {
  const number = known.workshop.current_question;
  const given = known.local?.given?.[number] ?? known.me.my_score ?? null;
  return given === null ? null : value(given, known.kind.questions[number - 1]?.scale.signed);
};
