// <tandem-room subject="math" …>: a subject's room. Who is here, what is going on, and a way to begin. Above fifty people
// names stop and counts stay.
import {TandemElement, define, empty, loading} from "../elements/base.js";
import {face, h, icon} from "../elements/dom.js";
import {asPerson, personRow} from "../elements/people.js";
import {doing, named} from "../elements/texts.js";
import "./friend-card.js";
import {APP_ICONS} from "./chooser.js";
import {Finished} from "./finished.js";
import {Lanes} from "./lanes.js";
import {ask} from "./line.js";
import {ROOM_STYLE} from "./room-style.js";

const NAMES_UP_TO = 50, FACES = 3, ROWS = 6, A_RACE = 3, SOON = 2000, EVERY = 30_000;
const PRACTISING = /^practi[cs]ing_(.+)$/;

const activityOf = (person) => person.metas.map((meta) => PRACTISING.exec(meta.current_activity ?? "")?.[1]).find(Boolean) ?? null;
const subjectOf = (person) => person.metas.map((meta) => meta.current_subject ?? meta.subject_id).find(Boolean) ?? null;
const peopleWords = (count) => `${count.toLocaleString("en-GB")} ${count === 1 ? "person" : "people"}`;

class Room extends TandemElement {
  static css = ROOM_STYLE;

  start(signal) {
    this.me = this.getAttribute("me");
    this.subject = this.getAttribute("subject");
    this.cohort = this.getAttribute("cohort");
    this.skills = JSON.parse(this.getAttribute("skills") ?? "[]");
    this.here = new Map();
    this.races = new Map();
    this.friends = new Set();
    this.build();
    const own = `subject:${this.subject}`;
    for (const topic of [own, "presence:lobby", ...(this.cohort ? [`cohort:${this.cohort}`] : [])]) {
      this.join(topic, {
        onPresence: (people, count) => { this.here.set(topic, {people, crowd: count > people.length, own: topic === own}); this.changed(); },
        onEvent: (event, payload) => { if (event === "subject_stats") this.told(payload); },
      });
    }
    for (const race of [`race:${this.subject}`, ...(this.cohort ? [`race:${this.subject}:${this.cohort}`] : [])]) {
      this.join(race, {onEvent: (event, payload) => { if (event === "race") { this.races.set(race, payload.runs); this.drawLanes(); } }});
    }
    ask("GET", "friendships?limit=100").then(({friendships}) => {
      this.friends = new Set(friendships.filter((one) => one.status === "accepted").map((one) => one.user_id));
      this.drawPeople();
    }, () => {});
    this.watchState((state) => this.node.classList.toggle("stale", state === "offline" || state === "reconnecting"));
    signal.addEventListener("abort", () => clearTimeout(this.due), {once: true});
  }

  build() {
    const subjects = JSON.parse(this.getAttribute("subjects") ?? "[]");
    const start = this.hasAttribute("practisable")
      ? h("a", {class: "btn primary large", href: `/practice?subject=${this.subject}&skill=${this.skills[0]}`}, icon("started", {size: 18}), "Start practice")
      : h("p", {class: "muted elsewhere"}, "Practices of this subject happen on your learning platform.");
    this.startButton = start;
    const change = h("label", {class: "change-subject"}, icon("rooms", {size: 16}), h("span", {class: "sr"}, "Change subject"),
      h("select", {onchange: (event) => { location.href = `/subjects/${event.target.value}`; }}, subjects.map((one) => h("option", {value: one, selected: one === this.subject}, named(one)))));
    this.counts = h("p", {class: "counts", role: "status"}, "\u00a0");
    const head = h("header", {class: "room-head"}, h("span", {class: "room-icon"}, icon(APP_ICONS[this.subject] ?? "rooms", {size: 30})), h("div", {class: "room-name"}, h("h2", {class: "big-name"}, named(this.subject)), this.counts), h("div", {class: "ways"}, change, start));
    this.lanes = new Lanes(this.me);
    this.laneTitle = h("h2", {});
    this.laneNote = h("p", {class: "lane-note"});
    this.laneWay = h("a", {class: "btn tint small"});
    this.race = h("section", {class: "card race", "aria-label": "Running now", hidden: true}, h("div", {class: "card-head"}, h("div", {}, this.laneTitle, this.laneNote), this.laneWay), this.lanes.node);
    this.nowCount = h("span", {class: "note num"});
    this.now = h("div", {}, loading(3));
    this.popular = h("div", {}, loading(3));
    this.roomCount = h("span", {class: "note num"});
    this.people = h("div", {}, loading(4));
    const finished = new Finished(this, `activity:subject:${this.subject}`);
    const card = (title, note, body) => h("section", {class: "card", "aria-label": title}, h("div", {class: "card-head"}, h("h2", {}, title), note), body);
    const invite = h("tandem-friend-card", {topics: ["presence:lobby", ...(this.cohort ? [`cohort:${this.cohort}`] : [])].join(" "), subject: this.subject, skills: JSON.stringify({[this.subject]: this.hasAttribute("practisable") ? this.skills : []})});
    this.node = h("div", {class: "room"}, head, h("div", {class: "two"},
      h("div", {class: "column"}, invite, this.race, h("div", {class: "pair"}, card("Practising now", this.nowCount, this.now), card("Popular this hour", h("span", {class: "note"}, "finished practices"), this.popular))),
      h("div", {class: "column"}, card("In the room", this.roomCount, this.people), finished.node)));
    this.root.replaceChildren(this.node);
  }

