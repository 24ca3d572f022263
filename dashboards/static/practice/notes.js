// A line of notes to play, or of beats to tap. A wrong key is a slip and the note waits; a beat is right when it comes as
// long after the one before as its length says, measured by the player's own tempo.

const CLOSE = 0.3; // how far a beat may be from its length, as a share of it
const PAUSE = 6;   // lengths of a beat after which somebody has paused, not missed

export class Notes {
  constructor(notes) { Object.assign(this, {notes, at: 0, slips: 0, clean: 0, slipped: false, missed: new Map()}); }

  get over() { return this.at === this.notes.length; }
  get started() { return this.at > 0 || this.slips > 0; }
  get of() { return this.notes.length; }
  get good() { return this.clean; }
  get accuracy() { return this.at ? Math.round((1000 * this.clean) / this.at) / 10 : 100; }

  /** A key was pressed; returns whether it was the note. */
  play(note) {
    const wanted = this.notes[this.at];
    if (note !== wanted) {
      this.slips += 1;
      this.slipped = true;
      this.missed.set(wanted, (this.missed.get(wanted) ?? 0) + 1);
      return false;
    }
    if (!this.slipped) this.clean += 1;
    this.slipped = false;
    this.at += 1;
    return true;
  }

  main() { return this.at ? this.accuracy : null; }
  figures() { return {...(this.at ? {score: this.accuracy, accuracy: this.accuracy} : {}), done: this.at, of: this.of}; }
  result() { return {score: this.accuracy}; }
  save() { return {at: this.at, slips: this.slips, clean: this.clean, slipped: this.slipped, missed: [...this.missed]}; }
  load(saved) { Object.assign(this, saved, {missed: new Map(saved.missed)}); }
  get trouble() { return [...this.missed].sort((a, b) => b[1] - a[1]).slice(0, 2).map(([note]) => note); }
}

export class Beats {
  constructor(beats) { Object.assign(this, {beats, at: 0, looks: [], unit: null, last: null}); }

  get over() { return this.at === this.beats.length; }
  get started() { return this.at > 0; }
  get of() { return this.beats.length; }
  get judged() { return this.looks.filter((look) => look !== "first"); }
  get good() { return this.judged.length - this.slips; }
  get slips() { return this.looks.filter((look) => look === "off").length; }
  get accuracy() { return this.judged.length ? Math.round((1000 * (this.judged.length - this.slips)) / this.judged.length) / 10 : 100; }

  /** Tapped at a time in seconds; returns `first`, `on` or `off`. */
  tap(time) {
    const look = this.last === null ? "first" : this.judge(time - this.last, this.beats[this.at - 1]);
    this.last = time;
    this.looks.push(look);
    this.at += 1;
    return look;
  }

  judge(gap, length) {
    if (this.unit === null || gap > PAUSE * this.unit) {
      this.unit = Math.min(gap / length, 2);
      return "on";
    }
    const off = Math.abs(gap - length * this.unit) > CLOSE * length * this.unit;
    // The tempo is the player's: it follows what was right.
    if (!off) this.unit = 0.7 * this.unit + (0.3 * gap) / length;
    return off ? "off" : "on";
  }

  main() { return this.judged.length ? this.accuracy : null; }
  figures() { return {...(this.judged.length ? {score: this.accuracy, accuracy: this.accuracy} : {}), done: this.at, of: this.of}; }
  result() { return {score: this.accuracy}; }
  save() { return {at: this.at, looks: this.looks}; }
  load({at, looks}) { Object.assign(this, {at, looks, unit: null, last: null}); }
  get trouble() { return []; }
}
