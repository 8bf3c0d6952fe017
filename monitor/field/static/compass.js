// The phone's own compass, as a help and never more: it is often some degrees off, sometimes half a turn. Only
// headings tied to the earth are taken, and the form asks the eye's direction beside it.

import { DIR16 } from "./ground.js";
import { button, h } from "./dom.js";
import { shownNumber, t } from "./words.js";

const PATIENCE_MS = 4_000;
const FLAT_DEG = 40;
const SMOOTH = 0.25;

let reading = null; // {deg, why, stop} while the compass is read

/**
 * The direction of the upper edge of the screen in degrees, or null where the event does not tell it: Safari's own
 * value, else the turn of a phone that lies about flat and whose zero is north.
 */
export function headingOf({ webkitCompassHeading, webkitCompassAccuracy, absolute, alpha, beta, gamma }, screenAngle = 0) {
  if (typeof webkitCompassHeading === "number") {
    return webkitCompassHeading >= 0 && webkitCompassAccuracy !== -1 ? (webkitCompassHeading + screenAngle) % 360 : null;
  }
  if (!absolute || typeof alpha !== "number" || Math.max(Math.abs(beta ?? 0), Math.abs(gamma ?? 0)) > FLAT_DEG) return null;
  return (360 - alpha + screenAngle + 360) % 360;
}

export function stopCompass() {
  reading?.stop();
  reading = null;
}

/** Begins to read. Safari must be asked from a tap, which is where this is called from. */
async function begin(draw) {
  stopCompass();
  const events = globalThis.DeviceOrientationEvent;
  const mine = { deg: null, why: null, stop: () => {} };
  reading = mine;
  if (events?.requestPermission) {
    const answer = await events.requestPermission().catch(() => "denied");
    if (reading !== mine) return;
    if (answer !== "granted") mine.why = "denied";
  }
  const name = "ondeviceorientationabsolute" in globalThis ? "deviceorientationabsolute" : "deviceorientation";
  const hear = (event) => {
    const heading = headingOf(event, globalThis.screen?.orientation?.angle ?? 0);
    if (heading === null) return;
    const first = mine.deg === null;
    mine.deg = first ? heading : turned(mine.deg, heading);
    mine.why = null;
    if (first) draw();
    else document.getElementById("compass-now")?.replaceChildren(words(mine.deg));
  };
  const timer = setTimeout(() => {
    if (reading !== mine || mine.deg !== null) return;
    mine.why = "none";
    draw();
  }, PATIENCE_MS);
  if (mine.why === null) addEventListener(name, hear);
  mine.stop = () => {
    clearTimeout(timer);
    removeEventListener(name, hear);
  };
  draw();
}

/** A part of the way from one direction to another, by the shorter way around. */
function turned(from, to) {
  return (from + SMOOTH * (((to - from + 540) % 360) - 180) + 360) % 360;
}

function words(deg) {
  const whole = Math.round(deg) % 360;
  return `${shownNumber(whole)}° ${t(`rose.${DIR16[Math.round(deg / 45) % 8 * 2]}`)}`;
}

/** The button that reads the compass, or what it says now with a button to take it over. */
export function compassHelp({ take, draw }) {
  if (!reading) return button("compass", t("compass.read"), () => begin(draw), "quiet");
  const end = () => {
    stopCompass();
    draw();
  };
  const { deg, why } = reading;
  return h("div", { class: "compass", role: "group", "aria-label": t("compass.title") },
    h("p", { class: "hint" }, t("compass.hold")),
    h("p", { class: deg === null ? "" : "big", id: "compass-now", role: deg === null && "status" }, deg === null ? t(`compass.${why ?? "waiting"}`) : words(deg)),
    h("div", { class: "row" },
      deg !== null && button("compass-take", t("compass.take"), () => {
        const whole = Math.round(reading.deg) % 360;
        stopCompass();
        take(String(whole));
      }, "primary"),
      button("compass-stop", t("form.cancel"), end, "quiet")));
}
