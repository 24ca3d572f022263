// Older activities of several topics as one list, page by page. Each topic has its own cursor; what one of them has
// already given but another could still come before is held back, so that the list never skips and never repeats.

/** The list of the REST interface that holds what a topic tells. */
export const scopeOf = (topic) => topic.replace(/^activity:/, "");

export class Pager {
  /** `fetchPage(scope, cursor)` answers `{activities, next_cursor}`, newest first. */
  constructor(topics, fetchPage) {
    this.fetchPage = fetchPage;
    this.sources = topics.map((topic) => ({topic, cursor: null, done: false, held: []}));
  }

  get more() { return this.sources.some((source) => !source.done || source.held.length > 0); }

  /** The next stretch, newest first: `[topic, activity]` pairs. May be short, is empty only at the end. */
  async next() {
    do {
      await Promise.all(this.sources.filter((source) => !source.done && !source.held.length).map((source) => this.fill(source)));
    } while (this.sources.some((source) => !source.done && !source.held.length));
    const bound = Math.max(-1, ...this.sources.filter((source) => !source.done).map((source) => source.held.at(-1).seq));
    const found = [];
    for (const source of this.sources) {
      found.push(...source.held.filter((item) => item.seq >= bound).map((item) => [source.topic, item]));
      source.held = source.held.filter((item) => item.seq < bound);
    }
    return found.sort(([, one], [, other]) => other.seq - one.seq);
  }

  async fill(source) {
    const page = await this.fetchPage(scopeOf(source.topic), source.cursor);
    source.held = page.activities;
    source.cursor = page.next_cursor;
    source.done = source.cursor === null;
  }
}
