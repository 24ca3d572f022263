// Written by tools/assets.py from css/parts.css: change it there.
export const PARTS = `/* The parts that pages and elements share. Pages link this file; shadow roots adopt it as elements/parts.js. */
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
:focus:not(:focus-visible) { outline: none; }

.sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.muted { color: var(--muted); }
.num { font-variant-numeric: tabular-nums; }
.icon { flex: none; width: 1em; height: 1em; font-size: 18px; fill: none; stroke: currentColor; stroke-width: 1.75;
  stroke-linecap: round; stroke-linejoin: round; }
.plain-list { list-style: none; margin: 0; padding: 0; }

/* Buttons: one filled in sight, the rest tinted, outlined or plain. */
.btn { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 40px; padding: 0 16px; margin: 0;
  font: inherit; font-size: 14px; font-weight: 600; line-height: 1.2; color: var(--text); text-decoration: none; white-space: nowrap;
  background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius); cursor: pointer;
  transition: background-color var(--quick), color var(--quick), border-color var(--quick); }
.btn:hover { background: var(--surface-2); }
.btn.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
.btn.primary:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
.btn.tint { color: var(--accent); background: var(--accent-weak); border-color: transparent; }
.btn.tint:hover { color: var(--accent-strong); border-color: var(--accent); }
.btn.text { color: var(--muted); background: none; border-color: transparent; }
.btn.text:hover { color: var(--text); background: var(--surface-2); }
.btn.small { min-height: 34px; padding: 0 12px; font-size: 13px; border-radius: 10px; }
.btn.round { width: 40px; min-height: 40px; padding: 0; border-radius: 999px; }
.btn[disabled] { color: var(--muted); background: var(--surface-2); border-color: var(--line); cursor: not-allowed; }

/* Chips say a judgement in words; colour only repeats it. */
.chip { display: inline-flex; align-items: center; gap: 5px; min-height: 24px; padding: 2px 10px; font-size: 12px; font-weight: 600;
  line-height: 1.2; color: var(--muted); background: var(--surface-2); border-radius: 999px; white-space: nowrap; }
.chip .icon { font-size: 14px; }
.chip.good { color: var(--good); background: var(--good-weak); }
.chip.warn { color: var(--warn); background: var(--warn-weak); }
.chip.bad { color: var(--bad); background: var(--bad-weak); }
.chip.accent { color: var(--accent); background: var(--accent-weak); }

/* Faces: an animal or an initial on a round ground, and presence as a shape beside it. */
.face { position: relative; display: inline-flex; flex: none; width: var(--face, 40px); height: var(--face, 40px); border-radius: 50%; }
.initial.deep-1 { background: var(--deep-1); }
.initial.deep-2 { background: var(--deep-2); }
.initial.deep-3 { background: var(--deep-3); }
.initial.deep-4 { background: var(--deep-4); }
.initial.deep-5 { background: var(--deep-5); }
.initial.deep-6 { background: var(--deep-6); }
.initial.deep-7 { background: var(--deep-7); }
.initial.deep-8 { background: var(--deep-8); }
.face-32 { --face: 32px; }
.face-56 { --face: 56px; }
.face img, .face .initial { width: 100%; height: 100%; border-radius: 50%; display: block; filter: var(--dim); }
.face .initial { display: grid; place-items: center; font-size: calc(var(--face, 40px) * .42); font-weight: 600; color: #fff; filter: none; }
.face .mark { position: absolute; right: -3px; bottom: -3px; width: 15px; height: 15px; border: 2px solid var(--ground, var(--surface));
  border-radius: 50%; background: var(--good); }
.face .mark.practising { background: var(--accent); }
.face .mark.practising::after { content: ""; position: absolute; left: 4px; top: 2.5px; border: 3px solid transparent;
  border-left: 5px solid var(--on-accent); border-right: 0; }
.face .mark.away { background: var(--ground, var(--surface)); box-shadow: inset 0 0 0 2.5px var(--line-strong); }
.face.you { box-shadow: 0 0 0 2px var(--ground, var(--surface)), 0 0 0 4px var(--accent); }
.stack { display: inline-flex; align-items: center; }
.stack > * { box-shadow: 0 0 0 2px var(--ground, var(--surface)); }
.stack > * + * { margin-left: -5px; }
.stack .more { display: inline-grid; place-items: center; min-width: var(--face, 32px); height: var(--face, 32px); padding: 0 7px; font-size: 12px;
  font-weight: 600; font-variant-numeric: tabular-nums; color: var(--text); background: var(--surface-2); border-radius: 999px; }

/* Rows of people */
.row { display: flex; align-items: center; gap: 12px; min-height: 48px; padding: 4px 0; }
.row .who { min-width: 0; }
.row .name { font-size: 14px; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
.row .doing { display: flex; align-items: center; gap: 6px; font-size: 12.5px; line-height: 1.35; color: var(--muted); overflow-wrap: anywhere; }

/* What every region can be besides full: loading, empty, in error, stale. */
.state { display: flex; flex-direction: column; align-items: center; gap: 10px; padding: 28px 16px; text-align: center; font-size: 14px;
  color: var(--muted); }
.state .icon { font-size: 22px; }
.state p { margin: 0; max-width: 38ch; text-wrap: balance; }
.state .code { font-size: 12px; }
.bones { padding: 4px 0; opacity: 0; animation: appear 160ms 300ms forwards; }
.bone { background: var(--surface-2); border-radius: 8px; }
.bones .row .bone:first-child { width: 40px; height: 40px; border-radius: 50%; }
.bones .row .bone:last-child { height: 14px; flex: 0 1 60%; }
.stale .face, .stale .stack, .stale .figure { opacity: .6; }
.as-of { font-size: 12px; color: var(--muted); }
@keyframes appear { to { opacity: 1; } }

.dot { display: inline-block; flex: none; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
.halo { box-shadow: 0 0 0 3px color-mix(in srgb, currentColor 22%, transparent); }

/* Segmented switch */
.segments { display: inline-flex; padding: 4px; gap: 2px; background: var(--surface-2); border-radius: var(--radius); }
.segments button { min-height: 34px; padding: 0 14px; font: inherit; font-size: 13px; font-weight: 600; color: var(--muted);
  background: none; border: 0; border-radius: 9px; cursor: pointer; transition: background-color var(--quick), color var(--quick); }
.segments button:hover { color: var(--text); }
.segments button[aria-pressed="true"] { color: var(--text); background: var(--raised); box-shadow: 0 1px 2px rgb(26 29 43 / 14%); }

/* Tables: heads small, figures right and tabular, rows close */
.table { width: 100%; border-collapse: collapse; font-size: 13.5px; }
.table th { padding: 8px 12px 8px 0; font-size: 12px; font-weight: 600; text-align: left; color: var(--muted); border-bottom: 1px solid var(--line);
  white-space: nowrap; }
.table td { height: 40px; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
.table tr:last-child td { border-bottom: 0; }
.table th:last-child, .table td:last-child { padding-right: 0; }
.table .right { text-align: right; font-variant-numeric: tabular-nums; }
.scroll-x { overflow-x: auto; }

@media (pointer: coarse) {
  .btn, .btn.small, .segments button { min-height: 44px; }
  .btn.round { width: 44px; }
}
@media (prefers-reduced-motion: reduce) {
  /* A fade is all that is left. Were everything to move for as long, everything would: what has no transition has all. */
  *, ::before, ::after { transition: opacity 100ms !important; animation-duration: 100ms !important; }
  .bones { animation-duration: 1ms !important; }
}
`;
