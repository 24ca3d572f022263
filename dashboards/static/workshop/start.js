// <ws-start>: what this is, and that joining takes two fields. <ws-fresh>: a new workshop, all on one page.
// <ws-join>: coming in by the link, or back in after losing one's place.
import "./code-field.js";
import {LENGTH, readCode} from "./code-field.js";
import {View, define} from "./element.js";
import {icon} from "./faces.js";
import {sample} from "./pictures.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";

const S = TEXTS.start;
const W = TEXTS.fresh;
const J = TEXTS.join;

const field = (id, label, extra, hint) => t("div", {class: "ws-field", key: id}, t("label", {for: id}, label), t("input", {id, class: "ws-input", ...extra}), hint && t("p", {class: "hint", id: `${id}-hint`, role: extra["aria-invalid"] ? "alert" : null}, hint));

class Start extends View {
  started() { Object.assign(this, {code: readCode(this.props.code ?? ""), name: this.props.name ?? "", missing: {}}); this.addEventListener("workshop", (event) => { if (event.detail.what === "code") { event.stopPropagation(); this.code = event.detail.code; this.missing = {}; } }); }

  view({trouble = {}, busy, canWatch, crowd}) {
    return t("section", {class: "ws-start"}, t("div", {class: "left"}, t("p", {class: "ws-kicker"}, S.kicker), t("h1", {tabindex: -1}, S.heading), t("p", {class: "ws-lead"}, S.lead), t("figure", {}, sample(), t("figcaption", {}, S.picture)),
      t("ul", {class: "plain-list promises"}, S.promises.map(([meaning, head, text]) => t("li", {}, icon(meaning), t("b", {}, head), t("span", {}, text))))),
    t("div", {class: "right"}, t("form", {class: "ws-card joining", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.join(false); }}, t("h2", {}, S.join),
      t("ws-code", {".props": {value: this.props.code ?? "", trouble: this.missing.code ?? trouble.code}, key: "code"}),
      field("ws-name", S.name, {name: "name", type: "text", maxlength: 40, autocomplete: "given-name", "aria-invalid": this.missing.name || trouble.name ? "true" : null, ref: (node) => { node.value = this.name; }, oninput: (event) => { this.name = event.target.value; this.missing = {}; }}, this.missing.name ?? trouble.name),
      t("button", {type: "submit", class: "ws-main primary"}, t("span", {}, busy ? S.joining : S.go), icon("arrow")), canWatch && t("button", {type: "button", class: "btn big", key: "watch", onclick: () => this.join(true)}, icon("eye"), S.watch), t("p", {class: "promise"}, S.promise)),
    t("a", {class: "ws-card way", href: "/workshop/new"}, t("span", {class: "square"}, icon("faster")), t("span", {}, t("b", {}, S.fresh), t("span", {}, S.freshHint(crowd))), icon("next")),
    t("p", {class: "centre"}, t("a", {class: "ws-link", href: "/team"}, icon("history"), S.team))), t("p", {class: "credit"}, S.credit));
  }

  join(observer) {
    this.missing = {...(this.code.length < LENGTH ? {code: S.codeMissing} : {}), ...(this.name.trim() ? {} : {name: S.nameMissing})};
    this.draw();
    if (this.missing.code) this.querySelector("#ws-code-field").focus(); else if (this.missing.name) this.querySelector("#ws-name").focus(); else this.say("join", {code: this.code, name: this.name.trim(), observer});
  }
}

class Join extends View {
  started() { Object.assign(this, {name: this.props.name ?? "", pin: ""}); }

  view({trouble, known, asked, late, full, locked, busy}) {
    if (asked) return t("section", {class: "ws-join"}, t("div", {class: "ws-card"}, t("h1", {tabindex: -1}, J.heading), t("p", {class: "ws-lead", role: "status"}, J.asked(asked))));
    return t("section", {class: "ws-join"}, t("form", {class: "ws-card", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.go(known ? "return" : late || full ? "watch" : "join"); }}, t("h1", {tabindex: -1}, J.heading), (late || full) && t("p", {class: "ws-lead"}, late ? J.late : J.full), known ? this.back(known, trouble, locked) : this.fresh(trouble),
      !(known && locked) && t("button", {type: "submit", class: "ws-main primary"}, busy ? S.joining : known ? J.pinGo : late || full ? J.watch : S.go), known ? [t("button", {type: "button", class: "btn big", onclick: () => this.say("knock", {name: this.name})}, J.ask), t("button", {type: "button", class: "ws-link", onclick: () => this.say("join-other")}, J.other)] : [t("button", {type: "button", class: "ws-link", onclick: () => this.go("back")}, J.back), t("p", {class: "promise"}, S.promise)]));
  }

  fresh(trouble) { return field("ws-name", S.name, {type: "text", maxlength: 40, autocomplete: "given-name", "aria-invalid": trouble ? "true" : null, ref: (node) => { node.value = this.name; }, oninput: (event) => { this.name = event.target.value; }}, trouble); }

  back(known, trouble, locked) {
    return [t("p", {class: "ws-lead", key: "known"}, locked ? J.locked : J.known(known)), !locked && field("ws-pin", J.pin, {type: "text", inputmode: "numeric", maxlength: 4, autocomplete: "one-time-code", "aria-invalid": trouble ? "true" : null, oninput: (event) => { this.pin = event.target.value.replace(/\D/g, ""); event.target.value = this.pin; }}, trouble ?? J.pinHint)];
  }

  go(what) {
    if (!this.name.trim()) { this.querySelector("#ws-name")?.focus(); return; }
    this.say(what, {name: this.name.trim(), pin: this.pin, observer: what === "watch"});
  }
}

