// Building pages from values. Nothing here or above parses HTML from text: Trusted Types forbid it.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties and children; `null` and `false` children are left out. */
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
    if (name === "on") {
      for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    } else if (name === "data") {
      for (const [key, text] of Object.entries(value)) {
        if (text !== null && text !== undefined) element.dataset[key] = text;
      }
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Shows `children` in place of what `element` held. */
export function show(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
}

export function $(selector, root = document) {
  return root.querySelector(selector);
}

/** "1 report", "3 reports". */
export function count(n, one, many = `${one}s`) {
  return `${n} ${n === 1 ? one : many}`;
}

/** The three states every list must have besides its rows. */
export function emptyNote(text, action = null) {
  return h("div", { class: "empty" }, h("p", {}, text), action);
}

export function loadingNote(text = "Loading") {
  return h("div", { class: "empty loading", role: "status" }, h("p", {}, text, "…"));
}

export function errorNote(problem, again) {
  return h(
    "div",
    { class: "empty failed", role: "alert" },
    h("p", {}, h("strong", {}, problem.title), " ", problem.detail || ""),
    again && h("button", { type: "button", class: "small-button", on: { click: again } }, "Try again"),
  );
}

/** Says over a zone that it could not be brought up to date; without `words` takes that away. One note a `name`. */
export function staleNote(zone, name, words = null, again = null) {
  const old = zone.querySelector(`[data-stale="${name}"]`);
  if (!words) {
    old?.remove();
    return;
  }
  const note = h("p", { class: "stale-note", role: "status", data: { stale: name } }, h("span", {}, words), " ",
    h("button", { type: "button", class: "small-button", on: { click: again } }, "Try again"));
  const head = zone.querySelector(".zone-head");
  if (old) old.replaceWith(note);
  else if (head) head.after(note);
  else zone.prepend(note);
}

/** Keeps focus where it was while a list is drawn anew; rows are known by their data-id. */
export function keepFocus(root, draw) {
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  const id = held?.closest("[data-id]")?.dataset.id;
  const part = held?.dataset.part;
  const top = root.scrollTop;
  draw();
  root.scrollTop = top;
  if (!id) return;
  const row = root.querySelector(`[data-id="${CSS.escape(id)}"]`);
  const target = part ? row?.querySelector(`[data-part="${CSS.escape(part)}"]`) : row;
  (target || row)?.focus({ preventScroll: true });
}
