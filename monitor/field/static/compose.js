// From what was tapped to what is sent, and back. Pure: no page, no clock of its own, no storage.

import { DIR16 } from "./ground.js";
import { squareOf } from "./mgrs.js";
import { instantOf, iso, wallTime } from "./time.js";
import { numberOf } from "./words.js";

export const QUESTIONS = [
  "what", "when", "observer", "event", "count", "means", "exposure", "details", "conditions", "photos", "text",
];
export const NEGATIVE_QUESTIONS = ["watch", "span", "observer", "means", "conditions", "text"];
export const OWN_SENSES = ["saw", "heard", "felt", "recorded_camera", "recorded_uav", "recorded_acoustic"];
export const HALF_HOUR_MS = 1_800_000;
/** A voice note travels as media of this slot; all others are photos. */
export const VOICE_SLOT = "voice1";
/** One standard error of a phone's compass, degrees: our rule. A hand compass is left to the server's own. */
export const PHONE_COMPASS_SIGMA_DEG = 8;
// A phone's compass that is farther than this from what the eye says is wrong, or the eye is.
const AGREES_DEG = 45;
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
    quick: false,
    category: null,
    type: null,
    when: { mode: null, tapped_at: startedAt, taps: [], ago: "", start: { day: "", hh: "", mm: "" }, end: null, precision: "T1", told: null },
    observer: { mode: null, gnss: null, map: null, mgrs: "", post: null },
    event: {
      mode: null, dir16: null, by_degrees: false, by: "hand", degrees: "", north: "magnetic", dist_known: null, min: "", max: "",
      basis: "estimate", place: null, point_by: "map", point: null, mgrs: "",
    },
    count: { n: "1", qualifier: "exact", told: null },
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
  if (when.mode === "now") return when.taps?.length > 1 ? [when.taps[0], when.taps.at(-1)] : [when.tapped_at, null];
  if (when.mode === "told") return [when.told.start, when.told.end];
  if (when.mode === "ago") return [when.tapped_at - numberOf(when.ago) * 60_000, null];
  if (when.mode === "at") return [instantOf(when.start), when.end ? instantOf(when.end) : null];
  return [NaN, null];
}

/** How exact the time is follows from how it was given. */
export function precisionOf(draft) {
  const { when } = draft;
  const told = draft.info_type !== "observed";
  if (when.mode === "told") return { precision: when.told.precision, basis: when.told.basis };
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

/** A reference that names a square: what the server will place there. */
export function isMgrs(text) {
  return squareOf(text) !== null;
}

/** Whether a phone's compass and the eye point to about the same direction; a compass alone is not believed. */
export function compassAgrees({ by_degrees, by, degrees, dir16 }) {
  if (!by_degrees || by !== "phone" || !dir16 || Number.isNaN(numberOf(degrees))) return true;
  const apart = Math.abs(((numberOf(degrees) - DIR16.indexOf(dir16) * 22.5 + 540) % 360) - 180);
  return apart <= AGREES_DEG;
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
  if (event.by_degrees && event.by === "phone") need("event", "rose", "error.by_eye", event.dir16);
  else if (!event.by_degrees) need("event", "rose", "error.direction", event.dir16);
  need("event", "degrees", "error.compass", compassAgrees(event));
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
    media: mediaOf(draft),
  };
}

/** Photos in their order, then the voice note. */
function mediaOf({ photos }) {
  const slotted = photos.filter(isPhoto).map((photo, at) => ({ ...photo, slot: `photo${at + 1}` }));
  return [...slotted, ...photos.filter((one) => !isPhoto(one))].map(({ media_id, slot, sha256, bytes, mime }) => ({ media_id, slot, sha256, bytes, mime }));
}

export function isPhoto({ slot }) {
  return slot !== VOICE_SLOT;
}

export function observerOf({ mode, gnss, map, mgrs, post }) {
  const nowhere = { lon: null, lat: null, accuracy_m: null, mgrs: null, post: null };
  if (mode === "gnss") return { ...nowhere, lon: gnss.lon, lat: gnss.lat, accuracy_m: gnss.accuracy_m, method: "gnss" };
  if (mode === "map") return { ...nowhere, lon: map.lon, lat: map.lat, accuracy_m: map.accuracy_m, method: "map" };
  if (mode === "mgrs") return { ...nowhere, mgrs: plainMgrs(mgrs), method: "mgrs" };
  return { ...nowhere, post, method: "known_post" };
}

function plainMgrs(text) {
  return text.replace(/\s+/g, "").toUpperCase();
}

export function eventOf(event) {
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
    // With a phone's compass goes what the eye said: readers see the word, the computer uses both.
    dir16: event.by_degrees && event.by !== "phone" ? null : event.dir16,
    north: event.by_degrees ? event.north : "true",
    bearing_sigma_deg: event.by_degrees && event.by === "phone" ? PHONE_COMPASS_SIGMA_DEG : null,
    dist_min_km: event.dist_known ? numberOf(event.min) : null,
    dist_max_km: event.dist_known ? numberOf(event.max) : null,
    dist_basis: event.basis,
  };
}

