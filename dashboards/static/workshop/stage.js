// One whole page from plain values: the frame, the screen in the middle, the bar below, what lies over it, and the polite
// voice. `scene`: `{top, screen: {tag, key, props}, dock, dialog, voice, banner, wide}`. The middle alone scrolls, and a new
// step fades up in it while header and bar stand still.
import "./actions.js";
import "./completed.js";
import "./dialogs.js";
import "./frame.js";
import "./intro.js";
import "./lobby.js";
import "./question.js";
import "./reveal.js";
import "./start.js";
import "./summary.js";
import "./team.js";
import {icon} from "./faces.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";

export function stage({top, screen, dock, dialog, voice, banner, big, wide}) {
  return [
    t("a", {class: "skip", href: "#ws-main", key: "skip"}, TEXTS.frame.skip),
    t("header", {class: "ws-header", key: "top"}, t("ws-top", {".props": top ?? {plain: true}})),
    t("main", {class: `ws-middle${wide ? ` ${wide}` : ""}${big ? " big" : ""}`, id: "ws-main", tabindex: 0, key: "main"}, banner && t("p", {class: `ws-banner ${banner.tone ?? ""}`, role: "status", key: "banner"}, icon(banner.icon ?? "info"), t("span", {}, banner.text)),
      t("div", {class: "ws-step", key: `step-${screen.key}`}, t(screen.tag, {".props": screen.props, key: screen.tag}))),
    dock && t("footer", {class: "ws-footer", key: "dock"}, t("ws-dock", {".props": dock})),
    t("ws-dialog", {".props": {open: dialog ?? null}, key: "dialog"}),
    t("div", {class: "sr", "aria-live": "polite", role: "status", key: "voice"}, voice ?? ""),
  ];
}
