// The chat's own style.
import {MENU_CSS} from "./menu.js";
import {QUESTION_CSS} from "./question.js";

export const CHAT_CSS = `
  :host { display: flex; flex-direction: column; min-height: 0; height: 100%; }
  .middle { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
  :host([shut]) .middle { display: none; }
  .scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 4px 20px 8px; }
  .scroll:focus-visible { outline-offset: -3px; }
  .lines { display: flex; flex-direction: column; min-height: calc(100% - 44px); justify-content: flex-end; }
  .top { display: flex; justify-content: center; }
  .top:has(.state) { min-height: 60%; align-items: center; }
  .top:has(.state) + .lines { min-height: 0; }
  .top .bones { width: 100%; }
  .float { position: absolute; left: 0; right: 0; bottom: 8px; display: flex; justify-content: center; pointer-events: none; }
  .pill { pointer-events: auto; border-radius: 999px; box-shadow: var(--float); }
  .day { margin: 18px 0 6px; font-size: 12.5px; text-align: center; color: var(--muted); }
  .line { position: relative; display: flex; gap: 10px; padding: 8px 0 2px; }
  .line.joined { padding-top: 2px; }
  .gap { flex: none; width: 32px; }
  .body { display: flex; flex-direction: column; align-items: flex-start; min-width: 0; flex: 1; }
  .name { display: flex; align-items: center; gap: 8px; margin-bottom: 4px; font-size: 13px; }
  .name b { font-weight: 640; }
  .name .chip { min-height: 20px; padding: 1px 8px; }
  time { font-size: 12.5px; color: var(--muted); font-variant-numeric: tabular-nums; }
  .bubble-line { position: relative; display: flex; align-items: center; gap: 4px; max-width: min(86%, 62ch); }
  .bubble { min-width: 0; padding: 9px 14px; font-size: 15px; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--surface-2); border-radius: 4px 16px 16px 16px; }
  .joined .bubble { border-radius: 16px; }
  .own .body { align-items: flex-end; }
  .own .bubble-line { flex-direction: row-reverse; }
  .own .bubble { color: var(--on-accent); background: var(--accent); border-radius: 16px 4px 16px 16px; }
  .own.waiting .bubble { color: var(--text); background: var(--accent-weak); box-shadow: inset 0 0 0 1px var(--accent); }
  .dots { flex: none; width: 32px; height: 32px; display: grid; place-items: center; color: var(--muted); background: none; border: 0; border-radius: 999px; cursor: pointer; opacity: 0; transition: opacity var(--quick); }
  .line:hover .dots, .dots:focus-visible, .dots[aria-expanded="true"] { opacity: 1; }
  .dots:hover { color: var(--text); background: var(--surface-2); }
  .hidden-part { display: inline-flex; align-items: center; gap: 5px; padding: 0 8px; font-size: 13.5px; color: var(--muted); background: var(--surface); border: 1px dashed var(--line-strong); border-radius: 8px; vertical-align: baseline; }
  .below { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; margin: 5px 0 0; font-size: 13px; color: var(--muted); }
  .own .below { justify-content: flex-end; text-align: right; }
  .below.kind { flex-wrap: nowrap; align-items: flex-start; }
  .below > .icon { flex: none; margin-top: 1px; }
  .below.kind .icon { color: var(--good); }
  .see { min-height: 28px; padding: 0 6px; font: inherit; font-size: 13px; font-weight: 640; color: var(--accent); background: none; border: 0; border-radius: 8px; cursor: pointer; white-space: nowrap; }
  .see:hover { text-decoration: underline; text-underline-offset: 3px; }
  .gone { display: flex; align-items: center; gap: 7px; padding: 8px 0 4px 42px; font-size: 13px; color: var(--muted); }
  .system { display: flex; justify-content: center; padding: 12px 0 6px; }
  .pill-line { display: flex; align-items: center; gap: 10px; max-width: 100%; min-height: 36px; padding: 4px 14px; font-size: 13.5px; background: var(--accent-weak); border-radius: 18px; }
  .pill-line .icon { color: var(--accent); }
  .pill-line p { margin: 0; min-width: 0; overflow-wrap: anywhere; }
  .pill-line b { font-weight: 640; }
  .note { display: flex; align-items: center; gap: 10px; margin: 0; padding: 18px 20px; font-size: 14px; color: var(--muted); }
  .note .icon { color: var(--accent); }
  .note.muted { margin: 6px 12px 12px; padding: 14px 16px; color: var(--text); background: var(--surface-2); border-radius: 16px; }
  .note[hidden] { display: none; }
  .said-line { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
  .write { display: flex; align-items: flex-end; gap: 10px; margin: 6px 12px 12px; padding: 6px 6px 6px 16px; background: var(--surface); border: 1px solid var(--line-strong); border-radius: 16px; }
  .write:focus-within { outline: 2px solid var(--focus); outline-offset: 1px; }
  .write[hidden] { display: none; }
  textarea { flex: 1; min-width: 0; min-height: 40px; max-height: 132px; padding: 9px 0; font: inherit; font-size: 15px; line-height: 1.45; color: var(--text); background: none; border: 0; resize: none; outline: none; }
  textarea:focus-visible { outline: none; }
  textarea::placeholder { color: var(--muted); opacity: 1; }
  .count { align-self: center; font-size: 12.5px; color: var(--muted); white-space: nowrap; }
  .count.over { color: var(--warn); font-weight: 640; }
  .send { flex: none; width: 44px; min-height: 40px; padding: 0; border-radius: 12px; }
  @media (max-width: 719px) {
    .scroll { padding: 4px 16px 8px; }
    .write { margin: 6px 10px 10px; }
    .count:not(.over) { display: none; }
    textarea { font-size: 16px; }
    .send { min-height: 44px; }
  }
  @media (pointer: coarse) { .dots { opacity: .75; width: 40px; height: 40px; } .see { min-height: 40px; } }
  ${MENU_CSS}${QUESTION_CSS}`;
