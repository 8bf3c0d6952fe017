// The lists under the map: what waits for review, incidents, and what the parties say.

import { $, count, emptyNote, errorNote, h, keepFocus, loadingNote, show } from "./dom.js";
import { glyphIcon, severityMark } from "./symbols.js";
import { ageElement, shortTime, spanText, timeElement } from "./time.js";
import { ASSESSMENT, ASSESSMENT_TONE, PROCESSING, PROCESSING_TONE, word } from "./words.js";

const MOST_LISTED = 500;

/** A list with rows to open by click or Enter and to move through by arrow keys. */
class RowList {
  constructor(element, what, again) {
    this.element = element;
    this.again = again;
    this.rows = null;
    show(element, loadingNote(`Loading ${what}`));
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("click", (event) => {
      if (event.target.closest("input, button, a, label")) return;
      const row = event.target.closest("[data-id]");
      if (row) this.open(row.dataset.id);
    });
  }

  key(event) {
    const row = event.target.closest("[data-id]");
    if (!row || event.target !== row) return;
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (next?.dataset.id) {
      event.preventDefault();
      next.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.open(row.dataset.id);
    } else if (event.key === " ") {
      event.preventDefault();
      row.querySelector("input[type=checkbox]")?.click();
    }
  }

  fail(problem) {
    if (this.rows === null) show(this.element, errorNote(problem, this.again));
  }

  redraw() {
    if (this.rows !== null) keepFocus(this.element, () => this.draw());
  }

  set(rows) {
    this.rows = rows;
    this.redraw();
  }
}

/** Reports that nobody has judged yet, oldest first; several can be marked to make one incident. */
export class Queue extends RowList {
  constructor(element, { onOpen, onIncident, may, again }) {
    super(element, "the review queue", again);
    Object.assign(this, { onOpen, onIncident, may });
    this.marked = new Set();
    this.selected = null;
  }

  open(id) {
    this.onOpen(id);
  }

  /** `more` wait besides these, which are the longest waiting. */
  set(rows, more = 0) {
    const ids = new Set(rows.map((row) => row.id));
    this.marked = new Set([...this.marked].filter((id) => ids.has(id)));
    this.more = more;
    super.set(rows);
  }

