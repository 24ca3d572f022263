// <ws-dialog>: what opens over the page and only because somebody asked: help, people, notes, more, time, feedback, and
// the one kind question before something that cannot be taken back. `{open: {kind, …}}`; tells `dialog-close` and what was
// chosen. A native dialog: it keeps the focus, closes with Escape and gives the focus back.
import {View, define} from "./element.js";
import {face, icon, stateOf} from "./faces.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import "./notes.js";

const P = TEXTS.people;

class Dialog extends View {
  draw() {
    super.draw();
    const box = this.querySelector("dialog");
    if (box && !box.open) { box.showModal(); box.querySelector("[data-first]")?.focus(); }
  }

  view({open}) {
    if (!open) return [];
    const close = () => this.say("dialog-close");
    const body = BODIES[open.kind];
    return t("dialog", {class: `ws-dialog ${open.kind}`, key: open.kind, "aria-labelledby": "ws-dialog-head", oncancel: (event) => { event.preventDefault(); close(); }, onclick: (event) => event.target.localName === "dialog" && close()},
      t("div", {class: "box"}, t("header", {}, t("h2", {id: "ws-dialog-head"}, open.heading ?? HEADS[open.kind]), t("button", {type: "button", class: "ws-round", "aria-label": TEXTS.frame.close, onclick: close}, icon("close"))), t("div", {class: "body"}, body(open, this.say.bind(this), this))));
  }
}

const HEADS = {help: TEXTS.help.heading, people: P.heading, notes: TEXTS.frame.notes, more: TEXTS.frame.more, time: TEXTS.ask.time, feedback: TEXTS.feedback.heading, hand: TEXTS.ask.handOver, ask: ""};

const row = (meaning, text, onclick, hint) => t("li", {}, t("button", {type: "button", class: "way", onclick}, icon(meaning), t("span", {}, t("b", {}, text), hint && t("span", {}, hint))));

