// What follows from each wish of the screens: a move, something of this browser alone, or something that opens. Each is a
// function of the app and the wish's details; none of them draws anything but through the app.
import {phaseOf, peopleOf} from "./adapter.js";
import {Doors, keepEntry} from "./door.js";
import {anyway, mayGive} from "./dock-words.js";
import {keepTeam} from "./teams.js";
import {TEXTS} from "./texts.js";

const open = (kind, more = {}) => (app) => { app.dialog = {kind, ...more}; app.draw(); };
const simple = (move, rest = () => ({})) => async (app, detail) => { app.dialog = null; told(app, await app.move(move, rest(detail, app))); };

/** What the server refused is said where everybody looks: above the step. */
function told(app, trouble) {
  if (trouble && trouble.type !== "invalid_state") app.tell({text: trouble.text, tone: "warn"}); else app.draw();
  return trouble;
}

function choose(app, {value}) {
  const number = app.workshop.current_question;
  app.local.chosen = {...app.local.chosen, [number]: value};
  app.drafts.set(`chosen:${number}`, String(value));
  app.draw();
}

/** The score counts at once on this screen; until it has arrived it is on its way, and kept if the line is away. */
async function give(app, {value}) {
  const number = app.workshop.current_question;
  const before = app.local.given[number] ?? null;
  choose(app, {value});
  if (!mayGive(app.known)) return;
  if (app.line === "offline" || app.line === "reconnecting") { app.local.unsent[number] = value; app.draw(); return; }
  app.local.sending[number] = true;
  app.draw();
  const trouble = await app.move("submit", {question: number, value});
  delete app.local.sending[number];
  if (!trouble) { app.local.given[number] = value; app.drafts.set(`given:${number}`, String(value)); app.drafts.set(`chosen:${number}`, ""); app.draw(); return; }
  app.local.given[number] = before;
  if (trouble.temporary) app.local.unsent[number] = value;
  told(app, trouble);
}

function goAnyway(app) {
  const phase = phaseOf(app.workshop);
  const known = {...app.known, people: peopleOf(app.known)};
  const question = anyway(known, phase);
  if (!question) return HANDLERS.advance(app, {override: true});
  app.dialog = question;
  return app.draw();
}

function finish(app) {
  const actions = app.workshop.actions.filter((one) => one.status !== "done");
  const gaps = actions.filter((one) => !one.owner || !one.due_on).length;
  if (actions.length && !gaps) return HANDLERS.advance(app, {});
  app.dialog = {kind: "ask", heading: TEXTS.actions.finish, text: actions.length ? TEXTS.actions.gaps(gaps) : TEXTS.actions.none, yes: TEXTS.actions.finishYes, no: TEXTS.actions.finishNo, what: "advance", detail: {}};
  return app.draw();
}

const done = (detail) => (trouble) => detail.done?.(trouble && trouble.type !== "already_exists" ? trouble.text : null);

const FIELDS = {text: "content", owner: "owner", due: "due_on", done: "done"};
function actionEdit(app, detail) {
  const change = Object.fromEntries(Object.entries(detail.change).map(([name, value]) => [FIELDS[name], value]));
  return app.move("update_action", {action_id: detail.id, ...("content" in change ? {base: detail.base ?? ""} : {}), ...change}).then(done(detail));
}

const adjust = (app, {minutes}) => {
  const timer = app.workshop.timers.find((one) => one.section === app.workshop.section);
  app.dialog = null;
  return app.move("adjust", {seconds: Math.max(0, Math.round(timer.total_ms / 1000) + minutes * 60)}).then((trouble) => told(app, trouble));
};

const remove = (move, name, text) => (app, {id}) => { app.dialog = {kind: "ask", heading: TEXTS.ask.remove, text, yes: TEXTS.ask.remove, no: TEXTS.ask.keep, danger: true, what: "send", detail: {move, rest: {[name]: id}}}; app.draw(); };

async function saveTeam(app, {name}) {
  try {
    const team = await app.inside.team({name});
    keepTeam({name: team.name, secret: team.team});
    Object.assign(app.local, {room: `/team#${team.team}`});
    keepEntry(app.code, app.entry = {...app.entry, room: app.local.room});
    app.tell({text: TEXTS.done.saved});
  } catch (error) { app.tell({text: error.message || TEXTS.app.failed, tone: "warn"}); }
}

