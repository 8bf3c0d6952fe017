// The questions of a report: each knows its title, its answer in a line, and how it is asked.

import { compassHelp } from "./compass.js";
import { HALF_HOUR_MS, OWN_SENSES, compassAgrees, countOf, eventOf, isNegative, isPhoto, observerOf, precisionOf, tapsOf, timeOf } from "./compose.js";
import { placeLabel, watchLabel } from "./app.js";
import { button, h } from "./dom.js";
import { declinationAt, stoodAt } from "./ground.js";
import { box, choices, select } from "./inputs.js";
import { glyph } from "./glyphs.js";
import { dayAndTime, flashToBang, placePicker, rose, tally, weaponPicker } from "./parts.js";
import { photoQuestion } from "./photos.js";
import { isFinding, pointText } from "./position.js";
import { clockText, momentText, now, secondsText, wallTime } from "./time.js";
import { voiceQuestion } from "./voice.js";
import { maybe, numberOf, shownNumber, t } from "./words.js";

const LOCATED = ["settlement", "post", "base"];
const AGO = ["1", "2", "5", "10", "15", "30"];
const DISTANCES = [["0", "1"], ["1", "3"], ["3", "5"], ["5", "10"], ["10", "20"]];

/** What a list of the taxonomy calls a code; without a taxonomy yet, the code. */
export function labelOf(form, list, code) {
  return form.taxonomy.lists[list]?.find(([one]) => one === code)?.[1] ?? code;
}

function list(form, name) {
  return form.taxonomy.lists[name];
}

// What -----------------------------------------------------------------------------------------------------

function askWhat(form) {
  const { draft, taxonomy } = form;
  if (!draft.category) {
    return h("div", { class: "rows", id: "category", tabindex: "-1" },
      taxonomy.categories.filter((one) => one.code !== "NEG").map((one) =>
        h("button", { type: "button", class: "row-button", id: `category-${one.code}`,
          onclick: () => form.change(() => { draft.category = one.code; }, true, "category") },
        glyph(one.symbol), h("span", {}, one.label))));
  }
  const category = taxonomy.categories.find((one) => one.code === draft.category);
  return h("div", { class: "stack" },
    h("div", { class: "chosen" }, glyph(category.symbol), h("span", {}, category.label),
      button("category-change", t("form.change"), () => form.change(() => { draft.category = null; draft.type = null; }, true), "quiet")),
    choices({
      id: "category",
      legend: t("what.type"),
      wide: true,
      options: category.types.map((code) => [code, taxonomy.types[code].label, taxonomy.types[code].hint]),
      value: draft.type,
      error: form.errors.category,
      change: (code) => form.change(() => { draft.type = code; }, true),
    }));
}

// When -----------------------------------------------------------------------------------------------------

function askWhen(form) {
  const { draft } = form;
  const { when } = draft;
  const set = (facts, drawn = true) => form.change(() => Object.assign(when, facts), drawn);
  const modes = [["now", t("when.now")], ["ago", t("when.ago")], ["at", t("when.at")]];
  if (when.told) modes.unshift(["told", t("when.told")]);
  const begin = (mode) => {
    const facts = { mode };
    if (mode === "now" && when.mode !== "now") Object.assign(facts, { tapped_at: now(), taps: [] });
    if (mode === "ago") facts.tapped_at = now();
    if (mode === "at" && !when.start.day) facts.start = { ...wallTime(now()), hh: "", mm: "" };
    set(facts);
  };
  return h("div", { class: "stack" },
    choices({ id: "when", legend: t("when.how"), hidden: true, options: modes, value: when.mode, error: form.errors.when, change: begin }),
    when.mode === "now" && h("div", { class: "chosen" },
      h("span", {}, t("when.tapped", { time: tapsText(draft) })),
      button("tap-again", t("when.tap_again"), () => set({ tapped_at: now(), taps: [] }), "quiet")),
    when.mode === "told" && h("p", { class: "chosen" }, h("span", {}, timeText(draft))),
    when.mode === "ago" && [
      choices({ id: "ago-chips", legend: t("when.minutes"), options: AGO.map((n) => [n, shownNumber(n)]), value: when.ago,
        change: (ago) => set({ ago, tapped_at: now() }) }),
      box({ id: "ago", label: t("when.minutes_other"), kind: "whole", unit: t("unit.min"), value: when.ago, narrow: true,
        error: form.errors.ago, input: (ago) => set({ ago, tapped_at: now() }, false) }),
    ],
    when.mode === "at" && [...spanBoxes(form, false), precision(form)]);
}

