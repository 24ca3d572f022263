// How the workshop writes numbers, names, times and dates. Pure: what it needs to know it is given.

const MINUS = "\u2212";
const DAY = 86400000;

/** A whole value of a scale: a true minus, and a plus where the scale has two sides. */
export const value = (number, signed = false) => `${number < 0 ? MINUS : signed && number > 0 ? "+" : ""}${Math.abs(number)}`;

/** A computed figure with one decimal. */
export const figure = (number, signed = false) => {
  if (number === null || number === undefined) return "\u2013";
  const text = Math.abs(number).toFixed(1);
  const zero = Number(text) === 0;
  return `${number < 0 && !zero ? MINUS : signed && number > 0 && !zero ? "+" : ""}${text}`;
};

/** "Tom", "Tom and Mia", "Tom, Mia and Sam", "Tom, Mia, Sam and 4 more". */
export function names(list, most = 3) {
  const shown = list.slice(0, most);
  const rest = list.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** A code as it is read aloud: two threes. */
export const spaced = (code) => (code?.length === 6 ? `${code.slice(0, 3)} ${code.slice(3)}` : code ?? "");

const two = (number) => String(number).padStart(2, "0");

/** A countdown: 6:12, 0:54, 1:02:30. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(Math.abs(milliseconds) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A longer time in words: 10 min, 1 h 39. */
export function span(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / 60000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`;
}

const dated = (iso, options) => {
  const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso ?? "");
  if (!found) return "";
  const day = new Date(Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])));
  return new Intl.DateTimeFormat("en-GB", {timeZone: "UTC", ...options}).format(day);
};

/** "5 Dec": a day near enough that its year goes without saying. */
export const shortDay = (iso) => dated(iso, {day: "numeric", month: "short"}).replace("Sept", "Sep");
/** "18 Sep 2026". */
export const longDay = (iso) => dated(iso, {day: "numeric", month: "short", year: "numeric"}).replace("Sept", "Sep");
/** "20 November". */
export const namedDay = (iso) => dated(iso, {day: "numeric", month: "long"});
/** "Mar 25". */
export const monthYear = (iso) => dated(iso, {month: "short", year: "2-digit"}).replace("Sept", "Sep");

/** A day as a form writes it, so many days from now. */
export const dayFrom = (now, days) => new Date(now + days * DAY).toISOString().slice(0, 10);

/** "1 person", "4 people". */
export const people = (count) => `${count} ${count === 1 ? "person" : "people"}`;

const COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
/** Small numbers in words, larger ones in figures. */
export const counted = (number) => COUNTS[number] ?? String(number);
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
/** The start of a title inside a sentence: "setting goals". Short forms in capitals stay. */
export const inSentence = (title) => (/^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title);
