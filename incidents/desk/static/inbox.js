// What must be acted on. New alerts come on top; while somebody reads, they wait behind a bar instead,
// so that nothing moves under the cursor.

import { Problem, post } from "./api.js";
import { $, count, emptyNote, errorNote, h, keepFocus, loadingNote, show } from "./dom.js";
import { severityMark } from "./symbols.js";
import { ageElement, shortTime, timeElement } from "./time.js";
import { ALERT_STATE, ALERT_TONE, CHANGE, REASON, STEP, word } from "./words.js";

const DONE = new Set(["closed", "superseded", "withdrawn", "resolved"]);
const ASKING = new Set(["open", "needs_review"]);

export class Inbox {
  constructor(element, { onShow, onChanged, say, may, again }) {
    Object.assign(this, { element, onShow, onChanged, say, may, again });
    this.list = $("#inbox-list", element);
    this.bar = $("#inbox-new", element);
    this.alerts = null;
    this.shown = [];
    this.chosen = null;
    this.noting = null;
    this.state = "open";
    this.bar.addEventListener("click", () => this.takeNew());
    for (const button of element.querySelectorAll("[data-filter]")) {
      button.addEventListener("click", () => this.filter(button.dataset.filter));
    }
    show(this.list, loadingNote("Loading alerts"));
  }

  filter(state) {
    this.state = state;
    for (const button of this.element.querySelectorAll("[data-filter]")) {
      button.setAttribute("aria-pressed", String(button.dataset.filter === state));
    }
    this.shown = this.wanted().map((alert) => alert.id);
    this.draw();
  }

  wanted() {
    return (this.alerts || []).filter((alert) => this.state === "all" || !DONE.has(alert.state) || alert.id === this.chosen);
  }

  /** Whether somebody is reading: then the order stays, and news waits. */
  isRead() {
    return this.list.scrollTop > 12 || this.noting !== null || this.list.contains(document.activeElement);
  }

  set(alerts) {
    const isFirst = this.alerts === null;
    this.alerts = alerts;
    const wanted = this.wanted().map((alert) => alert.id);
    if (isFirst || !this.isRead()) this.shown = wanted;
    else this.shown = this.shown.filter((id) => wanted.includes(id));
    this.draw();
  }

  fail(problem) {
    if (this.alerts === null) show(this.list, errorNote(problem, this.again));
  }

  takeNew() {
    this.shown = this.wanted().map((alert) => alert.id);
    this.list.scrollTop = 0;
    this.draw();
    this.move(0, this.shown[0]);
  }

  draw() {
    const wanted = this.wanted();
    const waiting = wanted.filter((alert) => !this.shown.includes(alert.id)).length;
    this.bar.hidden = waiting === 0;
    this.bar.textContent = `${waiting} new · show`;
    const byId = new Map(this.alerts.map((alert) => [alert.id, alert]));
    const rows = this.shown.map((id) => byId.get(id)).filter(Boolean);
    const open = this.alerts.filter((alert) => ASKING.has(alert.state)).length;
    $("#inbox-count").textContent = open ? `${open} new` : "";
    keepFocus(this.list, () => {
      if (rows.length) {
        show(this.list, rows.map((alert) => this.row(alert)));
        return;
      }
      const last = this.alerts[0];
      show(this.list, emptyNote(
        last ? `No alert is waiting. The last one was raised ${shortTime(last.raised_at)}.` : "No rule has fired so far.",
        last && this.state === "open" ? h("button", { type: "button", class: "small-button", on: { click: () => this.filter("all") } }, "Show all alerts") : null,
      ));
    });
  }

  row(alert) {
    const isChosen = alert.id === this.chosen;
    const tone = ALERT_TONE[alert.state] || "";
    return h(
      "article",
      {
        class: `alert ${DONE.has(alert.state) ? "done" : ""} ${isChosen ? "chosen" : ""}`,
        tabindex: isChosen || (!this.chosen && alert.id === this.shown[0]) ? "0" : "-1",
        data: { id: alert.id, severity: alert.severity },
        "aria-current": isChosen ? "true" : null,
        "aria-label": `Severity ${alert.severity}: ${alert.title}, ${alert.place}, ${word(ALERT_STATE, alert.state)}`,
        on: { click: (event) => { if (!event.target.closest("button, textarea, a")) this.choose(alert.id); } },
      },
      h("div", { class: "alert-head" },
        severityMark(alert.severity),
        h("div", {},
          h("h3", {}, alert.title),
          h("p", { class: "alert-where" }, alert.place, " · ", ageElement(alert.raised_at)),
        ),
      ),
      h("p", { class: "marks" },
        h("span", { class: `badge ${tone}` }, word(ALERT_STATE, alert.state), alert.actor && alert.state !== "open" ? ` · ${alert.actor}` : ""),
        this.changeMark(alert),
        h("span", { class: "badge", title: "How many of the reports behind it have been accepted" }, `${alert.reviewed} of ${alert.evidence.length} reviewed`),
        alert.quarantined ? h("span", { class: "badge bad" }, `${alert.quarantined} set aside`) : null,
      ),
      isChosen ? this.details(alert) : null,
    );
  }