/** "About" spreads to totals by its word; only "at least" and "too many to count" leave the top open. */
function countedOf({ n, qualifier, told }) {
  const value = numberOf(n);
  if (told && told.best === value && told.qualifier === qualifier) return told;
  const open = qualifier === "at_least" || qualifier === "uncountable";
  return { min: qualifier === "up_to" ? 1 : value, best: value, max: open ? null : value, qualifier };
}

function fieldsOf(draft, taxonomy) {
  const told = {};
  for (const { code } of taxonomy.types[draft.type]?.fields || []) {
    const value = draft.fields[code];
    if (taxonomy.fields[code].kind === "moments" && tapsOf(draft)) told[code] = tapsOf(draft).map(iso);
    if (value === undefined) continue;
    told[code] = value === "n_k" ? value : fieldValue(taxonomy.fields[code].kind, value);
  }
  return told;
}

/** When each bang was, where the count was tapped; null where it was not. */
export function tapsOf({ when }) {
  return when.mode === "now" && when.taps?.length > 1 ? when.taps : null;
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

// Back ----------------------------------------------------------------------------------------------------

/**
 * The draft of a report's body, for a question of the base: `observation(draftOf(body, …), …)` is the body again,
 * but for the moment at which it is written down. Photos are marked as sent: the phone need not have them.
 */
export function draftOf(body, { id, startedAt, taxonomy }) {
  const draft = emptyDraft(id, startedAt);
  const { type, category, means, info_type, exposure, watch_id } = body;
  return Object.assign(draft, {
    observation_id: body.observation_id,
    revision_no: body.revision_no,
    revision_of: body.revision_of,
    open: null,
    type, category, means, info_type, exposure, watch_id,
    exposure_touched: true,
    when: { ...draft.when, ...whenOf(body, type === "nothing_observed") },
    observer: { ...draft.observer, ...standingOf(body.observer, Date.parse(body.time.start)) },
    event: type === "nothing_observed" ? draft.event : { ...draft.event, ...happeningOf(body.event) },
    count: body.count ? { n: String(body.count.best), qualifier: body.count.qualifier, told: body.count } : draft.count,
    fields: Object.fromEntries(Object.entries(body.fields)
      .filter(([code]) => taxonomy.fields[code] && taxonomy.fields[code].kind !== "moments")
      .map(([code, value]) => [code, value === "n_k" ? value : askedValue(taxonomy.fields[code].kind, value)])),
    conditions: {
      weather: body.conditions?.weather ?? null,
      wind: body.conditions?.wind ?? null,
      noise: body.conditions?.noise ?? null,
      visibility: written(body.conditions?.visibility_km),
    },
    photos: body.media.map(({ slot, ...photo }) => (isPhoto({ slot }) ? { ...photo, sent: true } : { ...photo, slot, sent: true })),
    text: body.text ?? "",
  });
}

function written(number) {
  return number === null || number === undefined ? "" : String(number);
}

function whenOf({ time, fields, info_type }, isSpan) {
  const [start, end] = [Date.parse(time.start), time.end === null ? null : Date.parse(time.end)];
  const taps = fields.tap_times?.map((text) => Date.parse(text)) ?? [];
  if (time.basis === "tap" && time.precision === "T0" && (end === null || taps.length > 1)) return { mode: "now", tapped_at: start, taps };
  const typed = { mode: "at", start: wallTime(start), end: end === null ? null : wallTime(end), precision: time.precision };
  const again = precisionOf({ when: typed, info_type });
  const toTheMinute = start % 60_000 === 0 && (end ?? 0) % 60_000 === 0;
  if (isSpan || (toTheMinute && again.basis === time.basis)) return typed;
  return { mode: "told", told: { start, end, precision: time.precision, basis: time.basis } };
}

function standingOf({ method, lon, lat, accuracy_m, mgrs, post }, at) {
  if (method === "gnss") return { mode: "gnss", gnss: { lon, lat, accuracy_m, at } };
  if (method === "map") return { mode: "map", map: { lon, lat, accuracy_m } };
  return method === "mgrs" ? { mode: "mgrs", mgrs } : { mode: "post", post };
}

function happeningOf(event) {
  if (event.kind === "place") return { mode: "place", place: event.place };
  if (event.kind === "same_as_observer") return { mode: "same" };
  if (event.kind === "not_known") return { mode: "not_known" };
  if (event.kind === "point" && event.mgrs) return { mode: "point", point_by: "mgrs", mgrs: event.mgrs };
  if (event.kind === "point") return { mode: "point", point_by: "map", point: { lon: event.lon, lat: event.lat, accuracy_m: event.accuracy_m } };
  const by_degrees = event.bearing_deg !== null;
  return {
    mode: "direction",
    dir16: event.dir16,
    by_degrees,
    by: event.bearing_sigma_deg === null ? "hand" : "phone",
    degrees: written(event.bearing_deg),
    north: by_degrees ? event.north : "magnetic",
    dist_known: event.dist_max_km !== null,
    min: written(event.dist_min_km),
    max: written(event.dist_max_km),
    basis: event.dist_basis,
  };
}

function askedValue(kind, value) {
  if (["number", "integer", "duration_min"].includes(kind)) return String(value);
  if (kind === "datetime") return wallTime(Date.parse(value));
  if (kind === "tally") return value.map(({ min, max, ...codes }) => ({ ...codes, min: String(min), max: written(max) }));
  return value;
}
