// Asking the product's REST from a page, in the name of whoever is signed in: JSON in, JSON out, one kind of refusal. With
// `keepalive` it is still said when the page goes away.

/** What came instead of an answer: `type` and `message` are the server's; `lost` when nothing came at all. */
export class Refused extends Error {
  constructor(status, error = {}) {
    super(error.message ?? "This did not reach the server.");
    Object.assign(this, {status, type: error.type ?? "lost", temporary: error.temporary ?? (status === 0 || status >= 500), details: error.details ?? {}, lost: status === 0});
  }
}

// Whoever signs out is a stranger from that moment: until the page is gone, it asks nothing more and awaits nothing.
let leaving = new AbortController();
const never = () => new Promise(() => {});
globalThis.addEventListener?.("submit", (event) => {
  if (!event.defaultPrevented && event.target.getAttribute("action") === "/logout") leaving.abort();
});
globalThis.addEventListener?.("pageshow", ({persisted}) => { if (persisted) leaving = new AbortController(); });

export async function api(path, {method = "GET", body, key, signal, keepalive = false} = {}) {
  const headers = {"X-Tandem": "1", ...(body === undefined ? {} : {"Content-Type": "application/json"}), ...(key ? {"Idempotency-Key": key} : {})};
  const left = leaving.signal;
  if (left.aborted) return never();
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {method, headers, keepalive, credentials: "same-origin", signal: signal ? AbortSignal.any([signal, left]) : left, body: body === undefined ? undefined : JSON.stringify(body)});
  } catch (error) {
    if (left.aborted) return never();
    if (error.name === "AbortError") throw error;
    throw new Refused(0);
  }
  if (answer.status === 204) return null;
  const told = await answer.json().catch(() => ({}));
  if (left.aborted) return never();
  if (!answer.ok) throw new Refused(answer.status, told.error);
  return told;
}
