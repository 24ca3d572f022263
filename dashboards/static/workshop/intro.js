// <ws-intro>: one screen of the introduction; going back and forward is one's own. `{screens, at}`.
// <ws-mid>: half way, the scale changes. `{done, left, from, to, before, after, screen}`.
import {screen} from "./element.js";
import {icon} from "./faces.js";
import {balls, scene} from "./pictures.js";
import {twoSided} from "./scale.js";
import {TEXTS} from "./texts.js";
import {t} from "./tree.js";

export const introView = ({screens = [], at = 0, canSkip}, say) => {
  const shown = screens[Math.min(at, screens.length - 1)];
  if (!shown) return [];
  const go = (to) => say("intro-turn", {to});
  return t("section", {class: "ws-intro"},
    t("div", {class: "words", key: `screen-${at}`}, t("p", {class: "ws-kicker"}, TEXTS.intro.of(at + 1, screens.length)), t("h1", {tabindex: -1}, shown.lead), shown.body.map((one) => t("p", {class: "ws-lead"}, one))),
    t("div", {class: "drawing", key: `drawing-${at}`}, scene(shown.picture), t("p", {class: "caption"}, shown.title)),
    t("nav", {class: "turn", "aria-label": TEXTS.frame.intro, key: "turn"},
      t("button", {type: "button", class: "btn big", "aria-disabled": at === 0 ? "true" : null, onclick: () => at > 0 && go(at - 1)}, icon("back"), TEXTS.intro.back),
      t("span", {class: "pages", "aria-hidden": "true"}, screens.map((_, index) => t("span", {class: index === at ? "now" : ""}))),
      t("button", {type: "button", class: "btn big", "aria-disabled": at === screens.length - 1 ? "true" : null, onclick: () => at < screens.length - 1 && go(at + 1)}, TEXTS.intro.forward, icon("arrow")),
      canSkip && t("button", {type: "button", class: "ws-link quiet", onclick: () => say("skip-intro")}, TEXTS.intro.skip)));
};

const sideText = (scale, past) => (twoSided(scale) ? TEXTS.mid.beam : (TEXTS.mid[scale.picture] ?? TEXTS.mid.steps)(scale, past));

export const midView = ({done, left, before, after, from, to, screen: words}) => t("section", {class: "ws-mid"},
  t("p", {class: "ws-kicker"}, TEXTS.mid.kicker(done, left)), t("h1", {tabindex: -1}, words?.title ?? ""), t("p", {class: "ws-lead"}, words?.lead ?? ""),
  t("div", {class: "two"},
    t("div", {class: "ws-card past"}, t("p", {class: "ws-kicker"}, TEXTS.mid.done(...from)), balls(before), t("h2", {}, TEXTS.scale.was(before)), t("p", {}, sideText(before))),
    t("span", {class: "arrow", "aria-hidden": "true"}, icon("arrow")),
    t("div", {class: "ws-card next"}, t("p", {class: "ws-kicker"}, TEXTS.mid.next(...to)), balls(after), t("h2", {}, TEXTS.scale.best(after)), t("p", {}, sideText(after)))),
  t("p", {class: "ws-pause"}, icon("quiet"), t("span", {}, t("b", {}, TEXTS.mid.pause), ` ${TEXTS.mid.pauseRest}`)));

screen("ws-intro", introView);
screen("ws-mid", midView);