  // --- what is known

  changed() {
    this.drawPeople();
    this.drawNow();
    clearTimeout(this.due);
    this.due = setTimeout(() => this.learn(), SOON);
  }

  /** The viewer's own figures of the subject: soon after a change, and every half minute. */
  async learn() {
    clearTimeout(this.due);
    this.due = setTimeout(() => this.learn(), EVERY);
    const stats = await ask("GET", `subjects/${this.subject}/stats`).catch(() => null);
    if (stats && this.isConnected) this.told(stats);
  }

  told(stats) {
    this.stats = stats;
    this.drawPeople();
    this.drawNow();
    this.drawPopular();
  }

  /** Everybody of whom one was told that they are in this subject, once each. */
  known() {
    const found = new Map();
    for (const {people, own} of this.here.values()) {
      for (const person of people) {
        if (!own && subjectOf(person) !== this.subject) continue;
        const id = asPerson(person).id;
        if (!found.has(id) || activityOf(person)) found.set(id, person);
      }
    }
    return [...found.values()];
  }

  get crowd() { return [...this.here.values()].some(({crowd, own}) => crowd && own); }

  // --- what is shown

  drawPeople() {
    const people = this.known();
    const total = Math.max(people.length, (this.stats?.peers_online ?? 0) + (people.some((one) => asPerson(one).id === this.me) ? 1 : 0));
    const busy = this.crowd ? this.stats?.active_practicing ?? 0 : people.filter(activityOf).length;
    this.counts.replaceChildren(h("b", {class: "num"}, total.toLocaleString("en-GB")), " here now, ", h("b", {class: "num"}, busy.toLocaleString("en-GB")), " practising");
    this.roomCount.textContent = total.toLocaleString("en-GB");
    const others = people.filter((one) => asPerson(one).id !== this.me);
    if (!others.length) { this.people.replaceChildren(empty("Nobody else just now. Start a practice and others will see you.", {meaning: "people"})); return; }
    const friends = others.filter((one) => this.friends.has(asPerson(one).id));
    const mates = new Set((this.here.get(`cohort:${this.cohort}`)?.people ?? []).map((one) => asPerson(one).id));
    const cohort = others.filter((one) => !friends.includes(one) && mates.has(asPerson(one).id));
    const rest = others.filter((one) => !friends.includes(one) && !cohort.includes(one));
    const named_ = total <= NAMES_UP_TO;
    const groups = named_ ? [["Friends", friends.slice(0, ROWS)], ["Your cohort", cohort.slice(0, Math.max(2, ROWS - friends.length))]] : [];
    if (named_ && !friends.length && !cohort.length) groups.push(["", rest.splice(0, ROWS)]);
    const shown = groups.flatMap(([, list]) => list);
    const left = others.filter((one) => !shown.includes(one));
    this.people.replaceChildren(...groups.filter(([, list]) => list.length).map(([title, list]) => h("div", {class: "group"}, title && h("h3", {}, title), h("ul", {class: "plain-list"}, list.map((one) => personRow(one, this.me))))),
      ...(total - 1 > shown.length ? [h("div", {class: "rest"}, stack(left, total - 1 - shown.length))] : []));
  }

