// Where an event is, as the server will store it (monitor/geo.py, incidents/intake/locate.py). Pure: no page.
// Degrees are true, longitude comes before latitude, distances are metres; rings are [[lon, lat] …], closed.

import { squareOf } from "./mgrs.js";

const A = 6_378_137; // WGS84
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RAD = Math.PI / 180;

// The server's own rules; a test holds them against it.
export const RADIUS_M = { post: 50, base: 200, settlement: 1_500 };
export const DIR16 = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];
const DIR16_HALF_WIDTH_DEG = 11.25;
const HAND_COMPASS_SIGMA_DEG = 3;
const FARTHEST_M = 20_000;
const ONE_NUMBER_SPREAD = { rangefinder: 0.02, map: 0.05, flash_to_bang: 0.1, estimate: 0.25 };
const UNKNOWN_ACCURACY_M = 100;
const FILLET_RAD = Math.PI / 8;
// Standard errors of a flash-to-bang distance: both taps together, the air's temperature, the wind. Our rule.
const TAPS_S = 0.28;
const AIR_C = 5;
const WIND_M_PER_S = 5;

/** The point reached from lon, lat by going so far in a direction. Vincenty's direct formula, exact to a millimetre. */
export function destination(lon, lat, bearingDeg, distanceM) {
  const [sinBearing, cosBearing] = [Math.sin(bearingDeg * RAD), Math.cos(bearingDeg * RAD)];
  const tanU = (1 - F) * Math.tan(lat * RAD);
  const cosU = 1 / Math.hypot(1, tanU);
  const sinU = tanU * cosU;
  const sigma1 = Math.atan2(tanU, cosBearing);
  const sinAlpha = cosU * sinBearing;
  const cosSqAlpha = 1 - sinAlpha ** 2;
  const uSq = (cosSqAlpha * (A ** 2 - B ** 2)) / B ** 2;
  const bigA = 1 + (uSq / 16384) * (4096 + uSq * (-768 + uSq * (320 - 175 * uSq)));
  const bigB = (uSq / 1024) * (256 + uSq * (-128 + uSq * (74 - 47 * uSq)));
  let sigma = distanceM / (B * bigA);
  let cos2Sigma = 0;
  for (let before = Infinity; Math.abs(sigma - before) > 1e-12; ) {
    cos2Sigma = Math.cos(2 * sigma1 + sigma);
    const correction = bigB * Math.sin(sigma) * (cos2Sigma + (bigB / 4) * (Math.cos(sigma) * (2 * cos2Sigma ** 2 - 1)
      - (bigB / 6) * cos2Sigma * (4 * Math.sin(sigma) ** 2 - 3) * (4 * cos2Sigma ** 2 - 3)));
    before = sigma;
    sigma = distanceM / (B * bigA) + correction;
  }
  const [sinSigma, cosSigma] = [Math.sin(sigma), Math.cos(sigma)];
  const across = sinU * sinSigma - cosU * cosSigma * cosBearing;
  const toLat = Math.atan2(sinU * cosSigma + cosU * sinSigma * cosBearing, (1 - F) * Math.hypot(sinAlpha, across));
  const lambda = Math.atan2(sinSigma * sinBearing, cosU * cosSigma - sinU * sinSigma * cosBearing);
  const bigC = (F / 16) * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
  const turn = lambda - (1 - bigC) * F * sinAlpha
    * (sigma + bigC * sinSigma * (cos2Sigma + bigC * cosSigma * (2 * cos2Sigma ** 2 - 1)));
  return [lon + turn / RAD, toLat / RAD];
}

/**
 * How far something was whose sound came so many seconds after its light: metres with twice the standard error of
 * two taps, of air taken 5 degrees wrong, and of a wind along the way that nobody measured.
 */
export function soundRange(seconds, airC) {
  const speed = 331.3 + 0.606 * airC;
  const error = 2 * Math.hypot(speed * TAPS_S, Math.hypot(0.606 * AIR_C, WIND_M_PER_S) * seconds);
  return { m: speed * seconds, error_m: error };
}

/** Everything within a distance, drawn with 72 corners. */
export function circle(lon, lat, radiusM) {
  return Array.from({ length: 73 }, (_, step) => destination(lon, lat, 90 - step * 5, radiusM));
}

/**
 * The piece of a ring about an observer, grown by the observer's own accuracy. Laid out in the plane that keeps
 * distance and direction from the observer, with the bearing as its first axis. No direction on a phone is wider than
 * 40 degrees, which the server draws with eight chords: four a half.
 */
