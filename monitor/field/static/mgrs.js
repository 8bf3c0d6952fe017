// MGRS squares in and out, as monitor/geo.py reads and writes them. Pure. Transverse Mercator by Krüger's series.

const A = 6_378_137; // WGS84
const F = 1 / 298.257223563;
const N = F / (2 - F);
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const E = Math.sqrt(F * (2 - F));
const K0 = 0.9996;
const RAD = Math.PI / 180;
const FORWARD = [
  N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16 + (41 * N ** 4) / 180,
  (13 * N ** 2) / 48 - (3 * N ** 3) / 5 + (557 * N ** 4) / 1440,
  (61 * N ** 3) / 240 - (103 * N ** 4) / 140,
  (49561 * N ** 4) / 161280,
];
const BACKWARD = [
  N / 2 - (2 * N ** 2) / 3 + (37 * N ** 3) / 96 - N ** 4 / 360,
  N ** 2 / 48 + N ** 3 / 15 - (437 * N ** 4) / 1440,
  (17 * N ** 3) / 480 - (37 * N ** 4) / 840,
  (4397 * N ** 4) / 161280,
];
const BANDS = "CDEFGHJKLMNPQRSTUVWX";
const COLUMNS = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"];
const ROWS = "ABCDEFGHJKLMNPQRSTUV";
const FORM = /^(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])(\d*)$/;

const middleOf = (zone) => (zone * 6 - 183) * RAD;

/** The zone of a point, with the wider ones about Norway and Svalbard. */
function zoneOf(lon, lat) {
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
  if (lat >= 72 && lon >= 0 && lon < 42) return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
  return Math.min(60, Math.floor((lon + 180) / 6) + 1);
}

function toUtm(lon, lat, zone) {
  const sin = Math.sin(lat * RAD);
  const t = Math.sinh(Math.atanh(sin) - E * Math.atanh(E * sin));
  const turn = lon * RAD - middleOf(zone);
  const [xi, eta] = [Math.atan2(t, Math.cos(turn)), Math.asinh(Math.sin(turn) / Math.hypot(t, Math.cos(turn)))];
  let [x, y] = [eta, xi];
  FORWARD.forEach((alpha, at) => {
    const j = 2 * (at + 1);
    x += alpha * Math.cos(j * xi) * Math.sinh(j * eta);
    y += alpha * Math.sin(j * xi) * Math.cosh(j * eta);
  });
  return [500_000 + K0 * RADIUS * x, (lat < 0 ? 10_000_000 : 0) + K0 * RADIUS * y];
}

function fromUtm(easting, northing, zone, isSouth) {
  const [y, x] = [(northing - (isSouth ? 10_000_000 : 0)) / (K0 * RADIUS), (easting - 500_000) / (K0 * RADIUS)];
  let [xi, eta] = [y, x];
  BACKWARD.forEach((beta, at) => {
    const j = 2 * (at + 1);
    xi -= beta * Math.sin(j * y) * Math.cosh(j * x);
    eta -= beta * Math.cos(j * y) * Math.sinh(j * x);
  });
  const wanted = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi)); // the conformal latitude's tangent
  let tan = wanted;
  for (let turn = 0; turn < 6; turn += 1) {
    const sigma = Math.sinh(E * Math.atanh((E * tan) / Math.hypot(1, tan)));
    const at = tan * Math.hypot(1, sigma) - sigma * Math.hypot(1, tan);
    tan += ((wanted - at) / Math.hypot(1, at)) * ((1 + (1 - E ** 2) * tan ** 2) / ((1 - E ** 2) * Math.hypot(1, tan)));
  }
  return [(middleOf(zone) + Math.atan2(Math.sinh(eta), Math.cos(xi))) / RAD, Math.atan(tan) / RAD];
}

/** "38TNK 12345 67890": the square that holds a point; `digits` (2 to 10) counts both halves. */
export function mgrsOf(lon, lat, digits = 10) {
  if (!(lat >= -80 && lat < 84)) return null;
  const zone = zoneOf(lon, lat);
  const [easting, northing] = toUtm(lon, lat, zone);
  const column = COLUMNS[(zone - 1) % 3][Math.floor(easting / 100_000) - 1];
  const row = ROWS[(Math.floor(northing / 100_000) + (zone % 2 ? 0 : 5)) % 20];
  const half = digits / 2;
  const part = (metres) => String(Math.floor(metres % 100_000)).padStart(5, "0").slice(0, half);
  return `${String(zone).padStart(2, "0")}${BANDS[Math.min(19, Math.floor((lat + 80) / 8))]}${column}${row} ${part(easting)} ${part(northing)}`;
}

/** The square that a reference means: {lon, lat (its middle), size_m, ring}, or null for what is no reference. */
export function squareOf(text) {
  const found = FORM.exec(String(text).replace(/\s+/g, "").toUpperCase());
  if (!found) return null;
  const [zone, band, digits] = [Number(found[1]), BANDS.indexOf(found[2]), found[5]];
  const columnAt = COLUMNS[(zone - 1) % 3]?.indexOf(found[3]) ?? -1;
  if (zone < 1 || zone > 60 || columnAt < 0 || digits.length % 2 || digits.length < 2 || digits.length > 10) return null;
  const half = digits.length / 2;
  const size = 10 ** (5 - half);
  const easting = (columnAt + 1) * 100_000 + Number(digits.slice(0, half)) * size;
  const above = ((ROWS.indexOf(found[4]) + (zone % 2 ? 20 : 15)) % 20) * 100_000 + Number(digits.slice(half)) * size;
  const isSouth = band < 10;
  const lowest = -80 + 8 * band;
  const highest = band === 19 ? 84 : lowest + 8;
  // Rows repeat every 2,000 km: the one that lies in the band is meant.
  for (let northing = above; northing < 10_000_000; northing += 2_000_000) {
    const corners = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map(([right, up]) =>
      fromUtm(easting + right * size, northing + up * size, zone, isSouth));
    const lats = corners.map(([, lat]) => lat);
    if (Math.max(...lats) < lowest || Math.min(...lats) > highest) continue;
    const [lon, lat] = fromUtm(easting + size / 2, northing + size / 2, zone, isSouth);
    return { lon, lat, size_m: size, ring: corners };
  }
  return null;
}

/** A point typed as MGRS or as "40.1234, 45.6789" (latitude first, as people say it): {lon, lat, accuracy_m} or null. */
export function pointOf(text) {
  const square = squareOf(text);
  if (square) return { lon: square.lon, lat: square.lat, accuracy_m: Math.max(1, Math.round(square.size_m / Math.SQRT2)) };
  const found = /^\s*(-?\d{1,2}(?:[.,]\d+)?)\s*°?\s*N?\s*[,;\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*°?\s*E?\s*$/i.exec(text);
  if (!found) return null;
  const [lat, lon] = [found[1], found[2]].map((number) => Number(number.replace(",", ".")));
  if (Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  // The last digit given is all that is known: half of its step, as a circle about the cell.
  const digits = Math.min(...[found[1], found[2]].map((number) => (/[.,](\d+)/.exec(number)?.[1] ?? "").length));
  return { lon, lat, accuracy_m: Math.max(5, Math.ceil((111_320 * 10 ** -digits) / Math.SQRT2)) };
}
