// What a reader may do about an activity: hide it, report it, remove it, answer it with a challenge. Each is asked of the
// server; the row changes when it said yes, and says why in its own place when it said no.
import {api} from "./api.js";
import {question} from "./question.js";

const REASONS = {unkind: "It is unkind to somebody", private: "It shows something private", unfair: "It was not earned fairly", other: "Something else"};

const path = (id, what = "") => `/activities/${id}${what}`;

export const hide = (id) => api(path(id, "/hidden"), {method: "POST"});
export const show = (id) => api(path(id, "/hidden"), {method: "DELETE"});
export const challenge = (id) => api(path(id, "/challenge"), {method: "POST"});
export const hiddenIds = async () => (await api("/hidden-activities?limit=1")).ids;

/** The friends whom one has, by id. */
export async function friendIds() {
  const {friendships} = await api("/friendships?limit=100");
  return friendships.filter(({status}) => status === "accepted").map(({user_id: id}) => id);
}

export function report(root, item, done) {
  return question(root, {title: "What is wrong with this?", text: "A person from the team looks at it. Nobody is told that it was you, and it is hidden from you.",
    reasons: REASONS, answer: "Report", act: async (reason) => { await api(path(item.id, "/reports"), {method: "POST", body: {reason}}); done(); }});
}

export function remove(root, item, own, done) {
  return question(root, {title: own ? "Remove this for everybody?" : `Remove this of ${item.user_name}?`,
    text: "It goes from every feed, with its reactions, and cannot be brought back. Points stay.", answer: "Remove", tone: "bad",
    act: async () => { await api(path(item.id), {method: "DELETE"}); done(); }});
}
