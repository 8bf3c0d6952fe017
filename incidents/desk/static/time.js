// Mission time. The server says what time it is and how fast it runs (an exercise has its own clock);
// between two answers it is carried on by the monotonic clock. The browser's own date is never asked.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let anchor = null;
let stopped = null;
let zone = "UTC";
const formats = new Map();

/** Takes the server's `now`, the clock's rate and the mission's time zone. */
export function setClock(nowIso, rate, timezone) {
  anchor = { mission: Date.parse(nowIso), heard: performance.now(), rate };
  if (timezone !== zone) {
    zone = timezone;
    formats.clear();
    hours.clear();
  }
}

/** Mission time in epoch milliseconds, or null before the server has said it. */
export function liveNow() {
  return anchor && anchor.mission + (performance.now() - anchor.heard) * anchor.rate;
}

/** The moment that the room shows: now, or where one looks back, that moment. */
export function missionNow() {
  return stopped ?? liveNow();
}

/** Lets every age and window be told from a past moment; `null` goes back to now. */
export function stopAt(ms) {
  stopped = ms;
}

export const clockRate = () => (anchor ? anchor.rate : 1);
export const heardAgo = () => (anchor ? performance.now() - anchor.heard : Infinity);
export const heardMissionTime = () => anchor?.mission ?? null;

function part(name, options, timezone = zone) {
  const key = name + timezone;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hourCycle: "h23", ...options }));
  }
  return formats.get(key);
}

const stamp = (when) => (typeof when === "number" ? when : Date.parse(when));

export const hourMinute = (when) => part("hm", { hour: "2-digit", minute: "2-digit" }).format(stamp(when));
export const hourMinuteSecond = (when) =>
  part("hms", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(stamp(when));
export const dayMonth = (when) => part("dm", { day: "numeric", month: "short" }).format(stamp(when));
export const weekday = (when) =>
  part("wdm", { weekday: "short", day: "numeric", month: "short" }).format(stamp(when));
const utc = (when) =>
  part("utc", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }, "UTC").format(stamp(when));

/** "20:26" today, "12 Sep 20:26" on other days, in mission time. */
export function shortTime(when) {
  const now = missionNow();
  const day = dayMonth(when);
  return now !== null && dayMonth(now) === day ? hourMinute(when) : `${day} ${hourMinute(when)}`;
}

/** A <time> with UTC and the full date on hover. */
export function timeElement(when, text = shortTime(when)) {
  const element = document.createElement("time");
  element.dateTime = new Date(stamp(when)).toISOString();
  element.title = `${weekday(when)} ${hourMinuteSecond(when)} mission time · ${utc(when)} UTC`;
  element.textContent = text;
  return element;
}

/** "12 Sep 20:26–21:04": one instant, or from–to. */
export function spanText(start, end) {
  if (!end || end === start) return shortTime(start);
  const sameDay = dayMonth(start) === dayMonth(end);
  return `${shortTime(start)}–${sameDay ? hourMinute(end) : shortTime(end)}`;
}

/** A length of time in words of one or two units. */
export function lengthText(ms) {
  const length = Math.abs(ms);
  if (length < MINUTE) return "under 1 min";
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) {
    const minutes = Math.floor((length % HOUR) / MINUTE);
    const hours = Math.floor(length / HOUR);
    return hours < 3 && minutes ? `${hours} h ${minutes} min` : `${hours} h`;
  }
  const days = Math.floor(length / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

export function agoText(when) {
  const now = missionNow();
  if (now === null) return "";
  const age = now - stamp(when);
  return age < MINUTE ? "just now" : `${lengthText(age)} ago`;
}

/** "20:20, in 12 min" or "20:20, 5 min ago"; marked as late once it has passed. `tickAges` keeps it true. */
export function dueElement(when) {
  const element = timeElement(when, "");
  element.dataset.due = new Date(stamp(when)).toISOString();
  tickDue(element);
  return element;
}

function tickDue(element) {
  const now = missionNow();
  if (now === null) return;
  const left = stamp(element.dataset.due) - now;
  element.classList.toggle("late", left < 0);
  const text = `${shortTime(element.dataset.due)}, ${left < 0 ? `${lengthText(left)} ago` : left < MINUTE ? "now" : `in ${lengthText(left)}`}`;
  if (element.textContent !== text) element.textContent = text;
}

/** An age that keeps itself true: `tickAges` writes it anew. */
export function ageElement(when) {
  const element = timeElement(when, agoText(when));
  element.dataset.age = new Date(stamp(when)).toISOString();
  return element;
}

export function tickAges(root = document) {
  for (const element of root.querySelectorAll("[data-age]")) {
    const text = agoText(element.dataset.age);
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of root.querySelectorAll("[data-due]")) tickDue(element);
}

const QUARTER = 15 * MINUTE;
const hours = new Map();

/** The hour of the local day, 0 to 23. Clocks change on a quarter of an hour, so each quarter is looked up once. */
export function localHour(ms) {
  const quarter = Math.floor(ms / QUARTER);
  if (!hours.has(quarter)) hours.set(quarter, Number(hourMinute(quarter * QUARTER).slice(0, 2)));
  return hours.get(quarter);
}

/** A moment of mission time as a datetime-local field writes it. */
export const fieldTime = (ms) => new Date(ms + zoneOffsetMs()).toISOString().slice(0, 16);
/** What a datetime-local field says, in epoch milliseconds; NaN where it says nothing. */
export const readTime = (text) => Date.parse(`${text}:00Z`) - zoneOffsetMs();

/** Milliseconds by which mission time is ahead of UTC. */
export function zoneOffsetMs() {
  const found = /UTC([+-])(\d+)(?::(\d+))?/.exec(zoneText());
  return found ? Number(`${found[1]}1`) * (Number(found[2]) * HOUR + Number(found[3] || 0) * MINUTE) : 0;
}

/** "+4" of UTC+4, as the mission's zone stands now. */
export function zoneText() {
  const now = missionNow() ?? 0;
  const name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "shortOffset" })
    .formatToParts(now)
    .find((piece) => piece.type === "timeZoneName").value;
  return name.replace("GMT", "UTC");
}

/** A local day and hour in mission time, for the axis of the time strip. */
export function axisLabel(when, stepHours) {
  const hour = hourMinute(when);
  return stepHours >= 24 || hour === "00:00" ? dayMonth(when) : hour;
}
