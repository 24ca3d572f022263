// What somebody has typed and not yet sent, or chosen and not yet given: kept on this device until it is, through
// reloads and cuts. Nothing of anybody else is ever kept.

export class Drafts {
  constructor(scope, storage = safeStorage()) { Object.assign(this, {scope, storage}); }
  key(name) { return `tandem-ws:${this.scope}:${name}`; }
  get(name) { try { return this.storage?.getItem(this.key(name)) ?? ""; } catch { return ""; } }
  set(name, text) {
    try {
      if (text) this.storage?.setItem(this.key(name), text); else this.storage?.removeItem(this.key(name));
    } catch { /* a full or closed store: it stays in the field */ }
  }
}

function safeStorage() {
  try { return globalThis.localStorage ?? null; } catch { return null; }
}
