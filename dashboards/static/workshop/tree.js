// A screen is a tree of plain values, made by a function from what is so; `render` brings the page to it and changes only
// what differs. A node that stays is the same node: focus, typed text, scroll and running animations stay with it.
//
//   render(host, [t("p", {class: "lead", onclick: go}, "Text from people is always text")]);
//
// Properties: attributes by name, listeners by `on…`, properties of the node by `.name`, `key` tells siblings apart,
// `ref` is called with the node when it is made. Our own elements draw their own children.

const SVG = "http://www.w3.org/2000/svg";
const BEFORE = Symbol("before");
const HEARD = Symbol("heard");

/** One node of a tree. Children may be nested lists; null, undefined and booleans are left out. */
export function t(tag, properties, ...children) {
  return {tag, properties: properties ?? {}, key: properties?.key, children: kids(children)};
}

const kids = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && typeof child !== "boolean")
  .map((child) => (typeof child === "object" ? child : {text: String(child)}));

/** Everything that a tree says, as one line: for tests and for readers. */
export const said = (tree) => [tree].flat(Infinity).map((one) => one?.text ?? (one?.children ? said(one.children) : "")).join(" ").replace(/\s+/g, " ").trim();

/** Every node of a tree for which `test` holds. */
export const seek = (tree, test) => [tree].flat(Infinity).filter((one) => one?.tag).flatMap((one) => [...(test(one) ? [one] : []), ...seek(one.children, test)]);

/** Bring a host's children to the tree. Whoever has the focus and is still there keeps it. */
export function render(host, ...children) {
  const focused = host.ownerDocument?.activeElement;
  patch(host, kids(children));
  if (focused && focused !== document.activeElement && host.contains(focused)) focused.focus({preventScroll: true});
}

function patch(host, wanted) {
  const before = host[BEFORE] ?? [];
  const matched = match(before, wanted);
  const kept = new Set(matched.filter(Boolean).map(({node}) => node));
  for (const {node} of before) if (!kept.has(node)) node.remove();
  host[BEFORE] = wanted.map((tree, index) => ({tree, node: matched[index] ? update(matched[index], tree) : create(tree, host)}));
  host[BEFORE].forEach(({node}, index) => {
    if (host.childNodes[index] !== node) host.insertBefore(node, host.childNodes[index] ?? null);
  });
}

/** For each wanted tree what stood for it before: by its key, or else the next of the same kind. */
function match(before, wanted) {
  const keyed = new Map(before.filter(({tree}) => tree.key !== undefined).map((one) => [one.tree.key, one]));
  const loose = before.filter(({tree}) => tree.key === undefined);
  return wanted.map((tree) => {
    if (tree.key !== undefined) {
      const one = keyed.get(tree.key);
      keyed.delete(tree.key);
      return one?.tree.tag === tree.tag ? one : null;
    }
    const place = loose.findIndex((one) => one.tree.tag === tree.tag);
    return place < 0 ? null : loose.splice(0, place + 1).at(-1);
  });
}

function create(tree, host) {
  if (tree.tag === undefined) return document.createTextNode(tree.text);
  const svg = tree.tag === "svg" || (host.namespaceURI === SVG && host.localName !== "foreignObject");
  const node = svg ? document.createElementNS(SVG, tree.tag) : document.createElement(tree.tag);
  assign(node, {}, tree.properties);
  if (!own(tree)) patch(node, tree.children);
  tree.properties.ref?.(node);
  return node;
}

function update({tree: old, node}, tree) {
  if (tree.tag === undefined) { if (old.text !== tree.text) node.data = tree.text; return node; }
  assign(node, old.properties, tree.properties);
  if (!own(tree)) patch(node, tree.children);
  return node;
}

const own = (tree) => tree.tag.includes("-") && !tree.children.length;

function assign(node, old, wanted) {
  for (const name of Object.keys(old)) if (!(name in wanted)) set(node, name, null);
  for (const [name, value] of Object.entries(wanted)) if (value !== old[name] || name === ".checked") set(node, name, value);
}

function set(node, name, value) {
  if (name === "key" || name === "ref") return;
  if (name.startsWith(".")) node[name.slice(1)] = value;
  else if (name.startsWith("on")) listen(node, name.slice(2), value);
  // Set as a rule, not as an attribute: the page's policy forbids style attributes.
  else if (name === "style") node.style.cssText = value ?? "";
  else if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** One listener a node and event; what it calls changes without being taken off and put on again. */
function listen(node, name, handler) {
  node[HEARD] ??= {};
  if (!(name in node[HEARD])) node.addEventListener(name, (event) => node[HEARD][name]?.(event));
  node[HEARD][name] = handler;
}
