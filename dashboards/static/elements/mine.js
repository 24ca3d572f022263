// What several regions of a page ask of the viewer's own record, asked once for all of them.
import {api} from "./api.js";

let runs = null;

/** One's latest practices, the newest first: those of one's own pages, and those that the host platform told of. */
export const myRuns = () => (runs ??= Promise.all([api("/practice?limit=20"), api("/activities?scope=me&type=practice_completed&limit=20")])
  .then(([own, told]) => [...own.runs, ...told.activities.map(({subject, skill, properties, timestamp}) => (
    {subject, skill, score: properties.score ?? null, status: "completed", started_at: timestamp, ended_at: timestamp}))]
    .sort((one, other) => Date.parse(other.ended_at ?? other.started_at) - Date.parse(one.ended_at ?? one.started_at)),
  (error) => { runs = null; throw error; }));

/** Forget what was asked: something of it changed. */
export const renewRuns = () => { runs = null; };

/** The subject that one practised last, or "". */
export const mySubject = () => myRuns().then((all) => all.find(({subject}) => subject)?.subject ?? "", () => "");

let friends = null;

/** One's friends, by the time they became so: [{user_id, name, avatar}]. */
export const myFriends = () => (friends ??= api("/friendships?limit=100")
  .then(({friendships}) => friendships.filter(({status}) => status === "accepted"), (error) => { friends = null; throw error; }));

/** A task at most once in so many milliseconds, the last call always kept. */
export function paced(task, apart, signal) {
  let timer = null, last = -Infinity;
  signal.addEventListener("abort", () => clearTimeout(timer), {once: true});
  return () => {
    if (timer !== null) return;
    timer = setTimeout(() => { timer = null; last = performance.now(); task(); }, Math.max(0, last + apart - performance.now()));
  };
}
