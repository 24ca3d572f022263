// What lies over the page now, from what is open and what is so: a dialog stays live while it is open.
import {notesOf, peopleOf, phaseOf} from "./adapter.js";
import {leads} from "./dock-words.js";
import {TEXTS} from "./texts.js";

const MOMENT = {awaiting: "scoring", revealed: "reveal", half: "transition"};

/** The dialog's plain values; somebody at the door is asked about by itself, once. */
export function dialogOf(app, known) {
  if (!app.dialog) return knocking(app, known);
  const make = MAKE[app.dialog.kind];
  return make ? make(app, known) : app.dialog;
}

function knocking(app, known) {
  if (known.screenOnly || !leads(known)) return null;
  const knock = known.workshop.reentries.find((one) => one.knock_id !== app.dismissed && one.participant_id !== known.me.participant_id);
  if (!knock) return null;
  const name = known.workshop.participants.find((one) => one.id === knock.participant_id)?.name ?? "";
  return {kind: "ask", knock: knock.knock_id, heading: TEXTS.join.back, text: TEXTS.ask.enter(name), yes: TEXTS.ask.enterYes, no: TEXTS.ask.enterNo, what: "answer-knock", detail: {knock: knock.knock_id, accepted: true}, refuse: {what: "answer-knock", detail: {knock: knock.knock_id, accepted: false}}};
}

const MAKE = {
  people(app, known) {
    const list = peopleOf(known).map((one) => ({...one, canSwitch: known.workshop.state === "lobby" || !one.observer}));
    const leader = list.find((one) => one.facilitator);
    const canTake = !known.me.is_facilitator && !known.me.is_observer && (!leader || leader.status !== "active") && known.workshop.state !== "completed";
    return {kind: "people", list, facilitator: known.me.is_facilitator, shared: app.local.shared, big: `/workshop/${known.workshop.code}?screen`, pin: app.local.pin, canTake, away: leader?.name ?? ""};
  },
  more(app, known) {
    return {kind: "more", code: known.workshop.code, here: known.workshop.participants.filter((one) => one.status === "active").length, notes: known.workshop.notes.length, facilitator: known.me.is_facilitator && Boolean(known.workshop.section), tools: app.scene?.dock?.tools ?? []};
  },
  help(app, known) {
    const {kind, workshop} = known;
    const phase = phaseOf(workshop);
    return {kind: "help", moment: kind.help[MOMENT[phase] ?? phase], rules: kind.rules, topics: Object.values(kind.topics ?? {}), keys: phase === "awaiting", facilitator: kind.questions[workshop.current_question - 1]?.facilitator_help};
  },
  notes(app, known) {
    const {kind, workshop} = known;
    const asked = new Set([...workshop.notes.map((one) => one.question), workshop.current_question, app.dialog.question].filter(Boolean));
    const questions = [...asked].sort((one, other) => one - other).map((number) => notesOf(known, number, {heading: TEXTS.notes.about(kind.questions[number - 1].title), level: 3}));
    return {kind: "notes", kept: app.dialog.kept, questions, general: notesOf(known, null, {heading: TEXTS.notes.general, level: 3})};
  },
  hand(app, known) {
    return {kind: "hand", list: peopleOf(known).filter((one) => !one.you && one.status === "active")};
  },
  time(app, known) { return {kind: "time", paused: Boolean(known.workshop.paused)}; },
  feedback(app, known) { return {...app.dialog, section: phaseOf(known.workshop)}; },
};