export function spanBoxes(form, endNeeded) {
  const { draft, errors } = form;
  const { when } = draft;
  const moved = (part) => (value, drawn) => form.change(() => { when[part] = value; }, drawn);
  return [
    dayAndTime({ id: "start", legend: endNeeded ? t("span.from") : t("when.from"), value: when.start, error: errors["start-hh"], change: moved("start") }),
    when.end
      ? dayAndTime({ id: "end", legend: t("span.to"), value: when.end, error: errors["end-hh"], change: moved("end") })
      : button("add-end", t("when.add_end"), () => form.change(() => { when.end = { ...when.start }; }, true), "quiet"),
    when.end && !endNeeded && button("remove-end", t("when.remove_end"), () => form.change(() => { when.end = null; }, true), "quiet"),
  ];
}

function precision(form) {
  return choices({ id: "precision", legend: t("when.sure"), value: form.draft.when.precision,
    options: ["T1", "T2", "T3"].map((code) => [code, t(`when.${code}`)]),
    change: (code) => form.change(() => { form.draft.when.precision = code; }, true) });
}

/** "02:14:03", or "02:14:03–02:14:40" where each bang was tapped. */
export function tapsText(draft) {
  const [first, last] = [timeOf(draft)[0], tapsOf(draft)?.at(-1)].map((at) => at && secondsText(at));
  return last && last !== first ? `${first}–${last}` : first;
}

export function timeText(draft) {
  const [start, end] = timeOf(draft);
  if (Number.isNaN(start)) return "";
  if (tapsOf(draft)) return tapsText(draft);
  const exact = draft.when.mode === "now" ? secondsText(start) : momentText(start);
  const about = precisionOf(draft).precision;
  const span = end === null || Number.isNaN(end) ? exact : `${exact}–${clockText(end)}`;
  return about === "T2" || about === "T3" ? t("when.about", { time: span }) : span;
}

// Observer -------------------------------------------------------------------------------------------------

export function askObserver(form) {
  const { draft, errors } = form;
  const { observer } = draft;
  const set = (facts, drawn = true) => form.change(() => Object.assign(observer, facts), drawn);
  const modes = [["gnss", t("observer.gnss")], ["post", t("observer.post")], ["map", t("observer.map")], ["mgrs", t("observer.mgrs")]];
  const pick = async () => {
    const point = await form.pickPoint({ title: t("observer.map_title"), at: observer.map || form.here(), own: observer.gnss });
    if (point) set({ map: point });
  };
  const begin = (mode) => {
    set({ mode });
    if (mode === "gnss" && !observer.gnss) form.locate();
    if (mode === "map" && !observer.map) pick();
  };
  return h("div", { class: "stack" },
    choices({ id: "observer", legend: t("observer.how"), hidden: true, options: modes, value: observer.mode, error: errors.observer, change: begin }),
    observer.mode === "gnss" && gnssState(form),
    observer.mode === "post" && placePicker({ id: "which-post", label: t("observer.which_post"), error: errors["which-post"],
      places: form.places.filter((place) => ["post", "base"].includes(place.kind)), near: form.here(), value: observer.post,
      change: (post) => set({ post }) }),
    observer.mode === "map" && h("div", { class: "chosen" },
      h("span", {}, observer.map ? pointText(observer.map) : t("map.none")),
      button("own-spot", t(observer.map ? "form.change" : "map.open"), pick, observer.map ? "quiet" : "")),
    observer.mode === "mgrs" && mgrsBox("own-grid", observer.mgrs, errors["own-grid"], (mgrs) => set({ mgrs }, false)));
}

function mgrsBox(id, value, error, input) {
  return box({ id, label: t("mgrs.label"), hint: t("mgrs.hint"), kind: "code", max: 24, value, error, input });
}