export function sector(lon, lat, bearingDeg, halfWidthDeg, minM, maxM, grownByM) {
  const half = halfWidthDeg * RAD;
  const steps = 4;
  const arc = (radius, from, to, [x, y] = [0, 0], count = Math.max(1, Math.ceil(Math.abs(to - from) / FILLET_RAD))) =>
    Array.from({ length: count + 1 }, (_, step) => {
      const angle = from + ((to - from) * step) / count;
      return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    });
  const corner = (radius, side) => [radius * Math.cos(side * half), radius * Math.sin(side * half)];
  // Half of the outline, from the bearing outward along the far side and back along the near one; the other half mirrors it.
  const drawn = grownByM > 0
    ? [
      ...arc(maxM + grownByM, 0, half, [0, 0], steps),
      ...arc(grownByM, half, half + Math.PI / 2, corner(maxM, 1)),
      ...nearSide(arc, corner, half, minM, grownByM, steps),
    ]
    : [...arc(maxM, 0, half, [0, 0], steps), ...(minM > 0 ? arc(minM, half, 0, [0, 0], steps) : [[0, 0]])];
  // Where two pieces meet, one point is enough.
  const outline = drawn.filter(([x, y], at) => at === 0 || Math.hypot(x - drawn[at - 1][0], y - drawn[at - 1][1]) > 0.001);
  const mirrored = outline.slice(1, -1).map(([x, y]) => [x, -y]).reverse(); // without the two points on the bearing itself
  const ring = [...outline, ...mirrored].map(([x, y]) => destination(lon, lat, bearingDeg + Math.atan2(y, x) / RAD, Math.hypot(x, y)));
  return [...ring, ring[0]];
}

/** The near end of half a grown sector: rounded about its corner, hollow only where the margin leaves something of the hollow. */
function nearSide(arc, corner, half, minM, by, steps) {
  const side = half + Math.PI / 2;
  if (minM === 0) return arc(by, side, Math.PI);
  if (by < minM) return [...arc(by, side, half + Math.PI, corner(minM, 1)), ...arc(minM - by, half, 0, [0, 0], steps)];
  const [x, y] = corner(minM, 1);
  return arc(by, side, 2 * Math.PI - Math.acos(-Math.sqrt(by ** 2 - y ** 2) / by), [x, y]);
}

/** Degrees east of true north at a place, between the corners of the mission's grid; null beyond it. */
export function declinationAt(grid, lon, lat) {
  if (!grid) return null;
  const [x, y] = [(lon - grid.lon0) / grid.step, (lat - grid.lat0) / grid.step];
  const [column, row] = [Math.min(Math.floor(x), grid.nlon - 2), Math.min(Math.floor(y), grid.nlat - 2)];
  if (!(column >= 0 && row >= 0 && x <= grid.nlon - 1 && y <= grid.nlat - 1)) return null;
  const at = (right, up) => grid.deg[(row + up) * grid.nlon + column + right];
  const mix = (a, b, part) => a + (b - a) * part;
  return mix(mix(at(0, 0), at(1, 0), x - column), mix(at(0, 1), at(1, 1), x - column), y - row);
}

/** Where somebody stood, as {lon, lat, accuracy_m}, from the observer of a report's body; null where it cannot be told. */
export function stoodAt({ lon, lat, accuracy_m, mgrs, post }, places) {
  if (lon !== null && lat !== null) return { lon, lat, accuracy_m: accuracy_m ?? UNKNOWN_ACCURACY_M };
  if (mgrs) return spotOf(squareOf(mgrs));
  const place = post && places.find(({ code }) => code === post);
  return place && place.lon !== null ? { lon: place.lon, lat: place.lat, accuracy_m: RADIUS_M[place.kind] } : null;
}

function spotOf(square) {
  return square && { lon: square.lon, lat: square.lat, accuracy_m: square.size_m / Math.SQRT2 };
}

/** The area of an event as it will be stored, from a report's body: a closed ring, or null where it has none. */
export function eventArea(event, stood, places, grid) {
  const about = ({ lon, lat, accuracy_m }) => circle(lon, lat, Math.max(1, accuracy_m));
  if (event.kind === "same_as_observer") return stood && about(stood);
  if (event.kind === "place") {
    const place = places.find(({ code }) => code === event.place);
    return place && place.lon !== null ? circle(place.lon, place.lat, RADIUS_M[place.kind]) : null;
  }
  if (event.kind === "point") {
    if (event.mgrs) return squareOf(event.mgrs)?.ring ?? null;
    return about({ ...event, accuracy_m: event.accuracy_m || UNKNOWN_ACCURACY_M });
  }
  if (event.kind !== "direction" || !stood) return null;
  const [bearing, half] = bearingOf(event, stood, grid);
  const [near, far] = rangeOf(event);
  return sector(stood.lon, stood.lat, bearing, half, near, far, stood.accuracy_m);
}

/** Direction and half width in degrees true. */
function bearingOf({ bearing_deg, dir16, north, bearing_sigma_deg }, stood, grid) {
  if (bearing_deg === null) return [DIR16.indexOf(dir16) * 22.5, DIR16_HALF_WIDTH_DEG];
  const east = north === "magnetic" ? declinationAt(grid, stood.lon, stood.lat) ?? 0 : 0;
  return [bearing_deg + east, Math.max(0.5, 2 * (bearing_sigma_deg ?? HAND_COMPASS_SIGMA_DEG))];
}

function rangeOf({ dist_min_km, dist_max_km, dist_basis }) {
  const near = (dist_min_km ?? 0) * 1000;
  if (dist_max_km === null) return [near, Math.max(FARTHEST_M, 2 * near)];
  const far = dist_max_km * 1000;
  if (far - near >= 1) return [near, far];
  const spread = ONE_NUMBER_SPREAD[dist_basis];
  return [near * (1 - spread), Math.max(far * (1 + spread), 1)];
}
