// One time axis for several accounts: what was told, how exactly it is known, and the event itself once the way
// of the sound is taken off. And strips of watched time, which share its ticks.

import { svg } from "/desk/static/dom.js";
import { dayMonth, hourMinute, hourMinuteSecond, zoneText } from "/desk/static/time.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [15_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 48 * HOUR, 168 * HOUR];

/** Moments at which a tick stands, and how it is labelled. */
export function ticks(from, to, width, apart = 78) {
  const most = Math.max(2, Math.floor(width / apart));
  const step = STEPS.find((length) => (to - from) / length <= most) || STEPS.at(-1);
  const found = [];
  // Whole steps of mission time: mission zones differ from UTC by whole quarters of an hour.
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push({ at, label: labelOf(at, step) });
  return found;
}

function labelOf(at, step) {
  if (step < MINUTE) return hourMinuteSecond(at);
  return step >= 12 * HOUR || hourMinute(at) === "00:00" ? dayMonth(at) : hourMinute(at);
}

/** The accounts of an incident as bars on one axis; `onOpen(id)` when one is chosen. */
export function accountsAxis(element, accounts, onOpen, selected) {
  const width = Math.max(element.clientWidth, 320);
  const left = Math.min(210, width * 0.3);
  const spans = accounts.map((account) => {
    const start = Date.parse(account.start);
    const end = Math.max(Date.parse(account.end), start);
    const spread = Math.min((account.tolerance_s ?? 43_200) * 1000, 6 * HOUR);
    const delay = account.delay_s?.map((seconds) => seconds * 1000);
    return { account, start, end, early: start - spread, late: end + spread, event: delay && [start - delay[1], end - delay[0]] };
  });
  if (!spans.length) return element.replaceChildren();
  let from = Math.min(...spans.map((span) => Math.min(span.start - Math.min(span.start - span.early, 15 * MINUTE), span.event?.[0] ?? Infinity)));
  let to = Math.max(...spans.map((span) => span.end + Math.min(span.late - span.end, 15 * MINUTE)));
  const margin = Math.max((to - from) * 0.05, 30_000);
  from -= margin;
  to += margin;
  const room = width - left - 14;
  const x = (ms) => left + ((Math.min(Math.max(ms, from), to) - from) / (to - from)) * room;
  const rowHeight = 34;
  const height = spans.length * rowHeight + 30;
  const marks = ticks(from, to, room).filter(({ at }) => x(at) < width - 26);
  element.replaceChildren(svg("svg", { class: "axis", width, height, role: "group", "aria-label": `Times of ${accounts.length} accounts, ${zoneText()}` },
    marks.map(({ at, label }) => svg("g", {},
      svg("line", { class: "grid", x1: x(at), x2: x(at), y1: 4, y2: height - 24 }),
      svg("text", { class: "tick", x: x(at), y: height - 8, "text-anchor": "middle" }, label))),
    svg("text", { class: "tick", x: 2, y: height - 8 }, zoneText()),
    spans.map((span, i) => {
      const y = 8 + i * rowHeight;
      const middle = y + 11;
      const { account } = span;
      // The spoken name begins with the written one.
      const named = clipText(`${account.number} ${account.from ?? ""}`, left - 14);
      return svg("g", {
        class: `account-bar${account.id === selected ? " chosen" : ""}${account.counts ? "" : " uncounted"}`,
        tabindex: 0, role: "button", data: { id: account.id },
        "aria-label": `${named}, ${account.title}, ${hourMinute(span.start)}${span.end > span.start ? ` to ${hourMinute(span.end)}` : ""}, ${account.precision ?? ""}`,
        on: {
          click: () => onOpen(account.id),
          keydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onOpen(account.id); } },
        },
      },
      svg("rect", { class: "row-ground", x: 0, y: y - 5, width, height: rowHeight - 4, rx: 5 }),
      svg("text", { class: "who", x: 6, y: middle + 4 }, named),
      svg("line", { class: "whisker", x1: x(span.early), x2: x(span.late), y1: middle, y2: middle }),
      svg("line", { class: "whisker", x1: x(span.early), x2: x(span.early), y1: middle - 4, y2: middle + 4 }),
      svg("line", { class: "whisker", x1: x(span.late), x2: x(span.late), y1: middle - 4, y2: middle + 4 }),
      span.event ? svg("rect", { class: "event-itself", x: x(span.event[0]), y: middle + 8, width: Math.max(x(span.event[1]) - x(span.event[0]), 3), height: 4, rx: 2 }) : null,
      span.end > span.start
        ? svg("rect", { class: `told-bar ${account.confidence}`, x: x(span.start), y: middle - 6, width: Math.max(x(span.end) - x(span.start), 4), height: 12, rx: 3 })
        : svg("circle", { class: `told-bar ${account.confidence}`, cx: x(span.start), cy: middle, r: 6 }),
      svg("title", {}, `${account.title}; ${account.precision ?? "time not known"}`));
    })));
}

