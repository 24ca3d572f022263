// <ws-code>: one text field that looks like six cells. Pasting works, lower case is raised, look-alikes are mended.
// `{value, trouble, label, hint}`; tells `code` with the code as far as it goes.
import {View, define} from "./element.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";

export const LENGTH = 6;
const ALIKE = {O: "0", I: "1", L: "1"};

/** The code in what somebody typed or pasted, a whole link too. `alphabet` tells which of two look-alikes exists. */
export function readCode(text, alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789") {
  const from = /workshop\/([^/?#\s]+)/i.exec(text)?.[1] ?? text;
  const mended = [...from.toUpperCase()].map((one) => (alphabet.includes(one) ? one : Object.entries(ALIKE).flat().includes(one) ? alike(one, alphabet) : one));
  return mended.filter((one) => alphabet.includes(one)).slice(0, LENGTH).join("");
}

const alike = (one, alphabet) => [ALIKE[one], ...Object.keys(ALIKE).filter((key) => ALIKE[key] === one || ALIKE[key] === ALIKE[one])].find((other) => other && alphabet.includes(other)) ?? "";

class Code extends View {
  started() { this.text = readCode(this.props.value ?? ""); this.focused = false; }

  changed(before) { if (this.life && before.value !== this.props.value) this.text = readCode(this.props.value ?? this.text); }

  view({trouble, label = TEXTS.start.code, hint = TEXTS.start.codeHint}) {
    const at = Math.min(this.text.length, LENGTH - 1);
    return t("div", {class: `ws-code${trouble ? " wrong" : ""}`}, t("label", {for: "ws-code-field"}, label),
      t("div", {class: "cells"}, Array.from({length: LENGTH}, (_, index) => t("span", {class: `cell${this.focused && index === at ? " now" : ""}`, "aria-hidden": "true"}, this.text[index] ?? "", this.focused && index === this.text.length ? t("span", {class: "caret"}) : null)),
        t("input", {id: "ws-code-field", name: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", inputmode: "text", maxlength: 200, "aria-describedby": "ws-code-hint", "aria-invalid": trouble ? "true" : null, ref: (node) => { node.value = this.text; },
          oninput: (event) => this.read(event.target), onfocus: () => this.look(true), onblur: () => this.look(false), onselect: (event) => end(event.target), onclick: (event) => end(event.target)})),
      t("p", {class: "hint", id: "ws-code-hint", role: trouble ? "alert" : null}, trouble || hint));
  }

  look(on) { this.focused = on; this.draw(); }

  read(field) {
    this.text = readCode(field.value);
    field.value = this.text;
    this.draw();
    this.say("code", {code: this.text});
  }
}

/** The caret stands behind what is typed, where the cells show it. */
const end = (field) => field.setSelectionRange(field.value.length, field.value.length);

define("ws-code", Code);
