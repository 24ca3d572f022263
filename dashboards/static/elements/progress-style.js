// How the page of one's own progress looks, apart from its behaviour.
export const PROGRESS_CSS = `
  .page { display: grid; grid-template-columns: minmax(0, 1fr) 348px; gap: 20px; align-items: start; }
  .column { display: grid; gap: 20px; min-width: 0; align-content: start; }
  .card { position: relative; min-width: 0; padding: 20px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
  .top { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; margin-bottom: 14px; }
  h2 { margin: 0; font-size: 16px; font-weight: 640; line-height: 1.3; }
  .top span { font-size: 13px; color: var(--muted); }
  p { margin: 0; }
  .named { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; }
  .hero { display: flex; align-items: center; gap: 16px; padding: 4px 4px 20px; border-bottom: 1px solid var(--line); }
  .ring { position: relative; flex: none; width: 104px; height: 104px; }
  .ring svg { width: 100%; height: 100%; rotate: -90deg; }
  .ring circle { fill: none; stroke-width: 10; stroke: var(--track); }
  .ring .arc { stroke: var(--accent); stroke-linecap: round; transition: stroke-dashoffset var(--glide); }
  .ring div { position: absolute; inset: 0; display: grid; place-content: center; text-align: center; line-height: 1.1; }
  .ring span { font-size: 13px; color: var(--muted); } .ring b { font-size: 32px; font-weight: 680; letter-spacing: -.025em; }
  .hero h3 { margin: 0; font-size: 24px; font-weight: 680; line-height: 1.2; letter-spacing: -.02em; }
  .hero p { margin: 3px 0 12px; color: var(--muted); }
  .hero > div:last-child { flex: 1; min-width: 0; }
  .hero .bar { max-width: 320px; }
  .bar { display: block; height: 8px; background: var(--track); border-radius: 999px; overflow: hidden; }
  .bar i { display: block; height: 100%; background: var(--accent); border-radius: 999px; transition: width var(--glide); }
  .figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; padding: 18px 4px 2px; margin: 0; }
  .figures dt { font-size: 13px; color: var(--muted); } .figures dd { margin: 0; font-size: 21px; font-weight: 680; letter-spacing: -.025em; }
  .figures small { font-size: 13px; font-weight: 400; letter-spacing: 0; color: var(--muted); }
  .now { display: flex; align-items: center; gap: 12px; padding: 12px 20px; color: var(--text); background: var(--accent-weak); border: 0; font-size: 14px; }
  .now .icon { color: var(--accent); } .now b { font-weight: 640; } .now span:last-child { margin-left: auto; font-weight: 640; }

  .medals { display: grid; grid-template-columns: repeat(auto-fill, minmax(226px, 1fr)); gap: 12px; }
  .medal { display: flex; align-items: center; gap: 12px; min-width: 0; padding: 11px 12px; border: 1px solid var(--line); border-radius: var(--radius); }
  .medal.have { background: var(--surface-2); border-color: transparent; }
  .medal > div { flex: 1; min-width: 0; }
  .medal b { display: block; font-size: 14px; font-weight: 640; line-height: 1.3; overflow-wrap: anywhere; }
  .medal p { font-size: 12.5px; line-height: 1.35; color: var(--muted); }
  .disc { position: relative; display: grid; place-items: center; flex: none; width: 52px; height: 52px; color: var(--muted); border: 2px solid var(--line); border-radius: 50%; }
  .disc .icon { font-size: 22px; }
  .have .disc { color: var(--tone); background: color-mix(in srgb, var(--tone) 13%, var(--surface)); border-color: color-mix(in srgb, var(--tone) 45%, var(--surface)); }
  .warm { --tone: var(--warm); } .d1 { --tone: var(--d1); } .d2 { --tone: var(--d2); } .d4 { --tone: var(--d4); }
  .towards { display: flex; align-items: center; gap: 10px; margin-top: 7px; font-size: 12.5px; font-weight: 640; white-space: nowrap; }
  .towards .bar { flex: 1; min-width: 30px; } .towards i { background: var(--warm); }
  .fresh .disc { animation: fill 900ms; }
  @keyframes fill { from { background: none; border-color: var(--line); color: var(--muted); scale: .9; } 60% { scale: 1.08; } }
  .paper { position: absolute; left: 50%; top: 50%; width: 6px; height: 9px; border-radius: 1px; pointer-events: none; }

  .month { display: grid; grid-template-columns: repeat(7, 1fr); gap: 5px; text-align: center; }
  .month [role="cell"], .month .name { position: relative; display: grid; place-items: center; aspect-ratio: 1; max-height: 40px; width: 100%; font-size: 12.5px; font-weight: 600; color: var(--muted); border-radius: 9px; }
  .month .name { aspect-ratio: auto; min-height: 24px; font-weight: 600; }
  .month .past { background: var(--surface-2); }
  .t1, .t2, .t3 { background: color-mix(in srgb, var(--sun) var(--much), var(--surface)); color: var(--text) !important; }
  .t1 { --much: 24%; } .t2 { --much: 42%; } .t3 { --much: 72%; color: light-dark(var(--text), var(--bg)) !important; }
  .month .saved, .key .saved { color: var(--accent) !important; background: var(--accent-weak); }
  .month .is-today { box-shadow: 0 0 0 2px var(--surface), 0 0 0 4px var(--warm); }
  .month .icon { font-size: 15px; }
  .key { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; margin-top: 14px; font-size: 12.5px; color: var(--muted); }
  .key span { display: inline-flex; align-items: center; gap: 6px; } .key i { display: inline-grid; place-items: center; width: 16px; height: 16px; border-radius: 5px; } .key .icon { font-size: 11px; }
  .steps { display: flex; gap: 4px; margin: -6px -8px -6px 0; }
  .btn.round.step { width: 34px; min-height: 34px; border-color: transparent; } .step .icon { font-size: 18px; } .step:first-child .icon { rotate: 180deg; }
  .streak { display: flex; align-items: center; gap: 16px; }
  .streak .flame { display: grid; place-items: center; width: 44px; height: 44px; color: var(--warm); background: var(--warm-weak); border-radius: var(--radius); }
  .flame .icon { font-size: 22px; }
  .streak b { font-size: 28px; font-weight: 680; letter-spacing: -.025em; } .streak span span { color: var(--muted); font-size: 14px; }
  .life { margin: 12px 0 !important; font-size: 13.5px; color: var(--muted); }
  .freeze { display: flex; align-items: center; gap: 12px; padding: 12px 14px; background: var(--surface-2); border-radius: var(--radius); }
  .freeze > .icon { color: var(--accent); } .freeze > div { flex: 1; } .freeze b { display: block; font-size: 14px; font-weight: 640; } .freeze div span { font-size: 12.5px; color: var(--muted); }
  .how { padding: 0 4px; min-height: 34px; font: inherit; font-size: 13px; font-weight: 600; color: var(--accent); background: none; border: 0; border-radius: 8px; cursor: pointer; }
  .explained { margin-top: 12px !important; font-size: 13px; color: var(--muted); }
  .subject { display: grid; grid-template-columns: 1fr auto; gap: 4px 12px; font-size: 14px; } .subject + .subject { margin-top: 14px; }
  .subject b { font-weight: 640; } .subject small { font-size: 12.5px; color: var(--muted); } .subject .bar { grid-column: 1 / -1; } .subject i { background: var(--d2); }
  .keep { display: inline-flex; margin-top: 18px; }
  .stale .figures dd, .stale .ring b { opacity: .6; }

  @media (max-width: 999px) { .page { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 719px) {
    .page, .column { gap: 14px; } .card { padding: 16px; }
    .ring { width: 90px; height: 90px; } .ring b { font-size: 28px; }
    .figures { grid-template-columns: 1fr 1fr; }
    .medals { grid-template-columns: minmax(0, 1fr); }
    .how { min-height: 44px; } .btn.round.step { width: 44px; min-height: 44px; }
  }
  @media (prefers-reduced-motion: reduce) { .fresh .disc { animation: none; } }`;
