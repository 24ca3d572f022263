// How a board's page looks, apart from its behaviour.
export const BOARD_CSS = `
  .switches { display: flex; flex-wrap: wrap; align-items: center; gap: 12px 16px; margin-bottom: 20px; }
  .switches .until { display: inline-flex; align-items: center; gap: 7px; margin-left: auto; font-size: 13px; color: var(--muted); }
  .switches .until .icon { font-size: 15px; }
  .segments button { min-width: 64px; }
  .pick { position: relative; display: inline-flex; align-items: center; }
  .pick > .icon { position: absolute; pointer-events: none; font-size: 17px; }
  .pick > .icon:first-child { left: 12px; } .pick > .icon:last-child { right: 12px; color: var(--muted); }
  select { appearance: none; min-height: 42px; max-width: 100%; padding: 0 38px 0 38px; margin: 0; font: inherit; font-size: 13.5px; font-weight: 600; color: var(--text);
    background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius); cursor: pointer; text-overflow: ellipsis; }
  select:hover { background: var(--surface-2); }
  .only-phone { display: none; }
  .page { display: grid; grid-template-columns: minmax(0, 1fr) 348px; gap: 20px; align-items: start; }
  .side { display: grid; gap: 20px; align-content: start; }
  .card { min-width: 0; padding: 20px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
  .card h2 { margin: 0 0 10px; font-size: 16px; font-weight: 640; line-height: 1.3; }
  .card p { margin: 0; }
  .frozen { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px; padding: 12px 20px; font-size: 13.5px; color: var(--muted);
    background: var(--surface-2); border-radius: var(--radius-l) var(--radius-l) 0 0; }
  .frozen b { color: var(--text); }

  .main { padding: 0; }
  .main .state, .main .bones { padding: 36px 20px; }
  .line { display: grid; grid-template-columns: 48px 52px minmax(0, 1fr) 118px 72px 92px; align-items: center; gap: 0 8px; min-height: 40px; padding: 0 14px 0 10px;
    border-top: 1px solid var(--line); background: var(--surface); font-size: 14px; }
  .no-today .line { grid-template-columns: 48px 52px minmax(0, 1fr) 118px 92px; }
  .no-today .today { display: none; }
  .head { min-height: 38px; border-top: 0; border-radius: var(--radius-l) var(--radius-l) 0 0; font-size: 12px; font-weight: 600; color: var(--muted); background: none; }
  .head .rank { padding-left: 10px; white-space: nowrap; }
  .rank, .change { text-align: center; }
  .head .rank { text-align: left; }
  .rank b { display: inline-grid; place-items: center; min-width: 26px; height: 26px; padding: 0 4px; font-weight: 600; color: var(--muted); border-radius: 8px; }
  .line.first .rank b { color: var(--warm); background: var(--warm-weak); }
  .change { display: inline-flex; align-items: center; justify-content: center; gap: 2px; font-size: 13px; font-weight: 600; color: var(--muted); }
  .change.rose, .speed.rose { color: var(--good); }
  .name { display: flex; align-items: center; gap: 8px; min-width: 0; }
  .name > .icon { color: var(--muted); }
  .person { display: inline-flex; align-items: center; gap: 10px; min-width: 0; min-height: 38px; padding: 0 8px 0 0; margin: 0; font: inherit; font-weight: 500; color: inherit;
    text-align: left; background: none; border: 0; border-radius: 8px; cursor: pointer; }
  .person:hover .called { text-decoration: underline; text-underline-offset: 3px; }
  .called { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 1.3; }
  .picture { display: inline-flex; }
  .tie { flex: none; padding: 2px 7px; font-size: 12px; font-weight: 600; color: var(--muted); background: var(--surface-2); border-radius: 7px; }
  .speed, .today, .score { text-align: right; }
  .speed { display: flex; align-items: center; justify-content: flex-end; gap: 10px; color: var(--muted); font-size: 13px; }
  .head .speed { font-size: 12px; white-space: nowrap; }
  .speed > span:last-child { min-width: 4ch; }
  .speed.rose > span:last-child { color: var(--muted); }
  .spark { flex: none; width: 56px; height: 18px; overflow: visible; }
  .spark polyline { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
  .spark circle { fill: currentColor; }
  .today { color: var(--muted); font-size: 13.5px; }
  .head .today { font-size: 12px; }
  .score { font-weight: 640; }
  .head .score { font-weight: 600; }
  .line.mine { position: sticky; z-index: 2; top: calc(var(--bar, 56px) - 1px); bottom: var(--foot, 0px); color: var(--text); background: var(--accent-weak); }
  .line.mine .called { font-weight: 680; }
  .line.mine .rank b, .line.mine .speed > span, .line.mine .today { color: var(--text); }
  .line.mine .tie { background: var(--surface); }
  .body > :last-child { border-radius: 0 0 var(--radius-l) var(--radius-l); }
  .gap { display: flex; align-items: center; gap: 12px; min-height: 30px; padding: 0 14px 0 22px; font-size: 12px; color: var(--muted); border-top: 1px solid var(--line); }
  .gap::before { content: ""; width: 10px; margin-left: -22px; border-top: 1px dashed var(--line-strong); opacity: .6; }
  .gap::after { content: ""; flex: 1; margin-right: -14px; border-top: 1px dashed var(--line-strong); opacity: .6; }
  .foot { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; padding: 12px 4px 0; font-size: 12.5px; color: var(--muted); }
  .foot button { padding: 0; min-height: 24px; font: inherit; font-weight: 600; color: var(--accent); background: none; border: 0; cursor: pointer; }

  .place { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
  .place b { font-size: 40px; font-weight: 680; line-height: 1.1; letter-spacing: -.025em; }
  .place span { font-size: 14px; color: var(--muted); }
  .place .chip { font-size: 12.5px; }
  .step { margin: 8px 0 14px !important; font-size: 14px; }
  .side .btn { width: 100%; }
  .rules { display: grid; gap: 12px; font-size: 13px; color: var(--muted); }
  .rules li { display: grid; grid-template-columns: 18px 1fr; gap: 10px; }
  .rules .icon { color: var(--accent); margin-top: 1px; }
  .wish { display: grid; grid-template-columns: 1fr auto; gap: 4px 14px; align-items: start; width: 100%; padding: 0; margin: 0; font: inherit; text-align: left; color: inherit;
    background: none; border: 0; cursor: pointer; }
  .wish b { font-size: 14px; font-weight: 640; }
  .wish small { grid-column: 1; font-size: 13px; color: var(--muted); }
  .toggle { position: relative; grid-row: 1 / 3; grid-column: 2; width: 44px; height: 26px; background: var(--track); border-radius: 999px; box-shadow: inset 0 0 0 1px var(--line-strong);
    transition: background-color var(--quick); }
  .toggle::after { content: ""; position: absolute; left: 3px; top: 3px; width: 20px; height: 20px; background: var(--line-strong); border-radius: 50%; transition: translate var(--quick); }
  [aria-checked="true"] .toggle { background: var(--accent); box-shadow: none; }
  [aria-checked="true"] .toggle::after { translate: 18px; background: var(--on-accent); }
  .card hr { height: 1px; margin: 16px 0 12px; background: var(--line); border: 0; }
  .called { display: flex; align-items: center; justify-content: space-between; gap: 12px; } .called[hidden] { display: none; }
  .side .called .btn { flex: none; width: auto; margin-left: auto; }
  .called span { display: grid; min-width: 0; } .called small, small.note { font-size: 13px; color: var(--muted); } .called b { font-size: 14px; font-weight: 640; overflow-wrap: anywhere; }
  small.note { display: block; margin-top: 8px; }
  .naming { display: grid; gap: 8px; } .naming[hidden] { display: none; } .naming .acts { display: flex; gap: 8px; }
  .naming .field { width: 100%; min-height: 42px; padding: 0 12px; font: inherit; font-size: 16px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 10px; }
  .naming + .problem:not(:empty) { margin: 8px 0 0; }
  .problem { font-size: 13px; color: var(--warn); }
  .stale .picture, .stale .score, .stale .today, .stale .place { opacity: .6; }

  @media (max-width: 999px) { .page { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 719px) {
    .only-wide { display: none; } .only-phone { display: inline-flex; }
    .switches { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin-bottom: 14px; }
    .segments { grid-column: 1 / -1; } .segments button { flex: 1; }
    .pick, select { width: 100%; } select { min-height: 44px; }
    .switches .until { grid-column: 1 / -1; margin: 0; }
    .page, .side { gap: 14px; }
    .card { padding: 16px; } .main { padding: 0; }
    .line, .no-today .line { grid-template-columns: 44px 44px minmax(0, 1fr) auto; min-height: 44px; padding-right: 12px; }
    .head { min-height: 36px; }
    .speed, .today { display: none; }
    .person { min-height: 44px; }
    .cut .line.pin { position: sticky; z-index: 2; top: auto; bottom: calc(var(--foot, 0px) + var(--pin, 0) * 44px); }
    .cut .gap + .line.pin { box-shadow: 0 -8px 18px rgb(26 29 43 / 10%); clip-path: inset(-20px 0 0); }
    .line.beyond { display: none; }
  }
  @media (prefers-reduced-motion: reduce) { .toggle, .toggle::after { transition: none; } }`;
