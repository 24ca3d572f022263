// <tandem-share source="activity_feed">: a button that asks for something to share of one's progress, and shows it: a
// sentence without names and scores, and a link. Where there is nothing to share, it says why.
import {api} from "./api.js";
import {TandemElement, define} from "./base.js";
import {h, icon} from "./dom.js";
import {QUESTION_CSS, question} from "./question.js";

class Share extends TandemElement {
  static css = `${QUESTION_CSS}
    :host { display: inline-block; }
    .about { margin: 0 0 12px; font-size: 14px; color: var(--muted); }
    .pack { padding: 14px 16px; margin: 0; font-size: 15px; color: var(--text); background: var(--surface-2); border-radius: var(--radius); overflow-wrap: anywhere; }
    .pack a { display: block; margin-top: 6px; font-size: 13px; color: var(--accent); }`;

  start() {
    this.button = h("button", {class: `btn ${this.hasAttribute("text") ? "tint" : "text"} small`, type: "button", onclick: () => this.ask()}, icon("share", {size: 16}), "Share progress");
    this.root.replaceChildren(...(this.hasAttribute("text") ? [h("p", {class: "about"}, this.getAttribute("text"))] : []), this.button);
  }

  async ask() {
    this.button.disabled = true;
    try {
      this.show(await api("/share-packs", {method: "POST", body: {source: this.getAttribute("source") ?? "activity_feed"}}));
    } catch (error) {
      this.show({outcome: "failed", message: error.message});
    }
    this.button.disabled = false;
  }

  show({outcome, text, link, message}) {
    if (outcome !== "ready") { question(this.root, {title: "Nothing to share just now", text: message}); return; }
    const words = `${text} ${link}`;
    const native = Boolean(navigator.share);
    const pack = h("div", {class: "pack"}, text, h("a", {href: link, rel: "noopener"}, link));
    const dialog = question(this.root, {title: "Share your progress", text: "No name, no scores: only this goes out, and only where you send it.", body: [pack],
      answer: native ? "Share" : "Copy", act: async () => {
        await (native ? navigator.share({text, url: link}) : navigator.clipboard.writeText(words));
        this.told(native ? "" : "Copied");
      }});
    dialog.querySelector("form p").classList.add("muted");
  }

  told(word) {
    if (!word) return;
    this.button.lastChild.textContent = word;
    setTimeout(() => { this.button.lastChild.textContent = "Share progress"; }, 3000);
  }
}

define("tandem-share", Share);