  draw() {
    const { rows } = this;
    $("#queue-count").textContent = rows.length + this.more || "";
    if (!rows.length && this.more) {
      show(this.element, emptyNote(`The filter leaves none of the longest waiting; ${count(this.more, "report")} more are not listed yet.`));
      return;
    }
    if (!rows.length) {
      show(this.element, emptyNote("Nothing waits for review. Every report received so far has been judged."));
      return;
    }
    const mayLink = this.may("incidents:incident:assess");
    show(this.element,
      this.marked.size
        ? h("div", { class: "mark-bar", role: "status" },
            h("span", {}, `${count(this.marked.size, "report")} marked`),
            h("button", { type: "button", class: "small-button primary", data: { part: "make" }, on: { click: () => this.onIncident([...this.marked]) } }, "Make or join an incident"),
            h("button", { type: "button", class: "small-button quiet", on: { click: () => { this.marked.clear(); this.redraw(); } } }, "Clear"))
        : null,
      h("table", { class: "list" },
        h("caption", { class: "visually-hidden" }, "Reports that wait for review, the longest waiting first"),
        h("thead", {}, h("tr", {},
          mayLink ? h("th", { class: "mark" }, h("span", { class: "visually-hidden" }, "Mark")) : null,
          ["Tier", "Report", "Marks", "From", "When", "Waits since", "Filed by"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, rows.map((row) => this.row(row, mayLink))),
      ),
      this.more ? h("p", { class: "muted more" }, `These wait the longest. ${count(this.more, "report")} more follow as they are judged.`) : null,
    );
  }

  row(row, mayLink) {
    return h("tr", { tabindex: "0", data: { id: row.id }, class: row.id === this.selected ? "chosen" : "", "aria-label": `${row.title}, ${row.from}` },
      mayLink ? h("td", { class: "mark" }, h("input", {
        type: "checkbox", checked: this.marked.has(row.id), "aria-label": `Mark ${row.number}`, tabindex: "-1",
        on: { change: (event) => { event.target.checked ? this.marked.add(row.id) : this.marked.delete(row.id); this.redraw(); } },
      })) : null,
      h("td", {}, severityMark(row.tier, "Weapon tier")),
      h("td", { class: "what", title: row.title }, glyphIcon(row.symbol), h("span", {}, row.title)),
      h("td", { class: "flags" },
        row.processing === "received" ? null : h("span", { class: `badge ${PROCESSING_TONE[row.processing] || ""}` }, row.processing === "quarantined" ? "Set aside" : word(PROCESSING, row.processing)),
        row.is_own ? h("span", { class: "badge", title: "Somebody else has to review it" }, "Your own") : null,
        row.revision > 1 ? h("span", { class: "badge", title: "A corrected version" }, `Version ${row.revision}`) : null,
        row.media ? h("span", { class: "badge" }, count(row.media, "photo")) : null,
        row.is_late ? h("span", { class: "badge warn", title: "Came more than six hours after the event" }, "Late") : null),
      h("td", { title: row.from }, row.from || "–", row.sector ? h("span", { class: "muted" }, ` · ${row.sector}`) : null),
      h("td", { class: "number-like" }, spanText(row.start, row.end)),
      h("td", { class: "number-like" }, ageElement(row.waiting_since)),
      h("td", {}, row.author, row.team ? h("span", { class: "muted" }, ` · ${row.team}`) : null),
    );
  }
}

/** Every report that is shown, latest first: what the map draws, as a list. */
export class Reports extends RowList {
  constructor(element, { onOpen, again }) {
    super(element, "reports", again);
    this.onOpen = onOpen;
    this.selected = null;
  }

  open(id) {
    this.onOpen(id);
  }

  /** `all` is how many there are, where only those in sight are here with their words. */
  set(rows, all = rows.length) {
    this.all = all;
    super.set(rows);
  }

  draw() {
    const { rows, all } = this;
    $("#reports-count").textContent = all || "";
    if (!all) {
      show(this.element, emptyNote("No report is shown: none lies in this window, or the filter leaves none."));
      return;
    }
    if (!rows.length) {
      show(this.element, emptyNote(`${all.toLocaleString("en")} reports are shown, too many to list. Go nearer on the map, choose a shorter window, or save them as a table.`));
      return;
    }
    const shown = rows.toReversed().slice(0, MOST_LISTED);
    show(this.element,
      shown.length < all ? h("p", { class: "list-note" }, `${shown.length.toLocaleString("en")} of ${all.toLocaleString("en")} reports. The map and a saved table have all of them.`) : null,
      h("table", { class: "list" },
        h("caption", { class: "visually-hidden" }, "Reports shown, the latest first"),
        h("thead", {}, h("tr", {}, ["Tier", "No.", "Report", "From", "When", "Review"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, shown.map((row) => h("tr", { tabindex: "0", data: { id: row.id }, class: row.id === this.selected ? "chosen" : "", "aria-label": `${row.title}, ${row.from || ""}` },
          h("td", {}, severityMark(row.tier, "Weapon tier")),
          h("td", { class: "mono" }, row.number),
          h("td", { class: "what", title: row.title }, glyphIcon(row.symbol), h("span", {}, row.title)),
          h("td", { title: row.from }, row.from || "–", row.sector ? h("span", { class: "muted" }, ` · ${row.sector}`) : null),
          h("td", { class: "number-like" }, spanText(row.start, row.end)),
          h("td", {}, h("span", { class: `badge ${PROCESSING_TONE[row.processing] || ""}` }, word(PROCESSING, row.processing)))))),
      ));
  }
}

/** What the mission concludes. */
export class Incidents extends RowList {
  constructor(element, { onOpen, again }) {
    super(element, "incidents", again);
    this.onOpen = onOpen;
    this.selected = null;
  }

  open(id) {
    this.onOpen(id);
  }

  draw() {
    const { rows } = this;
    $("#incidents-count").textContent = rows.length || "";
    if (!rows.length) {
      show(this.element, emptyNote("No incident has been opened in this window. Open a report and make one from it, or mark several in the queue."));
      return;
    }
    show(this.element, h("table", { class: "list" },
      h("caption", { class: "visually-hidden" }, "Incidents, the latest first"),
      h("thead", {}, h("tr", {}, ["No.", "Incident", "Where", "When", "Reports", "Assessment"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.map((row) => h("tr", { tabindex: "0", data: { id: row.id }, class: row.id === this.selected ? "chosen" : "" },
        h("td", { class: "mono" }, row.number),
        h("td", { class: "what" }, glyphIcon(row.symbol), h("span", {}, row.title)),
        h("td", {}, row.place || "–"),
        h("td", { class: "number-like" }, spanText(row.start, row.end)),
        h("td", { class: "number-like" }, row.observations),
        h("td", {}, h("span", { class: `badge ${ASSESSMENT_TONE[row.assessment] || ""}` }, word(ASSESSMENT, row.assessment))),
      ))),
    ));
  }
}

/** What the parties say: the same columns, in the same order, for each of them; never mixed with reports. */
export class Claims extends RowList {
  constructor(element, { onShow, again }) {
    super(element, "claims", again);
    this.onShow = onShow;
  }

  open(id) {
    const claim = this.rows.claims.find((row) => row.id === id);
    if (claim) this.onShow(claim);
  }

  draw() {
    const { parties, claims } = this.rows;
    $("#claims-count").textContent = claims.length || "";
    if (!claims.length) {
      show(this.element, emptyNote("No claim by any party is recorded in this window."));
      return;
    }
    show(this.element, h("div", { class: "claims" }, parties.map((party) => {
      const own = claims.filter((claim) => claim.party === party.code);
      return h("section", { class: "party", "aria-label": party.name },
        h("h3", {}, party.name, h("span", { class: "muted" }, ` · ${count(own.length, "claim")}`)),
        own.length
          ? h("ul", {}, own.map((claim) => h("li", { tabindex: "0", data: { id: claim.id } },
              h("p", { class: "claim-what" }, claim.title),
              h("p", { class: "muted" }, claim.place || "place not stated", " · ", claim.start ? timeElement(claim.start, shortTime(claim.start)) : "time not stated", claim.source_url ? [" · ", h("a", { href: claim.source_url, rel: "noreferrer noopener", target: "_blank" }, "source")] : null))))
          : h("p", { class: "muted" }, "No claim in this window."),
      );
    })));
  }
}
