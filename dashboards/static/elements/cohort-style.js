// The room's own style: three columns that fill the window, one column of tabs on phones.
export const COHORT_CSS = `
  :host { display: block; }
  h2 { margin: 0; font-size: 16px; font-weight: 640; }
  h3 { margin: 0; font-size: 13px; font-weight: 640; color: var(--muted); }
  .card { min-width: 0; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
  .tabs { display: none; }
  .room { display: grid; gap: 20px; grid-template-columns: 236px minmax(0, 1fr) 316px; grid-template-rows: minmax(0, max-content) minmax(0, 1fr);
    grid-template-areas: "about talk sets" "about talk did"; height: max(560px, calc(100vh - var(--bar) - 48px)); }
  .about { grid-area: about; display: flex; flex-direction: column; overflow: hidden; }
  .talk { grid-area: talk; display: flex; flex-direction: column; min-height: 0; overflow: hidden; }
  .talk tandem-chat { flex: 1; min-height: 0; }
  .sets { grid-area: sets; padding: 14px 20px; max-height: 46vh; overflow-y: auto; }
  .did { grid-area: did; padding: 14px 20px; overflow-y: auto; min-height: 0; }
  :host([shut]) .room { grid-template-areas: "about talk sets" "about did sets"; }
  :host([shut]) .sets { max-height: none; }
  .crest { position: relative; flex: none; height: 64px; background: linear-gradient(100deg, color-mix(in srgb, var(--d2) 26%, var(--surface)), var(--accent-weak)); }
  .badge { position: absolute; left: 18px; bottom: -26px; display: grid; place-items: center; width: 52px; height: 52px; color: var(--d2); background: var(--surface); border: 1px solid var(--line); border-radius: 14px; }
  .inside { padding: 38px 18px 14px; overflow-y: auto; }
  .about h2 { font-size: 20px; font-weight: 680; letter-spacing: -.02em; line-height: 1.25; overflow-wrap: anywhere; }
  .lead { margin: 2px 0 0; font-size: 13px; color: var(--muted); }
  .inside > .chip { display: none; margin-top: 8px; white-space: normal; }
  .three { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; margin: 14px 0 12px; padding: 10px 0; border: 1px solid var(--line); border-width: 1px 0; }
  .three div { display: flex; flex-direction: column-reverse; }
  .three dd { margin: 0; font-size: 18px; font-weight: 680; letter-spacing: -.02em; }
  .three dt { font-size: 12px; color: var(--muted); }
  .friends { margin: 0 0 12px; font-size: 13px; font-weight: 600; color: var(--good); }
  .people { margin: 6px 0; }
  .people .row { min-height: 46px; gap: 10px; }
  header { display: flex; align-items: center; gap: 10px; min-height: 56px; padding: 8px 12px 8px 20px; border-bottom: 1px solid var(--line); }
  header .end { display: flex; align-items: center; gap: 8px; margin-left: auto; }
  .switch { padding: 0 8px; color: var(--text); }
  .knob { position: relative; width: 32px; height: 18px; background: var(--line-strong); border-radius: 999px; transition: background-color var(--quick); }
  .knob::after { content: ""; position: absolute; left: 2px; top: 2px; width: 14px; height: 14px; background: var(--surface); border-radius: 50%; transition: translate var(--quick); }
  .switch[aria-checked="true"] .knob { background: var(--accent); }
  .switch[aria-checked="true"] .knob::after { translate: 14px 0; }
  .desk { flex: none; max-height: 45%; overflow-y: auto; padding: 12px 20px; background: var(--surface-2); border-bottom: 1px solid var(--line); }
  .desk li { padding: 10px 0; border-top: 1px solid var(--line); }
  .desk h3 + ul li:first-child { border-top: 0; }
  .desk p { margin: 0; font-size: 13.5px; }
  .desk .words { margin: 4px 0 8px; font-size: 15px; white-space: pre-wrap; overflow-wrap: anywhere; }
  .desk .quiet { display: flex; align-items: center; justify-content: space-between; gap: 12px; }
  .desk ul + h3 { margin-top: 8px; }
  .desk .ways { display: flex; gap: 8px; }
  :host([stale]) .figure, :host([stale]) .people .face { opacity: .6; }
  @media (max-width: 1239px) and (min-width: 720px) {
    .room { grid-template-columns: minmax(0, 1fr) 316px; grid-template-rows: minmax(0, max-content) minmax(0, max-content) minmax(200px, 1fr); grid-template-areas: "talk about" "talk sets" "talk did"; }
    :host([shut]) .room { grid-template-areas: "talk about" "did about" "did sets"; }
    .about { max-height: 40vh; }
    .sets { max-height: 26vh; }
  }
  @media (max-width: 719px) {
    :host { margin: -16px -16px calc(-24px - var(--foot)); }
    .tabs { position: sticky; top: var(--bar); z-index: 10; display: flex; overflow-x: auto; background: var(--surface); border-bottom: 1px solid var(--line); }
    .tabs button { position: relative; flex: 1 0 auto; display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 46px; padding: 0 12px; font: inherit; font-size: 14px; font-weight: 600; color: var(--muted);
      background: none; border: 0; cursor: pointer; white-space: nowrap; }
    .tabs button[aria-selected="true"] { color: var(--accent); box-shadow: inset 0 -3px 0 var(--accent); }
    .tabs button:focus-visible { outline-offset: -3px; }
    .tab-count { min-width: 20px; padding: 1px 6px; font-size: 12px; color: var(--text); background: var(--surface-2); border-radius: 999px; }
    .room, :host([shut]) .room { display: block; height: auto; }
    .card:not(.none) { display: none; border: 0; border-radius: 0; background: none; }
    .card.none { margin: 16px; }
    header h2, header > .chip { display: none; }
    :host([tab="chat"]) [data-tab="chat"], :host([tab="challenges"]) [data-tab="challenges"], :host([tab="feed"]) [data-tab="feed"], :host([tab="people"]) [data-tab="people"] { display: flex; flex-direction: column; }
    .inside > .chip { display: inline-flex; }
    :host([shut][tab="chat"]) [data-tab="feed"] { display: flex; }
    :host([shut]) .room .talk { height: auto; min-height: 0; }
    .talk { height: calc(100dvh - var(--bar) - 47px - var(--foot)); min-height: 320px; }
    header:not(:has(.end > :not([hidden]))) { display: none; }
    .sets, .did { max-height: none; padding: 12px 16px calc(24px + var(--foot)); }
    .inside { padding-bottom: calc(24px + var(--foot)); }
  }`;
