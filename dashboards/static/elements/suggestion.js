// <tandem-suggestion>: what the server suggests to its person alone, such as challenging a friend after a good result. It is said
// once, as a toast with its two answers that waits while somebody practises; a page that has a better place for it takes it
// by preventing the event `tandem:suggestion`. What was not seen is not kept: it is an offer, and no task.
import {TandemElement, define} from "./base.js";
import {toast} from "./toasts.js";

const KNOWN = new Set(["buddy_challenge"]);

/** Where whoever goes along with it chooses a friend, with what is to be beaten. */
export function leadsTo({context: {subject, skill, score}}) {
  return `/practice/co-session?${new URLSearchParams({subject, skill, beat: String(Math.round(score))})}`;
}

class Suggestion extends TandemElement {
  start() {
    this.join("user:me", {onEvent: (event, payload) => event === "viral_suggestion" && KNOWN.has(payload.type) && this.offer(payload)});
  }

  offer(told) {
    if (!window.dispatchEvent(new CustomEvent("tandem:suggestion", {detail: told, cancelable: true}))) return;
    toast({key: "suggestion", parts: [[told.message, false]], symbol: "challenge",
      actions: [{label: told.cta, run: () => location.assign(leadsTo(told))}, {label: "Not now", run: () => {}}]});
  }
}

define("tandem-suggestion", Suggestion);
