// <tandem-workshop-home page="start">: the pages outside a workshop. Start: join or begin. New: all settings on one page.
// Team: a team's own room, found by the secret in its link.
import {changeTheme, isDark} from "../theme.js";
import {Doors, keepEntry} from "./door.js";
import {roomOf} from "./room.js";
import {stage} from "./stage.js";
import {keepTeam, knownTeams, secretOf} from "./teams.js";
import {TEXTS} from "./texts.js";
import {render} from "./tree.js";

class Home extends (globalThis.HTMLElement ?? class {}) {
  connectedCallback() {
    this.told = JSON.parse(document.getElementById("tandem-workshop").textContent);
    this.page = this.getAttribute("page");
    this.trouble = {};
    this.asked = new URLSearchParams(location.search).get("code") ?? "";
    this.addEventListener("workshop", ({detail: {what, ...detail}}) => this[DEEDS[what]]?.(detail));
    addEventListener("hashchange", () => this.page === "team" && this.loadRoom());
    if (this.page === "team") this.loadRoom();
    this.draw();
  }

  draw() {
    const screens = {
      start: () => ({tag: "ws-start", props: {code: this.asked, trouble: this.trouble, busy: this.busy, canWatch: this.canWatch, crowd: this.told.crowd}}),
      new: () => ({tag: "ws-fresh", props: {templates: this.told.templates, teams: knownTeams(), trouble: this.failed, busy: this.busy}}),
      team: () => (this.room ? {tag: "ws-team", props: {...this.room, exports: this.told.exports, saving: this.saving, trouble: this.failed}} : {tag: "ws-find-team", props: {teams: knownTeams(), trouble: this.failed}}),
    };
    render(this, stage({top: {plain: true, dark: isDark(), room: this.page === "team" ? TEXTS.team.room : null}, screen: {key: this.page, ...screens[this.page]()}, wide: this.page === "team" ? "room" : "", dialog: this.dialog, banner: this.banner}));
  }

  theme() { changeTheme(); this.draw(); }
  help() { this.dialog = {kind: "help", rules: this.told.rules, keys: true}; this.draw(); }
  close() { this.dialog = null; this.draw(); }
  fresh() { location.assign("/workshop/new"); }

  async join({code, name, observer}) {
    Object.assign(this, {busy: true, trouble: {}, canWatch: false});
    this.draw();
    try {
      const entry = await Doors.join(code, name, observer);
      keepEntry(entry.code, {token: entry.token, pin: entry.pin, name});
      location.assign(`/workshop/${entry.code}`);
    } catch (error) { this.refused(error, code, name); }
  }

  refused(error, code, name) {
    this.busy = false;
    if (error.type === "already_exists") { location.assign(`/workshop/${code}#name=${encodeURIComponent(name)}`); return; }
    if (error.type === "session_full" || error.type === "invalid_state") { this.canWatch = true; this.trouble = {name: error.type === "session_full" ? TEXTS.join.full : TEXTS.join.late}; } else if (error.status === 404) this.trouble = {code: TEXTS.app.unknown};
    else this.trouble = {name: error.temporary ? error.message || TEXTS.app.failed : error.message};
    this.draw();
  }

  async create(wish) {
    Object.assign(this, {busy: true, failed: null});
    this.draw();
    try {
      const team = wish.teamName ? await Doors.newTeam(wish.teamName).then((made) => { keepTeam({name: made.name, secret: made.team}); return made.team; }) : wish.team ?? "";
      const entry = await Doors.create({name: wish.name, template: wish.template, observer: wish.observer, total_duration_minutes: wish.minutes, time_plan: wish.plan, max_participants: wish.most, skip_intro: wish.skip, disclosure: wish.disclosure, team});
      keepEntry(entry.code, {token: entry.token, pin: entry.pin, name: wish.name, room: team ? `/team#${team}` : null});
      location.assign(`/workshop/${entry.code}`);
    } catch (error) { this.busy = false; this.failed = error.message || TEXTS.app.failed; this.draw(); }
  }

  /** The team's comparison as a file: its button says that it is made, the banner under which name it lies. */
  async export({format}) {
    if (this.saving) return;
    Object.assign(this, {saving: format, banner: null, failed: null});
    this.draw();
    try { this.banner = {text: TEXTS.done.savedFile(await Doors.saveRoom(secretOf(location.hash), format))}; } catch (error) { this.failed = error.message || TEXTS.done.failedFile; }
    this.saving = null;
    this.draw();
  }

  async loadRoom() {
    const secret = secretOf(location.hash);
    Object.assign(this, {room: null, failed: null});
    if (!secret) { this.draw(); return; }
    try {
      const found = await Doors.room(secret);
      keepTeam({name: found.name, secret});
      this.room = roomOf(found, this.told);
    } catch (error) { this.failed = error.temporary ? TEXTS.app.failed : TEXTS.team.missing; }
    this.draw();
  }
}

const DEEDS = {theme: "theme", help: "help", "dialog-close": "close", join: "join", create: "create", "new-workshop": "fresh", export: "export"};

if (globalThis.customElements && !customElements.get("tandem-workshop-home")) customElements.define("tandem-workshop-home", Home);
