// What the pages of nudges ask of this node.
import {api} from "./api.js";

export const ask = (method, path, body, signal) => api(path, {method, body, signal});

/** Whether an element has left the page meanwhile: what failed then was only cut off. */
export const signalled = (element) => element.life.signal.aborted;
