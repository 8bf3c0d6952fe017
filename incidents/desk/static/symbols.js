// Marks of the map, drawn by hand: neutral line glyphs in neutral frames. No frame says whose anything is.
// Severity is number + colour + size; confidence is the outline (solid, dashed, dotted). Never mixed.

import { svg } from "./dom.js";

// Strokes in a 24-unit square, under the names by which the taxonomy asks for them.
const GLYPHS = {
  burst: "M12 3v4M12 17v4M3 12h4M17 12h4M5.6 5.6l2.9 2.9M15.5 15.5l2.9 2.9M18.4 5.6l-2.9 2.9M8.5 15.5l-2.9 2.9",
  shots: "M4 7h5M4 12h5M4 17h5M13 7h7M13 12h7M13 17h7",
  flare: "M12 21V11M12 3v3M6 5l2 2.5M18 5l-2 2.5M5 11h3M16 11h3",
  drone: "M8 8l8 8M16 8l-8 8M8.5 5.5a3 3 0 1 1-6 0a3 3 0 1 1 6 0M21.5 5.5a3 3 0 1 1-6 0a3 3 0 1 1 6 0M8.5 18.5a3 3 0 1 1-6 0a3 3 0 1 1 6 0M21.5 18.5a3 3 0 1 1-6 0a3 3 0 1 1 6 0",
  aircraft: "M12 3v18M12 9l-9 5M12 9l9 5M12 18l-4 3M12 18l4 3",
  signal: "M12 13v8M12 11a1.5 1.5 0 1 0 0.01 0M7.5 14a6 6 0 0 1 0-8M16.5 6a6 6 0 0 1 0 8M4.5 17a10 10 0 0 1 0-14M19.5 3a10 10 0 0 1 0 14",
  vehicle: "M3 15V9h11l4 3h3v3zM9 17.5a2 2 0 1 1-4 0a2 2 0 1 1 4 0M19 17.5a2 2 0 1 1-4 0a2 2 0 1 1 4 0",
  works: "M3 20c3-8 5-8 7 0M10 20c2-6 4-6 6 0M16 20c1-4 3-4 5 0M12 9l6-6M15 3h3v3",
  person: "M15 7a3 3 0 1 1-6 0a3 3 0 1 1 6 0M5 20c0-5 3-7 7-7s7 2 7 7",
  house: "M4 11l8-7 8 7v9H4zM12 20l-2-4 3-2-2-4",
  supply: "M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9",
  mine: "M5 17h14M7 17c0-4 2-6 5-6s5 2 5 6M12 11V7M8 12L5 9M16 12l3-3",
  barrier: "M3 9h18v5H3zM6 14v5M18 14v5M8 9l-3 5M14 9l-3 5M20 9l-3 5",
  line: "M12 3v4M12 10v4M12 17v4M4 12h12M16 12l-4-3M16 12l-4 3",
  talks: "M4 5h16v10H11l-4 4v-4H4z",
  evidence: "M16 11a5 5 0 1 1-10 0a5 5 0 1 1 10 0M15 15l5 5",
  eye: "M3 12c3-5 6-7 9-7s6 2 9 7c-3 5-6 7-9 7s-6-2-9-7M14.5 12a2.5 2.5 0 1 1-5 0a2.5 2.5 0 1 1 5 0",
  test: "M6 6h12M12 6v13",
  other: "M12 6v7M12 17v1",
};

const paths = new Map();

/** Draws a glyph with its centre at x, y. */
export function drawGlyph(ctx, name, x, y, size, colour) {
  if (!paths.has(name)) paths.set(name, new Path2D(GLYPHS[name] || GLYPHS.other));
  ctx.save();
  ctx.translate(x - size / 2, y - size / 2);
  ctx.scale(size / 24, size / 24);
  ctx.lineWidth = 2.4;
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour;
  ctx.setLineDash([]);
  ctx.stroke(paths.get(name));
  ctx.restore();
}

/** The same glyph for lists. */
export function glyphIcon(name) {
  return svg(
    "svg",
    { class: "glyph", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: GLYPHS[name] || GLYPHS.other }),
  );
}

/** The colours of the page as it is now (light or dark), by token name without dashes. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  return new Proxy({}, {
    get(kept, name) {
      kept[name] ??= style.getPropertyValue(`--${name}`).trim();
      return kept[name];
    },
  });
}

export const DASH = { solid: [], dashed: [5, 3], dotted: [1.5, 3] };

export function tierFill(colours, tier) {
  return tier ? colours[`severity-${tier}`] : colours["surface"];
}

export function tierInk(colours, tier) {
  return tier ? colours[`on-severity-${tier}`] : colours["ink"];
}

/** A severity mark for lists: number in a square that grows with it. */
export function severityMark(level, what = "Severity") {
  const element = document.createElement("span");
  element.className = "severity";
  if (level) element.dataset.severity = level;
  element.textContent = level || "–";
  element.title = level ? `${what} ${level} of 5` : `${what} not known`;
  element.setAttribute("aria-label", element.title);
  element.setAttribute("role", "img");
  return element;
}
