// Where the phone is: the best of what the receiver says, for at most a minute.

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
