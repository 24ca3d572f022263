// <tandem-verdict>: one sentence that says whether all is well, with the time it was looked at. Fed by a page.
import {TandemElement, define} from "./base.js";
import {h, icon} from "./dom.js";

const ICONS = {good: "done", warn: "warn", bad: "error"};

class Verdict extends TandemElement {
  static css = `
    .line { display: flex; align-items: center; gap: 12px; min-height: 48px; padding: 10px 16px; border-radius: var(--radius); color: var(--text); background: var(--surface-2); }
    .good { background: var(--good-weak); } .good .icon { color: var(--good); }
    .warn { background: var(--warn-weak); } .warn .icon { color: var(--warn); }
    .bad { background: var(--bad-weak); } .bad .icon { color: var(--bad); }
    .icon { font-size: 20px; }
    p { flex: 1; margin: 0; font-size: 14px; overflow-wrap: anywhere; }
    b { font-size: 15px; font-weight: 640; }
    time { font-size: 12.5px; white-space: nowrap; }
    @media (max-width: 719px) { time { display: none; } }`;

  start() { this.draw(); }

  update({verdict}) { this.verdict = verdict; this.draw(); }

  draw() {
    const {tone = "", word, sentence, at} = this.verdict ?? {};
    if (!word) { this.root.replaceChildren(h("div", {class: "line"}, h("p", {}, "Looking at how things are."))); return; }
    const same = this.shown?.word === word && this.shown?.sentence === sentence;
    if (!same) {
      this.said = h("p", {role: "status"}, h("b", {}, word), " ", sentence ?? "");
      this.time = h("time", {class: "num"});
      this.root.replaceChildren(h("div", {class: `line ${tone}`}, icon(ICONS[tone] ?? "info"), this.said, this.time));
      this.shown = {word, sentence};
    }
    this.root.firstChild.className = `line ${tone}`;
    if (at) this.time.textContent = new Date(at).toLocaleTimeString("en-GB");
  }
}

define("tandem-verdict", Verdict);
