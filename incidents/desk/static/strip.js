// When, and is it rising: reports per hour, accepted and waiting.

import { $, h, show, svg } from "./dom.js";
import { axisLabel, hourMinute, shortTime, zoneOffsetMs } from "./time.js";

const HOUR = 3_600_000;
const WIDTH = 1000;
const HEIGHT = 58;

/** The violations among rows as the map has them. */
export const violationsOf = (rows) => (tell) => {
  for (const row of rows) {
    if (row.category === "CFV" && row.info_type === "observed") tell(Date.parse(row.start), row.processing === "accepted", row.tier || 0);
  }
};

export class Strip {
  constructor(element) {
    this.element = element;
    this.chart = $("#strip-chart", element);
    this.words = $("#strip-words", element);
  }

  fail() {
    show(this.words, "When the reports came is not known here: they could not be loaded.");
  }

  /** `each(tell)` calls `tell(startMs, isAccepted, tier)` for every violation that is shown. */
  set(each, fromMs, toMs) {
    const span = Math.max(toMs - fromMs, HOUR);
    const step = [1, 2, 3, 6, 12, 24].find((hours) => span / (hours * HOUR) <= 84) || 24;
    const shift = zoneOffsetMs();
    const first = Math.floor((fromMs + shift) / (step * HOUR)) * step * HOUR - shift;
    const bins = Array.from({ length: Math.ceil((toMs - first) / (step * HOUR)) || 1 }, (_, i) => ({ at: first + i * step * HOUR, accepted: 0, waiting: 0, top: 0 }));
    let violations = 0;
    each((startMs, isAccepted, tier) => {
      const bin = bins[Math.floor((startMs - first) / (step * HOUR))];
      if (!bin) return;
      violations += 1;
      if (isAccepted) bin.accepted += 1;
      else bin.waiting += 1;
      bin.top = Math.max(bin.top, tier);
    });
    const most = Math.max(...bins.map((bin) => bin.accepted + bin.waiting), 1);
    const width = WIDTH / bins.length;
    const scale = HEIGHT / most;
    const unit = step === 1 ? "hour" : `${step} hours`;
    const words = `Reports of ceasefire violations per ${unit}: ${violations} in all, at most ${most} in one.`;
    show(this.words, h("strong", {}, "When"), violations ? ` reports of violations per ${unit} · peak ${most}` : " no report of a violation in this window");
    show(this.chart,
      svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": violations ? words : "No report of a violation in this window." },
        bins.map((bin, i) => {
          const accepted = bin.accepted * scale;
          const waiting = bin.waiting * scale;
          return svg("g", {},
            svg("title", {}, `${shortTime(bin.at)}–${hourMinute(bin.at + step * HOUR)}: ${bin.accepted} accepted, ${bin.waiting} not yet reviewed`),
            svg("rect", { class: "slot", x: i * width, y: 0, width, height: HEIGHT }),
            accepted ? svg("rect", { class: "bar accepted", x: i * width + width * 0.12, y: HEIGHT - accepted, width: width * 0.76, height: accepted }) : null,
            waiting ? svg("rect", { class: "bar waiting", x: i * width + width * 0.12, y: HEIGHT - accepted - waiting, width: width * 0.76, height: waiting }) : null,
          );
        }),
        svg("rect", { class: "later", x: WIDTH, y: 0, width: 0, height: HEIGHT }),
        svg("line", { class: "cursor", y1: 0, y2: HEIGHT })),
      h("ol", { class: "axis", "aria-hidden": "true" }, ticks(bins, step).map(({ share, text }) => {
        const tick = h("li", {}, text);
        tick.style.left = `${share * 100}%`;
        return tick;
      })),
    );
    this.place = (ms) => Math.min(Math.max(((ms - first) / (step * HOUR)) * width, 0), WIDTH);
    this.setCursor(this.cursorMs ?? null);
  }

  /** Marks the moment that one looks at; what came after it steps back. */
  setCursor(ms) {
    this.cursorMs = ms;
    const line = $(".cursor", this.chart);
    if (!line) return;
    const x = ms === null ? WIDTH : this.place(ms);
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    line.style.visibility = ms === null ? "hidden" : "visible";
    const later = $(".later", this.chart);
    later.setAttribute("x", x);
    later.setAttribute("width", WIDTH - x);
  }
}

function ticks(bins, step) {
  const every = Math.max(1, Math.ceil(bins.length / 9));
  return bins
    .map((bin, i) => ({ share: i / bins.length, text: axisLabel(bin.at, step), i }))
    .filter(({ i, share }) => i % every === 0 && share < 0.97);
}
