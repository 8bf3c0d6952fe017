// The form's inputs: groups of choices, boxes, lists; each with its label, hint and error.

import { h, svg } from "./dom.js";

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
export function choices({ id, legend, hidden = false, hint, error, options, value, multi = false, wide = false, columns, change }) {
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
      { class: wide ? "options wide" : columns ? `options columns-${columns}` : "options" },
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
