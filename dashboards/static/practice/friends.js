// Friends one may ask, in place: asked once, with "not now" beside it. Who is asked hears of it at once, and may say no.
import {face, h} from "../elements/dom.js";
import {ask} from "./line.js";

const MOST = 8;

export class Friends {
  /** `leave` is what "Not now" does: by itself it only closes the list. */
  constructor(run, leave = null) { Object.assign(this, {run, leave}); }

  async open(box, button) {
    button.disabled = true;
    box.hidden = false;
    box.replaceChildren(h("p", {class: "muted"}, "Looking for your friends."));
    try {
      const {friendships} = await ask("GET", "friendships?limit=50");
      const friends = friendships.filter((one) => one.status === "accepted").slice(0, MOST);
      box.replaceChildren(...(friends.length ? this.list(friends, box) : [h("p", {}, "No friends here yet. ", h("a", {href: "/friends"}, "Find someone you know"), ".")]));
      box.querySelector("button, a")?.focus();
    } catch (reason) {
      box.replaceChildren(h("p", {class: "muted", role: "status"}, reason.message ?? "That did not work just now."));
      button.disabled = false;
    }
  }

  list(friends, box) {
    const to = (friend) => `/practice/co-session?with=${friend.user_id}&subject=${this.run.subject}&skill=${this.run.skill}`;
    return [h("p", {}, "Whom would you like to ask? You would both get the same exercise."),
      h("ul", {class: "plain-list friends"}, friends.map((friend) => h("li", {}, h("a", {class: "btn small", href: to(friend)}, face({id: friend.user_id, name: friend.name, avatar: friend.avatar === "" ? "initial" : friend.avatar}, {size: 24}), friend.name)))),
      h("button", {class: "btn text small", type: "button", onclick: () => { if (this.leave) this.leave(); else box.hidden = true; }}, "Not now")];
  }
}