const BODIES = {
  help: ({moment, rules = [], topics = [], keys, facilitator}) => [facilitator && t("section", {}, t("h3", {}, TEXTS.help.question), t("p", {}, facilitator)), moment && t("section", {}, t("h3", {}, moment.title), moment.text.map((one) => t("p", {}, one))), rules.length ? t("section", {}, t("h3", {}, TEXTS.help.rules), t("ul", {}, rules.map((one) => t("li", {}, one)))) : null,
    topics.length ? t("section", {}, t("h3", {}, TEXTS.help.topics), topics.map((one) => t("details", {}, t("summary", {}, one.title), one.text.map((text) => t("p", {}, text))))) : null, keys && t("section", {}, t("h3", {}, TEXTS.help.keys), t("ul", {}, TEXTS.help.keysList.map((one) => t("li", {}, one))))],

  people: ({list = [], facilitator, shared, big, pin, canTake, away}, say) => [t("ul", {class: "plain-list people"}, list.map((one) => person(one, facilitator, say))),
    canTake && t("p", {class: "take"}, t("span", {}, TEXTS.ask.takeOverText(away)), t("button", {type: "button", class: "btn small", onclick: () => say("take-over")}, TEXTS.ask.takeOver)),
    pin && t("p", {class: "hint"}, P.pin(pin)), t("label", {class: "ws-check"}, t("input", {type: "checkbox", ".checked": Boolean(shared), onchange: (event) => say("share-screen", {on: event.target.checked})}), t("span", {}, t("b", {}, P.shared), t("span", {}, P.sharedHint))),
    big && t("a", {class: "ws-link", href: big, target: "_blank", rel: "noopener"}, icon("screen"), P.big)],

  notes: ({questions = [], general, kept}) => [kept && t("p", {class: "ws-meanwhile", role: "status"}, TEXTS.notes.kept), ...questions.map((one) => t("section", {key: `n${one.question}`}, t("ws-notes", {".props": one}))), t("section", {key: "general"}, t("ws-notes", {".props": general}))],

  more: ({code, here, notes, facilitator, tools = []}, say) => [code && t("p", {class: "code"}, TEXTS.frame.code(code)), t("ul", {class: "plain-list"}, tools.map((tool) => row(tool.icon, tool.label, () => say(tool.what))), row("people", TEXTS.frame.here(here), () => say("people")), row("note", `${TEXTS.frame.notes}${notes ? ` (${notes})` : ""}`, () => say("notes-open")),
    facilitator && row("clock", TEXTS.dock.time, () => say("time-menu")), row("moon", TEXTS.frame.theme, () => say("theme")), row("feedback", TEXTS.frame.feedback, () => say("feedback")), row("leave", TEXTS.frame.leave, () => say("leave")))],

  time: ({paused}, say) => t("ul", {class: "plain-list"}, [10, 5, 1].map((minutes) => row("faster", TEXTS.ask.give(minutes), () => say("time-adjust", {minutes}))), row("slower", TEXTS.ask.less(5), () => say("time-adjust", {minutes: -5})), row(paused ? "resume" : "pause", paused ? TEXTS.dock.resume : TEXTS.dock.pause, () => say(paused ? "resume" : "pause"))),

  hand: ({list = []}, say) => (list.length ? t("ul", {class: "plain-list"}, list.map((one) => t("li", {key: one.id}, t("button", {type: "button", class: "way", onclick: () => say("hand-to", {id: one.id})}, face(one), t("span", {}, t("b", {}, one.name)))))) : t("p", {}, TEXTS.ask.none)),

  ask: ({text, yes, no, what, detail, danger, refuse}, say) => [t("p", {class: "question"}, text), t("div", {class: "row"}, t("button", {type: "button", class: "btn big", "data-first": true, onclick: () => { say("dialog-close"); if (refuse) say(refuse.what, refuse.detail); }}, no), t("button", {type: "button", class: `btn big ${danger ? "danger" : "primary"}`, onclick: () => { say("dialog-close"); say(what, detail); }}, yes))],

  feedback: ({section, sent, trouble}, say, view) => (sent ? t("p", {role: "status"}, TEXTS.feedback.thanks) : t("form", {novalidate: true, onsubmit: (event) => { event.preventDefault(); tell(event.target, section, say, view); }},
    t("fieldset", {class: "ws-choice inline"}, t("legend", {}, TEXTS.feedback.kind), ["working_well", "improvement", "bug"].map((one, index) => t("label", {key: one}, t("input", {type: "radio", name: "category", value: one, ref: (node) => { node.checked = index === 1; }}), t("span", {}, t("b", {}, TEXTS.feedback[one]))))),
    t("div", {class: "ws-field"}, t("label", {for: "ws-feedback"}, TEXTS.feedback.text), t("textarea", {id: "ws-feedback", class: "ws-input", rows: 4, maxlength: 4000})), t("div", {class: "ws-field"}, t("label", {for: "ws-feedback-mail"}, TEXTS.feedback.email), t("input", {id: "ws-feedback-mail", class: "ws-input", type: "email", maxlength: 200, autocomplete: "email"})),
    t("p", {class: "ws-trouble", role: "alert"}, view.missing ?? trouble ?? ""), t("button", {type: "submit", class: "ws-main primary"}, TEXTS.feedback.go))),
};

function tell(form, section, say, view) {
  const content = form.querySelector("textarea").value.trim();
  view.missing = content ? null : TEXTS.feedback.missing;
  view.draw();
  if (content) say("feedback-send", {section, content, category: form.querySelector("input[type=radio]:checked")?.value ?? "improvement", email: form.querySelector("input[type=email]").value.trim() || null});
  else form.querySelector("textarea").focus();
}

function person(one, facilitator, say) {
  const what = [one.you && P.you, one.facilitator && P.facilitator, one.observer && P.watching, one.status === "dropped" ? P.aside : one.away && P.away].filter(Boolean).join(", ");
  const act = (label, name) => t("button", {type: "button", class: "btn small", onclick: () => say(name, {id: one.id})}, label);
  return t("li", {key: one.id}, face(one, {state: one.status === "dropped" ? "away" : stateOf(one)}), t("div", {class: "who"}, t("b", {}, one.name), t("span", {}, what)),
    t("span", {class: "row"}, facilitator && !one.you && one.status !== "dropped" && [!one.observer && act(P.setAside, "set-aside"), !one.away && act(P.make, "hand-to")], one.you && one.canSwitch && act(one.observer ? P.take : P.watch, one.observer ? "take-part" : "watch-on")));
}

define("ws-dialog", Dialog);
