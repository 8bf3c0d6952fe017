// From what was tapped to what is sent. Pure: no page, no clock of its own, no storage.

import { instantOf, iso } from "./time.js";
import { numberOf } from "./words.js";

export const QUESTIONS = [
  "what", "when", "observer", "event", "count", "means", "exposure", "details", "conditions", "photos", "text",
];
export const NEGATIVE_QUESTIONS = ["watch", "span", "observer", "means", "conditions", "text"];
export const OWN_SENSES = ["saw", "heard", "felt", "recorded_camera", "recorded_uav", "recorded_acoustic"];
export const HALF_HOUR_MS = 1_800_000;
const LONGEST_TEXT = 10_000;

export function isNegative(draft) {
  return draft.type === "nothing_observed";
}

/** A draft with nothing in it but when it was begun. */
export function emptyDraft(id, startedAt) {
  return {
    id,
    observation_id: id,
    revision_no: 1,
    revision_of: null,
    started_at: startedAt,
    open: "what",
    category: null,
    type: null,
    when: { mode: null, tapped_at: startedAt, ago: "", start: { day: "", hh: "", mm: "" }, end: null, precision: "T1" },
    observer: { mode: null, gnss: null, map: null, mgrs: "", post: null },
    event: {
      mode: null, dir16: null, by_degrees: false, degrees: "", north: "magnetic", dist_known: null, min: "", max: "",
      basis: "estimate", place: null, point_by: "map", point: null, mgrs: "",
    },
    count: { n: "1", qualifier: "exact" },
    means: null,
    info_type: "observed",
    exposure: null,
    fields: {},
    conditions: { weather: null, wind: null, noise: null, visibility: "" },
    photos: [],
    text: "",
    watch_id: null,
  };
}

// Time ----------------------------------------------------------------------------------------------------

/** [start, end] in milliseconds, as the draft says; NaN where it says no time, null where there is no end. */
export function timeOf(draft) {
  const { when } = draft;
  if (when.mode === "now") return [when.tapped_at, null];
  if (when.mode === "ago") return [when.tapped_at - numberOf(when.ago) * 60_000, null];
  if (when.mode === "at") return [instantOf(when.start), when.end ? instantOf(when.end) : null];
  return [NaN, null];
}

/** How exact the time is follows from how it was given. */
export function precisionOf(draft) {
  const { when } = draft;
  const told = draft.info_type !== "observed";
  if (when.mode === "now") return { precision: "T0", basis: "tap" };
  if (when.mode === "ago") {
    const minutes = numberOf(when.ago);
    const precision = minutes <= 2 ? "T1" : minutes <= 15 ? "T2" : "T3";
    return { precision, basis: told ? "told" : "estimate" };
  }
  return { precision: when.precision, basis: told ? "told" : when.precision === "T1" ? "watch" : "estimate" };
}

// Judging -------------------------------------------------------------------------------------------------

/**
 * What is missing or cannot be, in the order of the questions:
 * [{question, field (an element's id), key (a message)}]. Empty when the report can be sent.
 */
export function judge(draft, at, taxonomy) {
  const errors = [];
  const need = (question, field, key, ok) => ok || errors.push({ question, field, key });
  const negative = isNegative(draft);
  if (negative) need("watch", "watch", "error.watch", draft.watch_id);
  else need("what", "category", draft.category ? "error.type" : "error.category", draft.type);
  judgeTime(draft, at, need, negative ? "span" : "when");
  judgeObserver(draft, need);
  if (!negative) {
    judgeEvent(draft, need);
    if (countOf(draft, taxonomy)) judgeCount(draft, need);
  }
  need("means", "means", "error.means", draft.means);
  if (!negative) {
    const asked = draft.means && !OWN_SENSES.includes(draft.means);
    need("means", "info_type", "error.info_type", !asked || draft.info_type !== "observed");
    need("exposure", "exposure", "error.exposure", draft.exposure);
    judgeFields(draft, taxonomy, need);
  }
  const visibility = draft.conditions.visibility.trim();
  need("conditions", "visibility", "error.visibility", !visibility || within(visibility, 0, 100));
  need("text", "text", "error.text", draft.text.length <= LONGEST_TEXT);
  return errors;
}

function within(text, least, most) {
  const value = numberOf(text);
  return value >= least && value <= most;
}