function gnssState(form) {
  const { gnss } = form.draft.observer;
  const accuracy = gnss && t("observer.accuracy", { m: gnss.accuracy_m });
  const key = isFinding() ? "observer.finding" : gnss ? "observer.found" : `observer.${form.gnssEnd || "unavailable"}`;
  return h("div", { class: isFinding() || gnss ? "chosen" : "notice warn", role: "status" },
    h("span", {}, t(key), accuracy && h("small", {}, accuracy, gnss && ` · ${clockText(gnss.at)}`)),
    !isFinding() && button("locate", t("observer.again"), form.locate, "quiet"));
}


export function observerText(form) {
  const { observer } = form.draft;
  if (observer.mode === "gnss" && observer.gnss) return t("observer.short_gnss", { m: observer.gnss.accuracy_m });
  if (observer.mode === "map" && observer.map) return pointText(observer.map);
  if (observer.mode === "mgrs") return observer.mgrs.toUpperCase();
  return observer.mode === "post" && observer.post ? placeLabel(observer.post) : "";
}

// Event ----------------------------------------------------------------------------------------------------

function askEvent(form) {
  const { draft, errors } = form;
  const { event } = draft;
  const set = (facts, drawn = true) => form.change(() => Object.assign(event, facts), drawn);
  const modes = ["direction", "place", "point", "same", "not_known"].map((mode) => [mode, t(`event.${mode}`)]);
  const pick = async () => {
    const point = await form.pickPoint({ title: t("event.map_title"), at: event.point || form.here(), own: standing(form) });
    if (point) set({ point });
  };
  return h("div", { class: "stack" },
    choices({ id: "event", legend: t("event.how"), hidden: true, options: modes, value: event.mode, error: errors.event,
      change: (mode) => set({ mode }) }),
    event.mode === "direction" && direction(form),
    event.mode === "place" && placePicker({ id: "which-place", label: t("event.which_place"), error: errors["which-place"],
      places: form.places.filter((place) => LOCATED.includes(place.kind)), near: form.here(), value: event.place,
      change: (place) => set({ place }) }),
    event.mode === "point" && [
      choices({ id: "point-by", legend: t("event.point_how"), hidden: true, value: event.point_by,
        options: [["map", t("observer.map")], ["mgrs", t("observer.mgrs")]], change: (point_by) => set({ point_by }) }),
      event.point_by === "mgrs"
        ? mgrsBox("event-grid", event.mgrs, errors["event-grid"], (mgrs) => set({ mgrs }, false))
        : h("div", { class: "stack" },
          errors["event-spot"] && h("p", { class: "error" }, errors["event-spot"]),
          h("div", { class: "chosen" },
            h("span", {}, event.point ? pointText(event.point) : t("map.none")),
            button("event-spot", t(event.point ? "form.change" : "map.open"), pick, event.point ? "quiet" : ""))),
    ]);
}

/** Where the observer stood, as it will be stored; null while nobody can tell. */
export function standing(form) {
  const { observer } = form.draft;
  return observer[observer.mode] ? stoodAt(observerOf(observer), form.places) : null;
}

/** Direction and distance, with all that helps to tell them. */
export function direction(form) {
  const { draft } = form;
  const { event } = draft;
  const set = (facts, drawn = true) => form.change(() => Object.assign(event, facts), drawn);
  return h("div", { class: "stack" },
    event.by_degrees ? degrees(form, set) : ring(form, set, t("event.which_direction")),
    button("by-degrees", t(event.by_degrees ? "event.use_rose" : "event.use_degrees"), () => set({ by_degrees: !event.by_degrees }), "quiet"),
    distance(form, set));
}

function isWhole(form) {
  const { event } = form.draft;
  const way = event.by_degrees ? numberOf(event.degrees) >= 0 : event.dir16;
  const far = event.dist_known === false || (numberOf(event.max) > 0 && numberOf(event.min) <= numberOf(event.max));
  return Boolean(way && event.dist_known !== null && far && standing(form));
}

function ring(form, set, legend) {
  const { event } = form.draft;
  return rose({ id: "rose", legend, options: list(form, "dir16"), value: event.dir16, error: form.errors.rose, change: (dir16) => set({ dir16 }) });
}

