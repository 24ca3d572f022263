// One custom element as a Panel region: made once, told of every change, asked back through its `tandem-action` event.
export function render({model, el}) {
  const node = document.createElement(model.element);
  for (const [name, value] of Object.entries(model.attrs)) node.setAttribute(name, value);
  const given = model.esm_constants.given;
  const tell = () => node.update?.(Object.fromEntries(given.map((name) => [name, model[name]])));
  node.addEventListener("tandem-action", (event) => model.send_msg({action: event.detail.action}));
  el.append(node);
  customElements.whenDefined(model.element).then(tell);
  if (given.length) model.on(given, tell);
}
