// The queue of notifications as a page holds it: what the topic tells, folded into a list. Pure, so that it is tested alone.

const KEPT = 50;

/** The state that a join or a `snapshot` brings. */
export const whole = (snapshot) => ({items: (snapshot.notifications ?? []).map((one) => ({...one}))});

/** The state after one more message. */
export function fold(state, event, payload) {
  switch (event) {
    case "notification_added":
      return {items: [payload, ...state.items.filter((one) => one.notification_id !== payload.notification_id)].slice(0, KEPT)};
    case "notifications_seen":
      return changed(state, (one) => one.place <= payload.up_to || payload.opened.includes(one.notification_id),
        (one) => ({...one, seen: true, opened: one.opened || payload.opened.includes(one.notification_id)}));
    case "notifications_withdrawn":
      return {items: state.items.filter((one) => !payload.notification_ids.includes(one.notification_id))};
    case "nudge_changed":
      return changed(state, (one) => one.nudge_id === payload.nudge_id,
        (one) => ({...one, status: payload.status, seen: true, opened: one.opened || payload.status !== "expired"}));
    case "person_removed":
      return {items: []};
    default:
      return state;
  }
}

const changed = (state, which, how) => ({items: state.items.map((one) => (which(one) ? how(one) : one))});

export const unread = (state) => state.items.filter((one) => !one.seen).length;

/** The number beside the bell: up to nine, then "9+"; nothing for none. */
export const badge = (count) => (count > 9 ? "9+" : count > 0 ? String(count) : "");

/** The furthest place in the queue: what looking at it says. */
export const furthest = (state) => Math.max(0, ...state.items.map((one) => one.place));
