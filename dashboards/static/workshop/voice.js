// The polite voice: what readers of screens are told while others act. Who has scored is gathered and told at most every
// three seconds; a reveal is one sentence; the clock speaks at half, a tenth and the end.
import {spoken} from "./reveal.js";
import {TEXTS} from "./texts.js";

const GATHER = 3000;
const NOTED = {score_submitted: "scored", participant_ready: "ready"};
const SAID = {participant_joined: TEXTS.app.joined, participant_left: TEXTS.app.left};

export class Voice {
  constructor(changed, later = (task, wait) => setTimeout(task, wait)) { Object.assign(this, {changed, later, text: "", waiting: {scored: [], ready: []}, timer: null}); }

  now(text) { this.text = text; this.changed(); }
  stop() { clearTimeout(this.timer); }
  result({scale, result}) { return spoken(scale, result); }

  fact(event, fact, {workshop, me}) {
    const who = workshop.participants.find((one) => one.id === fact.participant_id);
    if (!who || who.id === me.participant_id) return;
    if (NOTED[event]) this.gather(NOTED[event], who.name ?? "");
    else if (SAID[event]) this.text = SAID[event](who.name ?? "");
    else if (event === "facilitator_changed") this.text = TEXTS.app.facilitates(who.name ?? "");
  }

  gather(kind, name) {
    if (!this.waiting[kind].includes(name)) this.waiting[kind].push(name);
    this.timer ??= this.later(() => this.flush(), GATHER);
  }

  flush() {
    const {scored, ready} = this.waiting;
    this.timer = null;
    this.waiting = {scored: [], ready: []};
    this.now([scored.length && TEXTS.app.scoredNow(scored), ready.length && TEXTS.app.readyNow(ready)].filter(Boolean).join(". "));
  }
}
