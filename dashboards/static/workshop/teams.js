// The teams whose rooms this browser knows: the secret of a link is kept on this device, and nowhere else.
const KEY = "tandem-teams";

export function knownTeams(storage = globalThis.localStorage) {
  try { return JSON.parse(storage.getItem(KEY) ?? "[]").filter((one) => one?.secret && one?.name); } catch { return []; }
}

export function keepTeam(team, storage = globalThis.localStorage) {
  try { storage.setItem(KEY, JSON.stringify([team, ...knownTeams(storage).filter((one) => one.secret !== team.secret)].slice(0, 12))); } catch { /* for this page only */ }
}

/** The secret in a link: it stands behind the #, which no server is told. */
export const secretOf = (hash) => /^#?(team_[\w-]{10,200})$/.exec(hash)?.[1] ?? null;
