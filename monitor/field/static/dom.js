// Building the page from values. Text only ever becomes text: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element with its attributes and children; null and false children are left out. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (["value", "checked", "disabled", "hidden"].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Draws anew without taking the focus away: what had it is found again by its id. */
export function redraw(root, draw) {
  const held = document.activeElement?.id;
  root.replaceChildren(...[draw()].flat(3).filter(Boolean));
  if (held && document.activeElement?.id !== held) document.getElementById(held)?.focus({ preventScroll: true });
}

export function button(id, label, press, kind = "") {
  return h("button", { id, type: "button", class: kind, onclick: press }, label);
}

/** What the form says about itself without moving the focus; screen readers read it out. */
export function announce(text) {
  document.getElementById("said").textContent = text;
}

/** Asks in the page's own words, as the browser's own question would not; resolves to true or false. */
export function sure(question, yes, no) {
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.remove();
      resolve(value);
    };
    const dialog = h("dialog", { class: "sure", oncancel: () => answer(false), "aria-labelledby": "sure-question" },
      h("p", { id: "sure-question" }, question),
      h("div", { class: "row" },
        button("sure-no", no, () => answer(false), "quiet"),
        button("sure-yes", yes, () => answer(true), "primary")));
    document.body.append(dialog);
    dialog.showModal();
  });
}