/** A file takes a moment to be made: its button says so, and then the banner says under which name it lies. */
async function save(app, {kind, format}) {
  if (app.local.saving) return;
  app.local.saving = `${kind}:${format}`;
  app.voice.now(TEXTS.done.making(TEXTS.done.formats[format]));
  app.draw();
  const said = await app.inside.save(kind, format).then((name) => ({text: TEXTS.done.savedFile(name)}), (error) => ({text: error.message || TEXTS.done.failedFile, tone: "warn"}));
  app.local.saving = null;
  app.tell(said);
}

async function feedback(app, detail) {
  try {
    await Doors.feedback({content: detail.content, category: detail.category, section: detail.section ?? "", email: detail.email, workshop_id: app.workshop.workshop_id});
    app.dialog = {kind: "feedback", sent: true};
  } catch (error) { app.dialog = {...app.dialog, trouble: error.temporary ? TEXTS.feedback.lost : error.message}; }
  app.draw();
}

export const HANDLERS = {
  choose, give, finish, feedback: open("feedback"), "feedback-send": feedback, "team-save": saveTeam,
  ready: simple("ready", () => ({ready: true})), unready: simple("ready", () => ({ready: false})), advance: simple("advance", ({override}) => (override ? {override: true} : {})),
  "go-anyway": goAnyway, pause: simple("pause"), resume: simple("resume"), "time-adjust": adjust, "time-menu": open("time"), "show-names": simple("show_names", (_, app) => ({question: app.workshop.current_question})),
  hand: open("hand"), "hand-to": simple("hand_over", ({id}) => ({participant_id: id})), "take-over": simple("take_over"), "set-aside": simple("drop", ({id}) => ({participant_id: id})),
  "watch-on": simple("set_observer", ({id}) => ({participant_id: id, observer: true})), "take-part": simple("set_observer", ({id}) => ({participant_id: id, observer: false})), "pass-turn": simple("pass_turn", ({id}) => ({participant_id: id})),
  "answer-knock": simple("answer_knock", ({knock, accepted}) => ({knock_id: knock, accepted})), send: async (app, {move, rest}) => { told(app, await app.move(move, rest)); },
  people: open("people"), more: open("more"), help: open("help"), "notes-open": open("notes"), "dialog-close": (app) => { app.dismissed = app.dialog?.knock ?? app.dismissed; app.dialog = null; app.draw(); },
  "skip-intro": (app) => { app.dialog = {kind: "ask", heading: TEXTS.intro.skip, text: TEXTS.ask.skip, yes: TEXTS.ask.skipYes, no: TEXTS.ask.skipNo, what: "advance", detail: {override: true}}; app.draw(); },
  leave: (app) => { app.dialog = {kind: "ask", heading: TEXTS.frame.leave, text: TEXTS.ask.leave, yes: TEXTS.ask.leaveYes, no: TEXTS.ask.leaveNo, what: "leave-now", detail: {}}; app.draw(); },
  "leave-now": async (app) => { app.leaving = true; await app.move("leave"); location.assign("/workshop"); },
  "intro-turn": (app, {to}) => { app.local.page = to; app.draw(); app.querySelector("ws-intro h1")?.focus(); },
  "pin-seen": (app) => { app.local.pinSeen = true; keepEntry(app.code, app.entry = {...app.entry, pinSeen: true}); app.draw(); },
  "share-screen": (app, {on}) => { app.local.shared = on; app.drafts.set("shared", on ? "yes" : ""); app.draw(); },
  "open-question": (app, {number}) => { app.local.looking = number; app.draw(); }, "close-question": (app) => { app.local.looking = null; app.draw(); },
  "see-summary": (app) => { app.local.seeSummary = true; app.draw(); }, "back-to-end": (app) => { Object.assign(app.local, {seeSummary: false, looking: null}); app.draw(); },
  "try-now": (app) => app.client?.hurry(), speak: (app, {text}) => app.voice.now(text), milestone: (app, {name}) => app.voice.now(TEXTS.time[name]),
  export: save,
  "note-add": (app, detail) => app.move("add_note", {note_id: detail.key ?? crypto.randomUUID(), content: detail.text, question: detail.question ?? null}).then(done(detail)),
  "note-edit": (app, detail) => app.move("update_note", {note_id: detail.id, base: detail.base, content: detail.text}).then(done(detail)), "note-remove": remove("delete_note", "note_id", TEXTS.ask.removeNote),
  "action-add": (app, detail) => app.move("add_action", {action_id: detail.key, content: detail.text, question: detail.question ?? null}).then(done(detail)), "action-edit": actionEdit, "action-remove": remove("delete_action", "action_id", TEXTS.ask.removeAction),
  "action-move": (app, detail) => app.move("move_action", {action_id: detail.id, position: detail.position}).then(done(detail)),
};
