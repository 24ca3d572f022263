// The cards of the page of one's own progress, each made from what the server said.
import {calm, h, icon} from "./dom.js";
import {dayLabel, intoLevel, levelLine, share, streakLine, tintOf, weeksOf} from "./progress-model.js";
import {named} from "./texts.js";

const SVG = "http://www.w3.org/2000/svg", ROUND = 2 * Math.PI * 46;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const number = (value) => value.toLocaleString("en-GB");

const head = (title, note) => h("div", {class: "top"}, h("h2", {}, title), note && h("span", {class: "num"}, note));

export function bar(part, label = null) {
  const fill = h("i");
  fill.style.width = `${Math.round(part * 1000) / 10}%`;
  return h("span", {class: "bar", ...(label ? {role: "img", "aria-label": label} : {"aria-hidden": "true"})}, fill);
}

function ring(part) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 104 104");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["", "arc"]) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [key, value] of Object.entries({cx: 52, cy: 52, r: 46, class: name})) circle.setAttribute(key, value);
    if (name) { circle.setAttribute("stroke-dasharray", ROUND); circle.setAttribute("stroke-dashoffset", ROUND * (1 - part)); }
    if (!name || part > 0) svg.append(circle);
  }
  return svg;
}

/** Level, what is missing to the next one, and four figures. */
export function summary(mine) {
  const part = intoLevel(mine);
  const figure = (label, value, unit) => h("div", {}, h("dt", {}, label), h("dd", {class: "num"}, value, unit && h("small", {}, ` ${unit}`)));
  return [h("h2", {class: "sr"}, "How far you have come"),
    h("div", {class: "hero"}, h("div", {class: "ring"}, ring(part), h("div", {}, h("span", {}, "Level"), h("b", {class: "num"}, String(mine.level.level)))),
      h("div", {}, h("div", {class: "named"}, h("h3", {}, mine.level.name), mine.simulated && h("span", {class: "chip"}, icon("simulated"), "Simulated past")), h("p", {class: "num"}, levelLine(mine)), bar(part))),
    h("dl", {class: "figures"}, figure("Points", number(mine.points)), figure("This week", `+${number(mine.this_week)}`), figure("Practices", number(mine.practices)),
      figure("Best streak", number(mine.streak.longest), mine.streak.longest === 1 ? "day" : "days"))];
}

export function near(goals) {
  const goal = (one) => h("li", {class: "medal"}, disc(one), h("div", {}, h("b", {}, one.title), h("p", {}, one.description),
    h("div", {class: "towards num"}, bar(one.share), h("span", {}, one.said, h("span", {class: "sr"}, ` ${one.unit}`)))));
  return [head("Nearly there", goals.length > 1 ? "closest first" : ""), goals.length ? h("ul", {class: "plain-list medals"}, goals.map(goal))
    : h("p", {class: "muted"}, "Everything there is to earn is yours.")];
}

const disc = (badge) => h("span", {class: `disc ${tintOf(badge)}`}, icon(badge.icon ?? "badge"));

/** Medals; those in `fresh` fill while one looks, once. */
export function medals(badges, fresh) {
  const medal = (badge) => h("li", {class: `medal have${fresh.has(badge.achievement) ? " fresh" : ""}`, "data-badge": badge.achievement}, disc(badge),
    h("div", {}, h("b", {}, badge.title), h("p", {class: "num"}, said(badge))));
  const list = h("ul", {class: "plain-list medals"}, badges.map(medal));
  const none = h("div", {class: "state"}, icon("badge"), h("p", {}, "Your first badge is closer than you think. Any practice counts towards it."));
  const times = badges.reduce((sum, {earned}) => sum + earned, 0);
  for (const item of list.querySelectorAll(".fresh .disc")) paper(item);
  return [head("Earned", badges.length ? `${number(times)} ${times === 1 ? "badge" : "badges"}` : ""), badges.length ? list : none];
}

function said({description, points, earned}) {
  const worth = points ? `${number(points)} points` : "";
  const what = description.replace(/\.$/, "");
  return [what, earned > 1 ? `${earned} times` : worth].filter(Boolean).join(", ");
}

