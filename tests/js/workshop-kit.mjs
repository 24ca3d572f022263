// Screens for tests, from few values.
import {revealView} from "../../dashboards/static/workshop/reveal.js";

const SCALE = {low: 0, high: 10, best: 10, picture: "wedge", signed: false, words: {}, lights: {}};

/** A reveal whose words are given. */
export const questionScene = ({title}) => revealView({scale: SCALE, title, question: title, result: {scores: [{id: "1", name: title, initials: "<i", value: 3}], average: 3, spread: 0, count: 1, of: 1, light: "red", split: false}, prompts: [title], notes: {}}, () => {});