  drawNow() {
    const by = new Map();
    for (const person of this.known()) { const skill = activityOf(person); if (skill) by.set(skill, [...(by.get(skill) ?? []), person]); }
    const counts = new Map([...by].map(([skill, people]) => [skill, people.length]));
    if (this.crowd) for (const [skill, count] of Object.entries(this.stats?.peers_by_skill ?? {})) counts.set(skill, Math.max(count, counts.get(skill) ?? 0));
    const order = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, 5);
    this.nowCount.textContent = order.length ? peopleWords([...counts.values()].reduce((sum, one) => sum + one, 0)) : "";
    if (this.hasAttribute("practisable") && order.length) this.startButton.href = `/practice?subject=${this.subject}&skill=${order.find(([skill]) => this.skills.includes(skill))?.[0] ?? this.skills[0]}`;
    this.now.replaceChildren(order.length ? h("ul", {class: "plain-list skills"}, order.map(([skill, count]) => h("li", {"data-skill": skill}, h("div", {class: "what"}, h("b", {}, named(skill)), h("span", {class: "muted"}, peopleWords(count))),
      this.crowd ? null : stack(by.get(skill) ?? [], count), this.joinButton(skill)))) : empty("Quiet here just now. Start a practice and others will see you.", {meaning: "started"}));
  }

  joinButton(skill) {
    if (!this.hasAttribute("practisable") || !this.skills.includes(skill)) return null;
    return h("a", {class: "btn tint small", href: `/practice?subject=${this.subject}&skill=${skill}`, "aria-label": `Join ${named(skill)}`}, "Join");
  }

  drawPopular() {
    const list = this.stats.popular_skills;
    const most = Math.max(1, ...list.map((one) => one.count));
    this.popular.replaceChildren(list.length ? h("ul", {class: "plain-list popular"}, list.map(({skill, count}) => {
      const fill = h("span", {class: "fill"});
      fill.style.width = `${(100 * count) / most}%`;
      return h("li", {}, h("div", {class: "what"}, h("span", {}, named(skill)), h("b", {class: "num"}, count.toLocaleString("en-GB"))), h("div", {class: "bar", "aria-hidden": "true"}, fill));
    })) : empty("Nothing was finished here in the last hour. The first one sets the tone.", {meaning: "chart"}));
  }

  /** The skill with the most runners, or one's own; nobody running, no lanes. */
  drawLanes() {
    const runs = [...new Map([...this.races.values()].flat().map((run) => [run.user_id, run])).values()];
    const by = new Map();
    for (const run of runs) if (run.skill) by.set(run.skill, [...(by.get(run.skill) ?? []), run]);
    const mine = runs.find((run) => run.user_id === this.me);
    const busiest = [...by].sort((a, b) => b[1].length - a[1].length || a[0].localeCompare(b[0]))[0]?.[0];
    const most = by.get(busiest)?.length ?? 0;
    const kept = by.get(this.lane)?.length === most ? this.lane : busiest;
    this.lane = mine?.skill ?? kept;
    this.race.hidden = !this.lane;
    if (!this.lane) return;
    // A few at different skills run side by side; a crowd at one has its own race.
    const mixed = by.get(this.lane).length < A_RACE;
    const field = mixed ? runs : by.get(this.lane);
    this.laneTitle.textContent = mixed ? "Running now" : named(this.lane);
    this.laneNote.replaceChildren(h("span", {class: "dot", "aria-hidden": "true"}), h("b", {}, "Live"), h("span", {class: "muted"}, `${peopleWords(field.length)} on the way`));
    const joinable = this.hasAttribute("practisable") && this.skills.includes(this.lane);
    this.laneWay.hidden = !joinable && !mine;
    this.laneWay.href = mine ? "/practice" : `/practice?subject=${this.subject}&skill=${this.lane}`;
    this.laneWay.textContent = mine ? "Back to my practice" : "Join in";
    this.lanes.draw(field, mixed);
  }
}

function stack(people, count) {
  const faces = people.slice(0, FACES).map((one) => face(asPerson(one), {size: 30}));
  const rest = count - faces.length;
  return h("span", {class: "stack", "aria-hidden": "true"}, faces, rest > 0 && h("span", {class: "more"}, `+${rest.toLocaleString("en-GB")}`));
}

define("tandem-room", Room);
