// The drawer: one report, one incident or one claim with all that is known of it, and what can be done.

import { Problem, get, post } from "./api.js";
import { $, count, errorNote, h, loadingNote, show } from "./dom.js";
import { glyphIcon, severityMark } from "./symbols.js";
import { ageElement, spanText, timeElement } from "./time.js";
import { ASSESSMENT, ASSESSMENT_TONE, PROCESSING, PROCESSING_TONE, plain, word } from "./words.js";

const REVIEWABLE = new Set(["received", "in_review", "returned", "quarantined"]);

export class Drawer {
  /** `onClosed()`, `onOpened(kind, id, thing)`, `onChanged()` after a deed; `say(text, isBad)`; `may(permission)`. */
  constructor(element, hooks) {
    Object.assign(this, { element, ...hooks });
    this.body = $("#drawer-body", element);
    this.heading = $("#drawer-title", element);
    this.open = null;
    $("#drawer-close", element).addEventListener("click", () => this.close());
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.open = null;
    this.asked?.abort();
    this.onClosed();
    if (this.cameFrom?.isConnected) this.cameFrom.focus();
  }

  async show(kind, id, { quiet = false } = {}) {
    const url = { report: `/desk/observations/${id}`, incident: `/desk/incidents/${id}` }[kind];
    if (!quiet) {
      if (this.element.hidden) this.cameFrom = document.activeElement;
      this.element.hidden = false;
      this.heading.textContent = kind === "report" ? "Report" : "Incident";
      show(this.body, loadingNote());
      this.heading.focus({ preventScroll: true });
    }
    this.open = { kind, id };
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const thing = await get(url, asked.signal);
      if (this.asked !== asked) return;
      if (quiet && this.isBeingWritten()) {
        this.stale();
        return;
      }
      if (kind === "report") this.report(thing);
      else this.incident(thing);
      if (!quiet) {
        this.body.scrollTop = 0;
        this.onOpened(kind, id, thing);
      }
    } catch (problem) {
      if (asked.signal.aborted) return;
      if (!(problem instanceof Problem)) throw problem;
      if (!quiet) show(this.body, errorNote(problem, () => this.show(kind, id)));
    }
  }

  /** Fetches the open thing again, unless somebody is writing in it. */
  refresh() {
    if (this.open && this.open.kind !== "claim") return this.show(this.open.kind, this.open.id, { quiet: true });
  }

  /** Also a choice made by hand: drawn anew, it would fall back to the first without anybody noticing. */
  isBeingWritten() {
    return this.body.querySelector("[data-chosen]") || [...this.body.querySelectorAll("textarea")].some((box) => box.value.trim());
  }

  stale() {
    $(".changed", this.body)?.remove();
    this.body.prepend(h("p", { class: "notice warn changed" }, "This changed while you were writing. ",
      h("button", { type: "button", class: "small-button", on: { click: () => this.show(this.open.kind, this.open.id) } }, "Load it anew")));
  }

  claim(claim) {
    if (this.element.hidden) this.cameFrom = document.activeElement;
    this.element.hidden = false;
    this.open = { kind: "claim", id: claim.id };
    this.heading.textContent = "Claim";
    show(this.body,
      h("div", { class: "drawer-head" }, h("h3", {}, claim.title)),
      h("p", { class: "notice" }, "A party’s statement. It is counted apart and never added to what the mission observed."),
      h("dl", { class: "facts" },
        fact("Party", claim.party_name), fact("Said by", claim.claimant),
        fact("About", claim.accused_name), fact("When", claim.start ? spanText(claim.start, claim.end) : "not stated"),
        fact("Where", claim.place), fact("Position", claim.uncertainty_m ? `about ${kilometres(claim.uncertainty_m)} either way` : null),
        fact("Status", plain(claim.status)),
        fact("Source", claim.source_url ? h("a", { href: claim.source_url, rel: "noreferrer noopener", target: "_blank" }, hostOf(claim.source_url)) : null)),
      claim.text ? h("blockquote", {}, claim.text) : null,
      h("p", {}, h("a", { class: "button", href: `/claims?window=all&open=${claim.id}` }, "What the mission can say to it")),
    );
    this.heading.focus({ preventScroll: true });
    this.onOpened("claim", claim.id, claim);
  }

  report(report) {
    this.heading.textContent = `Report ${report.number}`;
    const problems = report.quarantine_reasons || [];
    show(this.body,
      h("div", { class: "drawer-head" },
        severityMark(report.tier, "Weapon tier"), glyphIcon(report.symbol),
        h("h3", {}, report.title)),
      h("p", { class: "marks" },
        h("span", { class: `badge ${PROCESSING_TONE[report.processing] || ""}` }, word(PROCESSING, report.processing)),
        report.is_training ? h("span", { class: "badge" }, "Training record") : null,
        report.exposure && report.exposure !== "none" ? h("span", { class: "badge bad" }, `Observer: ${report.exposure_words || plain(report.exposure)}`) : null,
        report.revisions.length > 1 ? h("span", { class: "badge" }, `Version ${report.revision}`) : null),
      problems.length ? h("div", { class: "problem" }, h("strong", {}, "Set aside for a check"), h("ul", {}, problems.map((reason) => h("li", {}, reason)))) : null,
      report.incident ? h("p", { class: "part-of" }, "Part of ",
        h("button", { type: "button", class: "link-button", on: { click: () => this.show("incident", report.incident.id) } }, report.incident.title),
        " ", h("span", { class: `badge ${ASSESSMENT_TONE[report.incident.assessment] || ""}` }, word(ASSESSMENT, report.incident.assessment))) : null,
      report.sections.map((section) => h("section", {},
        h("h4", {}, section.title),
        h("dl", { class: "facts" }, section.facts.map(([name, value]) => fact(name, timeOrText(value)))))),
      h("section", {}, h("h4", {}, "In the observer’s words"),
        report.text ? h("blockquote", { dir: "auto" }, report.text)
          : h("p", { class: "muted" }, report.text_hidden ? "You may not read the free text." : "No text was written."),
        report.identity_url ? h("p", {}, h("a", { href: report.identity_url }, "Names and witnesses: sealed, opened with a reason")) : null),
      report.media.length ? h("section", {}, h("h4", {}, "Photos and recordings"), h("div", { class: "photos" }, report.media.map((item) => photo(item)))) : null,
      this.review(report),
      this.linking(report),
      h("section", {}, h("h4", {}, "What happened to it"),
        h("ol", { class: "history" }, report.history.map((step) => h("li", {},
          timeElement(step.at), " ", h("strong", {}, step.what), step.by ? ` by ${step.by}` : "",
          step.note ? h("span", { class: "said" }, step.note) : null)))),
    );
  }

  /** Accept, return with a question, reject with a reason. One's own report is for somebody else. */
  review(report) {
    if (!REVIEWABLE.has(report.processing)) return null;
    if (!this.may("incidents:observation:review")) {
      return h("p", { class: "muted" }, "Waits for review by a duty or verification officer.");
    }
    const comment = h("textarea", { id: "review-comment", rows: 2, maxlength: 1000 });
    const refusal = h("p", { class: "problem", role: "alert", hidden: true });
    const judge = async (verdict) => {
      if (verdict !== "accepted" && !comment.value.trim()) {
        refusal.hidden = false;
        refusal.textContent = verdict === "returned" ? "Write the question for the observer." : "Write the reason for rejecting it.";
        comment.focus();
        return;
      }
      await this.deed(refusal, `/api/v1/observations/${report.id}/review`, { verdict, comment: comment.value.trim() },
        { accepted: `${report.number} accepted.`, returned: `${report.number} returned to ${report.author}.`, rejected: `${report.number} rejected.` }[verdict],
        () => { comment.value = ""; });
    };
    return h("section", { class: "deeds" },
      h("h4", {}, "Review"),
      report.is_own ? h("p", { class: "muted" }, "You filed this report, so somebody else has to review it.") : null,
      h("label", { for: "review-comment" }, "Comment ", h("span", { class: "muted" }, "(needed to return or reject)")),
      comment, refusal,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "primary", data: { part: "accept" }, on: { click: () => judge("accepted") } }, "Accept"),
        h("button", { type: "button", on: { click: () => judge("returned") } }, "Return with a question"),
        h("button", { type: "button", class: "danger", on: { click: () => judge("rejected") } }, "Reject")));
  }

  linking(report) {
    if (report.incident || !this.may("incidents:incident:assess")) return null;
    return h("section", { class: "deeds" }, h("h4", {}, "Incident"),
      h("div", { class: "actions" }, h("button", { type: "button", data: { part: "incident" }, on: { click: () => this.onIncident([report.id]) } }, "Make or join an incident")));
  }

  incident(incident) {
    this.heading.textContent = `Incident ${incident.number}`;
    show(this.body,
      h("div", { class: "drawer-head" }, glyphIcon(incident.symbol), h("h3", {}, incident.title)),
      h("p", { class: "marks" },
        h("span", { class: `badge ${ASSESSMENT_TONE[incident.assessment] || ""}` }, word(ASSESSMENT, incident.assessment)),
        h("span", { class: "badge" }, `Release: ${plain(incident.release)}`),
        h("a", { href: `/incidents/${incident.id}` }, "Open its page")),
      h("dl", { class: "facts" }, fact("Where", incident.place), fact("When", spanText(incident.start, incident.end)), fact("Count", incident.count), fact("Opened", [timeElement(incident.opened_at), incident.opened_by ? ` by ${incident.opened_by}` : ""])),
      h("section", {}, h("h4", {}, `${count(incident.observations.length, "report")} behind it`),
        h("ul", { class: "linked" }, incident.observations.map((row) => h("li", {},
          h("button", { type: "button", class: "row-button", on: { click: () => this.show("report", row.id) } },
            severityMark(row.tier, "Weapon tier"), h("span", {}, row.title, h("span", { class: "muted" }, ` · ${row.from || ""} · ${spanText(row.start, row.end)}`))),
          h("span", { class: `badge ${PROCESSING_TONE[row.processing] || ""}` }, word(PROCESSING, row.processing)),
          this.may("incidents:incident:assess") && incident.observations.length > 1 ? h("button", { type: "button", class: "small-button quiet", title: `Take ${row.number} out of this incident`, on: { click: () => this.unlink(incident, row) } }, "Take out") : null)))),
      this.assess(incident),
      h("section", {}, h("h4", {}, "Steps"),
        h("ol", { class: "history" }, incident.steps.map((step) => h("li", {},
          timeElement(step.at), " ", h("strong", {}, step.axis === "assessment" ? word(ASSESSMENT, step.state) : `${plain(step.axis)}: ${plain(step.state)}`),
          step.by ? ` by ${step.by}` : "", step.reason ? h("span", { class: "said" }, step.reason) : null)))),
    );
  }

  /** Each possible next step; the ones this person or this evidence does not allow say why. */
  assess(incident) {
    if (!incident.next.length) return null;
    const reason = h("textarea", { id: "step-reason", rows: 2, maxlength: 1000 });
    const refusal = h("p", { class: "problem", role: "alert", hidden: true });
    const checks = h("div", {});
    const chosenStep = () => incident.next.find((step) => step.state === choice.querySelector("input:checked")?.value);
    const choice = h("div", { class: "choices", role: "radiogroup", "aria-label": "Next assessment", on: { change: () => { choice.dataset.chosen = "yes"; show(checks, this.checklist(chosenStep())); } } },
      incident.next.map((step, index) => h("label", { class: `choice ${step.is_allowed ? "" : "refused"}` },
        h("input", { type: "radio", name: "next-state", value: step.state, checked: index === incident.next.findIndex((other) => other.is_allowed) }),
        h("span", {}, word(ASSESSMENT, step.state), step.is_allowed ? null : h("small", {}, step.reason)))));
    show(checks, this.checklist(chosenStep()));
    const send = async () => {
      const state = chosenStep()?.state;
      if (!state) return;
      const boxes = [...checks.querySelectorAll("input")];
      const open = boxes.find((box) => !box.checked);
      if (open) {
        refusal.hidden = false;
        refusal.textContent = "Persons were harmed: check every point first.";
        open.focus();
        return;
      }
      if (!reason.value.trim()) {
        refusal.hidden = false;
        refusal.textContent = "Write the reason: the next shift reads it.";
        reason.focus();
        return;
      }
      await this.deed(refusal, `/api/v1/incidents/${incident.id}/steps`, { axis: "assessment", state, reason: reason.value.trim(), checklist: boxes.map((box) => box.value) },
        `Incident ${incident.number}: ${word(ASSESSMENT, state).toLowerCase()}.`, () => {
        reason.value = "";
        delete choice.dataset.chosen;
      });
    };
    return h("section", { class: "deeds" }, h("h4", {}, "Assess"), choice, checks,
      h("label", { for: "step-reason" }, "Reason"), reason, refusal,
      h("div", { class: "actions" }, h("button", { type: "button", class: "primary", data: { part: "step" }, on: { click: send } }, "Take this step")));
  }

  /** What must have been checked before a step, where persons were harmed. */
  checklist(step) {
    if (!step?.is_allowed || !step.checklist.length) return null;
    return h("fieldset", { class: "checklist" }, h("legend", {}, "Checked, since persons were harmed"),
      step.checklist.map((point) => h("label", { class: "check" }, h("input", { type: "checkbox", value: point.code }), " ", point.words)));
  }

  async unlink(incident, row) {
    await this.deed(null, `/api/v1/incidents/${incident.id}/links`, { observation_id: row.id, linked: false }, `${row.number} taken out.`);
  }

  async deed(refusal, url, content, done, after = () => {}) {
    const buttons = [...this.body.querySelectorAll(".deeds button")];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      await post(url, content);
      if (refusal) refusal.hidden = true;
      after();
      this.say(done);
      this.onChanged();
      await this.refresh();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (refusal) {
        refusal.textContent = problem.words;
        refusal.hidden = false;
      } else {
        this.say(problem.words, true);
      }
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
    }
  }
}

