// Asking the product's REST from a page, in the name of whoever is signed in: JSON in, JSON out, one kind of refusal.

/** What came instead of an answer: `type` and `message` are the server's; `lost` when nothing came at all. */
export class Refused extends Error {
  constructor(status, error = {}) {
    super(error.message ?? "This did not reach the server.");
    Object.assign(this, {status, type: error.type ?? "lost", temporary: error.temporary ?? true, details: error.details ?? {}, lost: status === 0});
  }
}

export async function api(path, {method = "GET", body, key, signal} = {}) {
  const headers = {"X-Tandem": "1", ...(body === undefined ? {} : {"Content-Type": "application/json"}), ...(key ? {"Idempotency-Key": key} : {})};
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {method, headers, credentials: "same-origin", signal, body: body === undefined ? undefined : JSON.stringify(body)});
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0);
  }
  if (answer.status === 204) return null;
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told.error);
  return told;
}
