// What the page of one's own progress shows, from what the server said. Pure.

const WORDS = {streak: "days in a row", points: "points", practices: "practices", perfect: "without a mistake", pairs: "together", level: "levels"};
const TINTS = {streak: "warm", perfect: "warm", points: "d1", level: "d1", practices: "d2", pairs: "d2", rank: "d4", host: "d4"};

/** The colour of a medal: by what earns it. */
export const tintOf = (badge) => TINTS[badge.measure] ?? "d1";

export const share = (part, whole) => (whole > 0 ? Math.max(0, Math.min(1, part / whole)) : 0);

/** How far one is into one's level, from 0 to 1; full on the last one. */
export const intoLevel = ({points, level}) => (level.next_at === null ? 1 : share(points - level.begins_at, level.next_at - level.begins_at));

export function levelLine({points, level}) {
  if (level.next_at === null) return "The last level. Everything from here is your own.";
  return `${(level.next_at - points).toLocaleString("en-GB")} points to level ${level.level + 1}, ${level.next_name}`;
}

/** The three nearest goals, closest first; a board on which the first ten are near counts as one. */
export function nearlyThere(mine, place = null) {
  const known = new Map(mine.achievements.map((badge) => [badge.achievement, badge]));
  const goals = mine.next.map((id) => known.get(id)).filter(Boolean).map((badge) => ({...badge, share: share(badge.now, badge.at),
    said: `${badge.now.toLocaleString("en-GB")}/${badge.at.toLocaleString("en-GB")}`, unit: WORDS[badge.measure] ?? ""}));
  const lead = mine.achievements.find(({measure, at}) => measure === "rank" && at === 10);
  if (lead && place && place.rank > 10) {
    const places = place.rank - 10;
    goals.push({...lead, description: place.where, share: 10 / place.rank, said: `${places} ${places === 1 ? "place" : "places"}`, unit: "to go"});
  }
  return goals.sort((one, other) => other.share - one.share).slice(0, 3);
}

/** Medals that are earned, the latest first. */
export const earned = (mine) => mine.achievements.filter(({earned: times}) => times > 0).sort((one, other) => Date.parse(other.timestamp) - Date.parse(one.timestamp));

/** The weeks of a month, Monday first: blanks, then {day, tint, saved, today, ahead}. */
export function weeksOf({month, today, days}) {
  const first = new Date(`${month}T00:00:00Z`);
  const known = new Map(days.map((day) => [day.day, day]));
  const cells = Array.from({length: (first.getUTCDay() + 6) % 7}, () => null);
  for (const day = new Date(first); day.getUTCMonth() === first.getUTCMonth(); day.setUTCDate(day.getUTCDate() + 1)) {
    const key = day.toISOString().slice(0, 10);
    const {practices = 0, saved = false} = known.get(key) ?? {};
    cells.push({key, number: day.getUTCDate(), practices, saved, tint: Math.min(3, practices), today: key === today, ahead: key > today});
  }
  return Array.from({length: Math.ceil(cells.length / 7)}, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** The month before or after, such as "2026-02". */
export function monthBeside(month, by) {
  const day = new Date(`${month}T00:00:00Z`);
  day.setUTCMonth(day.getUTCMonth() + by);
  return day.toISOString().slice(0, 7);
}

export function dayLabel({key, practices, saved, today, ahead}) {
  const day = new Date(`${key}T00:00:00Z`).toLocaleDateString("en-GB", {weekday: "long", day: "numeric", month: "long", timeZone: "UTC"});
  const what = saved ? "saved by a freeze" : practices ? `${practices} ${practices === 1 ? "practice" : "practices"}` : ahead ? "to come" : "rest";
  return `${day}${today ? ", today" : ""}: ${what}`;
}

/** The streak in one kind sentence. */
export function streakLine({days, practised_today: today, freeze_left: freeze, ends_at: ends}, now) {
  if (!days) return "A new streak starts whenever you like.";
  if (today) return "Today counts already.";
  if (!ends) return "";
  const hours = Math.round((Date.parse(ends) - now) / 3_600_000);
  return hours > 24 && freeze ? "A day off is fine: the freeze has it." : hours > 24 ? "There is time until tomorrow." : "A practice today keeps it.";
}
