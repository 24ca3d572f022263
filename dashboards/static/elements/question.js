// A question over the page, in a dialog: it keeps the focus while it stands, and gives it back where it came from.
import {h} from "./dom.js";

export const QUESTION_CSS = `
  dialog { width: min(440px, calc(100vw - 32px)); padding: 24px; color: var(--text); background: var(--surface); border: 1px solid var(--line);
    border-radius: var(--radius-l); box-shadow: var(--float); }
  dialog::backdrop { background: rgb(10 12 24 / 45%); }
  dialog h3 { margin: 0 0 6px; font-size: 18px; font-weight: 640; letter-spacing: -.01em; }
  dialog p { margin: 0 0 14px; font-size: 14px; color: var(--muted); }
  dialog label { display: flex; align-items: center; gap: 12px; min-height: 44px; font-size: 14px; cursor: pointer; }
  dialog input[type="radio"] { flex: none; appearance: none; width: 20px; height: 20px; margin: 0; background: var(--surface); border: 1.5px solid var(--line-strong); border-radius: 50%; cursor: pointer; }
  dialog input[type="radio"]:checked { border: 6px solid var(--accent); }
  dialog blockquote { margin: 0 0 14px; padding: 10px 14px; font-size: 14px; color: var(--text); background: var(--surface-2); border-radius: var(--radius); overflow-wrap: anywhere; white-space: pre-wrap; }
  dialog .acts { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 16px; }
  dialog .btn.bad { color: var(--bad); border-color: var(--bad); }
  dialog .unsaid { margin: 10px 0 0; font-size: 13px; color: var(--warn); }`;

/**
 * A question over the page. `act(value)` is called on the answer and may throw {message}, which is shown in its place.
 * With `reasons` ({value: text}) one of them has to be chosen. It closes by Escape, by "Not now" or when it worked.
 */
export function question(root, {title, text, reasons = null, answer, tone = "primary", body = [], act}) {
  const unsaid = h("p", {class: "unsaid", role: "alert", hidden: true});
  const chosen = () => form.querySelector("input:checked")?.value ?? null;
  const choices = Object.entries(reasons ?? {}).map(([value, label]) => h("label", {}, h("input", {type: "radio", name: "reason", value, required: true}), label));
  const go = answer && h("button", {class: `btn ${tone}`, type: "submit"}, answer);
  const leave = h("button", {class: "btn text", type: "button", onclick: () => dialog.close()}, answer ? "Not now" : "Close");
  const form = h("form", {method: "dialog"}, h("h3", {id: "asked"}, title), text && h("p", {}, text), choices, body, unsaid, h("div", {class: "acts"}, go, leave));
  const dialog = h("dialog", {"aria-labelledby": "asked"}, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    unsaid.hidden = true;
    try {
      await act(chosen());
      dialog.close();
    } catch (error) {
      Object.assign(unsaid, {textContent: error.message ?? "That did not work. Try again.", hidden: false});
    }
    go.disabled = false;
  });
  dialog.addEventListener("close", () => dialog.remove());
  root.append(dialog);
  dialog.showModal();
  return dialog;
}