const fact = (name, value) => (value === null || value === undefined || value === "" ? null : [h("dt", {}, name), h("dd", {}, value)]);

/** A fact of the server is text, or {time: …} / {age: …} to be shown in mission time. */
function timeOrText(value) {
  if (value && typeof value === "object" && value.time) return [value.end ? spanText(value.time, value.end) : timeElement(value.time), value.note ? ` (${value.note})` : ""];
  if (value && typeof value === "object" && value.age) return [timeElement(value.age), " (", ageElement(value.age), ")"];
  return value;
}

function photo(item) {
  if (!item.is_here) return h("p", { class: "photo-waits" }, `${item.slot}: not received yet`);
  const url = `/api/v1/media/${item.id}/view`;
  if (!item.mime.startsWith("image/")) return h("a", { class: "button", href: `/evidence/${item.id}` }, `${item.slot} (${item.mime})`);
  const image = h("img", { src: url, alt: `${item.slot} of this report`, loading: "lazy", on: { error: () => figure.replaceChildren(h("p", { class: "photo-waits" }, `${item.slot}: no viewing copy yet`)) } });
  const figure = h("a", { class: "photo", href: `/evidence/${item.id}`, title: "Open it: comparison, custody, the original" }, image);
  return figure;
}

export const kilometres = (metres) => (metres < 950 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(metres < 9500 ? 1 : 0)} km`);

function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
