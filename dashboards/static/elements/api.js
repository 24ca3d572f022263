// One request of a page to its own server, in the viewer's name. Answers the JSON; anything else is thrown as
// {code, message, temporary}, with a sentence that may be shown.

/** `body` makes it a write, by POST unless `method` says otherwise. */
export async function api(path, {method, body, signal} = {}) {
  const asked = {method: method ?? (body === undefined ? "GET" : "POST"), headers: {"X-Tandem": "1"}, credentials: "same-origin", signal};
  if (body !== undefined) Object.assign(asked, {body: JSON.stringify(body), headers: {...asked.headers, "Content-Type": "application/json"}});
  let answer;
  try {
    answer = await fetch(path, asked);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw {code: "unreachable", message: "That did not reach us. Try again in a moment.", temporary: true};
  }
  const said = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return said;
  const {type = String(answer.status), message = "That did not work.", temporary = false} = said?.error ?? {};
  throw {code: type, message, temporary, status: answer.status};
}
