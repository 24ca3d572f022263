// How a subject's room looks; the shared parts come from elements/parts.js.
export const ROOM_STYLE = `
  .big-name { margin: 0; font-size: 28px; font-weight: 680; line-height: 1.2; letter-spacing: -.02em; } h2:not(.big-name) { margin: 0; font-size: 16px; font-weight: 640; line-height: 1.3; } h3 { margin: 12px 0 4px; font-size: 12.5px; font-weight: 600; color: var(--muted); } p { margin: 0; }
  .card { min-width: 0; padding: 20px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
  .card-head { display: flex; align-items: center; justify-content: space-between; gap: 6px 12px; margin-bottom: 10px; } .card-head .note { font-size: 13px; color: var(--muted); }
  .two { display: grid; grid-template-columns: minmax(0, 1fr) 348px; gap: 20px; align-items: start; } .column { display: grid; gap: 20px; min-width: 0; } .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; align-items: start; }
  .room-head { display: flex; align-items: center; gap: 16px; margin-bottom: 20px; } .room-icon { display: grid; place-items: center; flex: none; width: 56px; height: 56px; color: var(--d2); background: color-mix(in srgb, var(--d2) 14%, transparent); border-radius: 16px; }
  .room-name { flex: 1; min-width: 0; } .counts { font-size: 15px; color: var(--muted); } .counts b { font-weight: 680; color: var(--text); }
  .ways { display: flex; align-items: center; gap: 10px; } .btn.large { min-height: 48px; padding: 0 22px; font-size: 16px; border-radius: 14px; } .elsewhere { max-width: 30ch; font-size: 13px; }
  .change-subject { position: relative; display: inline-flex; align-items: center; } .change-subject .icon { position: absolute; left: 12px; pointer-events: none; }
  select { min-height: 40px; padding: 0 14px 0 38px; font: inherit; font-size: 14px; font-weight: 600; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius); cursor: pointer; }

  .lane-note { display: flex; align-items: center; gap: 7px; font-size: 13px; } .lane-note .dot, .lane-note b { color: var(--good); } .lane-note .muted { margin-left: 6px; }
  .lanes { display: grid; gap: 6px; padding-top: 6px; } .lane { display: grid; grid-template-columns: 24px minmax(0, 1fr) 132px; align-items: center; gap: 14px; min-height: 46px; } .place { font-size: 13px; text-align: center; color: var(--muted); }
  .way { position: relative; height: 8px; margin-right: 16px; background: var(--track); border-radius: 8px; } .gone { position: absolute; inset: 0 auto 0 0; width: calc(100% * var(--far)); background: color-mix(in srgb, var(--d5) 60%, var(--track)); border-radius: 8px; transition: width 450ms linear; } .you .gone { background: var(--accent); }
  .runner { position: absolute; top: 50%; left: calc(100% * var(--far)); translate: -50% -50%; display: grid; border-radius: 50%; box-shadow: 0 0 0 3px var(--surface); transition: left 450ms linear; }
  .lane .said { font-size: 13px; line-height: 1.3; } .lane b { display: block; font-size: 14px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .lane.you b { color: var(--accent); } .far { color: var(--muted); }
  .skills li { display: flex; align-items: center; gap: 12px; min-height: 58px; } .skills li + li { border-top: 1px solid var(--line); } .skills .what { flex: 1; min-width: 0; font-size: 14px; } .skills b { display: block; font-weight: 600; } .skills .muted { font-size: 13px; }
  .popular li { padding: 8px 0; } .popular .what { display: flex; justify-content: space-between; gap: 12px; margin-bottom: 5px; font-size: 14px; } .bar { height: 8px; background: var(--track); border-radius: 8px; overflow: hidden; } .fill { display: block; height: 100%; background: var(--d2); border-radius: 8px; }
  .group:first-child h3 { margin-top: 0; } .rest { padding-top: 12px; margin-top: 8px; border-top: 1px solid var(--line); } .stack { --face: 30px; }
  .finished li { display: flex; align-items: center; gap: 12px; min-height: 40px; padding: 5px 0; font-size: 13.5px; } .finished p { flex: 1; min-width: 0; overflow-wrap: anywhere; } .finished time { flex: none; font-size: 12.5px; color: var(--muted); }

  @media (max-width: 1099px) { .two { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 719px) {
    .two, .column, .pair { gap: 14px; } .pair { grid-template-columns: minmax(0, 1fr); } .card { padding: 16px; } .room-head { flex-wrap: wrap; gap: 12px 14px; margin-bottom: 14px; } .big-name { font-size: 24px; } .ways { flex: 1 1 100%; flex-direction: column-reverse; align-items: stretch; } .btn.large { justify-content: center; }
    .change-subject select { width: 100%; min-height: 44px; } .lane { grid-template-columns: 18px minmax(0, 1fr) 96px; gap: 10px; }
  }`;
