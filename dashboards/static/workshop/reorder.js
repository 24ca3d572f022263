// Moving one thing in a list, without a screen: by keys (lift, move, put down, put back) and by pointer.

export const lifted = (ids, id) => ({ids: [...ids], was: [...ids], id});

/** The same list with one thing at another place; places outside the list are its ends. */
export function moved(ids, id, to) {
  const rest = ids.filter((one) => one !== id);
  const at = Math.min(rest.length, Math.max(0, to));
  return [...rest.slice(0, at), id, ...rest.slice(at)];
}

/** What a key does to a lifted thing: `{state, done}`; done is "down" or "back". Null for a key that is not ours. */
export function keyMove(state, key) {
  const at = state.ids.indexOf(state.id);
  const by = {ArrowUp: -1, ArrowDown: 1}[key];
  if (by) return {state: {...state, ids: moved(state.ids, state.id, at + by)}};
  if (key === " " || key === "Enter") return {state, done: "down"};
  if (key === "Escape") return {state: {...state, ids: state.was}, done: "back"};
  return null;
}

/** Where something whose middle is at `y` belongs among the others, whose middles are given in order. */
export const placeAt = (y, middles) => middles.filter((middle) => middle < y).length;

/** A list that others changed while one of it is held: their order, with the held one where the hand is. */
export function held(state, ids) {
  if (!ids.includes(state.id)) return null;
  const at = state.ids.indexOf(state.id);
  return {...state, ids: moved(ids, state.id, at), was: ids};
}
