// The larger pieces of the form: compass rose, time of day, place search, weapon, rows of counts, stopwatch.

import { button, h, svg } from "./dom.js";
import { soundRange } from "./ground.js";
import { box, choices, select } from "./inputs.js";
import { dayText, lastDays, now, wallTime } from "./time.js";
import { maybe, numberOf, shownNumber, t } from "./words.js";

const DAYS_BACK = 14;
const MOST_FOUND = 8;
const RING = 44; // of 100: as wide as thumbs of 48 px and more can be told apart

/**
 * Sixteen radio buttons on a ring. The eight main points carry their letters, the others a dot; the middle says
 * the chosen direction in words and points there. Arrow keys walk around the ring.
 */
export function rose({ id, legend, error, options, value, change }) {
  const at = options.findIndex(([code]) => code === value);
  const points = options.map(([code, label], index) => {
    const angle = (index * Math.PI) / 8;
    const input = h("input", {
      id: `${id}-${code}`,
      type: "radio",
      name: id,
      checked: code === value,
      "aria-label": label,
      onchange: () => change(code),
    });
    const face = h("span", { class: "face" }, index % 2 ? null : t(`rose.${code}`));
    const point = h("label", { class: index % 2 ? "point half" : "point" }, input, face);
    point.style.left = `${50 + RING * Math.sin(angle)}%`;
    point.style.top = `${50 - RING * Math.cos(angle)}%`;
    return point;
  });
  const needle = svg("svg", { viewBox: "0 0 100 100", "aria-hidden": "true", class: "needle" },
    svg("circle", { cx: 50, cy: 50, r: RING }),
    at >= 0 && svg("path", { d: "M50 15.5l4 7h-8z", transform: `rotate(${at * 22.5} 50 50)` }));
  const middle = h("span", { class: "middle", "aria-hidden": "true" },
    at >= 0 ? [h("strong", {}, options[at][1]), h("span", {}, `${shownNumber(at * 22.5)}°`)] : h("span", {}, t("event.rose_hint")));
  return h("fieldset", { id, class: "rose-group", tabindex: "-1", "aria-describedby": error && `${id}-error` },
    h("legend", {}, legend),
    error && h("p", { id: `${id}-error`, class: "error" }, error),
    h("div", { class: "rose" }, needle, middle, points));
}

/** A day by its name and a time in two small boxes; in the page's language, unlike the browser's own. */
export function dayAndTime({ id, legend, hint, error, value, change }) {
  const days = lastDays(DAYS_BACK);
  const touch = (facts, drawn) => change({ ...value, ...facts }, drawn);
  const two = (part, label) =>
    h("span", { class: "two" },
      h("label", { class: "visually-hidden", for: `${id}-${part}` }, `${legend}: ${label}`),
      h("input", {
        id: `${id}-${part}`,
        value: value[part],
        inputmode: "numeric",
        maxlength: 2,
        autocomplete: "off",
        placeholder: label,
        "aria-invalid": error && "true",
        "aria-describedby": error && `${id}-error`,
        oninput: (event) => {
          value[part] = event.target.value;
          touch({}, false);
          if (part === "hh" && /^\d\d$/.test(event.target.value)) document.getElementById(`${id}-mm`)?.focus();
        },
      }));
  return h("fieldset", { id, class: "moment", tabindex: "-1" },
    h("legend", {}, legend),
    hint && h("p", { class: "hint" }, hint),
    error && h("p", { id: `${id}-error`, class: "error" }, error),
    h("div", { class: "row" },
      h("label", { class: "visually-hidden", for: `${id}-day` }, `${legend}: ${t("time.day")}`),
      h("select", { id: `${id}-day`, onchange: (event) => touch({ day: event.target.value }, false) },
        days.map((day) => h("option", { value: day, selected: day === value.day }, dayText(day)))),
      two("hh", t("time.hh")),
      h("span", { class: "colon", "aria-hidden": "true" }, ":"),
      two("mm", t("time.mm")),
      button(`${id}-now`, t("time.now"), () => touch(wallTime(now()), true), "quiet")));
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().replaceAll("ı", "i").replaceAll("ə", "e");
}

function kmBetween(a, b) {
  const east = (a.lon - b.lon) * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return 111.2 * Math.hypot(east, a.lat - b.lat);
}

/** A place of the mission's list, found by any of its names; the nearest stand first. */
export function placePicker({ id, label, hint, error, places, near, value, change }) {
  const chosen = places.find((place) => place.code === value);
  if (chosen) {
    return h("div", { class: "box" },
      h("p", { class: "legend" }, label),
      h("div", { class: "chosen", id, tabindex: "-1" },
        h("span", {}, chosen.label, h("small", {}, maybe(`place_kind.${chosen.kind}`, ""))),
        button(`${id}-change`, t("form.change"), () => change(null), "quiet")));
  }
  const list = h("div", { class: "found", role: "group", "aria-label": t("place.found") });
  const far = (place) => (near && place.lon !== null ? kmBetween(near, place) : null);
  const find = (text) => {
    const wanted = folded(text.trim());
    const rows = places
      .filter((place) => !wanted || place.names.some((name) => folded(name).includes(wanted)))
      .map((place) => [place, far(place)])
      .sort(([a, x], [b, y]) => (x ?? 1e6) - (y ?? 1e6) || a.label.localeCompare(b.label))
      .slice(0, MOST_FOUND);
    list.replaceChildren(...rows.map(([place, km]) =>
      h("button", { type: "button", class: "row-button", onclick: () => change(place.code) },
        h("span", {}, place.label, h("small", {}, maybe(`place_kind.${place.kind}`, ""))),
        km !== null && !near.rough && h("small", {}, t("place.km", { km: shownNumber(km < 10 ? km.toFixed(1) : Math.round(km)) })))));
    if (!rows.length) list.append(h("p", { class: "hint" }, t("place.none")));
  };
  find("");
  return h("div", { class: "box" },
    h("label", { for: id }, label),
    hint && h("p", { class: "hint" }, hint),
    error && h("p", { id: `${id}-error`, class: "error" }, error),
    h("input", {
      id,
      type: "search",
      autocomplete: "off",
      placeholder: t("place.search"),
      "aria-invalid": error && "true",
      "aria-describedby": error && `${id}-error`,
      oninput: (event) => find(event.target.value),
    }),
    list);
}

