// A team's room, from what the server tells to what <ws-team> shows. Pure.
import {initials} from "./faces.js";
import {capital} from "./words.js";

/** A team's room as the screen shows it. */
export function roomOf({name, workshops, actions, templates}, {kinds = {}, today}) {
  const letters = initials([...new Set(actions.map((one) => one.owner).filter(Boolean))].map((owner) => ({id: owner, name: owner})));
  const open = workshops.find((one) => !one.completed_at);
  const past = workshops.filter((one) => one.completed_at);
  const first = workshops.at(-1)?.created_at;
  const since = first ? new Intl.DateTimeFormat("en-GB", {month: "long", year: "numeric"}).format(new Date(first)) : "";
  return {
    name, count: workshops.length, since: capital(since), today,
    unfinished: open && {on: open.created_at, href: `/workshop/${open.code}`, after: open.current_question > 1 ? open.current_question - 1 : 0, next: open.current_question || null},
    kinds: templates.map((kind) => ({slug: kind.template, name: kind.name, trends: trendsOf(kind, kinds[kind.template] ?? [])})),
    actions: actions.map((one, index) => ({id: index, text: one.content, owner: one.owner, due: one.due_on, initials: letters.get(one.owner), tint: (index % 8) + 1})),
    workshops: past.map((one) => ({id: one.workshop_id, on: one.completed_at, people: one.people, actions: one.actions, href: `/workshop/${one.code}`})),
  };
}

/** What became of each question of one kind of workshop. A workshop in which nobody scored it leaves no point. */
function trendsOf({trends}, scales) {
  return trends.map((one) => ({number: one.question, title: one.title, verdict: one.verdict, scale: scales[one.question - 1] ?? {low: one.scale_min, high: one.scale_max, best: one.optimal_value, signed: one.scale_min < 0}, points: one.points.filter((point) => point.average !== null).map((point) => ({on: point.ended_at, average: point.average, spread: point.spread ?? 0}))}));
}