/** A text shortened to about so many pixels. */
function clipText(text, pixels) {
  const most = Math.floor(pixels / 6.7);
  return text.length <= most ? text : `${text.slice(0, Math.max(most - 1, 1))}…`;
}

/** Watched time of sectors: one row each, a thin bar for each kind, and hatching where nobody watched. */
export function watchStrips(element, sectors, from, to, kinds) {
  const width = Math.max(element.clientWidth, 320);
  const left = Math.min(150, width * 0.28);
  const room = width - left - 62;
  const x = (ms) => left + ((Math.min(Math.max(ms, from), to) - from) / (to - from)) * room;
  const rowHeight = 40;
  const height = sectors.length * rowHeight + 26;
  const lanes = kinds.length;
  element.replaceChildren(svg("svg", { class: "axis", width, height, role: "img", "aria-label": "Watched time of each sector" },
    svg("defs", {}, svg("pattern", { id: "not-watched", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("line", { class: "hatch", x1: 0, x2: 0, y1: 0, y2: 7 }))),
    ticks(from, to, room).filter(({ at }) => x(at) < width - 86).map(({ at, label }) => svg("g", {},
      svg("line", { class: "grid", x1: x(at), x2: x(at), y1: 2, y2: height - 22 }),
      svg("text", { class: "tick", x: x(at), y: height - 6, "text-anchor": "middle" }, label))),
    svg("text", { class: "tick", x: 2, y: height - 6 }, zoneText()),
    sectors.map((sector, i) => {
      const y = 4 + i * rowHeight;
      const box = rowHeight - 10;
      return svg("g", {},
        svg("text", { class: "who", x: 4, y: y + box / 2 + 4 }, clipText(sector.name, left - 10)),
        svg("rect", { class: "strip-ground", x: left, y, width: room, height: box, rx: 4 }),
        sector.gaps.map(([start, end]) => svg("rect", {
          class: "strip-gap", x: x(Date.parse(start)), y, width: Math.max(x(Date.parse(end)) - x(Date.parse(start)), 1), height: box,
        }, svg("title", {}, `Not monitored ${hourMinute(start)}–${hourMinute(end)}`))),
        sector.spans.map((span) => {
          const lane = Math.max(kinds.findIndex((kind) => kind.code === span.kind), 0);
          const tall = (box - 4) / lanes;
          return svg("rect", {
            class: `strip-span ${span.kind}`, x: x(Date.parse(span.start)), y: y + 2 + lane * tall,
            width: Math.max(x(Date.parse(span.end)) - x(Date.parse(span.start)), 1.5), height: Math.max(tall - 1, 2), rx: 1.5,
          }, svg("title", {}, `${kinds[lane].words}: ${span.who ?? ""} ${hourMinute(span.start)}–${hourMinute(span.end)}`));
        }),
        svg("text", { class: `share${sector.reading === "not_monitored" ? " none" : ""}`, x: width - 4, y: y + box / 2 + 4, "text-anchor": "end" },
          sector.monitored_h > 0 ? `${Math.round(sector.share * 100)} %` : "not"));
    })));
}
