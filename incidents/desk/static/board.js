// Who watches, and who is silent. Silence is not calm: a sector without a team is named and hatched.

import { emptyNote, errorNote, h, loadingNote, show } from "./dom.js";
import { ageElement, lengthText, missionNow, shortTime, timeElement } from "./time.js";

const HOUR = 3_600_000;

export class Board {
  constructor(element, { onSector, again }) {
    Object.assign(this, { element, onSector, again });
    this.state = null;
    show(element, loadingNote("Loading sectors"));
  }

  fail(problem) {
    if (!this.state) show(this.element, errorNote(problem, this.again));
  }

  set(state) {
    this.state = state;
    const { sectors, period } = state;
    if (!sectors.length) {
      show(this.element, emptyNote("The mission has no sectors yet."));
      return;
    }
    show(this.element,
      h("p", { class: "muted period" }, "Period since ", shortTime(period.start), ", closes ", shortTime(period.end)),
      h("ul", { class: "sectors" }, sectors.map((sector) => this.row(sector))),
    );
  }

  row(sector) {
    const silence = silenceOf(sector, this.state.report_interval_h);
    const share = Math.min(sector.hours_watched / Math.max(sector.hours_possible, 0.01), 1);
    const meter = h("span", { class: "meter", role: "img", "aria-label": `${sector.hours_watched.toFixed(1)} hours watched` }, h("span", {}));
    meter.firstChild.style.width = `${Math.round(share * 100)}%`;
    return h("li", { class: sector.is_watched ? "" : "unwatched" },
      h("button", { type: "button", class: "sector", on: { click: () => this.onSector(sector) } },
        h("span", { class: "sector-name" }, sector.name),
        h("span", { class: `badge ${sector.is_watched ? "good" : "bad"}` }, sector.is_watched ? `${sector.teams_out} out` : sector.unwatched_since ? ["Not monitored since ", timeElement(sector.unwatched_since)] : "Not monitored"),
        meter,
        h("span", { class: "sector-hours" }, `${sector.hours_watched.toFixed(1)} of ${sector.hours_possible.toFixed(1)} h`),
        h("span", { class: `silence ${silence.kind}` }, h("i", { "aria-hidden": "true" }),
          h("span", {}, sector.last_report_at ? ["last report ", ageElement(sector.last_report_at)] : "no report yet",
            silence.words ? h("strong", { class: "silence-words" }, ` · ${silence.words}`) : null)),
      ),
    );
  }
}

/** ok, late (over twice the interval), stale (over four times) or never, by the age of the last report. */
export function silenceOf(sector, intervalHours) {
  if (!sector.last_report_at) return { kind: "never", words: "" };
  const age = (missionNow() - Date.parse(sector.last_report_at)) / HOUR;
  if (age > 4 * intervalHours) return { kind: "stale", words: "silent" };
  if (age > 2 * intervalHours) return { kind: "late", words: "late" };
  return { kind: "ok", words: "" };
}

const LAST = { report: "last report", "check-in": "last check-in", start: "nothing heard since its watch began" };

/** The teams that are out and of which nothing was heard for over twice the interval, in words. */
export function silentTeams(teams, intervalHours) {
  return teams
    .map((team) => ({ team, age: missionNow() - Date.parse(team.heard_at) }))
    .filter(({ age }) => age > 2 * intervalHours * HOUR)
    .sort((a, b) => b.age - a.age)
    .map(({ team, age }) => `${team.name}: ${LAST[team.by]} ${lengthText(age)} ago`);
}

/** Since when no sector at all is watched any more, in words; null while any is, and before the first watch. */
export function unwatched(sectors) {
  if (!sectors.length || sectors.some((sector) => sector.is_watched)) return null;
  const last = sectors.map((sector) => sector.unwatched_since).filter(Boolean).sort().at(-1);
  return last ? `Nobody watches: not monitored since ${shortTime(last)}` : null;
}
