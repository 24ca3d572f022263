// How the page of held results looks, apart from its behaviour.
export const REVIEW_CSS = `
  .page { display: grid; grid-template-columns: 348px minmax(0, 1fr); gap: 20px; align-items: start; }
  .card { min-width: 0; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
  section[aria-label="The result"] { scroll-margin-top: calc(var(--bar, 56px) + 12px); }
  .queue { padding: 14px 8px 8px; }
  .head { display: flex; align-items: baseline; justify-content: space-between; gap: 12px; padding: 0 10px; }
  h2 { margin: 0; font-size: 16px; font-weight: 640; line-height: 1.3; }
  .head span { font-size: 13px; color: var(--muted); }
  .segments { display: flex; margin: 12px 8px 8px; } .segments button { flex: 1; }
  .item { display: grid; grid-template-columns: 36px 1fr auto; gap: 0 12px; align-items: start; width: 100%; padding: 10px; margin: 0; font: inherit; font-size: 13px; line-height: 1.4;
    text-align: left; color: var(--muted); background: none; border: 0; border-radius: var(--radius); cursor: pointer; }
  .item:hover { background: var(--surface-2); }
  .item[aria-current="true"] { color: var(--text); background: var(--accent-weak); }
  .item .sign { display: grid; place-items: center; width: 36px; height: 36px; color: var(--muted); background: var(--surface-2); border-radius: 10px; }
  .item[aria-current="true"] .sign { color: var(--warn); background: var(--surface); }
  .item b { display: block; font-size: 14px; font-weight: 640; color: var(--text); } .item span { display: block; overflow-wrap: anywhere; }
  .item time { font-size: 12.5px; white-space: nowrap; }
  .title { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 16px 22px; border-bottom: 1px solid var(--line); }
  .title h2 { font-size: 20px; font-weight: 680; letter-spacing: -.02em; } .title p { flex-basis: 100%; margin: 0; font-size: 13.5px; color: var(--muted); }
  .two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 28px; padding: 20px 22px; }
  h3 { margin: 0 0 8px; font-size: 13px; font-weight: 600; color: var(--muted); } h3:not(:first-child) { margin-top: 22px; }
  dl { display: grid; grid-template-columns: 1fr auto; gap: 6px 16px; margin: 0; padding: 14px 16px; background: var(--surface-2); border-radius: var(--radius); font-size: 14px; }
  dt { color: var(--muted); } dd { margin: 0; font-weight: 640; text-align: right; }
  .past { display: grid; gap: 2px; font-size: 13.5px; } .past li { display: grid; grid-template-columns: 1fr auto auto; gap: 14px; padding: 5px 0; border-bottom: 1px solid var(--line); }
  .past li:last-child { border: 0; } .past time { color: var(--muted); }
  .choice { display: grid; grid-template-columns: 22px 1fr auto; gap: 0 12px; align-items: start; padding: 12px 14px; margin-bottom: 10px; border: 1px solid var(--line-strong); border-radius: var(--radius); cursor: pointer; }
  .choice:has(input:checked) { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); background: var(--accent-weak); }
  .choice input { appearance: none; width: 20px; height: 20px; margin: 1px 0 0; background: var(--surface); border: 1.5px solid var(--line-strong); border-radius: 50%; cursor: pointer; }
  .choice input:checked { border: 6px solid var(--accent); }
  .choice b { display: block; font-size: 14px; font-weight: 640; } .choice small { font-size: 12.5px; color: var(--muted); }
  kbd { padding: 1px 6px; font: inherit; font-size: 12px; color: var(--muted); border: 1px solid var(--line); border-radius: 6px; }
  label.note { display: block; margin: 14px 0 6px; font-size: 13px; font-weight: 600; }
  textarea { width: 100%; min-height: 64px; padding: 10px 12px; font: inherit; font-size: 14px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong);
    border-radius: var(--radius); resize: vertical; }
  .ways { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 14px; }
  .problem { margin: 10px 0 0; font-size: 13px; color: var(--warn); }
  .name { display: inline-flex; align-items: center; gap: 8px; min-height: 34px; margin-top: 10px; padding: 0; font: inherit; font-size: 13px; font-weight: 600; color: var(--accent); background: none; border: 0; cursor: pointer; }
  .foot { padding: 14px 22px; font-size: 13px; color: var(--muted); border-top: 1px solid var(--line); }
  .undo { position: fixed; z-index: 30; left: 50%; bottom: calc(20px + var(--foot, 0px)); translate: -50%; display: flex; align-items: center; gap: 14px; padding: 10px 12px 10px 18px; font-size: 14px;
    white-space: nowrap; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); box-shadow: var(--float); }
  @media (max-width: 999px) { .page { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 719px) { .two { grid-template-columns: minmax(0, 1fr); gap: 20px; padding: 16px; } .title, .foot { padding: 14px 16px; } kbd { display: none; } }`;
