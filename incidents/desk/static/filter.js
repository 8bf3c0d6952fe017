// What is left out, and that it is said in words. The same choice governs map, strip, lists and inbox,
// and stands in the address.

import { $, h, show } from "./dom.js";

const FACETS = ["sector", "family", "tier", "state", "q"];
const STATES = { accepted: "accepted", waiting: "not yet reviewed" };

export class Filter {
  /** `onChanged()` after each change. Sectors and families come with the first state. */
  constructor(element, { onChanged }) {
    Object.assign(this, { element, onChanged });
    this.chosen = Object.fromEntries(FACETS.map((name) => [name, ""]));
    this.labels = { sector: new Map(), family: new Map() };
    this.words = $("#filter-words");
    for (const name of FACETS) {
      const input = $(`#filter-${name}`, element);
      input.addEventListener(name === "q" ? "input" : "change", () => this.choose({ [name]: input.value.trim() }));
    }
    $("#filter-clear", element).addEventListener("click", () => this.clear());
  }

  setLabels(sectors, families) {
    if (this.labels.sector.size) return;
    this.labels.sector = new Map(sectors.map(({ code, name }) => [code, name]));
    this.labels.family = new Map(families.map(({ code, label }) => [code, label]));
    for (const name of ["sector", "family"]) {
      const select = $(`#filter-${name}`, this.element);
      select.append(...[...this.labels[name]].map(([code, label]) => h("option", { value: code }, label)));
      select.value = this.chosen[name];
    }
    this.say();
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

  clear() {
    this.choose(Object.fromEntries(FACETS.map((name) => [name, ""])));
  }

  get isOn() {
    return FACETS.some((name) => this.chosen[name]);
  }

  /** Whether a report, an incident, an alert or a claim is shown. A facet that a row does not know lets it pass. */
  passes(row) {
    const { sector, family, tier, state, q } = this.chosen;
    const sectors = row.sectors ?? (row.sector === undefined ? null : [row.sector]);
    if (sector && sectors && !sectors.includes(sector)) return false;
    if (family && row.category !== undefined && row.category !== family) return false;
    if (tier && row.tier !== undefined && (row.tier || 0) < Number(tier)) return false;
    if (state && row.processing !== undefined && (row.processing === "accepted") !== (state === "accepted")) return false;
    if (!q) return true;
    const text = [row.title, row.number, row.from, row.place].filter(Boolean).join(" ").toLocaleLowerCase();
    return q.toLocaleLowerCase().split(/\s+/).every((part) => text.includes(part));
  }

  say() {
    const { sector, family, tier, state, q } = this.chosen;
    const parts = [
      sector && `Sector ${this.labels.sector.get(sector) || sector}`,
      family && (this.labels.family.get(family) || family),
      tier && (tier === "5" ? "weapon tier 5" : `weapon tier ${tier} and up`),
      state && STATES[state],
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
