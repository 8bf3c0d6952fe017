// Mission time. The phone's own clock and zone are not trusted: the base's clock gives the offset, the
// mission its zone. Without a net the offset last found holds. Days are "2022-09-13", instants are milliseconds.

import { t } from "./words.js";

const DAY_MS = 86_400_000;
const WRONG_CLOCK_MS = 600_000;

let mission = { timezone: "UTC", is_exercise: false };
let parts = partsIn("UTC");
// At `asked` by the phone's clock the mission's showed `at` and ran `rate` times as fast (an exercise may).
let anchor = null;

function partsIn(timeZone) {
  const two = "2-digit";
  return new Intl.DateTimeFormat("en-GB", {
    timeZone, hourCycle: "h23", year: "numeric", month: two, day: two, hour: two, minute: two, second: two,
  });
}

/** The zone to write times in. */
export function setMission({ timezone, is_exercise }) {
  mission = { timezone, is_exercise };
  parts = partsIn(timezone);
}

/** The mission's clock as last seen: {asked, at, rate}; null where the base was never asked. */
export function setClock(seen) {
  anchor = seen ?? anchor;
}

/** Now by the mission's clock. */
export function now() {
  return anchor ? anchor.at + (Date.now() - anchor.asked) * anchor.rate : Date.now();
}

/** What the mission's clock is ahead of the phone's, in milliseconds; null where that is not known. */
export function clockOffsetMs() {
  return anchor && anchor.rate === 1 && !mission.is_exercise ? Math.round(anchor.at - anchor.asked) : null;
}

/** The same in seconds. */
export function clockOffsetS() {
  const offset = clockOffsetMs();
  return offset === null ? null : Math.round(offset / 1000);
}

/** Whether the phone's clock is so far off that secure connections may fail. */
export function isClockWrong() {
  return Math.abs(clockOffsetMs() ?? 0) > WRONG_CLOCK_MS;
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