function judgeTime(draft, at, need, question) {
  const { when } = draft;
  const [start, end] = timeOf(draft);
  if (!when.mode) return need(question, "when", "error.when", false);
  if (when.mode === "ago") need(question, "ago", "error.ago", within(when.ago, 0, 1440));
  if (when.mode !== "at") return true;
  if (Number.isNaN(start)) return need(question, "start-hh", "error.time", false);
  need(question, "start-hh", "error.future", start <= at + 60_000);
  if (end === null) return need(question, "end-hh", "error.span", question !== "span");
  if (Number.isNaN(end)) return need(question, "end-hh", "error.time", false);
  need(question, "end-hh", "error.future", end <= at + 60_000);
  return need(question, "end-hh", "error.order", end >= start);
}

function judgeObserver(draft, need) {
  const { observer } = draft;
  if (!observer.mode) return need("observer", "observer", "error.observer", false);
  if (observer.mode === "gnss") return need("observer", "observer", "error.gnss", observer.gnss);
  if (observer.mode === "map") return need("observer", "observer", "error.map", observer.map);
  if (observer.mode === "mgrs") return need("observer", "own-grid", "error.mgrs", isMgrs(observer.mgrs));
  return need("observer", "which-post", "error.post", observer.post);
}

/** Zone, band, square and an even number of digits: what the server will turn into a square of that size. */
export function isMgrs(text) {
  const found = /^(\d{1,2})[C-HJ-NP-X][A-HJ-NP-Z][A-HJ-NP-V](\d{0,10})$/.exec(text.replace(/\s+/g, "").toUpperCase());
  return Boolean(found) && Number(found[1]) >= 1 && Number(found[1]) <= 60 && found[2].length % 2 === 0;
}

function judgeEvent(draft, need) {
  const { event } = draft;
  if (!event.mode) return need("event", "event", "error.event", false);
  if (event.mode === "place") return need("event", "which-place", "error.place", event.place);
  if (event.mode === "point" && event.point_by === "mgrs")
    return need("event", "event-grid", "error.mgrs", isMgrs(event.mgrs));
  if (event.mode === "point") return need("event", "event-spot", "error.map", event.point);
  if (event.mode !== "direction") return true;
  if (event.by_degrees) need("event", "degrees", "error.degrees", within(event.degrees, 0, 360));
  else need("event", "rose", "error.direction", event.dir16);
  if (event.dist_known === null) return need("event", "distance", "error.distance", false);
  if (!event.dist_known) return true;
  need("event", "dist-min", "error.dist_number", within(event.min, 0, 100));
  need("event", "dist-max", "error.dist_number", within(event.max, 0, 100));
  return need("event", "dist-max", "error.dist_order", !(numberOf(event.max) < numberOf(event.min)) && numberOf(event.max) !== 0);
}

function judgeCount(draft, need) {
  const value = numberOf(draft.count.n);
  need("count", "count-n", "error.count", Number.isInteger(value) && value >= 1 && value <= 100_000);
}

function judgeFields(draft, taxonomy, need) {
  for (const use of taxonomy.types[draft.type]?.fields || []) {
    const field = taxonomy.fields[use.code];
    const value = draft.fields[use.code];
    const id = `field-${use.code}`;
    if (use.required) need("details", id, "error.required", value !== undefined);
    if (value === undefined || value === "n_k") continue;
    if (["number", "integer", "duration_min"].includes(field.kind)) {
      const number = numberOf(value);
      const fits = number >= (field.min ?? -Infinity) && number <= (field.max ?? Infinity);
      need("details", id, "error.number", fits && (field.kind === "number" || Number.isInteger(number)));
    } else if (field.kind === "datetime") {
      need("details", `${id}-hh`, "error.time", !Number.isNaN(instantOf(value)));
    } else if (field.kind === "tally") {
      const rows = value.every((row) => {
        const [min, max] = [numberOf(row.min), row.max.trim() ? numberOf(row.max) : Infinity];
        return Number.isInteger(min) && min >= 0 && max >= min && (max === Infinity || Number.isInteger(max));
      });
      need("details", id, "error.tally", rows);
    }
  }
}

// Wire ----------------------------------------------------------------------------------------------------

/** What is counted ("events", "persons" …), or null where this type is not counted. */
export function countOf(draft, taxonomy) {
  return taxonomy.types[draft.type]?.count || null;
}

