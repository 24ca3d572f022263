// The sentences of the feed and the words for what people do. Each list goes from the fullest sentence to one that
// needs nothing: the first whose values are all there is said, so that a blank is never printed. *Stars* mean bold.

export const SENTENCES = {
  practice_completed: ["scored *{score}%* on {skill}", "finished practising {skill}", "scored *{score}%* in a practice", "finished a practice"],
  practice_started: ["started practising {skill}", "started a practice"],
  achievement_unlocked: ["earned the *{name}* badge", "earned a badge"],
  challenge_won: ["won {a:skill} challenge", "won {a:subject} challenge", "won a challenge"],
  diagnostic_completed: ["completed {subject} diagnostic", "completed a diagnostic"],
  streak_milestone: ["reached *{days} days* in a row", "reached a streak milestone"],
  high_score: ["set a new best of *{score}%* on {skill}", "set a new best on {skill}", "set a new best in {subject}", "set a new best"],
  quiz_completed: ["scored *{score}%* on the {name} quiz", "finished the {name} quiz", "scored *{score}%* on a {subject} quiz", "finished a quiz"],
  level_up: ["reached *level {level}* in {subject}", "reached *level {level}*", "reached a new level"],
  friend_joined: ["joined the community"],
  leaderboard_rank: ["led {led} {period}", "took the lead in {lead}", "is now *{rank}* in {subject}", "entered the top 10 in {subject}", "entered the top 10"],
};
export const NEUTRAL = ["was active in {subject}", "was active just here"];

export const ICONS = {
  practice_completed: "done", practice_started: "started", achievement_unlocked: "badge", challenge_won: "challenge",
  diagnostic_completed: "diagnostic", streak_milestone: "streak", high_score: "best", quiz_completed: "quiz", level_up: "level",
  friend_joined: "joined", leaderboard_rank: "rank",
};

const ALIASES = {achievement_earned: "achievement_unlocked"};
const NAMES = Symbol.for("tandem.names");

export const kind = (type) => ALIASES[type] ?? type;
export const iconOf = (type) => ICONS[kind(type)] ?? "event";

/** The name of a subject, skill or badge: from the page's catalogue, else the slug in plain words. */
export function named(slug) {
  if (typeof slug !== "string" || !slug.trim()) return null;
  const known = globalThis[NAMES]?.[slug];
  if (known) return known;
  if (!/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/.test(slug)) return slug.trim();
  const words = slug.replace(/[-_]+/g, " ");
  return words[0].toUpperCase() + words.slice(1);
}

export function ordinal(number) {
  const tail = number % 100 > 10 && number % 100 < 14 ? "th" : {1: "st", 2: "nd", 3: "rd"}[number % 10] ?? "th";
  return `${number}${tail}`;
}

const PLACES = {
  score: ({properties}) => finite(properties.score),
  skill: (item) => named(item.skill ?? item.properties.skill),
  subject: (item) => named(item.subject ?? item.properties.subject),
  name: ({properties}) => named(properties.name ?? properties.badge ?? properties.achievement ?? properties.quiz),
  days: ({properties}) => finite(properties.days ?? properties.streak),
  level: ({properties}) => finite(properties.level),
  lead: (item) => (finite(item.properties.rank) === 1 && !item.properties.final ? PLACES.subject(item) : null),
  led: (item) => (item.properties.final ? PLACES.subject(item) : null),
  period: ({properties}) => ({daily: "for the day", weekly: "for the week"})[properties.period] ?? null,
  rank: ({properties}) => (finite(properties.rank) === null ? null : ordinal(finite(properties.rank))),
};

function finite(value) {
  const number = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? Math.round(number) : null;
}

function fill(template, item) {
  let whole = true;
  const text = template.replace(/\{(a:)?(\w+)\}/g, (_, article, place) => {
    const value = PLACES[place](item);
    if (value === null) { whole = false; return ""; }
    const plain = String(value).replaceAll("*", "∗");
    return article ? `${/^[aeiou]/i.test(plain) ? "an" : "a"} ${plain}` : plain;
  });
  return whole ? text : null;
}

/** What follows the name, as parts `[text, bold]`; never empty, whatever is missing or unknown. */
export function sentence(given) {
  const item = {...given, properties: given.properties ?? {}};
  for (const template of [...(SENTENCES[kind(item.type)] ?? []), ...NEUTRAL]) {
    const text = fill(template, item);
    if (text !== null) return text.split("*").map((part, index) => [part, index % 2 === 1]).filter(([part]) => part);
  }
  return [["was active", false]];
}

export const plain = (item) => sentence(item).map(([text]) => text).join("");

export const students = (count) => `${count.toLocaleString("en-GB")} ${count === 1 ? "student" : "students"} online`;

const BUSIEST = ["in_quiz", "studying", "online", "away"];

/** What somebody is doing, over all their connections: a sentence, and the mark beside the face. */
export function doing(person) {
  const metas = person.metas ?? [person];
  const status = BUSIEST.find((one) => metas.some((meta) => meta.status === one)) ?? "online";
  const activity = metas.map((meta) => meta.current_activity).find(Boolean) ?? "";
  const practising = /^practi[cs]ing_(.+)$/.exec(activity)?.[1];
  if (practising) return {text: `Practising ${named(practising).toLowerCase()}`, mark: "practising"};
  if (status === "in_quiz" || activity === "taking_quiz") return {text: "In a quiz", mark: "practising"};
  if (status === "studying" || activity === "studying") return {text: "Studying", mark: "practising"};
  if (status === "away") return {text: "Away", mark: "away"};
  const subject = named(metas.map((meta) => meta.current_subject ?? meta.subject_id).find(Boolean));
  return {text: subject ? `In ${subject}` : "Online", mark: "online"};
}
