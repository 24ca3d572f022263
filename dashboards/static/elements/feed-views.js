// The pictures that a feed may show. A view with `topics` watches those; one with a `scope` (`network`, `friends`) is a list of
// the server's, kept up to date by the topics of those in it: whatever cannot be told from a message is read anew.
import {api} from "./api.js";
import {friendIds} from "./feed-acts.js";
import {itemOf} from "./feed-model.js";

const FOLLOWED = 40, DAY = 86_400_000;
const NETWORK = new Set(["practice_completed", "achievement_unlocked", "challenge_won", "diagnostic_completed"]);

/** A page of the list of a scope, with the filters chosen. */
export async function fetchPage(scope, cursor, filters = {}) {
  const query = new URLSearchParams({scope, ...filters, ...(cursor ? {cursor} : {})});
  const page = await api(`/activities?${query}`);
  return {activities: page.activities.map(itemOf).filter(Boolean), next_cursor: page.next_cursor ?? null};
}

/** Where a view's pages come from, and whose topics tell of what is new in it. */
export async function sources(view, cohort) {
  if (!view.scope) return {lists: view.topics, topics: view.topics, friends: null};
  const friends = await friendIds();
  const follow = friends.slice(0, FOLLOWED).map((id) => `activity:user:${id}`);
  return {lists: [view.scope], topics: [...(cohort ? [cohort] : []), ...follow], friends: new Set(friends)};
}

/** Whether something new belongs into a view. */
export function belongs(view, item, friends) {
  if (view.scope === "friends") return friends.has(item.user_id);
  return view.scope !== "network" || NETWORK.has(item.type);
}

/** Whether something is too old for a view by now. */
export const tooOld = (view, item, now = Date.now()) => view.scope === "network" && now - Date.parse(item.timestamp) > DAY;