/** A bearing in degrees: typed from a hand compass, or read from the phone and then held against the eye. */
function degrees(form, set) {
  const { event } = form.draft;
  const phone = event.by === "phone";
  return h("div", { class: "stack" },
    box({ id: "degrees", label: t("event.degrees"), hint: t("event.degrees_hint"), kind: "number", unit: "°", narrow: true,
      value: event.degrees, error: form.errors.degrees, input: (typed) => set({ degrees: typed, by: "hand" }, false) }),
    compassHelp({ draw: form.draw, take: (read) => set({ degrees: read, by: "phone", north: "magnetic" }) }),
    choices({ id: "north", legend: t("event.north"), options: list(form, "north"), value: event.north, change: (north) => set({ north }) }),
    declinationLine(form),
    phone && h("p", { class: "notice" }, t("compass.doubt")),
    phone && ring(form, set, t("compass.by_eye")),
    !compassAgrees(event) && h("p", { class: "notice warn", role: "status" }, t("error.compass")));
}

/** What a magnetic bearing is against true north, said where it is used. */
function declinationLine(form) {
  const { event } = form.draft;
  const stood = event.north === "magnetic" && standing(form);
  const east = stood ? declinationAt(form.declination, stood.lon, stood.lat) : null;
  const bearing = numberOf(event.degrees);
  if (east === null || Number.isNaN(bearing)) return null;
  return h("p", { id: "declination", class: "hint" }, t("event.declination", {
    magnetic: shownNumber(bearing),
    east: `${east < 0 ? "−" : "+"} ${shownNumber(Math.abs(east).toFixed(1))}`,
    true: shownNumber(((bearing + east + 360) % 360).toFixed(1)),
    model: form.declination.model,
  }));
}

function distance(form, set) {
  const { draft, errors } = form;
  const { event } = draft;
  const range = DISTANCES.find(([min, max]) => event.dist_known && event.min === min && event.max === max);
  const own = event.dist_known && !range;
  const ranges = [
    ...DISTANCES.map(([min, max]) => [`${min}-${max}`, min === "0" ? t("event.under", { max }) : t("event.range", { min, max })]),
    ["n_k", form.taxonomy.not_known],
  ];
  const choose = (code) => {
    if (code === "n_k") return set({ dist_known: false, flash: null });
    const [min, max] = code.split("-");
    return set({ dist_known: true, min, max, basis: "estimate", flash: null });
  };
  const type = () => set({ dist_known: true, min: "", max: "", basis: "estimate", flash: null });
  const end = (id, label) => box({ id: `dist-${id}`, label, kind: "number", unit: t("unit.km"), narrow: true, value: event[id],
    error: errors[`dist-${id}`], input: (km) => set({ [id]: km }, false) });
  return h("div", { class: "stack" },
    choices({ id: "distance", legend: t("event.how_far"), options: ranges, error: errors.distance, columns: 3,
      value: event.dist_known === false ? "n_k" : range && range.join("-"), change: choose }),
    own && h("div", { class: "row" }, end("min", t("event.dist_from")), end("max", t("event.dist_to"))),
    own && select({ id: "basis", label: t("event.basis"), value: event.basis, options: list(form, "dist_basis"), change: (basis) => set({ basis }) }),
    flashToBang({ event, change: set, draw: form.draw },
      !own && button("dist-own", t("event.dist_own"), type, "quiet"),
      isWhole(form) && button("show-area", t("map.show"), () => form.showArea(standing(form), eventOf(event)), "quiet")));
}

function eventText(form) {
  const { event } = form.draft;
  if (event.mode === "place") return event.place ? placeLabel(event.place) : "";
  if (event.mode === "point") {
    if (event.point_by === "mgrs") return event.mgrs.toUpperCase();
    return event.point ? pointText(event.point) : "";
  }
  if (event.mode !== "direction") return event.mode ? t(`event.${event.mode}`) : "";
  const way = event.by_degrees
    ? event.degrees && `${shownNumber(event.degrees)}° (${labelOf(form, "north", event.north)})`
    : event.dir16 && labelOf(form, "dir16", event.dir16);
  if (!way || event.dist_known === null) return way || "";
  const far = event.dist_known ? t("event.range", { min: shownNumber(event.min), max: shownNumber(event.max) }) : t("event.dist_not_known");
  return `${way} · ${far}`;
}