/** One fall of about twenty bits of paper behind a medal. */
function paper(disc) {
  if (calm()) return;
  const bits = Array.from({length: 20}, (_, n) => {
    const bit = h("i", {class: "paper", "aria-hidden": "true"});
    bit.style.background = `var(--${["d1", "d2", "d3", "d4", "sun"][n % 5]})`;
    const x = Math.cos(n * 2.4) * (30 + (n % 5) * 12), y = 40 + (n % 7) * 9;
    bit.animate([{transform: "translate(-50%, -50%)", opacity: 1}, {transform: `translate(${x}px, ${-18 - (n % 4) * 8}px) rotate(${n * 40}deg)`, opacity: 1, offset: .3},
      {transform: `translate(${x * 1.3}px, ${y}px) rotate(${n * 90}deg)`, opacity: 0}], {duration: 1200, easing: "ease-out", fill: "forwards"}).onfinish = () => bit.remove();
    return bit;
  });
  disc.append(...bits);
}

/** A month as tinted days. `move(by)` shows another one. */
export function month(found, move) {
  const title = new Date(`${found.month}T00:00:00Z`).toLocaleDateString("en-GB", {month: "long", timeZone: "UTC",
    ...(found.month.slice(0, 4) === found.today.slice(0, 4) ? {} : {year: "numeric"})});
  const last = found.month.slice(0, 7) >= found.today.slice(0, 7);
  const step = (by, label, off = false) => h("button", {class: "btn round step", type: "button", "aria-label": label, disabled: off, onclick: () => move(by)}, icon("next"));
  const cell = (day) => (day ? h("span", {class: look(day), role: "cell"}, day.saved ? icon("freeze") : h("span", {"aria-hidden": "true"}, String(day.number)),
    h("span", {class: "sr"}, dayLabel(day))) : h("span", {role: "cell"}));
  const names = h("div", {role: "row", style: "display: contents"}, DAYS.map((name) => h("span", {class: "name", role: "columnheader"}, h("span", {"aria-hidden": "true"}, name[0]), h("span", {class: "sr"}, name))));
  const weeks = weeksOf(found).map((week) => h("div", {role: "row", style: "display: contents"}, week.map(cell)));
  return [h("div", {class: "top"}, h("h2", {"aria-live": "polite"}, title), h("div", {class: "steps"}, step(-1, "The month before"), step(1, "The next month", last))),
    h("div", {class: "month num", role: "table", "aria-label": `Practice in ${title}`}, names, weeks),
    h("div", {class: "key"}, h("span", {}, h("i", {class: "t1"}), h("i", {class: "t2"}), h("i", {class: "t3"}), "1, 2, 3 or more practices"),
      h("span", {}, h("i", {class: "saved"}, icon("freeze")), "saved by a freeze"))];
}

const look = ({tint, saved, today, ahead}) => [tint ? `t${tint}` : saved ? "saved" : ahead || today ? "" : "past", today ? "is-today" : ""].filter(Boolean).join(" ");

export function streak(now, at) {
  const {days, freeze_left: freeze} = now;
  const more = h("p", {class: "explained", hidden: true}, "Days of practice in a row make a streak. In each week, Monday to Sunday, one day off is saved by itself: it costs nothing and counts for nothing. "
    + "Your days are those of where you live, and travelling never costs you one.");
  const how = h("button", {class: "how", type: "button", "aria-expanded": "false", onclick: () => { more.hidden = !more.hidden; how.setAttribute("aria-expanded", String(!more.hidden)); }}, "How it works");
  return [h("h2", {class: "sr"}, "Streak"), h("div", {class: "streak"}, h("span", {class: "flame"}, icon("streak")), h("span", {}, h("b", {class: "num"}, number(days)), h("span", {}, days === 1 ? " day in a row" : " days in a row"))),
    h("p", {class: "life"}, `Life happens. One freeze each week keeps your streak safe on a day off, by itself. ${streakLine(now, at)}`),
    h("div", {class: "freeze"}, icon("freeze"), h("div", {}, h("b", {}, freeze ? "1 freeze left" : "Freeze used"), h("span", {}, freeze ? "For a day off this week" : "Next one on Monday")), how), more];
}

export function subjects(levels, keep) {
  const most = Math.max(1, ...levels.map(({points}) => points));
  const rows = [...levels].sort((one, other) => other.points - one.points).map(({subject, points, level}) => h("div", {class: "subject"},
    h("span", {}, named(subject), h("small", {class: "num"}, ` level ${level}`)), h("b", {class: "num"}, number(points)), bar(share(points, most))));
  return [head("By subject", "points"), ...(rows.length ? rows : [h("p", {class: "muted"}, "Subjects show up here with your first practice.")]),
    h("a", {class: "btn small keep", href: keep, download: true}, icon("download", {size: 16}), "My results as a table")];
}
