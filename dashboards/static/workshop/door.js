// The workshop's way to the server: the doors by which one comes in, the moves one makes, what was revealed, exports.
// A browser keeps one token a workshop, and shows it in a header; the socket gets a short-lived one made from it.

const API = "/api/v1";
const KEPT = "tandem-workshop:";

/** What the server refused, in its words, with its type. */
export class Refused extends Error {
  constructor(status, {type, message, ...rest} = {}) {
    super(message ?? "");
    Object.assign(this, {status, type: type ?? "", rest, temporary: status === 0 || status === 429 || status >= 500});
  }
}

export const keptEntry = (code, storage = localStorage) => {
  try { return JSON.parse(storage.getItem(KEPT + code) ?? "null"); } catch { return null; }
};

export function keepEntry(code, entry, storage = localStorage) {
  try {
    if (entry) storage.setItem(KEPT + code, JSON.stringify(entry)); else storage.removeItem(KEPT + code);
  } catch { /* kept for this page only */ }
}

export async function ask(method, path, {body, token, signal} = {}) {
  const headers = {"X-Tandem": "1", ...(body === undefined ? {} : {"Content-Type": "application/json"}), ...(token ? {Authorization: `Bearer ${token}`} : {})};
  let answer;
  try {
    answer = await fetch(API + path, {method, headers, signal, credentials: token ? "omit" : "same-origin", body: body === undefined ? undefined : JSON.stringify(body)});
  } catch {
    throw new Refused(0);
  }
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, told.error ?? told);
  return told;
}

/** Fetch an export with the token in its header, and hand it to the browser as a file; tells under which name. */
async function save(path, token, otherwise) {
  const answer = await fetch(API + path, {headers: {Authorization: `Bearer ${token}`, "X-Tandem": "1"}, credentials: "omit"}).catch(() => { throw new Refused(0); });
  if (!answer.ok) { const told = await answer.json().catch(() => ({})); throw new Refused(answer.status, told.error ?? told); }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? otherwise;
  const link = Object.assign(document.createElement("a"), {href: URL.createObjectURL(await answer.blob().catch(() => { throw new Refused(0); })), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return name;
}

/** Doors that need no token. */
export const Doors = {
  templates: () => ask("GET", "/workshops/templates").then(({templates}) => templates),
  look: (code) => ask("GET", `/workshops/${encodeURIComponent(code)}`),
  create: (body) => ask("POST", "/workshops", {body}),
  join: (code, name, observer = false) => ask("POST", `/workshops/${encodeURIComponent(code)}/participants`, {body: {name, observer}}),
  reenter: (code, name, pin) => ask("POST", `/workshops/${encodeURIComponent(code)}/reentries`, {body: {name, pin}}),
  knock: (code, name) => ask("POST", `/workshops/${encodeURIComponent(code)}/knocks`, {body: {name}}),
  feedback: (body) => ask("POST", "/feedback", {body}),
  newTeam: (name) => ask("POST", "/teams", {body: {name}}),
  room: (secret) => ask("GET", "/teams/room", {token: secret}),
  saveRoom: (secret, format) => save(`/teams/export?format=${format}`, secret, `team.${format}`),
};

/** Everything inside one workshop, for whoever holds its token. */
export class Inside {
  constructor(code, token) { Object.assign(this, {code, token, path: `/workshops/${encodeURIComponent(code)}`}); }
  screen() { return ask("GET", `${this.path}/screen`, {token: this.token}); }
  back() { return ask("POST", `${this.path}/return`, {token: this.token}); }
  move(move, version, rest = {}) { return ask("POST", `${this.path}/moves`, {token: this.token, body: {move, version, ...rest}}); }
  results() { return ask("GET", `${this.path}/results`, {token: this.token}); }
  socket() { return ask("POST", `${this.path}/socket-token`, {token: this.token}); }
  team(body) { return ask("PUT", `${this.path}/team`, {token: this.token, body}); }
  save(kind, format) { return save(`${this.path}/export?for=${kind}&format=${format}`, this.token, `workshop.${format}`); }
}
