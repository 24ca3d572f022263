// Times as people say them, and one clock for all that show them.

const MINUTE = 60, HOUR = 3600, DAY = 86400;

/** "just now", "4m ago", "3h ago", "2d ago". A time that has not come yet is now: clocks differ a little. */
export function ago(moment, now = Date.now()) {
  const seconds = Math.floor((now - toMillis(moment)) / 1000);
  if (!(seconds >= MINUTE)) return "just now";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m ago`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h ago`;
  return `${Math.floor(seconds / DAY)}d ago`;
}

/** Milliseconds from an ISO text, epoch seconds or epoch milliseconds. */
export function toMillis(moment) {
  if (typeof moment === "number") return moment < 1e11 ? moment * 1000 : moment;
  return Date.parse(moment);
}

export function clock(moment = Date.now()) {
  return new Date(toMillis(moment)).toLocaleTimeString("en-GB", {hour: "2-digit", minute: "2-digit"});
}

const listeners = new Set();
let timer = null;

/** Call `listener` every ten seconds until `signal` aborts; one timer serves the whole page. */
export function everyTenSeconds(listener, signal) {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((one) => one()), 10000);
  signal.addEventListener("abort", () => {
    listeners.delete(listener);
    if (!listeners.size) { clearInterval(timer); timer = null; }
  }, {once: true});
}
