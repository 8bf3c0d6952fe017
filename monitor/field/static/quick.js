// The fast screens: everything that one kind of report needs, on one page, for a gloved thumb. What a screen leaves
// out is asked by the long form, which is one tap away; both write the same draft.

import { OWN_SENSES, isNegative, judge, tapsOf } from "./compose.js";
import { watchLabel } from "./app.js";
import { button, h } from "./dom.js";
import { glyph } from "./glyphs.js";
import { choices } from "./inputs.js";
import { ASKED, askField, askObserver, askSpan, askWatch, direction, labelOf, observerText, suggestedExposure, tapsText } from "./questions.js";
import { kept } from "./store.js";
import { now, secondsText } from "./time.js";
import { numberOf, shownNumber, t } from "./words.js";

const AGO = ["2", "5", "10", "30"];
const HEARING = ["heard", "saw", "felt"];

/** Each screen: its types (one is chosen on it where there are several), its parts, the questions that it answers. */
const SCREENS = {
  explosion: {
    types: ["explosion"],
    parts: [pad, time, where, field("assessment", { only: ["undetermined", "impact", "outgoing", "incoming"], columns: 2 }), means(HEARING), stood],
    asks: ["when", "observer", "event", "count", "means"],
    begin: (draft) => { draft.fields.assessment = "undetermined"; },
  },
  shots: {
    types: ["burst", "shot", "exchange_of_fire"],
    parts: [kind, pad, time, where, field("weapon", { columns: 2 }), field("fire_toward", { columns: 2 }), means(HEARING), stood],
    asks: ["what", "when", "observer", "event", "count", "means"],
  },
  uav: {
    types: ["uav_sighting"],
    parts: [means(["saw", "heard"]), pad, time, field("uav_class", { columns: 2 }), where, field("arrived_from_dir16"), field("armed", { columns: 3 }), stood],
    asks: ["when", "observer", "event", "count", "means"],
    begin: (draft) => { draft.event.mode = "direction"; },
  },
  restriction: {
    category: "FOM",
    parts: [kind, field("delay_min"), time, field("stopped_by", { columns: 2 }), field("reason_given", { listed: true }), field("resolution", { listed: true }), exposure, stood],
    asks: ["what", "when", "observer", "exposure"],
    begin: (draft) => {
      draft.means = "saw";
      draft.event.mode = "same";
    },
  },
  nothing: {
    types: ["nothing_observed"],
    parts: [watch, span, means(OWN_SENSES), conditions, stood],
    asks: ["watch", "span", "observer", "means"],
  },
};

export function screenOf({ type, category }) {
  return Object.keys(SCREENS).find((name) => SCREENS[name].types?.includes(type) || (type && SCREENS[name].category === category)) ?? null;
}

/** Whether the fast screen of this draft asks a question; what it does not ask, the long form does. */
export function onQuick(draft, question) {
  return Boolean(draft.quick && SCREENS[screenOf(draft)]?.asks.includes(question));
}

/** A new draft takes the fast screen where its type has one, with what was the same the last time: codes alone. */
export function beginQuick(draft) {
  const name = screenOf(draft);
  if (!name) return;
  draft.quick = true;
  draft.open = null;
  if (!isNegative(draft)) draft.when.taps = [draft.when.tapped_at];
  SCREENS[name].begin?.(draft);
  draft.exposure ??= suggestedExposure(draft);
  const last = kept.last?.[name];
  if (!last) return;
  draft.means = last.means ?? draft.means;
  Object.assign(draft.fields, last.type === draft.type ? last.fields : {});
  Object.assign(draft.conditions, last.conditions);
  if (last.post && draft.observer.mode !== "post") Object.assign(draft.observer, { mode: "post", post: last.post });
}

