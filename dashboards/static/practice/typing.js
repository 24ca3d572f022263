// A text as it is being typed: what stands where, which letters slipped, how fast and how exact. No screen, no clock.

const LETTERS_A_WORD = 5;
const SAYS_SOMETHING = 3; // seconds before a speed means anything

export class Typing {
  constructor(text, seconds = 90) {
    Object.assign(this, {text: [...text], seconds, typed: [], keys: 0, slips: 0, missed: new Map()});
  }

  /** What the field holds now; returns the first place that changed, or null. */
  sync(value) {
    const now = [...value].slice(0, this.text.length);
    let same = 0;
    while (same < now.length && same < this.typed.length && now[same] === this.typed[same]) same += 1;
    if (same === now.length && same === this.typed.length) return null;
    this.typed.length = same;
    for (const letter of now.slice(same)) this.press(letter);
    return same;
  }

  press(letter) {
    const wanted = this.text[this.typed.length];
    this.keys += 1;
    if (letter !== wanted) {
      this.slips += 1;
      const name = wanted.toLowerCase();
      if (/\S/.test(name)) this.missed.set(name, (this.missed.get(name) ?? 0) + 1);
    }
    this.typed.push(letter);
  }

  /** What a place looks like: `done`, `slip`, `here` or `ahead`, and the letter that stands there. */
  mark(place) {
    if (place < this.typed.length) {
      const right = this.typed[place] === this.text[place];
      return {look: right ? "done" : "slip", letter: right ? this.text[place] : this.typed[place]};
    }
    return {look: place === this.typed.length ? "here" : "ahead", letter: this.text[place]};
  }

  get over() { return this.typed.length === this.text.length; }
  get started() { return this.keys > 0; }
  get right() { return this.typed.filter((letter, place) => letter === this.text[place]).length; }
  get accuracy() { return this.keys ? Math.round((1000 * (this.keys - this.slips)) / this.keys) / 10 : 100; }

  speed(seconds) { return seconds < SAYS_SOMETHING ? 0 : Math.min(999, Math.round((10 * this.right * 60) / (LETTERS_A_WORD * seconds)) / 10); }

  /** The figure this is about, for the pace line. */
  main(seconds) { return seconds < SAYS_SOMETHING ? null : this.speed(seconds); }

  figures(seconds) {
    const told = this.keys ? {accuracy: this.accuracy} : {};
    return {...(seconds < SAYS_SOMETHING ? {} : {wpm: this.speed(seconds)}), ...told, done: this.typed.length, of: this.text.length};
  }

  result(seconds) { return {score: this.accuracy, wpm: this.speed(Math.max(seconds, SAYS_SOMETHING))}; }

  save() { return {typed: this.typed.join(""), keys: this.keys, slips: this.slips, missed: [...this.missed]}; }
  load({typed, keys, slips, missed}) { Object.assign(this, {typed: [...typed].slice(0, this.text.length), keys, slips, missed: new Map(missed)}); }

  /** The letters that slipped most, two at most. */
  get trouble() {
    return [...this.missed].filter(([, times]) => times > 1).sort((a, b) => b[1] - a[1]).slice(0, 2).map(([letter]) => letter);
  }
}
