// Coming into a workshop by its link: a name; or, for whoever was here before, the four figures or the facilitator's word;
// or watching, when it has begun or is full. What was typed stays until one is in.
import {Doors, Inside, keepEntry} from "./door.js";
import {TEXTS} from "./texts.js";

const J = TEXTS.join;
const KNOCK = 2000, TRIES = 5;

export class Entrance {
  constructor(app) {
    const {state, full} = app.told;
    Object.assign(this, {app, name: new URLSearchParams(location.hash.slice(1)).get("name") ?? "", known: null, asked: null, late: state !== "lobby", full, trouble: null, wrong: 0, busy: false});
  }

  scene() {
    const {trouble, known, asked, late, full, busy, name, wrong} = this;
    return {top: {plain: true, dark: this.app.dark, code: this.app.code}, screen: {tag: "ws-join", key: known ? "back" : "join", props: {trouble, known, asked, late, full, busy, name, locked: wrong >= TRIES}}};
  }

  /** Whether this was something of the door's. */
  hears(what, detail) {
    const deeds = {join: () => this.join(detail.name, false), watch: () => this.join(detail.name, true), back: () => this.known_(detail.name), return: () => this.back(detail), knock: () => this.knock(detail.name), "join-other": () => this.known_(null)};
    if (this.app.workshop || !deeds[what]) return false;
    deeds[what]();
    return true;
  }

  known_(name) { Object.assign(this, {known: name || null, trouble: null, name: name ?? ""}); this.app.draw(); }

  async attempt(task) {
    Object.assign(this, {busy: true, trouble: null});
    this.app.draw();
    try { await task(); } catch (error) { this.refused(error); }
    this.busy = false;
    if (!this.app.workshop) this.app.draw();
  }

  join(name, observer) {
    this.name = name;
    return this.attempt(async () => this.entered(await Doors.join(this.app.code, name, observer), name));
  }

  back({name, pin}) {
    return this.attempt(async () => this.entered(await Doors.reenter(this.app.code, this.known ?? name, pin), this.known ?? name));
  }

  async entered(entry, name) {
    this.app.entry = {token: entry.token, pin: entry.pin, name};
    keepEntry(this.app.code, this.app.entry);
    await this.app.open();
  }

  refused(error) {
    if (error.type === "already_exists") Object.assign(this, {known: this.name, trouble: null});
    else if (error.type === "session_full") this.full = true;
    else if (error.type === "invalid_state") this.late = true;
    else if (error.status === 403) { this.wrong += 1; this.trouble = this.wrong >= TRIES ? J.locked : J.tries(TRIES - this.wrong); } else this.trouble = error.temporary ? TEXTS.app.failed : error.message || TEXTS.app.failed;
  }

  /** Ask to be let in, and wait at the door: the token opens as soon as somebody has said yes. */
  knock(name) {
    const wanted = this.known ?? name;
    return this.attempt(async () => {
      const entry = await Doors.knock(this.app.code, wanted);
      this.asked = wanted;
      this.wait(entry, wanted);
    });
  }

  wait(entry, name) {
    const inside = new Inside(this.app.code, entry.token);
    const look = async () => {
      if (!this.asked || !this.app.isConnected) return;
      const open = await inside.screen().then(() => true, () => false);
      if (open) { this.asked = null; this.entered({...entry, pin: ""}, name); } else setTimeout(look, KNOCK);
    };
    setTimeout(look, KNOCK);
  }
}