// Count, means, exposure -----------------------------------------------------------------------------------

function askCount(form) {
  const { draft, errors } = form;
  const { count } = draft;
  const set = (facts, drawn = true) => form.change(() => Object.assign(count, facts), drawn);
  const step = (by) => set({ n: String(Math.max(1, (numberOf(count.n) || 0) + by)) });
  const uncountable = count.qualifier === "uncountable";
  return h("div", { class: "stack" },
    choices({ id: "qualifier", legend: t("count.qualifier"), hidden: true, options: list(form, "count_qualifier"), value: count.qualifier,
      change: (qualifier) => set({ qualifier }) }),
    h("div", { class: "stepper" },
      h("button", { type: "button", id: "count-less", "aria-label": t("count.less"), onclick: () => step(-1) }, "−"),
      box({ id: "count-n", kind: "whole", value: count.n, error: errors["count-n"], narrow: true,
        label: uncountable ? t("count.at_least") : labelOf(form, "count_of", countOf(draft, form.taxonomy)),
        input: (n) => set({ n }, false) }),
      h("button", { type: "button", id: "count-more", "aria-label": t("count.more"), onclick: () => step(1) }, "+")));
}

function countText(form) {
  const { n, qualifier } = form.draft.count;
  if (qualifier === "uncountable") return t("count.short_uncountable", { n });
  return t(`count.short_${qualifier}`, { n });
}

export function askMeans(form) {
  const { draft, errors } = form;
  const negative = isNegative(draft);
  const options = list(form, "means").filter(([code]) => !negative || OWN_SENSES.includes(code));
  const choose = (means) => form.change(() => {
    draft.means = means;
    const own = OWN_SENSES.includes(means);
    if (own) draft.info_type = "observed";
    if (!draft.exposure_touched && !negative) draft.exposure = suggestedExposure(draft);
  }, true);
  const asked = draft.means && !OWN_SENSES.includes(draft.means);
  return h("div", { class: "stack" },
    choices({ id: "means", legend: t("means.how"), hidden: true, options, value: draft.means, error: errors.means, change: choose }),
    asked && choices({ id: "info_type", legend: t("means.source"), value: draft.info_type, error: errors.info_type,
      options: list(form, "info_type").filter(([code]) => code !== "observed"),
      change: (code) => form.change(() => { draft.info_type = code; }, true) }));
}

/** Who heard it was within earshot; a person still says so, or something graver, with one tap. */
export function suggestedExposure(draft) {
  if (["gunfire_near", "threat", "violence"].includes(draft.type)) return null;
  return draft.category === "CFV" && draft.means === "heard" ? "earshot" : draft.means ? "none" : null;
}

function meansText(form) {
  const { means, info_type } = form.draft;
  if (!means) return "";
  const said = labelOf(form, "means", means);
  return info_type === "observed" ? said : `${said} · ${labelOf(form, "info_type", info_type)}`;
}

export function askExposure(form) {
  const { draft } = form;
  return choices({ id: "exposure", legend: t("exposure.how"), hidden: true, wide: true, options: list(form, "exposure"), value: draft.exposure,
    error: form.errors.exposure,
    change: (code) => form.change(() => { draft.exposure = code; draft.exposure_touched = true; }, true) });
}

// Details, conditions, photos, text ------------------------------------------------------------------------

function askDetails(form) {
  const { draft, taxonomy } = form;
  const uses = (taxonomy.types[draft.type]?.fields || []).filter(({ code }) => taxonomy.fields[code].kind !== "moments");
  return h("div", { class: "stack loose" }, uses.map((use) => askField(form, use)));
}

