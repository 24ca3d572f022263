// One line to a Tandem for all embeds of a page: the shared client, and the token that the host's page gives it.
//
// A token that is missing or void is asked for by the event `tandem-token`, on one of the elements and upwards; a minute
// before it runs out too, so that nobody sees anything of it. What keeps a line from opening is looked into: a page whose
// origin may not connect is told apart from a void token and from a network that is gone.
import {Client} from "../client/tandem.js";

const EARLY = 60000, REPEAT = 2000, PATIENT = 4, AGAIN = 30000, FAREWELL = 1000, LONGEST = 2 ** 31 - 1;
const LOOKS = [2, 6, 0];
const lines = new Map();

/** What a token says of itself; nothing if it is none of ours. */
export function claimsOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
  } catch {
    return {};
  }
}

export class Line {
  constructor(address) {
    Object.assign(this, {address, regions: new Set(), token: null, problem: null, tries: 0});
    this.open();
  }

  open() {
    this.client = new Client({url: `${this.address.replace(/^http/, "ws")}/socket/websocket`, token: () => this.next()});
    this.client.onState((state) => {
      if (state === "live") Object.assign(this, {tries: 0, problem: null});
      this.tell();
    });
  }

  get me() { return claimsOf(this.token).sub ?? null; }

  tell() { for (const region of this.regions) region.lineChanged(); }

  add(region) { clearTimeout(this.farewell); this.regions.add(region); }

  /** The last element that goes takes the line with it, unless one comes in its place. */
  remove(region) {
    this.regions.delete(region);
    this.farewell = setTimeout(() => {
      if (this.regions.size) return;
      clearTimeout(this.early);
      clearTimeout(this.asking);
      this.client.close();
      lines.delete(this.address);
    }, FAREWELL);
  }

  /** A token from the host: for the next dial, or for another person at once. */
  offer(token) {
    if (!token || token === this.token) return;
    const before = this.me;
    Object.assign(this, {token, tries: 0, problem: null});
    clearTimeout(this.asking);
    this.asking = null;
    clearTimeout(this.early);
    const left = (claimsOf(token).exp ?? 0) * 1000 - Date.now() - EARLY;
    if (left > 0) this.early = setTimeout(() => this.ask("expiring"), Math.min(left, LONGEST));
    if (before && before !== this.me) {
      this.client.close();
      this.open();
      for (const region of [...this.regions]) region.restart();
    } else {
      this.wake?.();
    }
    this.tell();
  }

  /** The token to dial with, as soon as there is one that may be good. */
  async next() {
    // Now and then only: when a server comes back, many pages ask at once.
    if (LOOKS.includes(++this.tries % 20) && this.token) await this.look();
    while (!this.token || this.token === this.client?.void || this.token === this.bad) {
      this.ask(this.token ? "expired" : "missing");
      await new Promise((resolve) => { this.wake = resolve; });
    }
    return this.token;
  }

  /** Ask the page, again and again until it answers: whoever listens may be there later than the elements. */
  ask(reason, times = 0) {
    if (this.asking && !times) return;
    this.asking = setTimeout(() => {
      if (times === PATIENT - 1 && reason !== "expiring") this.problem = "token";
      this.tell();
      this.ask(reason, times + 1);
    }, times < PATIENT && reason !== "expiring" ? REPEAT : AGAIN);
    const tell = () => {
      const [region] = this.regions;
      // It may have been given one by now.
      if (this.asking) region?.dispatchEvent(new CustomEvent("tandem-token", {bubbles: true, composed: true, detail: {reason, address: this.address}}));
    };
    // While the page is still setting itself up, nobody may be listening yet.
    if (document.readyState === "complete") setTimeout(tell, 0);
    else addEventListener(times ? "load" : "DOMContentLoaded", tell, {once: true});
  }

  /** Why it does not open, which a browser does not say of a socket. */
  async look() {
    try {
      const answer = await this.get("/api/v1/subjects");
      if (answer.status === 401) this.bad = this.token;
      this.problem = null;
    } catch {
      const there = await fetch(`${this.address}/embed/tandem.js`, {method: "HEAD", cache: "no-store"}).catch(() => null);
      if (there && this.problem !== "origin") console.warn(`tandem: ${location.origin} is not among the origins that ${this.address} allows`);
      this.problem = there ? "origin" : null;
    }
    this.tell();
  }

  get(path) {
    return fetch(this.address + path, {headers: {Authorization: `Bearer ${this.token}`}, credentials: "omit"});
  }

  async read(path) {
    const answer = await this.get(path);
    if (!answer.ok) throw new Error(`tandem: ${answer.status}`);
    return answer.json();
  }
}

export function lineTo(address) {
  if (!lines.has(address)) lines.set(address, new Line(address));
  return lines.get(address);
}