  changeMark(alert) {
    const tones = { strengthened: "warn", reopened: "warn", amended: "accent", needs_review: "bad" };
    return [
      alert.is_late ? h("span", { class: "badge warn", title: "The reports behind it came after the fact" }, "Found late") : null,
      tones[alert.change] && !DONE.has(alert.state) ? h("span", { class: `badge ${tones[alert.change]}` }, word(CHANGE, alert.change)) : null,
    ];
  }

  details(alert) {
    return h(
      "div",
      { class: "alert-body" },
      h("p", { class: "why" }, alert.why),
      h("dl", { class: "facts compact" },
        fact("Condition since", timeElement(alert.condition_from)),
        alert.detectable_at ? fact("Could be known", timeElement(alert.detectable_at)) : null,
        fact("Raised", timeElement(alert.raised_at)),
        fact("Rule", h("span", { class: "mono" }, alert.rule_id)),
      ),
      alert.history.length
        ? h("ol", { class: "history" }, alert.history.map((step) => h("li", {},
            timeElement(step.at), " ", h("strong", {}, word(STEP, step.what)), step.why && step.what !== "raised" ? `, ${word(REASON, step.why).toLowerCase()}` : "",
            step.by ? ` by ${step.by}` : "", step.note ? h("span", { class: "said" }, step.note) : null)))
        : null,
      this.noting ? this.noteForm(alert) : h("div", { class: "actions" },
        h("button", { type: "button", data: { part: "show" }, class: "small-button", on: { click: () => this.onShow(alert) } }, `On the map (${count(alert.evidence.length, "report")})`, h("kbd", {}, "Enter")),
        this.may("incidents:alert:act") && !DONE.has(alert.state) ? [
          ASKING.has(alert.state) ? h("button", { type: "button", data: { part: "ack" }, class: "small-button primary", on: { click: () => this.act(alert, "acknowledge") } }, "Acknowledge", h("kbd", {}, "a")) : null,
          h("button", { type: "button", data: { part: "note" }, class: "small-button", on: { click: () => this.write("note") } }, "Note"),
          h("button", { type: "button", data: { part: "close" }, class: "small-button", on: { click: () => this.write("close") } }, "Close"),
        ] : null,
      ),
    );
  }

  noteForm(alert) {
    const action = this.noting;
    const box = h("textarea", { id: "alert-note", rows: 3, maxlength: 500, required: true, data: { part: "text" } });
    const send = () => box.value.trim() && this.act(alert, action, box.value.trim());
    return h("div", { class: "note-form" },
      h("label", { for: "alert-note" }, action === "close" ? "Why can it be closed?" : "Note for whoever comes next"),
      box,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "small-button primary", on: { click: send } }, action === "close" ? "Close the alert" : "Keep the note"),
        h("button", { type: "button", class: "small-button quiet", on: { click: () => this.write(null) } }, "Cancel"),
      ),
    );
  }

  write(action) {
    this.noting = action;
    this.draw();
    if (action) $("#alert-note", this.list)?.focus();
    else this.focusChosen();
  }

  choose(id, toggle = true) {
    this.noting = null;
    this.chosen = toggle && this.chosen === id ? null : id;
    this.draw();
    if (this.chosen) this.focusChosen();
  }

  focusChosen() {
    const row = this.list.querySelector(`[data-id="${CSS.escape(this.chosen)}"]`);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  /** j and k: the next or the former alert. */
  move(step, id = null) {
    if (!this.shown.length) return;
    const now = this.shown.indexOf(this.chosen);
    const next = id ? this.shown.indexOf(id) : now < 0 ? 0 : Math.min(Math.max(now + step, 0), this.shown.length - 1);
    this.choose(this.shown[next], false);
  }

  get current() {
    return this.alerts?.find((alert) => alert.id === this.chosen) || null;
  }

  async act(alert, action, note = null) {
    try {
      await post(`/api/v1/alerts/${alert.id}/steps`, { step: action, note });
      this.noting = null;
      this.say(action === "acknowledge" ? "Acknowledged." : action === "close" ? "Closed." : "Noted.");
      await this.onChanged();
      this.focusChosen();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.say(problem.words, true);
    }
  }
}

const fact = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