/** What the next report of this kind may begin with: codes only, never words, numbers or a point. */
export function remember(draft, taxonomy) {
  const name = screenOf(draft);
  if (!name) return;
  const { weather, wind, noise } = draft.conditions;
  const { mode, dir16, by_degrees, dist_known, min, max, basis } = draft.event;
  const coded = Object.entries(draft.fields).filter(([code]) => ["choice", "weapon", "yes_no_nk"].includes(taxonomy.fields[code]?.kind));
  kept.last = {
    ...kept.last,
    [name]: {
      type: draft.type,
      means: draft.means,
      fields: Object.fromEntries(coded),
      conditions: { weather, wind, noise },
      post: draft.observer.mode === "post" ? draft.observer.post : null,
      where: mode === "direction" && !by_degrees && basis === "estimate" && dist_known !== null ? { dir16, dist_known, min, max } : null,
    },
  };
}

/** What the first page offers: the fast screens, then the types that one reports often. */
export function tiles(taxonomy) {
  const fast = Object.entries(SCREENS).filter(([name]) => name !== "nothing").map(([name, { types, category }]) => {
    const type = types?.[0] ?? taxonomy.categories.find((one) => one.code === category).types[0];
    return { type, symbol: taxonomy.types[type].symbol, label: t(`quick.${name}`) };
  });
  const often = Object.entries(taxonomy.types).filter(([code, type]) => type.quick && !screenOf({ ...type, type: code }));
  return [...fast, ...often.map(([type, { symbol, label }]) => ({ type, symbol, label }))];
}

// The screen -----------------------------------------------------------------------------------------------

export function quickScreen(form, { head, errors }) {
  const screen = SCREENS[screenOf(form.draft)];
  return h("div", { class: "quick" }, head, errors,
    h("div", { class: "stack" }, screen.parts.map((part) => part(form))),
    h("div", { class: "quick-more" },
      button("more", t("quick.more"), form.askAll),
      button("discard", t("draft.discard"), form.discard, "quiet danger")));
}

/** The first thing on this screen that still wants an answer. */
export function firstMissing(form) {
  return judge(form.draft, now(), form.taxonomy)[0] ?? null;
}

// Its parts ------------------------------------------------------------------------------------------------

/** One tap for each bang; each tap keeps its second. */
function pad(form) {
  const { draft } = form;
  const { when, count } = draft;
  const of = form.taxonomy.types[draft.type]?.count;
  if (!of || draft.type === "exchange_of_fire") return draft.type === "exchange_of_fire" ? [field("intensity")(form), field("duration_min")(form)] : null;
  const n = numberOf(count.n) || 1;
  const more = () => form.change(() => {
    if (when.mode === "now") when.taps = [...(when.taps ?? []), now()];
    count.n = String(n + 1);
  }, true);
  const less = () => form.change(() => {
    count.n = String(Math.max(1, n - 1));
    if ((when.taps?.length ?? 0) >= n && n > 1) when.taps.pop();
  }, true);
  const each = draft.category === "CFV" ? "quick.tap_each" : "quick.tap_more";
  return h("div", { class: "pad", role: "group", "aria-label": t("ask.count") },
    h("button", { type: "button", id: "pad", onclick: more },
      h("strong", {}, shownNumber(n)), h("span", {}, t(each)), h("span", { class: "visually-hidden" }, labelOf(form, "count_of", of))),
    h("button", { type: "button", id: "pad-less", "aria-label": t("count.less"), disabled: n < 2, onclick: less }, "−"),
    h("p", { class: "hint", role: "status" }, padText(draft)));
}

function padText(draft) {
  if (draft.when.mode !== "now") return "";
  return tapsOf(draft) ? tapsText(draft) : secondsText(draft.when.tapped_at);
}

function time(form) {
  const { when } = form.draft;
  const value = when.mode === "now" ? "now" : when.mode === "ago" ? when.ago : null;
  const options = [["now", t("when.now")], ...AGO.map((n) => [n, `−${shownNumber(n)}`])];
  if (when.mode === "at" || when.mode === "told" || (value && !options.some(([code]) => code === value))) options.push([value ?? "other", ASKED.when.text(form) || t("when.at")]);
  return choices({ id: "when", legend: t("quick.when"), columns: "time", options, value: value ?? "other", error: form.errors.when,
    change: (code) => form.change(() => {
      if (code === "now") when.mode = "now";
      else if (AGO.includes(code)) Object.assign(when, { mode: "ago", ago: code, tapped_at: now(), taps: [] });
    }, true) });
}