/** One field of the type. `only` narrows a list to its common values; on a fast screen nothing is said of clearing. */
export function askField(form, use, { only, columns, listed: isListed } = {}) {
  const { draft, taxonomy, errors } = form;
  const field = taxonomy.fields[use.code];
  const id = `field-${use.code}`;
  const value = draft.fields[use.code];
  const set = (given, drawn = true) => form.change(() => {
    const empty = given === undefined || given === null || given === "" || (Array.isArray(given) && !given.length);
    if (empty) delete draft.fields[use.code];
    else draft.fields[use.code] = given;
  }, drawn);
  const notKnown = field.n_k ? [["n_k", taxonomy.not_known]] : [];
  const common = { id, label: field.label, legend: field.label, hint: field.hint, error: errors[id] };
  const toggled = (code) => set(code === value ? undefined : code);
  const listed = (name) => [...taxonomy.lists[name].filter(([code]) => code !== "n_k"), ...notKnown]
    .filter(([code]) => !only || only.includes(code) || code === value);
  switch (field.kind) {
    case "choice":
      if (isListed) return select({ ...common, value, none: t("form.not_asked"), options: listed(field.list), change: set });
      return optional(choices({ ...common, columns, options: listed(field.list), value, change: toggled }), id, value, !draft.quick && set);
    case "yes_no_nk":
      return optional(choices({ ...common, columns, options: listed("yes_no"), value, change: toggled }), id, value, !draft.quick && set);
    case "multi_choice":
      return choices({ ...common, multi: true, options: listed(field.list), value, change: set });
    case "dir16":
      return select({ ...common, value, none: t("form.not_asked"), options: listed("dir16"), change: set });
    case "weapon":
      return optional(weaponPicker({ ...common, columns, weapons: taxonomy.weapons, allowed: use.weapons, notKnown: taxonomy.not_known, value, change: set }), id, value, !draft.quick && set);
    case "place":
      return placePicker({ ...common, places: form.places, near: form.here(), value, change: set });
    case "tally":
      return tally({ ...common, field, lists: taxonomy.lists, notKnown: taxonomy.not_known, value, change: set });
    case "datetime":
      return askMoment(common, value, set);
    case "text_private":
      return box({ ...common, lines: 3, max: field.max, value, input: (text) => set(text, false) });
    default:
      return askNumber(common, field, value, set, taxonomy.not_known);
  }
}

/** A radio group has no way back to "not asked"; this is it. */
function optional(group, id, value, set) {
  if (value !== undefined && set) group.append(button(`${id}-clear`, t("form.clear"), () => set(undefined), "quiet clear"));
  return group;
}

function askMoment(common, value, set) {
  if (!value) return h("div", { class: "box" }, h("p", { class: "legend" }, common.label), button(common.id, t("details.add_time"), () => set(wallTime(now()))));
  return h("div", { class: "stack" }, dayAndTime({ ...common, value, change: set }), button(`${common.id}-clear`, t("form.clear"), () => set(undefined), "quiet clear"));
}

function askNumber(common, field, value, set, notKnown) {
  const unknown = value === "n_k";
  return h("div", { class: "row end" },
    box({ ...common, kind: field.kind === "number" ? "number" : "whole", narrow: true, value: unknown ? "" : value, input: (text) => set(text.trim(), false) }),
    field.n_k && h("label", { class: "choice" },
      h("input", { id: `${common.id}-n_k`, type: "checkbox", checked: unknown, onchange: () => set(unknown ? undefined : "n_k") }),
      h("span", { class: "face" }, notKnown)));
}

function detailsText(form) {
  const uses = form.taxonomy.types[form.draft.type]?.fields || [];
  const told = uses.filter((use) => form.draft.fields[use.code] !== undefined);
  return told.map((use) => fieldText(form, use.code)).join(" · ");
}

/** A type-specific answer in words. */
export function fieldText(form, code) {
  const { taxonomy, draft } = form;
  const field = taxonomy.fields[code];
  const value = draft.fields[code];
  const word = (one) => {
    if (one === "n_k") return taxonomy.not_known;
    if (field.kind === "weapon") return taxonomy.weapons.find((weapon) => weapon.code === one)?.label ?? one;
    if (field.kind === "place") return placeLabel(one);
    return labelOf(form, field.kind === "dir16" ? "dir16" : field.list || "yes_no", one);
  };
  if (field.kind === "text_private") return `${field.label}: ${t("text.written")}`;
  if (field.kind === "datetime" && value !== "n_k") return `${field.label}: ${value.day.slice(5)} ${value.hh}:${value.mm}`;
  if (field.kind === "tally") return `${field.label}: ${value.map((row) => (row.max && row.max !== row.min ? `${row.min}–${row.max}` : row.min)).join(" + ")}`;
  return `${field.label}: ${[value].flat().map(word).join(", ")}`;
}

