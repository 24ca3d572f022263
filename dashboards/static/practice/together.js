// The other of two who practise together, as one sees them: how far, how it goes, and whether they are still there.
import {face, h, icon} from "../elements/dom.js";
import {mainOf, whole} from "./words.js";

const GONE = {given_up: "had to stop. Yours counts all the same.", replaced: "went on with something else. Yours counts all the same.",
  gone: "lost the connection. It may come back.", stale: "is not here any more. Yours counts all the same."};

/** What a run of theirs means in words. */
export function standing(name, {status, reason}) {
  if (status === "completed") return `${name} is done.`;
  if (status === "ended") return `${name} ${GONE[reason] ?? "is not here any more."}`;
  return `${name} is at it too.`;
}

export class Together {
  constructor(partner, run) {
    Object.assign(this, {partner, main: mainOf(run.app), status: {status: "live"}});
    this.value = h("b", {class: "num"}, "–");
    this.far = h("span", {class: "fill"});
    this.words = h("p", {class: "muted", role: "status"}, standing(partner.name, this.status));
    this.joint = h("p", {class: "joint", hidden: true, role: "status"});
    const who = face({id: partner.user_id, name: partner.name, avatar: partner.avatar === "" ? "initial" : partner.avatar}, {size: 44, mark: "practising"});
    this.node = h("section", {class: "card together", "aria-label": `With ${partner.name}`}, h("div", {class: "card-head"}, h("h2", {}, "Together"), this.joint),
      h("div", {class: "pal"}, who, h("div", {class: "side"}, h("div", {class: "top"}, h("span", {class: "name"}, partner.name), this.value), h("div", {class: "bar", "aria-hidden": "true"}, this.far))), this.words);
  }

  /** Their figures, as they come. */
  progress(told) {
    const value = this.main === "wpm" ? told.current_wpm : told.current_score ?? told.current_accuracy;
    if (value !== null && value !== undefined) this.value.textContent = this.main === "wpm" ? whole(value) : `${whole(value)}%`;
    if (told.of) this.far.style.width = `${Math.round((100 * told.done) / told.of)}%`;
  }

  /** Their run changed. */
  changed(run) {
    this.status = run;
    this.words.textContent = standing(this.partner.name, run);
    this.node.classList.toggle("left", run.status === "ended");
    if (run.status !== "completed") return;
    this.far.style.width = "100%";
    const value = this.main === "wpm" ? run.wpm : run.score;
    if (value !== null) this.value.textContent = this.main === "wpm" ? whole(value) : `${whole(value)}%`;
  }

  /** Both are done: what they came to together. */
  told(score) {
    this.joint.hidden = false;
    this.joint.replaceChildren(icon("welcome", {size: 18}), h("b", {class: "num"}, `${whole(score)}%`), " together");
    this.words.textContent = `You and ${this.partner.name} finished this together.`;
  }
}
