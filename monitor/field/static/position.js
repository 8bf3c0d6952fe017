// Where the phone is: the best of what the receiver says, for at most a minute; and positions in words.

import { shownNumber, t } from "./words.js";

const GOOD_M = 10;
const LONGEST_MS = 60_000;

let watching = null;

/**
 * Tells each better position as {lon, lat, accuracy_m, at}, then how it ended:
 * "good", "time", "denied", "unavailable". Stops at 10 m or after a minute.
 */
export function findPosition({ better, ended, clock }) {
  stopFinding();
  if (!navigator.geolocation) return ended("unavailable");
  let best = Infinity;
  const stop = (why) => {
    stopFinding();
    ended(why);
  };
  const id = navigator.geolocation.watchPosition(
    ({ coords }) => {
      if (coords.accuracy >= best) return;
      best = coords.accuracy;
      better({
        lon: Number(coords.longitude.toFixed(6)),
        lat: Number(coords.latitude.toFixed(6)),
        accuracy_m: Math.max(1, Math.round(coords.accuracy)),
        at: clock(),
      });
      if (best <= GOOD_M) stop("good");
    },
    (error) => {
      if (error.code === error.PERMISSION_DENIED) stop("denied");
      else if (best === Infinity && error.code === error.POSITION_UNAVAILABLE) stop("unavailable");
    },
    { enableHighAccuracy: true, maximumAge: 0, timeout: LONGEST_MS },
  );
  watching = { id, timer: setTimeout(() => stop(best === Infinity ? "unavailable" : "time"), LONGEST_MS) };
  return undefined;
}

export function isFinding() {
  return watching !== null;
}

export function stopFinding() {
  if (!watching) return;
  navigator.geolocation.clearWatch(watching.id);
  clearTimeout(watching.timer);
  watching = null;
}

/** "12 m", "1.4 km". */
export function metres(m, decimals = 1) {
  return m < 1000 ? `${m}\u00a0${t("unit.m")}` : `${shownNumber((m / 1000).toFixed(decimals))}\u00a0${t("unit.km")}`;
}

/** A point in decimal degrees and how exact it is. */
export function pointText({ lon, lat, accuracy_m }) {
  return t("map.point", { lat: lat.toFixed(4), lon: lon.toFixed(4), far: metres(accuracy_m) });
}
