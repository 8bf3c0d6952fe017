// Which span an address asks for: one of its own (`from`, `to`), or a window up to now (`window`).

export const WINDOWS = { "24h": 24, "72h": 72, "7d": 168, all: null };
const HOUR = 3_600_000;

/** `from` and `to` in epoch ms, or null where the address names no span. */
export function spanIn(parameters) {
  const span = ["from", "to"].map((name) => Date.parse(parameters.get(name) || ""));
  return span[0] < span[1] ? span : null;
}

export const windowIn = (parameters) => (parameters.get("window") in WINDOWS ? parameters.get("window") : "24h");

/** The window of that name up to `now`; the whole mission begins with the mission. */
export function windowSpan(name, now, missionStart) {
  const hours = WINDOWS[name];
  return [hours === null ? Date.parse(missionStart) : now - hours * HOUR, now];
}
