// The embeds: one script of Tandem's, `/embed/tandem.js`, loaded with `defer`, defines all three.
import {EmbeddedBoard} from "./board.js";
import {EmbeddedFeed} from "./feed.js";
import {EmbeddedPresence} from "./presence.js";
import {CATALOGUE} from "./made.js";

globalThis[Symbol.for("tandem.names")] ??= CATALOGUE;
for (const [name, element] of Object.entries({"tandem-presence": EmbeddedPresence, "tandem-feed": EmbeddedFeed, "tandem-board": EmbeddedBoard})) {
  if (!customElements.get(name)) customElements.define(name, element);
}
