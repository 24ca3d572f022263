// Asking the product's REST from a page, in the name of whoever is signed in. What is refused is thrown as its error.
export async function api(path, {method = "GET", body, key} = {}) {
  const headers = {"X-Tandem": "1", ...(body ? {"Content-Type": "application/json"} : {}), ...(key ? {"Idempotency-Key": key} : {})};
  const answer = await fetch(`/api/v1${path}`, {method, headers, credentials: "same-origin", body: body && JSON.stringify(body)});
  if (answer.status === 204) return null;
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.error?.message ?? `${answer.status}`), said.error, {status: answer.status});
  return said;
}
