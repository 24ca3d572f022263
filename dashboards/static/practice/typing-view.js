// The text that is typed, and the field that hears the keys: a real one, so that the keyboard of a phone opens.
import {h} from "../elements/dom.js";

const STAY = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", "Enter"]);

export class TypingView {
  /** `onKey` after each key, `onPause` for Escape or when the field is left. */
  constructor(model, {onKey, onPause}) {
    Object.assign(this, {model, onKey, onPause});
    this.letters = model.text.map((letter) => h("span", {class: "l"}, letter));
    this.field = h("textarea", {class: "field", rows: "1", autocapitalize: "off", autocomplete: "off", autocorrect: "off", spellcheck: "false", inputmode: "text",
      "aria-label": "Type the text", "aria-describedby": "copy", oninput: () => this.heard(), onkeydown: (event) => this.key(event), onblur: () => this.onPause(),
      onpaste: (event) => event.preventDefault(), ondrop: (event) => event.preventDefault(), onselect: () => this.toEnd()});
    this.shown = h("div", {class: "copy", id: "copy", onpointerdown: (event) => { event.preventDefault(); this.focus(); }}, this.words());
    this.node = h("div", {class: "stage typing"}, this.field, this.shown);
    this.field.value = model.typed.join("");
    this.paint(0);
  }

  /** Letters in words, so that no word breaks in its middle. */
  words() {
    const words = [[]];
    this.letters.forEach((node, place) => { words.at(-1).push(node); if (this.model.text[place] === " ") words.push([]); });
    return words.filter((word) => word.length).map((word) => h("span", {class: "w"}, word));
  }

  heard() {
    const value = this.field.value.replace(/[\r\n]/g, "").replace(/[‘’]/g, "'").replace(/[“”]/g, '"');
    const from = this.model.sync(value);
    const held = this.model.typed.join("");
    if (this.field.value !== held && value.length >= this.model.text.length) this.field.value = held;
    if (from === null) return;
    this.paint(Math.max(0, Math.min(from, this.model.typed.length) - 1));
    this.onKey();
  }

  key(event) {
    if (event.key === "Escape") { event.preventDefault(); this.onPause(true); return; }
    if (STAY.has(event.key)) event.preventDefault();
  }

  toEnd() { const end = this.field.value.length; if (this.field.selectionStart !== end) this.field.setSelectionRange(end, end); }

  paint(from) {
    for (let place = from; place < this.letters.length; place += 1) {
      const {look, letter} = this.model.mark(place), node = this.letters[place];
      const gap = look === "slip" && letter === " ";
      if (node.dataset.look === look && node.textContent === letter) { if (look === "ahead" && place > from + 2) break; continue; }
      node.dataset.look = look;
      node.classList.toggle("gap", gap);
      node.textContent = letter;
      if (look === "here" && this.field.isConnected) this.follow(node);
    }
  }

  /** The line that is typed stays in sight, above the keyboard of a phone. */
  follow(node) {
    const box = node.getBoundingClientRect(), high = globalThis.visualViewport?.height ?? innerHeight;
    if (box.bottom > high - 24 || box.top < 70) node.scrollIntoView({block: "center"});
  }

  focus() { this.field.focus({preventScroll: true}); this.toEnd(); }
  blur() { this.field.blur(); }
}