function askConditions(form) {
  const { draft, errors } = form;
  const { conditions } = draft;
  const one = (name) => optional(
    choices({ id: name, legend: t(`conditions.${name}`), options: list(form, name), value: conditions[name],
      change: (code) => form.change(() => { conditions[name] = code; }, true) }),
    name, conditions[name] ?? undefined, () => form.change(() => { conditions[name] = null; }, true));
  return h("div", { class: "stack loose" },
    one("weather"),
    box({ id: "visibility", label: t("conditions.visibility"), kind: "number", unit: t("unit.km"), narrow: true,
      value: conditions.visibility, error: errors.visibility, input: (text) => form.change(() => { conditions.visibility = text; }, false) }),
    one("wind"),
    one("noise"));
}

function conditionsText(form) {
  const { weather, wind, noise, visibility } = form.draft.conditions;
  return [
    weather && labelOf(form, "weather", weather),
    visibility && t("conditions.short_visibility", { km: shownNumber(visibility) }),
    wind && `${t("conditions.wind")}: ${labelOf(form, "wind", wind)}`,
    noise && labelOf(form, "noise", noise),
  ].filter(Boolean).join(" · ");
}

function askText(form) {
  const { draft, errors } = form;
  return box({ id: "text", label: t("text.label"), hint: t("text.hint"), lines: 5, value: draft.text, error: errors.text,
    input: (text) => form.change(() => { draft.text = text; }, false) });
}

// Negative report ------------------------------------------------------------------------------------------

export function askWatch(form) {
  const { draft } = form;
  if (!form.watches.length) return h("p", { class: "notice warn" }, t("watch.none_open"));
  return choices({ id: "watch", legend: t("watch.which"), hidden: true, wide: true, error: form.errors.watch, value: draft.watch_id,
    options: form.watches.filter((watch) => watch.started_at || watch.id === draft.watch_id)
      .map((watch) => [watch.id, watchLabel(watch), watch.started_at && t("watch.since", { time: momentText(Date.parse(watch.started_at)) })]),
    change: (id) => form.change(() => form.takeWatch(draft, id), true) });
}

export function askSpan(form) {
  const { when } = form.draft;
  if (!when.end) when.end = wallTime(now());
  if (!when.start.day) when.start = wallTime(now() - HALF_HOUR_MS);
  return h("div", { class: "stack" }, spanBoxes(form, true));
}

// --------------------------------------------------------------------------------------------------------

export const ASKED = {
  what: {
    ask: askWhat,
    text: ({ draft, taxonomy }) => taxonomy.types[draft.type]?.label || "",
  },
  when: { ask: askWhen, text: ({ draft }) => timeText(draft) },
  observer: { ask: askObserver, text: observerText },
  event: { ask: askEvent, text: eventText },
  count: { ask: askCount, text: countText, when: ({ draft, taxonomy }) => Boolean(draft.type && countOf(draft, taxonomy)) },
  means: { ask: askMeans, text: meansText },
  exposure: { ask: askExposure, text: (form) => (form.draft.exposure ? labelOf(form, "exposure", form.draft.exposure) : "") },
  details: {
    ask: askDetails,
    text: detailsText,
    optional: true,
    when: ({ draft, taxonomy }) => Boolean(taxonomy.types[draft.type]?.fields.length),
  },
  conditions: { ask: askConditions, text: conditionsText, optional: true },
  photos: {
    ask: (form) => h("div", { class: "stack loose" }, photoQuestion(form), voiceQuestion(form)),
    text: ({ draft }) => {
      const photos = draft.photos.filter(isPhoto).length;
      return [photos && t("photos.count", { n: photos }), draft.photos.length > photos && t("voice.title")].filter(Boolean).join(" · ");
    },
    optional: true,
  },
  text: { ask: askText, text: ({ draft }) => draft.text.trim(), optional: true },
  watch: {
    ask: askWatch,
    text: (form) => {
      const watch = form.watches.find(({ id }) => id === form.draft.watch_id);
      return watch ? watchLabel(watch) : "";
    },
  },
  span: { ask: askSpan, text: ({ draft }) => timeText(draft) },
};
