// How the practice pages look; the shared parts come from elements/parts.js.
export const STYLE = `
  h2 { margin: 0; font-size: 16px; font-weight: 640; line-height: 1.3; } h3 { margin: 0; font-size: 16px; font-weight: 640; } p { margin: 0; }
  .card { min-width: 0; padding: 20px; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius-l); }
  .card-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 6px 12px; margin-bottom: 10px; }
  .card-head .note { font-size: 13px; color: var(--muted); }
  .two { display: grid; grid-template-columns: minmax(0, 1fr) 320px; gap: 20px; align-items: start; }
  .column { display: grid; gap: 20px; min-width: 0; align-content: start; }
  .ways { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
  .btn.large { min-height: 48px; padding: 0 22px; font-size: 16px; border-radius: 14px; }
  kbd { padding: 2px 6px; font: inherit; font-weight: 600; color: var(--text); background: var(--surface-2); border-radius: 6px; }

  .choose-head { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: 14px; margin-bottom: 20px; }
  .big { font-size: 22px; letter-spacing: -.02em; }
  .apps { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(262px, 100%), 1fr)); gap: 20px; align-items: start; }
  .app-head { display: flex; align-items: center; gap: 14px; margin-bottom: 10px; font-size: 14px; }
  .app-icon { display: grid; place-items: center; flex: none; width: 48px; height: 48px; color: var(--d2); background: color-mix(in srgb, var(--d2) 14%, transparent); border-radius: 14px; }
  .skills li { display: flex; align-items: center; justify-content: space-between; gap: 12px; min-height: 52px; border-top: 1px solid var(--line); }
  .skill { display: block; font-size: 14px; font-weight: 600; }
  .peers { display: flex; align-items: center; gap: 6px; font-size: 12.5px; color: var(--muted); } .peers .dot { color: var(--good); width: 7px; height: 7px; }
  .left-open { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; margin-bottom: 20px; padding: 14px 20px; background: var(--accent-weak); border-color: transparent; }
  .left-open p { flex: 1 1 200px; } .left-open .btn.tint { background: var(--surface); }

  .practice { padding: 0; display: flex; flex-direction: column; min-height: min(740px, calc(100vh - 130px)); }
  .figs { display: grid; grid-template-columns: repeat(3, minmax(0, auto)) minmax(0, 1.6fr); padding: 22px 28px 20px; }
  .fig { display: flex; flex-direction: column; min-width: 0; padding: 0 22px; border-left: 1px solid var(--line); }
  .fig:first-child { padding-left: 0; border-left: 0; min-width: 190px; } .fig.second { min-width: 140px; } .fig.third { min-width: 160px; }
  .fig .label { font-size: 12.5px; font-weight: 600; color: var(--muted); }
  .fig .value { font-size: 40px; font-weight: 680; line-height: 1.2; letter-spacing: -.025em; white-space: nowrap; } .fig .value b { font-weight: inherit; }
  .fig.first .value b { color: var(--accent); } .fig .unit { margin-left: 3px; font-size: 15px; font-weight: 500; letter-spacing: 0; color: var(--muted); }
  .under { display: flex; align-items: center; gap: 6px; font-size: 12.5px; color: var(--muted); min-height: 20px; } .under.up, .up { color: var(--good); font-weight: 600; }
  .graph { height: 50px; } .spark { display: block; width: 100%; max-width: 210px; height: 48px; overflow: visible; }
  .line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; } .area { fill: var(--accent); opacity: .1; } .tip { fill: var(--accent); }
  .progress { height: 4px; background: var(--track); } .progress .fill { display: block; height: 100%; background: var(--accent); border-radius: 0 4px 4px 0; }
  .middle { position: relative; flex: 1; display: grid; align-items: center; }
  .foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 12px; padding: 14px 24px; border-top: 1px solid var(--line); }
  .keys-help { display: flex; align-items: center; gap: 12px; font-size: 13px; color: var(--muted); }
  .cover { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 18px; text-align: center; background: color-mix(in srgb, var(--surface) 86%, transparent);
    backdrop-filter: blur(5px); font-size: 15px; }

  .stage { min-width: 0; padding: 36px clamp(20px, 5vw, 56px); outline: none; }
  .typing { position: relative; }
  .field { position: absolute; left: 0; top: 0; width: 100%; height: 100%; padding: 0; border: 0; resize: none; font-size: 32px; opacity: 0; pointer-events: none; caret-color: transparent; }
  .copy { font-size: 32px; line-height: 1.8; letter-spacing: -.01em; overflow-wrap: anywhere; cursor: text; user-select: none; -webkit-user-select: none; }
  .w { white-space: pre-wrap; display: inline; } .l { color: var(--muted); border-radius: 6px; white-space: pre-wrap; }
  .l[data-look="done"] { color: var(--text); }
  .l[data-look="slip"] { color: var(--warm); text-decoration: underline wavy var(--warm) 1.5px; text-underline-offset: 6px; } .l.gap { background: var(--warm-weak); }
  .l[data-look="here"] { color: var(--on-accent); background: var(--accent); padding: 5px 1px; margin: 0 -1px; }
  .field:not(:focus) ~ .copy .l[data-look="here"] { color: var(--accent); background: var(--accent-weak); }
  .typing:has(.field:focus-visible) { outline: none; }

  .answers { display: grid; gap: 28px; align-content: center; max-width: 760px; margin: 0 auto; width: 100%; }
  .passage { padding: 18px 22px; background: var(--surface-2); border-radius: var(--radius-l); font-size: 16px; line-height: 1.6; } .passage h3 { margin-bottom: 8px; font-size: 15px; }
  .count { font-size: 13px; font-weight: 600; color: var(--muted); } .ask { margin: 6px 0 18px; font-size: clamp(22px, 3vw, 30px); line-height: 1.35; letter-spacing: -.02em; text-wrap: balance; }
  .passage + .question .ask { font-size: 21px; }
  .fraction { display: inline-flex; flex-direction: column; vertical-align: middle; text-align: center; font-size: .72em; line-height: 1.15; margin: 0 .12em; letter-spacing: 0; } .fraction span + span { border-top: 1.5px solid currentColor; }
  .writing { display: flex; gap: 12px; } .answer { width: min(260px, 100%); min-height: 52px; padding: 0 16px; font: inherit; font-size: 22px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: var(--radius); }
  .writing .btn { min-height: 52px; } .writing.slip .answer { color: var(--warm); border-color: var(--warm); } .writing.right .answer { color: var(--good); border-color: var(--good); }
  .choices { display: grid; gap: 10px; } .choice { display: flex; align-items: center; gap: 14px; min-height: 52px; padding: 8px 16px; font: inherit; font-size: 16px; text-align: left; color: var(--text); background: var(--surface);
    border: 1px solid var(--line-strong); border-radius: var(--radius); cursor: pointer; } .choice:hover:not([disabled]) { background: var(--surface-2); }
  .choice.right { color: var(--good); border-color: var(--good); background: var(--good-weak); font-weight: 600; } .choice.slip { color: var(--warm); border-color: var(--warm); background: var(--warm-weak); } .choice.past { color: var(--muted); border-color: var(--line); }
  .after { min-height: 62px; padding-top: 14px; } .after p { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; font-size: 15px; } .after .btn { margin-left: auto; } .yes > .icon { color: var(--good); } .no > .icon { color: var(--warm); }

  .notes { display: grid; gap: 26px; justify-items: center; text-align: center; } .notes .line { display: flex; flex-wrap: wrap; justify-content: center; gap: 8px; }
  .tile { display: grid; place-items: center; min-width: 46px; height: 54px; padding: 0 6px; font-size: 20px; font-weight: 640; color: var(--muted); background: var(--surface-2); border-radius: var(--radius); }
  .beat { width: calc(38px * var(--long)); height: 40px; background: var(--track); border-radius: 10px; }
  .tile[data-look="done"] { color: var(--text); } .tile[data-look="here"] { color: var(--on-accent); background: var(--accent); } .tile[data-look="slip"] { color: var(--warm); background: var(--warm-weak); }
  .beat[data-look="done"] { background: var(--d2); } .beat[data-look="here"] { background: var(--accent); } .beat[data-look="slip"] { background: var(--warm); opacity: .75; }
  .keys { position: relative; display: grid; grid-template-columns: repeat(8, 1fr); width: min(560px, 100%); height: 190px; touch-action: manipulation; }
  .key { display: flex; align-items: end; justify-content: center; padding: 0 0 12px; font: inherit; font-size: 12px; color: #5B6178; background: #fff; border: 1px solid var(--line-strong); border-radius: 0 0 10px 10px; cursor: pointer; }
  .key.black { position: absolute; top: 0; left: calc((100% / 8) * (var(--after) + 1) - 4.2%); width: 8.4%; height: 60%; color: #A7AEC8; background: #23283F; border-color: #23283F; border-radius: 0 0 8px 8px; }
  .key[data-hit="yes"] { background: var(--accent); color: var(--on-accent); } .key[data-hit="no"] { background: #F5C9A8; color: #4A2105; }
  .pad { width: min(480px, 100%); min-height: 130px; font: inherit; font-size: 16px; font-weight: 600; color: var(--accent); background: var(--accent-weak); border: 0; border-radius: var(--radius-l); cursor: pointer; touch-action: manipulation; } .pad:active { color: var(--on-accent); background: var(--accent); }

  .live-chip { display: inline-flex; align-items: center; gap: 7px; font-size: 12.5px; font-weight: 600; color: var(--good); } .live-chip.over { color: var(--muted); font-weight: 500; } .over .dot { display: none; }
  .along-list { display: grid; gap: 2px; margin: 0 -10px; } .one { display: flex; align-items: center; gap: 12px; min-height: 54px; padding: 6px 10px; border-radius: var(--radius); }
  .one.you { background: var(--accent-weak); --ground: var(--accent-weak); } .one .rank { width: 14px; font-size: 13px; color: var(--muted); } .one .side { flex: 1; min-width: 0; }
  .one .top { display: flex; align-items: baseline; gap: 10px; font-size: 14px; } .one .name { flex: 1; min-width: 0; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .you .name, .you b { color: var(--accent); }
  .change { display: inline-flex; align-items: center; gap: 1px; font-size: 12.5px; font-weight: 600; color: var(--muted); } .change.up { color: var(--good); }
  .bar { height: 6px; margin-top: 5px; background: var(--track); border-radius: 6px; overflow: hidden; } .bar .fill { display: block; height: 100%; background: var(--d5); border-radius: 6px; transition: width 450ms linear; } .you .bar .fill { background: var(--accent); }
  .quiet { margin-top: 10px; font-size: 13px; color: var(--muted); }
  .best-card { display: flex; align-items: center; gap: 14px; font-size: 14px; } .best-card .muted { font-size: 13px; } .badge-icon { display: grid; place-items: center; width: 44px; height: 44px; color: var(--accent); background: var(--accent-weak); border-radius: 12px; }

  .outcome { position: relative; padding: 28px 32px; overflow: hidden; outline: none; } .chip.warm { color: var(--warm); background: var(--warm-weak); }
  .hero { display: flex; align-items: baseline; gap: 10px; margin-top: 6px; } .hero b { font-size: 64px; font-weight: 720; line-height: 1.15; letter-spacing: -.025em; } .hero span { font-size: 20px; font-weight: 640; letter-spacing: -.02em; }
  .sentence { margin-bottom: 20px; font-size: 16px; text-wrap: pretty; }
  .facts { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); margin: 0 0 22px; padding: 16px 0; border-block: 1px solid var(--line); } .facts > div { padding-left: 20px; border-left: 1px solid var(--line); } .facts > div:first-child { padding-left: 0; border-left: 0; }
  .facts dt { font-size: 13px; color: var(--muted); } .facts dd { margin: 2px 0 0; font-size: 13px; font-weight: 600; color: var(--muted); } .facts b { font-size: 26px; font-weight: 680; letter-spacing: -.025em; color: var(--text); } .facts .up { color: var(--good); }
  .outcome .note { margin-top: 14px; font-size: 13px; color: var(--muted); } .outcome .note:empty { display: none; }
  .paper { position: absolute; inset: 0; pointer-events: none; } .bit { position: absolute; top: 0; width: 11px; height: 6px; border-radius: 2px; } .b1 { background: var(--d1); } .b2 { background: var(--d2); } .b3 { background: var(--d3); } .b4 { background: var(--d4); }
  .challenge { margin-top: 18px; padding: 16px; background: var(--surface-2); border-radius: var(--radius); font-size: 14px; } .challenge .ways { margin-top: 12px; } .friends { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0 8px; } .friends .btn { padding-left: 6px; }
  .chart-box { overflow: hidden; } .chart { display: block; width: 100%; height: auto; } .chart text { font: 500 12.5px var(--font); fill: var(--muted); font-variant-numeric: tabular-nums; } .chart .rule { stroke: var(--line); } .chart line.best { stroke: var(--warm); stroke-width: 1.5; stroke-dasharray: 5 4; }
  .chart text.best { fill: var(--warm); font-weight: 600; } .chart text.end { fill: var(--accent); font-size: 15px; font-weight: 680; }
  .earned-list { display: grid; gap: 20px; } .earned-list:empty { display: none; } .earned { display: flex; align-items: center; gap: 16px; font-size: 15px; } .earned b { display: block; } .earned .label { font-size: 12.5px; font-weight: 600; color: var(--muted); } .earned .muted { font-size: 13px; }
  .medal { display: grid; place-items: center; flex: none; width: 56px; height: 56px; color: var(--warm); background: var(--warm-weak); border: 2px solid color-mix(in srgb, var(--warm) 55%, transparent); border-radius: 50%; }
  .tip { display: flex; gap: 12px; font-size: 13.5px; } .tip > .icon { color: var(--accent); } .tip p { color: var(--muted); } .tip b { color: var(--text); }

  .meeting { display: flex; flex-direction: column; align-items: center; gap: 14px; max-width: 640px; margin: 5vh auto 0; padding: 40px 28px; text-align: center; text-wrap: balance; } .meeting .friends { justify-content: center; } .meeting .ways { justify-content: center; margin-top: 8px; }
  .together { --ground: var(--surface); } .pal { display: flex; align-items: center; gap: 14px; margin-bottom: 10px; } .pal .side { flex: 1; min-width: 0; } .pal .top { display: flex; justify-content: space-between; gap: 10px; font-size: 15px; } .pal .name { font-weight: 600; } .pal .bar .fill { background: var(--d2); } .together .muted { font-size: 13px; }
  .together.left .pal { opacity: .6; } .joint { display: inline-flex; align-items: center; gap: 6px; font-size: 13.5px; color: var(--good); }

  @media (max-width: 1099px) { .two { grid-template-columns: minmax(0, 1fr); } .practice { min-height: 560px; } }
  @media (max-width: 719px) {
    .column, .two, .earned-list, .apps { gap: 14px; } .card { padding: 16px; } .practice { padding: 0; min-height: 0; }
    .figs { grid-template-columns: 1.15fr 1fr 1fr; padding: 14px 16px 12px; } .fig { padding: 0 0 0 14px; } .fig:first-child, .fig.second, .fig.third { min-width: 0; } .fig .value { font-size: 30px; } .fig.pace { display: none; }
    .figs { position: sticky; top: 56px; z-index: 2; background: var(--surface); border-radius: var(--radius-l) var(--radius-l) 0 0; } .two:has(.field:focus) .along, .two:has(.field:focus) .best-card { display: none; }
    .stage { padding: 18px; } .copy { font-size: 20px; line-height: 1.75; } .field { font-size: 20px; } .keys-help { display: none; } .foot { padding: 12px 14px; } .foot .ways { flex: 1; } .foot .btn { flex: 1; }
    .stage.notes { padding: 18px 10px; } .key span { display: none; } .tile { min-width: 38px; height: 46px; font-size: 17px; } .along-list .one:nth-child(n + 5):not(.you) { display: none; } .beat { width: calc(26px * var(--long)); }
    .outcome { padding: 20px 16px; } .hero { flex-wrap: wrap; gap: 0 10px; } .facts { grid-template-columns: 1fr 1fr; gap: 14px 0; } .facts > div:nth-child(3) { padding-left: 0; border-left: 0; } .outcome .ways .btn { flex: 1 1 100%; }
  }`;
