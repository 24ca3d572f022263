// <tandem-week me="…">: one's own week: days in a row, the freeze that is left, points, and seven days as they went. A day
// without practice is plain. It follows one's own progress on every tab.
import {api} from "./api.js";
import {TandemElement, define, failed, loading} from "./base.js";
import {h, icon} from "./dom.js";
import {paced} from "./mine.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

class Week extends TandemElement {
  static css = `
    header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 6px 12px; min-height: 26px; margin-bottom: 14px; }
    .main { display: flex; align-items: center; gap: 14px; }
    .flame { display: grid; place-items: center; width: 44px; height: 44px; flex: none; color: var(--warm); background: var(--warm-weak); border-radius: var(--radius); }
    .flame .icon { font-size: 22px; }
    .days b { font-size: 28px; font-weight: 680; letter-spacing: -.025em; } .days span { margin-left: 6px; font-size: 14px; color: var(--muted); }
    .points { margin-left: auto; text-align: right; } .points b { display: block; font-size: 19px; font-weight: 680; letter-spacing: -.02em; }
    .points span { font-size: 12.5px; color: var(--muted); }
    ol { display: grid; grid-template-columns: repeat(7, 1fr); gap: 6px; margin: 16px 0 0; padding: 0; list-style: none; }
    li { display: grid; justify-items: center; gap: 6px; font-size: 12px; color: var(--muted); }
    .day { display: grid; place-items: center; width: min(34px, 100%); aspect-ratio: 1; background: var(--surface-2); border-radius: 10px; }
    .day .icon { font-size: 15px; }
    .did .day { color: var(--warm); background: var(--warm-weak); }
    .saved .day { color: var(--accent); background: var(--accent-weak); }
    .today .day { box-shadow: 0 0 0 2px var(--surface), 0 0 0 4px var(--warm); } .today { font-weight: 640; color: var(--text); }
    .rest { margin: 14px 0 0; font-size: 13px; color: var(--muted); }`;

  start(signal) {
    this.freeze = h("span", {class: "chip accent", hidden: true});
    this.body = h("div", {}, loading(2));
    this.root.replaceChildren(h("header", {}, h("slot", {name: "title"}), this.freeze), this.body);
    const again = paced(() => this.read(), 1000, signal);
    const me = this.getAttribute("me");
    if (me) this.join(`user:${me}:achievements`, {onEvent: again});
    this.read();
  }

  async read() {
    try {
      const [reached, month] = await Promise.all([api("/achievements"), api("/achievements/days")]);
      const days = new Map(month.days.map((day) => [day.day, day]));
      const monday = mondayOf(month.today);
      // A week that began in the month before needs its last days too.
      if (monday.slice(0, 7) !== month.today.slice(0, 7)) {
        for (const day of (await api(`/achievements/days?month=${monday.slice(0, 7)}`)).days) days.set(day.day, day);
      }
      this.draw(reached, days, month.today, monday);
    } catch (error) {
      if (!this.body.querySelector(".main")) this.body.replaceChildren(failed(() => this.read(), {text: error.message}));
    }
  }

  draw({streak, this_week: points}, days, today, monday) {
    this.freeze.hidden = !(streak.days && streak.freeze_left);
    this.freeze.replaceChildren(icon("freeze"), "1 freeze left");
    const squares = DAYS.map((name, n) => {
      const day = plus(monday, n), was = days.get(day);
      const kind = was?.practices ? "did" : was?.saved ? "saved" : "";
      const said = `${name}: ${was?.practices ? "practised" : was?.saved ? "saved by a freeze" : day > today ? "to come" : "rest"}`;
      return h("li", {class: `${kind}${day === today ? " today" : ""}`}, h("span", {class: "day"}, kind && icon(kind === "did" ? "check" : "freeze", {label: said}),
        kind ? null : h("span", {class: "sr"}, said)), h("span", {"aria-hidden": "true"}, name[0]));
    });
    this.body.replaceChildren(h("div", {class: "main"}, h("span", {class: "flame"}, icon("streak")),
      h("div", {class: "days"}, h("b", {class: "num"}, String(streak.days)), h("span", {}, streak.days === 1 ? "day in a row" : "days in a row")),
      h("div", {class: "points"}, h("b", {class: "num"}, `${points ? "+" : ""}${points.toLocaleString("en-GB")}`), h("span", {}, "points this week"))),
    h("ol", {"aria-label": "This week"}, squares), ...(streak.days ? [] : [h("p", {class: "rest"}, "A new streak starts whenever you like.")]));
  }
}

const at = (day) => new Date(`${day}T00:00:00Z`);
const plus = (day, n) => new Date(at(day).getTime() + n * 86_400_000).toISOString().slice(0, 10);
const mondayOf = (day) => plus(day, -((at(day).getUTCDay() + 6) % 7));

define("tandem-week", Week);
