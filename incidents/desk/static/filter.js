// What is left out, and that it is said in words. The same choice governs map, strip, lists and inbox,
// and stands in the address.

import { $, h, show } from "./dom.js";
import { fieldTime, hourMinute, localHour, readTime, weekday } from "./time.js";

const FACETS = ["sector", "family", "tier", "state", "basis", "hour", "q"];
const STATES = { accepted: "accepted", waiting: "not yet reviewed" };
const BASES = { observed: "seen or heard by the mission", told: "told to the mission" };
const NO_SECTOR = "none";
const HIGHEST_TIER = 5;

/** "3" is 3 and up, "only-3" is 3 alone, "only-0" where no tier is known: as [least, most]. */
export function tierRange(text) {
  const number = Number(text.replace("only-", ""));
  return [number, text.startsWith("only-") ? number : HIGHEST_TIER];
}

function tierWords(text) {
  const [least, most] = tierRange(text);
  if (most === 0) return "no weapon tier known";
  return least === most ? `weapon tier ${least}` : `weapon tier ${least} and up`;
}

const spanEdge = (ms) => `${weekday(ms)} ${hourMinute(ms)}`;
const twoDigits = (number) => String(number).padStart(2, "0");
const hourWords = (hour) => `${twoDigits(hour)}:00–${twoDigits((Number(hour) + 1) % 24)}:00 of any day`;

export class Filter {
  /**
   * `onChanged()` after each change; `onSpan([from, to] or null)` when a span is asked for. Sectors and families
   * come with the first state.
   */
  constructor(element, { onChanged, onSpan }) {
    Object.assign(this, { element, onChanged, onSpan, span: null });
    this.chosen = Object.fromEntries(FACETS.map((name) => [name, ""]));
    this.labels = { sector: new Map(), family: new Map() };
    this.words = $("#filter-words");
    $("#filter-hour", element).append(...Array.from({ length: 24 }, (_, hour) => h("option", { value: String(hour) }, hourWords(hour).replace(" of any day", ""))));
    for (const name of FACETS) {
      const input = $(`#filter-${name}`, element);
      input.addEventListener(name === "q" ? "input" : "change", () => this.choose({ [name]: input.value.trim() }));
    }
    $("#filter-clear", element).addEventListener("click", () => this.clear());
    $("#filter-span", element).addEventListener("submit", (event) => {
      event.preventDefault();
      const [from, to] = ["#filter-from", "#filter-to"].map((name) => readTime($(name, element).value));
      $("#filter-to", element).setCustomValidity(from < to ? "" : "The end must come after the beginning.");
      if ($("#filter-to", element).reportValidity()) this.onSpan([from, to]);
    });
    $("#filter-to", element).addEventListener("input", (event) => event.target.setCustomValidity(""));
  }

  setLabels(sectors, families) {
    if (this.labels.sector.size) return;
    this.labels.sector = new Map(sectors.map(({ code, name }) => [code, name]));
    this.labels.family = new Map(families.map(({ code, label }) => [code, label]));
    for (const name of ["sector", "family"]) {
      const select = $(`#filter-${name}`, this.element);
      select.append(...[...this.labels[name]].map(([code, label]) => h("option", { value: code }, label)));
      if (name === "sector") select.append(h("option", { value: NO_SECTOR }, "No sector"));
      select.value = this.chosen[name];
    }
    this.labels.sector.set(NO_SECTOR, "none");
    // Only now is it known by which clock a span's moments are to be written.
    this.setSpan(this.span);
  }

  read(parameters) {
    for (const name of FACETS) {
      this.chosen[name] = parameters.get(name) || "";
      $(`#filter-${name}`, this.element).value = this.chosen[name];
    }
    this.say();
  }

  write(parameters) {
    for (const name of FACETS) {
      if (this.chosen[name]) parameters.set(name, this.chosen[name]);
      else parameters.delete(name);
    }
  }

  choose(changes) {
    Object.assign(this.chosen, changes);
    for (const [name, value] of Object.entries(changes)) {
      const input = $(`#filter-${name}`, this.element);
      if (input.value.trim() !== value) input.value = value;
    }
    this.say();
    this.onChanged();
  }

  /** The span that is shown instead of a window up to now, in epoch ms; it is part of what the words say. */
  setSpan(span) {
    this.span = span;
    if (span) ["#filter-from", "#filter-to"].forEach((name, i) => { $(name, this.element).value = fieldTime(span[i]); });
    this.say();
  }

  clear() {
    if (this.span) this.onSpan(null);
    this.choose(Object.fromEntries(FACETS.map((name) => [name, ""])));
  }

  get isOn() {
    return FACETS.some((name) => this.chosen[name]);
  }

  /** Whether a report, an incident, an alert or a claim is shown. A facet that a row does not know lets it pass. */
  passes(row) {
    const { sector, family, tier, state, basis, hour, q } = this.chosen;
    const sectors = row.sectors ?? (row.sector === undefined ? null : [row.sector ?? NO_SECTOR]);
    if (sector && sectors && !sectors.includes(sector)) return false;
    if (family && row.category !== undefined && row.category !== family) return false;
    if (tier && row.tier !== undefined) {
      const [least, most] = tierRange(tier);
      if ((row.tier || 0) < least || (row.tier || 0) > most) return false;
    }
    if (basis && row.info_type !== undefined && (row.info_type === "observed") !== (basis === "observed")) return false;
    if (hour && row.start && localHour(Date.parse(row.start)) !== Number(hour)) return false;
    if (state && row.processing !== undefined && (row.processing === "accepted") !== (state === "accepted")) return false;
    if (!q) return true;
    const text = [row.title, row.number, row.from, row.place].filter(Boolean).join(" ").toLocaleLowerCase();
    return q.toLocaleLowerCase().split(/\s+/).every((part) => text.includes(part));
  }

  say() {
    const { sector, family, tier, state, basis, hour, q } = this.chosen;
    const parts = [
      this.span && `${spanEdge(this.span[0])} to ${spanEdge(this.span[1])}`,
      sector && `Sector ${this.labels.sector.get(sector) || sector}`,
      family && (this.labels.family.get(family) || family),
      tier && tierWords(tier),
      state && STATES[state],
      basis && BASES[basis],
      hour && hourWords(hour),
      q && `“${q}”`,
    ].filter(Boolean);
    this.words.hidden = !parts.length;
    $("#filter-open").dataset.on = String(parts.length > 0);
    if (parts.length) {
      show(this.words, "Showing only: ", h("strong", {}, parts.join(" · ")), " ",
        h("button", { type: "button", class: "small-button", on: { click: () => this.clear() } }, "Show everything"));
    }
  }
}