function where(form) {
  const last = kept.last?.[screenOf(form.draft)]?.where;
  const { event } = form.draft;
  if (event.mode !== "direction") return null;
  const untouched = !event.dir16 && event.dist_known === null && !event.by_degrees;
  return [
    last && untouched && button("as-last", t("quick.as_last", { where: placeText(form, last) }),
      () => form.change(() => Object.assign(event, last, { basis: "estimate" }), true)),
    direction(form),
  ];
}

function placeText(form, { dir16, dist_known, min, max }) {
  const far = dist_known ? t("event.range", { min: shownNumber(min), max: shownNumber(max) }) : t("event.dist_not_known");
  return `${labelOf(form, "dir16", dir16)} · ${far}`;
}

/** One type-specific answer, where the type asks for it. */
function field(code, how) {
  return (form) => {
    const use = form.taxonomy.types[form.draft.type]?.fields.find((one) => one.code === code);
    return use ? askField(form, use, how) : null;
  };
}

function kind(form) {
  const { draft, taxonomy } = form;
  const { types, category } = SCREENS[screenOf(draft)];
  const all = types ?? taxonomy.categories.find((one) => one.code === category).types;
  return choices({ id: "category", legend: t("what.type"), columns: all.length > 3 ? 2 : undefined, value: draft.type, error: form.errors.category,
    options: all.map((code) => [code, taxonomy.types[code].label]),
    change: (code) => form.change(() => {
      draft.type = code;
      if (code === "exchange_of_fire") draft.count.n = "1";
      const asked = taxonomy.types[code].fields.map((use) => use.code);
      for (const name of Object.keys(draft.fields)) if (!asked.includes(name)) delete draft.fields[name];
      if (!draft.exposure_touched) draft.exposure = suggestedExposure(draft);
    }, true) });
}

function means(codes) {
  return (form) => choices({ id: "means", legend: t("means.how"), columns: codes.length > 3 ? 2 : 3, value: form.draft.means, error: form.errors.means,
    options: form.taxonomy.lists.means.filter(([code]) => codes.includes(code) || code === form.draft.means),
    change: (code) => form.change(() => {
      Object.assign(form.draft, { means: code, info_type: "observed" });
      if (!form.draft.exposure_touched && !isNegative(form.draft)) form.draft.exposure = suggestedExposure(form.draft);
    }, true) });
}

function exposure(form) {
  if (suggestedExposure(form.draft) !== null && !form.errors.exposure) return null;
  return h("div", { class: "stack" }, h("p", { class: "legend" }, t("exposure.how")), ASKED.exposure.ask(form));
}

function conditions(form) {
  const one = form.draft.conditions.weather;
  return choices({ id: "weather", legend: t("conditions.weather"), options: form.taxonomy.lists.weather, value: one,
    change: (code) => form.change(() => { form.draft.conditions.weather = code; }, true) });
}

function watch(form) {
  const running = form.watches.filter((one) => one.started_at);
  const chosen = running.find((one) => one.id === form.draft.watch_id);
  if (running.length === 1 && chosen) return h("p", { class: "chosen" }, h("span", {}, watchLabel(chosen)));
  return h("div", { class: "stack" }, h("p", { class: "legend" }, t("watch.which")), askWatch(form));
}

function span(form) {
  return askSpan(form);
}

/** Where the observer stood, in a line; the ways to tell it open on a tap or when none has served yet. */
function stood(form) {
  const { draft } = form;
  const text = observerText(form);
  const open = draft.open === "observer" || form.errors.observer || form.errors["which-post"] || form.errors["own-grid"];
  const turn = () => form.change(() => { draft.open = draft.open === "observer" ? null : "observer"; }, true);
  return h("div", { class: "stack", id: "stood" },
    h("p", { class: "legend" }, t("ask.observer")),
    !open && h("div", { class: "chosen", role: "status" }, glyph("target"), h("span", {}, text || t("observer.finding")),
      button("stood-change", t("form.change"), turn, "quiet")),
    open && askObserver(form));
}
