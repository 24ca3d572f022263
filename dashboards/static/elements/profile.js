// A small card about somebody, opened from their name wherever one stands: what the viewer may see of them and no more.
import {api} from "./api.js";
import {loading} from "./base.js";
import {face, h, icon} from "./dom.js";
import {takeBack} from "./nickname.js";
import {QUESTION_CSS} from "./question.js";

export const PROFILE_CSS = `${QUESTION_CSS}
  .profile { position: fixed; inset: auto; margin: 0; width: min(300px, calc(100vw - 32px)); padding: 18px; color: var(--text); background: var(--surface); border: 1px solid var(--line);
    border-radius: var(--radius-l); box-shadow: var(--float); font-size: 13.5px; }
  .profile .top { display: flex; align-items: center; gap: 14px; }
  .profile h3 { margin: 0; font-size: 16px; font-weight: 640; line-height: 1.3; overflow-wrap: anywhere; }
  .profile .top p { margin: 2px 0 0; color: var(--muted); font-size: 13px; }
  .profile dl { display: grid; grid-template-columns: 1fr 1fr; gap: 10px 16px; margin: 16px 0 0; }
  .profile dt { font-size: 12px; color: var(--muted); } .profile dd { margin: 0; font-size: 15px; font-weight: 640; }
  .profile .badges { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 14px; }
  .profile .staff-way { margin: 12px 0 -6px -10px; }
  .profile .quiet-note { margin: 14px 0 0; color: var(--muted); }`;

export class Profile {
  constructor(me) {
    this.me = me;
    this.node = h("div", {class: "profile", popover: "auto", role: "dialog", "aria-label": "Profile"});
  }

  /** `row` has what is known already: the id, name and picture that stand in the list. */
  async open(row, anchor) {
    const mine = row.user_id === this.me;
    const person = {id: row.user_id, name: row.user_name, avatar: row.user_avatar || "initial"};
    const words = h("p", {}, mine ? "This is you" : "");
    const more = h("div", {}, loading(1));
    this.node.replaceChildren(h("div", {class: "top"}, face(person, {size: 48, you: mine}), h("div", {}, h("h3", {}, row.user_name), words)), more);
    this.node.showPopover();
    this.place(anchor);
    this.asked = row.user_id;
    try {
      const found = await api(`/profiles/${row.user_id}`);
      if (this.asked !== row.user_id) return;
      if (!mine) words.textContent = said(found);
      more.replaceChildren(...details(found));
      if (found.nickname) more.append(h("div", {class: "staff-way"}, h("button", {class: "btn text small", type: "button", onclick: () => takeBack(this.node.getRootNode(), {id: row.user_id, name: row.user_name})}, icon("undo", {size: 16}), "Take back nickname")));
    } catch {
      if (this.asked === row.user_id) more.replaceChildren(h("p", {class: "quiet-note"}, "There is no more to see here."));
    }
    this.place(anchor);
  }

  place(anchor) {
    const at = anchor.getBoundingClientRect(), own = this.node.getBoundingClientRect();
    const below = at.bottom + 6 + own.height < innerHeight - 72;
    this.node.style.left = `${Math.max(16, Math.min(at.left, innerWidth - own.width - 16))}px`;
    this.node.style.top = `${below ? at.bottom + 6 : Math.max(64, at.top - own.height - 6)}px`;
  }
}

function said({friend, same_cohort: together, role}) {
  const who = friend ? "Your friend" : together ? "In your cohort" : "In the community";
  return role === "tutor" ? `Tutor, ${who.toLowerCase()}` : who;
}

function details({level, badges, latest}) {
  const pair = (label, value) => h("div", {}, h("dt", {}, label), h("dd", {class: "num"}, value));
  return [h("dl", {}, pair("Level", String(level)), pair("Badges", badges.toLocaleString("en-GB"))),
    ...(latest.length ? [h("div", {class: "badges"}, latest.map(({title}) => h("span", {class: "chip"}, icon("badge"), title)))] : [])];
}
