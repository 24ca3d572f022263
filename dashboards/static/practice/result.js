// What a practice came to: one figure, one sentence about one's own past, four facts, the pace, and what might be next.
import {calm, h, icon} from "../elements/dom.js";
import {chart} from "./pace.js";
import {UNITS, comparison, hint, minutes, whole} from "./words.js";

/**
 * Made of what the page measured at once; `know()` fills in what the server says of it.
 * `given`: {app, main, value, score, slips, seconds, pace, trouble, hint, place}; `ways`: {again, done, challenge}.
 */
export class ResultView {
  constructor(given, ways) {
    Object.assign(this, {given, ways, facts: new Map(), best: null});
    this.chip = h("span", {class: "chip warm", hidden: true}, icon("event", {size: 14}), "New personal best");
    this.sentence = h("p", {class: "sentence"}, "\u00a0");
    this.note = h("p", {class: "note", role: "status"});
    this.challenge = h("div", {class: "challenge", hidden: true, "aria-live": "polite"});
    const figure = h("p", {class: "hero"}, h("b", {class: "num"}, whole(given.value)), h("span", {}, given.main === "wpm" ? "words a minute" : "% right"));
    this.paper = h("div", {class: "paper", "aria-hidden": "true"});
    const buttons = h("div", {class: "ways"}, h("button", {class: "btn primary large", type: "button", onclick: ways.again}, icon("once-more", {size: 18}), "Once more"),
      this.offer = h("button", {class: "btn tint large", type: "button", hidden: true, onclick: () => ways.challenge(this)}, icon("challenge", {size: 18}), "Challenge a friend"),
      h("button", {class: "btn text large", type: "button", onclick: ways.done}, "Done"));
    this.first = h("section", {class: "card outcome", "aria-label": "What it came to"}, this.paper, this.chip, figure, this.sentence, this.factList(), buttons, this.challenge, this.note);
    this.picture = h("section", {class: "card", "aria-label": "Your pace"});
    this.side = h("div", {class: "earned-list", role: "status"});
    this.tip = h("section", {class: "card tip", "aria-label": "A hint"}, icon("hint", {size: 20}), h("p", {}, hint(given.trouble, given.hint, given.app).map(([text, strong]) => (strong ? h("b", {}, text) : text))));
    new ResizeObserver(() => this.wide !== this.picture.clientWidth && this.drawPace()).observe(this.picture);
  }

  factList() {
    const {main, score, slips, seconds, place} = this.given;
    const fact = (key, label, value, unit = "") => { const node = h("dd", {}, h("b", {class: "num"}, value), unit && h("span", {}, ` ${unit}`)); this.facts.set(key, node); return h("div", {}, h("dt", {}, label), node); };
    return h("dl", {class: "facts"}, main === "wpm" ? fact("accuracy", "Accuracy", `${whole(score)}%`) : fact("slips", "Slips", String(slips)),
      place ? fact("place", "Place", String(place.rank), `of ${place.of}`) : fact("time", "Time", minutes(Math.round(seconds))), fact("points", "Points", "–"), fact("streak", "Streak", "–"));
  }

  set(key, value, unit, up) {
    this.facts.get(key)?.replaceChildren(h("b", {class: "num"}, value), unit ? h("span", {class: up ? "up num" : ""}, ` ${unit}`) : "");
  }

  drawPace(best = this.best) {
    this.best = best;
    const {pace, main} = this.given;
    const unit = UNITS[main];
    this.picture.hidden = pace.length < 2;
    if (pace.length < 2) return;
    this.wide = this.picture.clientWidth;
    const wide = Math.max(300, Math.min(980, (this.picture.clientWidth || 800) - 40));
    this.picture.replaceChildren(h("div", {class: "card-head"}, h("h2", {}, "Your pace"), h("span", {class: "note"}, unit)), chart(pace, {best, unit, width: wide}));
  }

  waiting() { this.note.textContent = "No connection just now. This counts as soon as you are back."; this.sentence.textContent = "Done, and kept on this device."; }

  refused(reason) { this.note.textContent = reason?.message ?? "This could not be counted."; }

  /** What the server knows of it: what went before, points, streak, and whether a friend may be challenged. */
  know({past, points, streak, challenge}) {
    const {main, value, score, pace} = this.given;
    const of = (one) => one && {value: main === "wpm" ? one.wpm ?? 0 : one.score, score: one.score, at: one.at};
    const best = of(past.best), last = of(past.last);
    this.note.textContent = "";
    this.sentence.textContent = comparison({main, value, score, best, last, pace});
    const isBest = Boolean(best) && Math.round(value) > Math.round(best.value);
    this.set("points", points ? `+${points}` : "0");
    this.days(Math.max(streak, this.streak ?? 0));
    if (main === "wpm" && last && Math.round(score) > Math.round(last.score)) this.set("accuracy", `${whole(score)}%`, `+${Math.round(score) - Math.round(last.score)}`, true);
    this.offer.hidden = !challenge || this.suggested;
    this.drawPace(best?.value ?? null);
    if (isBest && this.chip.hidden) { this.chip.hidden = false; this.fall(); }
  }

  days(streak) {
    this.streak = streak;
    this.set("streak", String(streak), streak === 1 ? "day" : "days");
  }

  /** A friend may be asked to beat this: said in place of the plain offer, which comes back with "Not now". */
  suggest({message, cta}) {
    if (!this.challenge.hidden) return true;
    const answered = (act) => () => { this.suggested = false; act(); };
    this.suggested = true;
    this.offer.hidden = true;
    this.challenge.hidden = false;
    this.challenge.replaceChildren(h("p", {}, message), h("div", {class: "ways"},
      h("button", {class: "btn tint", type: "button", onclick: answered(() => this.ways.challenge(this))}, icon("challenge", {size: 18}), cta),
      h("button", {class: "btn text", type: "button", onclick: answered(() => { this.challenge.hidden = true; this.offer.hidden = false; this.offer.focus(); })}, "Not now")));
    return true;
  }

  /** A badge or a level that this brought. */
  earned({title, description, icon: drawing, points}) {
    const node = h("section", {class: "card earned", "aria-label": "Earned"}, h("span", {class: "medal"}, icon(drawing ?? "badge", {size: 24})),
      h("div", {}, h("span", {class: "label"}, "Earned"), h("b", {}, title), h("p", {class: "muted"}, [description, points ? `+${points} points` : ""].filter(Boolean).join(" "))));
    this.side.append(node);
  }

  /** One fall of paper, once, behind the figure. */
  fall() {
    if (calm() || document.hidden) return;
    for (let bit = 0; bit < 20; bit += 1) {
      const one = h("i", {class: `bit b${(bit % 4) + 1}`});
      one.style.left = `${45 + Math.random() * 52}%`;
      this.paper.append(one);
      const turn = Math.random() * 360;
      const falling = one.animate([{transform: `translateY(-24px) rotate(${turn}deg)`, opacity: 1}, {transform: `translateY(${90 + Math.random() * 110}px) rotate(${turn + 200}deg)`, opacity: 0.2}],
        {duration: 900 + Math.random() * 300, delay: Math.random() * 200, easing: "ease-in", fill: "both"});
      falling.onfinish = () => one.remove();
    }
  }
}