/** The observation as `POST /api/v1/observations` takes it. */
export function observation(draft, { capturedAt, clockOffsetS, taxonomy }) {
  const negative = isNegative(draft);
  const [start, end] = timeOf(draft);
  return {
    observation_id: draft.observation_id,
    revision_of: draft.revision_of,
    revision_no: draft.revision_no,
    form_version: "observation@1",
    device_seq: null,
    captured_at: iso(capturedAt),
    category: draft.category,
    type: draft.type,
    means: draft.means,
    info_type: draft.info_type,
    time: { start: iso(start), end: end === null ? null : iso(end), ...precisionOf(draft), clock_offset_s: clockOffsetS },
    observer: observerOf(draft.observer),
    event: negative ? { kind: "same_as_observer" } : eventOf(draft.event),
    count: negative || !countOf(draft, taxonomy) ? null : countedOf(draft.count),
    fields: fieldsOf(draft, taxonomy),
    conditions: conditionsOf(draft.conditions),
    exposure: negative ? "none" : draft.exposure,
    sensitivity: "internal",
    watch_id: draft.watch_id,
    co_observers: [],
    text: draft.text.trim() || null,
    witness: null,
    media: draft.photos.map(({ media_id, sha256, bytes, mime }, at) => ({
      media_id, slot: `photo${at + 1}`, sha256, bytes, mime,
    })),
  };
}

function observerOf({ mode, gnss, map, mgrs, post }) {
  const nowhere = { lon: null, lat: null, accuracy_m: null, mgrs: null, post: null };
  if (mode === "gnss") return { ...nowhere, lon: gnss.lon, lat: gnss.lat, accuracy_m: gnss.accuracy_m, method: "gnss" };
  if (mode === "map") return { ...nowhere, lon: map.lon, lat: map.lat, accuracy_m: map.accuracy_m, method: "map" };
  if (mode === "mgrs") return { ...nowhere, mgrs: plainMgrs(mgrs), method: "mgrs" };
  return { ...nowhere, post, method: "known_post" };
}

function plainMgrs(text) {
  return text.replace(/\s+/g, "").toUpperCase();
}

function eventOf(event) {
  if (event.mode === "place") return { kind: "place", place: event.place };
  if (event.mode === "same") return { kind: "same_as_observer" };
  if (event.mode === "not_known") return { kind: "not_known" };
  if (event.mode === "point") {
    if (event.point_by === "mgrs") return { kind: "point", lon: null, lat: null, accuracy_m: null, mgrs: plainMgrs(event.mgrs) };
    return { kind: "point", lon: event.point.lon, lat: event.point.lat, accuracy_m: event.point.accuracy_m, mgrs: null };
  }
  return {
    kind: "direction",
    bearing_deg: event.by_degrees ? numberOf(event.degrees) % 360 : null,
    dir16: event.by_degrees ? null : event.dir16,
    north: event.by_degrees ? event.north : "true",
    bearing_sigma_deg: null,
    dist_min_km: event.dist_known ? numberOf(event.min) : null,
    dist_max_km: event.dist_known ? numberOf(event.max) : null,
    dist_basis: event.basis,
  };
}

/** "About" spreads to totals by its word; only "at least" and "too many to count" leave the top open. */
function countedOf({ n, qualifier }) {
  const value = numberOf(n);
  const open = qualifier === "at_least" || qualifier === "uncountable";
  return { min: qualifier === "up_to" ? 1 : value, best: value, max: open ? null : value, qualifier };
}

function fieldsOf(draft, taxonomy) {
  const told = {};
  for (const { code } of taxonomy.types[draft.type]?.fields || []) {
    const value = draft.fields[code];
    if (value === undefined) continue;
    told[code] = value === "n_k" ? value : fieldValue(taxonomy.fields[code].kind, value);
  }
  return told;
}

function fieldValue(kind, value) {
  if (["number", "integer", "duration_min"].includes(kind)) return numberOf(value);
  if (kind === "datetime") return iso(instantOf(value));
  if (kind === "tally") {
    return value.map(({ min, max, ...codes }) => ({ ...codes, min: numberOf(min), max: max.trim() ? numberOf(max) : null }));
  }
  return value;
}

function conditionsOf({ weather, wind, noise, visibility }) {
  const told = {};
  if (weather) told.weather = weather;
  if (visibility.trim()) told.visibility_km = numberOf(visibility);
  if (wind) told.wind = wind;
  if (noise) told.noise = noise;
  return Object.keys(told).length ? told : null;
}
