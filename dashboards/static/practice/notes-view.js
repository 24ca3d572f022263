// A line of notes with an octave to play it on, by touch or by the letters of the keyboard; or beats and a pad to tap.
import {h} from "../elements/dom.js";

const WHITE = ["C", "D", "E", "F", "G", "A", "B", "C5"];
const BLACK = {"C#": 0, "D#": 1, "F#": 3, "G#": 4, "A#": 5};
const LETTERS = {a: "C", s: "D", d: "E", f: "F", g: "G", h: "A", j: "B", k: "C5", w: "C#", e: "D#", t: "F#", z: "G#", y: "G#", u: "A#"};
const HINTS = {C: "A", D: "S", E: "D", F: "F", G: "G", A: "H", B: "J", C5: "K", "C#": "W", "D#": "E", "F#": "T", "G#": "Y", "A#": "U"};
const HALVES = {C: 0, "C#": 1, D: 2, "D#": 3, E: 4, F: 5, "F#": 6, G: 7, "G#": 8, A: 9, "A#": 10, B: 11, C5: 12};
const SPOKEN = {C5: "high C"};

export const frequency = (note) => 261.63 * 2 ** (HALVES[note] / 12);
const shown = (note) => note.replace("#", "♯").replace("C5", "C′");
const spoken = (note) => SPOKEN[note] ?? note.replace("#", " sharp");

export class NotesView {
  constructor(model, exercise, {onKey, onPause, sound}) {
    Object.assign(this, {model, onKey, onPause, sound});
    this.tiles = model.notes.map((note) => h("li", {class: "tile"}, shown(note)));
    this.keys = new Map([...WHITE, ...Object.keys(BLACK)].map((note) => [note, this.key(note)]));
    this.board = h("div", {class: "keys", role: "group", "aria-label": "One octave of a piano"}, WHITE.map((note) => this.keys.get(note)), Object.keys(BLACK).map((note) => this.keys.get(note)));
    this.said = h("p", {class: "sr", role: "status"});
    this.node = h("div", {class: "stage notes", tabindex: "-1", onkeydown: (event) => this.pressed(event)}, h("h3", {}, exercise.title), h("ol", {class: "line plain-list"}, this.tiles), this.board, this.said);
    this.paint();
  }

  key(note) {
    const node = h("button", {class: note in BLACK ? "key black" : "key", type: "button", "aria-label": spoken(note), onpointerdown: (event) => { event.preventDefault(); this.play(note); },
      onclick: (event) => event.detail === 0 && this.play(note)}, h("span", {"aria-hidden": "true"}, HINTS[note]));
    if (note in BLACK) node.style.setProperty("--after", BLACK[note]);
    return node;
  }

  pressed(event) {
    if (event.key === "Escape") { event.preventDefault(); this.onPause(true); return; }
    const note = LETTERS[event.key.toLowerCase()];
    if (!note || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.play(note);
  }

  play(note) {
    if (this.model.over || this.closed) return;
    this.sound(frequency(note));
    const right = this.model.play(note);
    const node = this.keys.get(note);
    node.dataset.hit = right ? "yes" : "no";
    setTimeout(() => { delete node.dataset.hit; }, 180);
    this.paint();
    this.onKey();
    this.node.focus({preventScroll: true});
  }

  paint() {
    this.tiles.forEach((tile, place) => {
      tile.dataset.look = place < this.model.at ? "done" : place === this.model.at ? (this.model.slipped ? "slip" : "here") : "ahead";
      if (place === this.model.at) tile.setAttribute("aria-current", "true"); else tile.removeAttribute("aria-current");
    });
    const wanted = this.model.notes[this.model.at];
    this.said.textContent = wanted ? `Next: ${spoken(wanted)}` : "";
  }

  focus() { this.node.focus({preventScroll: true}); }
  blur() {}
}

export class BeatsView {
  constructor(model, exercise, {onKey, onPause, sound, clock}) {
    Object.assign(this, {model, onKey, onPause, sound, clock});
    this.tiles = model.beats.map((beat) => { const tile = h("li", {class: "beat", "aria-label": `${beat} ${beat === 1 ? "beat" : "beats"}`}); tile.style.setProperty("--long", beat); return tile; });
    this.pad = h("button", {class: "pad", type: "button", onpointerdown: (event) => { event.preventDefault(); this.tap(); }, onclick: (event) => event.detail === 0 && this.tap()}, "Tap here, or press the space bar");
    this.node = h("div", {class: "stage notes beats", tabindex: "-1", onkeydown: (event) => this.pressed(event)}, h("h3", {}, exercise.title),
      h("p", {class: "muted"}, "Tap at the start of each bar, in a tempo of your own. A long bar waits longer."), h("ol", {class: "line plain-list"}, this.tiles), this.pad);
    this.paint();
  }

  pressed(event) {
    if (event.key === "Escape") { event.preventDefault(); this.onPause(true); return; }
    if (event.key !== " " || event.repeat) return;
    event.preventDefault();
    this.tap();
  }

  tap() {
    if (this.model.over) return;
    this.sound(330);
    this.model.tap(this.clock());
    this.paint();
    this.onKey();
    this.node.focus({preventScroll: true});
  }

  paint() {
    this.tiles.forEach((tile, place) => {
      // A tap judges the bar before it: how long that was held.
      const judged = this.model.looks[place + 1];
      tile.dataset.look = place === this.model.at - 1 && !judged ? "here" : judged === "off" ? "slip" : place < this.model.at ? "done" : "ahead";
    });
  }

  focus() { this.node.focus({preventScroll: true}); }
  blur() {}
}