const DURATIONS = [["", W.none], ["120", W.minutes(120)], ["210", W.minutes(210)], ["own", W.own]];

class Fresh extends View {
  started() { this.values = {template: null, minutes: "", own: 90, plan: null, disclosure: "named", observes: false, skip: false, most: null, team: "", teamName: "", name: this.props.name ?? "", title: ""}; this.trouble = {}; }

  set(name, value) { this.values[name] = value; this.draw(); }

  view({templates = [], teams = [], trouble, busy}) {
    const v = this.values;
    const chosen = templates.find((one) => one.slug === (v.template ?? templates[0]?.slug));
    const most = v.most ?? chosen?.most ?? 20;
    return t("section", {class: "ws-fresh"}, t("h1", {tabindex: -1}, W.heading), t("form", {class: "ws-card", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.go(chosen, most); }},
      this.choice("template", W.template, templates.map((one) => [one.slug, one.name, one.description]), chosen?.slug), chosen && t("a", {class: "ws-link", href: `/workshop/templates/${chosen.slug}`, target: "_blank", rel: "noopener"}, icon("eye"), W.preview),
      this.choice("minutes", W.duration, DURATIONS, v.minutes, true), v.minutes === "own" && field("ws-own", W.ownLabel, {type: "number", min: 30, max: 480, step: 5, ref: (node) => { node.value = v.own; }, oninput: (event) => { v.own = Number(event.target.value); }}),
      this.plan(chosen),
      this.choice("disclosure", W.disclosure, [["named", W.named, W.namedHint], ["anonymous", W.anonymous, W.anonymousHint], ["turns", W.turns, W.turnsHint]], v.disclosure),
      this.choice("observes", W.mine, [[false, W.plays, W.playsHint], [true, W.observes, W.observesHint]], v.observes),
      t("label", {class: "ws-check"}, t("input", {type: "checkbox", onchange: (event) => this.set("skip", event.target.checked)}), t("span", {}, t("b", {}, W.skip), t("span", {}, W.skipHint))),
      field("ws-most", W.most, {type: "number", min: 2, max: chosen?.most ?? 20, ref: (node) => { node.value = most; }, oninput: (event) => this.set("most", Number(event.target.value))}, most >= (chosen?.warn ?? 15) ? W.warn : null), this.team(teams),
      field("ws-name", W.name, {type: "text", maxlength: 40, autocomplete: "given-name", "aria-invalid": this.trouble.name ? "true" : null, ref: (node) => { node.value = v.name; }, oninput: (event) => { v.name = event.target.value; }}, this.trouble.name),
      trouble && t("p", {class: "ws-trouble", role: "alert"}, trouble), t("button", {type: "submit", class: "ws-main primary"}, busy ? S.joining : W.go)));
  }

  choice(name, legend, options, value, inline) {
    return t("fieldset", {class: `ws-choice${inline ? " inline" : ""}`, key: name}, t("legend", {}, legend), options.map(([key, label, hint]) => t("label", {class: key === value ? "on" : "", key: String(key)}, t("input", {type: "radio", name: `ws-${name}`, value: String(key), ".checked": key === value, onchange: () => this.set(name, key)}), t("span", {}, t("b", {}, label), hint && t("span", {}, hint)))));
  }

  /** How the minutes are shared: asked only when there are minutes, and more than one way. */
  plan(template) {
    const plans = Object.entries(template?.plans ?? {});
    if (this.values.minutes === "" || plans.length < 2) return null;
    return this.choice("plan", W.plan, plans, template.plans[this.values.plan] ? this.values.plan : plans[0][0], true);
  }

  team(teams) {
    const options = [["", W.noTeam], ...teams.map((one) => [one.secret, one.name]), ["new", W.teamNew]];
    return [this.choice("team", W.team, options, this.values.team, true), t("p", {class: "hint", key: "team-hint"}, W.teamHint), this.values.team === "new" && field("ws-team-name", W.teamName, {type: "text", maxlength: 60, ref: (node) => { node.value = this.values.teamName; }, oninput: (event) => { this.values.teamName = event.target.value; }})];
  }

  go(template, most) {
    const v = this.values;
    this.trouble = v.name.trim() ? {} : {name: S.nameMissing};
    this.draw();
    if (this.trouble.name) { this.querySelector("#ws-name").focus(); return; }
    const minutes = v.minutes === "own" ? v.own : v.minutes === "" ? null : Number(v.minutes);
    this.say("create", {template: template.slug, minutes, plan: minutes !== null && template.plans?.[v.plan] ? v.plan : "", disclosure: v.disclosure, observer: v.observes, skip: v.skip, most, team: v.team === "new" ? null : v.team || null, teamName: v.team === "new" ? v.teamName.trim() || null : null, name: v.name.trim()});
  }
}

define("ws-start", Start);
define("ws-join", Join);
define("ws-fresh", Fresh);
