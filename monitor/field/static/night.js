// Night at the mission, by the sun; and the choice between light and dark at the foot of the first page.

import { redraw } from "./dom.js";
import { choices } from "./inputs.js";
import { now } from "./time.js";
import { t } from "./words.js";

const DAY_MS = 86_400_000;
const J2000 = Date.UTC(2000, 0, 1, 12);
const DARK_BELOW_DEG = -3;
const LOOK_AGAIN_MS = 60_000;
const RAD = Math.PI / 180;

/** How high the sun stands, in degrees; the Astronomical Almanac's low-precision formula, good to a hundredth. */
export function sunElevation(ms, lon, lat) {
  const days = (ms - J2000) / DAY_MS;
  const anomaly = (357.529 + 0.98560028 * days) * RAD;
  const longitude = (280.459 + 0.98564736 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const tilt = (23.439 - 0.00000036 * days) * RAD;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(longitude));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude));
  const hour = ((18.697374558 + 24.06570982441908 * days) * 15 + lon) * RAD - ascension;
  return Math.asin(Math.sin(lat * RAD) * Math.sin(declination) + Math.cos(lat * RAD) * Math.cos(declination) * Math.cos(hour)) / RAD;
}

export function isNight(ms, lon, lat) {
  return sunElevation(ms, lon, lat) < DARK_BELOW_DEG;
}

/** Keeps the page dark while it is night about these places, where nobody chose otherwise. */
export function followTheSun(places) {
  const known = places.filter(({ lon }) => lon !== null);
  if (!known.length) return;
  const mean = (of) => known.reduce((sum, place) => sum + place[of], 0) / known.length;
  const [lon, lat] = [mean("lon"), mean("lat")];
  const turn = () => globalThis.look.set({ night: isNight(now(), lon, lat) });
  turn();
  setInterval(turn, LOOK_AGAIN_MS);
}

/** Puts the choice at the foot of the page. */
export function offerLook() {
  const home = document.createElement("div");
  home.className = "look";
  document.querySelector("footer").prepend(home);
  const draw = () => redraw(home, () => choices({
    id: "look",
    legend: t("app.look"),
    options: ["auto", "light", "dark"].map((code) => [code, t(`app.look_${code}`)]),
    value: globalThis.look.choice(),
    change: (choice) => {
      globalThis.look.set({ choice });
      draw();
    },
  }));
  draw();
}
