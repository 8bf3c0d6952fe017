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

const CHECK = "M5 12.5l4.5 4.5L19 7.5";

function checkMark() {
  return svg("svg", { class: "check", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: CHECK }));
}

function described(id, hint, error) {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean);
  return ids.length ? ids.join(" ") : null;
}

function hintLine(id, hint) {
  return hint && h("p", { id: `${id}-hint`, class: "hint" }, hint);
}

function errorLine(id, error) {
  return error && h("p", { id: `${id}-error`, class: "error" }, error);
}

/**
 * A group of buttons of which one (or, with `multi`, several) is chosen; the chosen one carries a check mark.
 * They are real radio buttons and check boxes, so that keys and screen readers treat them as such.
 */
export function choices({ id, legend, hidden = false, hint, error, options, value, multi = false, wide = false, change }) {
  const chosen = multi ? value || [] : [value];
  const toggle = (code, on) => {
    if (!multi) return change(code);
    const others = chosen.filter((one) => one !== code && (code === "n_k" || one !== "n_k"));
    return change(code === "n_k" && on ? ["n_k"] : on ? [...others, code] : others);
  };
  return h(
    "fieldset",
    { id, class: "choices", tabindex: "-1", "aria-describedby": described(id, hint, error), "aria-invalid": error && "true" },
    h("legend", { class: hidden && "visually-hidden" }, legend),
    hintLine(id, hint),
    errorLine(id, error),
    h(
      "div",
      { class: wide ? "options wide" : "options" },
      options.map(([code, label, note]) =>
        h(
          "label",
          { class: "choice" },
          h("input", {
            id: `${id}-${code}`,
            type: multi ? "checkbox" : "radio",
            name: id,
            checked: chosen.includes(code),
            onchange: (event) => toggle(code, event.target.checked),
          }),
          h("span", { class: "face" }, checkMark(), h("span", {}, label, note && h("small", {}, note))),
        ),
      ),
    ),
  );
}

/** One labelled box: text, number or many lines. `input` is told each keystroke. */
export function box({ id, label, hint, error, value, input, kind = "text", unit, lines, max, narrow = false }) {
  const props = {
    id,
    value: value ?? "",
    maxlength: max,
    autocomplete: "off",
    "aria-describedby": described(id, hint, error),
    "aria-invalid": error && "true",
    oninput: (event) => input(event.target.value),
  };
  if (kind === "number") Object.assign(props, { inputmode: "decimal", type: "text" });
  if (kind === "whole") Object.assign(props, { inputmode: "numeric", type: "text" });
  if (kind === "code") Object.assign(props, { autocapitalize: "characters", spellcheck: "false", type: "text" });
  return h(
    "div",
    { class: narrow ? "box narrow" : "box" },
    h("label", { for: id }, label),
    hintLine(id, hint),
    errorLine(id, error),
    lines
      ? h("textarea", { ...props, rows: lines })
      : h("div", { class: "with-unit" }, h("input", props), unit && h("span", { class: "unit" }, unit)),
  );
}

/** One labelled list to choose from. */
export function select({ id, label, hint, error, value, options, none, change }) {
  return h(
    "div",
    { class: "box" },
    h("label", { for: id }, label),
    hintLine(id, hint),
    errorLine(id, error),
    h(
      "select",
      {
        id,
        "aria-describedby": described(id, hint, error),
        "aria-invalid": error && "true",
        onchange: (event) => change(event.target.value || null),
      },
      none !== undefined && h("option", { value: "" }, none),
      options.map(([code, text]) => h("option", { value: code, selected: code === value }, text)),
    ),
  );
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
