// The feed's own style.
export const FEED_CSS = `
  header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px; min-height: 40px; margin-bottom: 8px; }
  .title { display: flex; align-items: center; gap: 10px; }
  .line { display: inline-flex; align-items: center; gap: 6px; font-size: 12.5px; font-weight: 600; }
  .line.live { color: var(--good); }
  .line.as-of { font-weight: 400; }
  .float { position: sticky; top: calc(var(--bar, 0px) + 12px); z-index: 5; height: 0; display: flex; justify-content: center; }
  .pill { position: absolute; top: -2px; border-radius: 999px; box-shadow: var(--float); }
  .list { overflow-anchor: auto; }
  .item { display: flex; gap: 14px; padding: 12px 0; border-bottom: 1px solid var(--line); }
  .item:last-child { border-bottom: 0; }
  .said { min-width: 0; flex: 1; }
  .said p { margin: 0; font-size: 15px; line-height: 1.4; overflow-wrap: anywhere; }
  .said b { font-weight: 640; }
  .foot { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; margin-top: 2px; }
  .btn.answer { margin-left: auto; color: var(--accent); }
  footer { display: flex; justify-content: flex-end; margin-top: 8px; }
  .answered { margin-left: auto; padding: 0 12px; font-size: 13px; color: var(--muted); }
  .item > .more { align-self: flex-start; margin: -4px -8px 0 -6px; }
  .folded { align-items: center; min-height: 56px; color: var(--muted); font-size: 14px; }
  .folded p { flex: 1; margin: 0; }
  .seen-by { display: inline-flex; }
  .controls { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
  .opener { padding: 0 10px; } .opener .num { color: var(--accent); }
  .opener .num:empty { display: none; }
  .meta { display: flex; align-items: center; gap: 7px; font-size: 12.5px; color: var(--muted); }
  .meta > .icon { color: var(--accent); }
  .practice_completed .meta > .icon, .quiz_completed .meta > .icon { color: var(--good); }
  .achievement_unlocked .meta > .icon, .achievement_earned .meta > .icon, .streak_milestone .meta > .icon, .high_score .meta > .icon { color: var(--warm); }
  .robot { display: inline-flex; }
  .below { display: flex; flex-direction: column; align-items: stretch; }
  .below > .btn { align-self: center; margin-top: 10px; }
  @media (max-width: 719px) {
    header { flex-wrap: nowrap; }
    header.open { flex-wrap: wrap; }
    header:not(.open) .segments { display: none; }
    header.open .controls { flex: 1 1 100%; justify-content: space-between; }
    .segments button { padding: 0 11px; }
    .foot { gap: 0 8px; }
    .foot .reactions { margin-left: -6px; }
    .btn.answer, .answered { margin-left: -12px; }
    .reaction { min-width: 40px; padding: 0 8px; }
  }
  .end { margin: 10px 0 0; font-size: 13px; text-align: center; color: var(--muted); }`;
