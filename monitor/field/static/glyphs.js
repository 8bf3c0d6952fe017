// Line glyphs, one a symbol of the taxonomy. Neutral on purpose: no frame, no colour says whose it is.

import { svg } from "./dom.js";

const PATHS = {
  burst: "M12 3v4M12 17v4M3 12h4M17 12h4M5.6 5.6l2.9 2.9M15.5 15.5l2.9 2.9M5.6 18.4l2.9-2.9M15.5 8.5l2.9-2.9",
  shots: "M3 8h6M12 8h3M18 8h3M3 12h3M9 12h6M18 12h3M3 16h6M12 16h3M18 16h3",
  flare: "M12 21V10M12 10c-3-2-2-5 0-7 2 2 3 5 0 7M6 8l1.5 1.5M18 8l-1.5 1.5",
  vehicle: "M3 16V9h10v7M13 11h4l4 3v2M3 16h18M7 19a1.6 1.6 0 1 0 0-3.2A1.6 1.6 0 0 0 7 19M17 19a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2",
  drone: "M9 10h6v4H9zM9 10L6 7M15 10l3-3M9 14l-3 3M15 14l3 3M3.5 7h5M15.5 7h5M3.5 17h5M15.5 17h5",
  aircraft: "M12 3v18M12 9l-9 5v2l9-2M12 9l9 5v2l-9-2M9 21l3-2 3 2",
  person: "M12 8.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5M6 21v-4a6 6 0 0 1 12 0v4",
  house: "M3.5 11.5L12 4l8.5 7.5M6 9.5V20h12V9.5M10 20v-5.5h4V20",
  supply: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  mine: "M12 18a5 5 0 1 0 0-10 5 5 0 0 0 0 10M12 8V5M7 13H4M20 13h-3M8.5 9.5L6.5 7.5M15.5 9.5l2-2M9 21h6",
  barrier: "M3 9h18v5H3zM6 14v6M18 14v6M7 9l-3 5M13 9l-3 5M19 9l-3 5",
  line: "M3 17l4-3 3 2 4-7 3 3 4-5M3 21h3M9 21h3M15 21h3",
  talks: "M4 5h11v8H9l-3 3v-3H4zM18 9h2v8h-2v3l-3-3h-4v-1",
  evidence: "M6 3h9l3 3v15H6zM15 3v3h3M9 12l2 2 4-4",
  works: "M3 20h18M5 20l3-8h8l3 8M8 12l2-7h4l2 7M9 16h6",
  signal: "M12 13v8M12 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3M8 15.5a5.5 5.5 0 0 1 0-8M16 7.5a5.5 5.5 0 0 1 0 8M5 18a9 9 0 0 1 0-13M19 5a9 9 0 0 1 0 13",
  detained: "M5 4v16M10 4v16M14 4v16M19 4v16M3 4h18M3 20h18",
  eye: "M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  test: "M9 3h6M10 3v6l-5 10a1.5 1.5 0 0 0 1.4 2h11.2A1.5 1.5 0 0 0 19 19L14 9V3",
  target: "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12M12 2v5M12 17v5M2 12h5M17 12h5",
  more: "M5 12h.01M12 12h.01M19 12h.01M5 12",
};

export function glyph(symbol) {
  const path = svg("path", { d: PATHS[symbol] || PATHS.more });
  return svg("svg", { class: "glyph", viewBox: "0 0 24 24", "aria-hidden": "true" }, path);
}
