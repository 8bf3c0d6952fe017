// Mission time. The phone's own clock and zone are not trusted: the server's clock gives the offset, the
// mission its zone. Days are "2022-09-13", instants are milliseconds.

import { mission, t } from "./words.js";

const DAY_MS = 86_400_000;
const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: mission.timezone,
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

// At `asked` by the phone's clock the mission's showed `at` and ran `rate` times as fast (an exercise may).
let anchor = { asked: Date.now(), at: Date.parse(mission.now), rate: mission.rate };

/** Now by the mission's clock. */
export function now() {
  return anchor.at + (Date.now() - anchor.asked) * anchor.rate;
}

/** What the mission's clock is ahead of the phone's, in seconds; an exercise's own clock says nothing of it. */
export function clockOffsetS() {
  return anchor.rate === 1 && !mission.is_exercise ? Math.round((anchor.at - anchor.asked) / 1000) : null;
}

/** Asks the server for the time; half of the way there and back is taken off. */
export async function setClock() {
  const asked = Date.now();
  const response = await fetch(mission.clock_url, { cache: "no-store", headers: { Accept: "application/json" } });
  if (!response.ok || response.redirected) return;
  const { now: at, clock_rate: rate } = await response.json();
  anchor = { asked: (asked + Date.now()) / 2, at: Date.parse(at), rate };
}

function wall(ms) {
  const found = Object.fromEntries(parts.formatToParts(ms).map(({ type, value }) => [type, value]));
  return { day: `${found.year}-${found.month}-${found.day}`, hh: found.hour, mm: found.minute, ss: found.second };
}

/** Day, hour and minute at the mission. */
export function wallTime(ms) {
  return wall(ms);
}

function offsetOf(ms) {
  const { day, hh, mm, ss } = wall(ms);
  return Date.parse(`${day}T${hh}:${mm}:${ss}Z`) - Math.floor(ms / 1000) * 1000;
}

/** The instant of a day, hour and minute at the mission; NaN where they are not a time. */
export function instantOf({ day, hh, mm }) {
  const isTime = /^\d{1,2}$/.test(hh) && /^\d{1,2}$/.test(mm) && Number(hh) < 24 && Number(mm) < 60;
  if (!day || !isTime) return NaN;
  const asUtc = Date.parse(`${day}T${hh.padStart(2, "0")}:${mm.padStart(2, "0")}:00Z`);
  const first = asUtc - offsetOf(asUtc);
  return asUtc - offsetOf(first);
}

/** ISO 8601 with the mission's own offset, to the second. */
export function iso(ms) {
  const { day, hh, mm, ss } = wall(ms);
  const minutes = Math.round(offsetOf(ms) / 60_000);
  const sign = minutes < 0 ? "-" : "+";
  const two = (n) => String(n).padStart(2, "0");
  return `${day}T${hh}:${mm}:${ss}${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** "02:14". */
export function clockText(ms) {
  const { hh, mm } = wall(ms);
  return `${hh}:${mm}`;
}

/** "02:14:03". */
export function secondsText(ms) {
  const { hh, mm, ss } = wall(ms);
  return `${hh}:${mm}:${ss}`;
}

/** "Today", "Yesterday" or "11 Sep". */
export function dayText(day) {
  if (day === wall(now()).day) return t("time.today");
  if (day === wall(now() - DAY_MS).day) return t("time.yesterday");
  const [, month, date] = day.split("-");
  return t("time.date", { day: Number(date), month: t(`month.${Number(month)}`) });
}

/** "02:14", or "11 Sep, 02:14" when it was not today. */
export function momentText(ms) {
  const { day } = wall(ms);
  return day === wall(now()).day ? clockText(ms) : `${dayText(day)}, ${clockText(ms)}`;
}

/** The last `count` days at the mission, newest first. */
export function lastDays(count) {
  return Array.from({ length: count }, (_, back) => wall(now() - back * DAY_MS).day);
}
