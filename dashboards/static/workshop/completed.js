// <ws-completed>: what the team takes with it. Actions first, then the exports, the team room, and a date to meet again.
// `{actions, exports: {full: ["pdf", …], team: […]}, saving: "full:pdf", room, again, canSave}`; `saving` is the file on its way.
import {View, define} from "./element.js";
import {face, icon} from "./faces.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";
import {namedDay} from "./words.js";

const D = TEXTS.done;

class Completed extends View {
  view({actions = [], exports: given, saving, room, again, canSave, people = []}) {
    return t("section", {class: "ws-done"}, t("h1", {tabindex: -1}, D.heading), t("p", {class: "ws-lead"}, D.lead),
      t("div", {class: "two"}, t("div", {class: "column"}, actions.length ? t("ol", {class: "plain-list mine"}, actions.map((one) => this.action(one, people))) : t("p", {class: "ws-card ws-empty"}, D.noActions),
        t("button", {type: "button", class: "ws-link", onclick: () => this.say("see-summary")}, icon("chart"), D.summary)),
      t("div", {class: "column"}, this.exports(given ?? {}, saving), room ? t("a", {class: "ws-card way", href: room}, icon("history"), t("span", {}, t("b", {}, D.room), t("span", {}, D.link)), icon("next")) : canSave && this.save(),
        again && t("p", {class: "again"}, icon("date"), t("span", {}, t("b", {}, D.again(namedDay(again))), t("span", {}, D.againHint))))));
  }

  action(one, people) {
    const who = people.find((person) => person.name === one.owner);
    return t("li", {class: "ws-card", key: one.id}, one.owner ? face(who ?? {id: one.owner, initials: [...one.owner].slice(0, 2).join(""), tint: 1}, {you: false}) : t("span", {class: "ws-face none", "aria-hidden": "true"}, icon("person")), t("div", {}, t("b", {}, one.text), t("span", {}, D.by(one.owner, one.due))));
  }

  exports(exports, saving) {
    if (!Object.keys(exports).length) return null;
    const links = (kind, label, hint) => exports[kind] && t("div", {class: "kind", key: kind}, t("b", {}, label), t("span", {}, hint), t("div", {class: "row"}, exports[kind].map((format) => this.file(kind, label, format, saving))));
    return t("div", {class: "ws-card exports"}, t("h2", {}, D.exports), links("full", D.full, D.fullHint), links("team", D.team, D.teamHint));
  }

  /** One file; while it is made its button says so, and a second press waits. */
  file(kind, label, format, saving) {
    const busy = saving === `${kind}:${format}`;
    const name = D.formats[format] ?? format;
    return t("button", {type: "button", class: `btn small${busy ? " busy" : ""}`, key: format, "aria-busy": busy ? "true" : null, "aria-disabled": saving ? "true" : null, "aria-label": busy ? D.making(name) : `${label}: ${name}`, onclick: () => !saving && this.say("export", {kind, format})}, icon(busy ? "clock" : "download"), name);
  }

  save() {
    return t("form", {class: "ws-card save", onsubmit: (event) => { event.preventDefault(); const name = event.target.querySelector("input").value.trim(); if (name) this.say("team-save", {name}); }}, t("b", {}, D.save), t("p", {}, D.saveHint),
      t("label", {for: "ws-team-name"}, D.teamName), t("div", {class: "row"}, t("input", {id: "ws-team-name", class: "ws-input", maxlength: 60, autocomplete: "organization"}), t("button", {type: "submit", class: "btn big"}, D.saveGo)));
  }
}

define("ws-completed", Completed);
