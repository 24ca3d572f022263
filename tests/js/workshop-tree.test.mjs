import assert from "node:assert/strict";
import {test} from "node:test";

import {said, seek, t} from "../../dashboards/static/workshop/tree.js";

test("a tree holds text as text, in order, and leaves out what is not there", () => {
  const tree = t("p", {class: "x"}, "one ", [t("b", {}, 2), null, false], undefined, "<i>three</i>");
  assert.equal(said(tree), "one 2 <i>three</i>");
  assert.deepEqual(tree.children.map((one) => one.tag ?? one.text), ["one ", "b", "<i>three</i>"]);
});

test("nodes of a tree are found by what they are", () => {
  const tree = [t("ul", {}, t("li", {key: "a"}, "A"), t("li", {key: "b"}, t("button", {}, "B")))];
  assert.deepEqual(seek(tree, (one) => one.tag === "li").map((one) => one.key), ["a", "b"]);
});