/** Family first, then the kinds within it; a family is an answer of its own. */
export function weaponPicker({ id, label, weapons, allowed, notKnown, columns, value, change }) {
  const row = weapons.find((weapon) => weapon.code === value);
  const family = row ? row.family || row.code : value;
  const families = weapons.filter((weapon) => !weapon.family && (!allowed || allowed.includes(weapon.code)));
  const within = family ? weapons.filter((weapon) => weapon.family === family) : [];
  const toggle = (code) => change(code === value ? undefined : code);
  return h("div", { class: "stack" },
    choices({ id, legend: label, columns, value: family, change: toggle,
      options: [...families.map((weapon) => [weapon.code, weapon.label]), ["n_k", notKnown]] }),
    within.length > 0 && choices({ id: `${id}-kind`, legend: t("details.weapon_kind"), columns, value, change: toggle,
      options: within.map((weapon) => [weapon.code, weapon.label]) }));
}

/** Rows of "how many of which kind", such as persons by sex and age. */
export function tally({ id, label, hint, error, field, lists, notKnown, value = [], change }) {
  const set = (index, facts, drawn) => change(value.map((row, at) => (at === index ? { ...row, ...facts } : row)), drawn);
  const empty = { ...Object.fromEntries(field.by.map((name) => [name, "n_k"])), min: "1", max: "1" };
  return h("fieldset", { id, class: "stack", tabindex: "-1" },
    h("legend", {}, label),
    hint && h("p", { class: "hint" }, hint),
    error && h("p", { class: "error" }, error),
    value.map((row, index) =>
      h("div", { class: "tally-row" },
        field.by.map((name) => select({
          id: `${id}-${index}-${name}`,
          label: t(`tally.${name}`),
          value: row[name],
          options: [...lists[name].filter(([code]) => code !== "n_k"), ["n_k", notKnown]],
          change: (code) => set(index, { [name]: code }, false),
        })),
        h("div", { class: "row" },
          box({ id: `${id}-${index}-min`, label: t("tally.min"), kind: "whole", value: row.min, narrow: true,
            input: (text) => { row.min = text; set(index, { min: text }, false); } }),
          box({ id: `${id}-${index}-max`, label: t("tally.max"), kind: "whole", value: row.max, narrow: true,
            input: (text) => { row.max = text; set(index, { max: text }, false); } }),
          button(`${id}-${index}-remove`, t("form.remove"),
            () => change(value.length > 1 ? value.filter((_, at) => at !== index) : undefined, true), "quiet")))),
    button(`${id}-add`, t("tally.add"), () => change([...value, empty], true)));
}

let flash = null; // {at, ticking} between light and sound
let airC = "15";

/**
 * Flash to bang: the seconds between light and sound, as a range with its error, by the air's temperature. Other
 * ways to a distance may stand beside its button.
 */
export function flashToBang({ event, change, draw }, ...beside) {
  const set = (seconds) => {
    const celsius = Math.min(60, Math.max(-60, numberOf(airC) || 0));
    const { m, error_m } = soundRange(seconds, celsius);
    const km = (metres) => (metres / 1000).toFixed(m < 3000 ? 2 : 1);
    change({ min: km(Math.max(0, m - error_m)), max: km(m + error_m), basis: "flash_to_bang", dist_known: true,
      flash: { seconds, air_c: celsius, km: km(m), error_km: km(error_m) } });
  };
  const begin = () => {
    stopFlash();
    const at = performance.now();
    flash = { at, ticking: setInterval(() => document.getElementById("flash-now")?.replaceChildren(secondsSince(at)), 100) };
    draw();
  };
  if (flash) {
    return h("div", { class: "flash" },
      h("p", { class: "big", id: "flash-now", "aria-hidden": "true" }, secondsSince(flash.at)),
      h("div", { class: "row" },
        button("bang", t("event.bang"), () => {
          const seconds = (performance.now() - flash.at) / 1000;
          stopFlash();
          set(seconds);
        }, "primary"),
        button("flash-stop", t("form.cancel"), () => { stopFlash(); draw(); }, "quiet")));
  }
  const done = event.basis === "flash_to_bang" && event.flash;
  return h("div", { class: "stack" },
    h("div", { class: "ways" }, button("flash", t("event.flash"), begin, "quiet"), beside),
    done && h("div", { class: "row end" },
      h("p", { class: "chosen", role: "status" }, h("span", {},
        t("event.flash_is", { km: shownNumber(done.km), error: shownNumber(done.error_km) }),
        h("small", {}, t("event.flash_from", { s: shownNumber(done.seconds.toFixed(1)), c: shownNumber(done.air_c) })))),
      box({ id: "air", label: t("event.air"), kind: "number", unit: "°C", narrow: true, value: airC,
        input: (text) => {
          airC = text;
          if (!Number.isNaN(numberOf(text))) set(done.seconds);
        } })));
}

/** Nothing counts on once a report is put down. */
export function stopFlash() {
  clearInterval(flash?.ticking);
  flash = null;
}

function secondsSince(at) {
  return `${shownNumber(((performance.now() - at) / 1000).toFixed(1))} ${t("unit.s")}`;
}
