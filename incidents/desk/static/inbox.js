// What must be acted on: by whom, and by when. What is due first stands first; while somebody reads, nothing moves
// under the cursor and new alerts wait behind a bar instead.

import { Problem, post } from "./api.js";
import { $, count, emptyNote, errorNote, h, keepFocus, loadingNote, show } from "./dom.js";
import { severityMark } from "./symbols.js";
import { ageElement, dueElement, hourMinute, lengthText, missionNow, shortTime, timeElement } from "./time.js";
import { ALERT_STATE, ALERT_TONE, CHANGE, REASON, STEP, word } from "./words.js";

const DONE = new Set(["closed", "superseded", "withdrawn", "resolved"]);
const ASKING = new Set(["open", "needs_review"]);
const HOUR = 3_600_000;

// Where an alert stands in the list, in this order.
const GROUPS = [
  { name: "mine", title: "You must act" },
  { name: "theirs", title: "Others must act" },
  { name: "hand", title: "In hand" },
  { name: "shelved", title: "Shelved" },
  { name: "over", title: "Over in the last hours" },
  { name: "past", title: "Earlier" },
];

// What may be done, with the question that is asked before; acknowledging and taking up ask nothing.
const ASKS = {
  note: { say: "Note for whoever comes next", send: "Keep the note", done: "Noted." },
  close: { say: "Why can it be closed?", send: "Close the alert", done: "Closed." },
  shelve: { say: "Why can it wait?", send: "Shelve it", done: "Shelved." },
  assign: { say: "What they should know (may stay empty)", send: "Assign", done: "Assigned.", isFree: true },
  escalate: { say: "What has to be decided (may stay empty)", send: "Escalate", done: "Escalated.", isFree: true },
};
const SHELVES = [[1, "1 hour"], [2, "2 hours"], [4, "4 hours"], [8, "8 hours"], [24, "1 day"], [72, "3 days"]];

export class Inbox {
  /**
   * `onChosen(alert | null)` marks the evidence where the map stands, `onShow(alert)` goes there; `onChanged()` after
   * a deed; `onAll()` when older alerts are asked for; `say(text, isBad)`; `may(permission)`.
   */
  constructor(element, hooks) {
    Object.assign(this, { element, ...hooks });
    this.list = $("#inbox-list", element);
    this.bar = $("#inbox-new", element);
    this.alerts = null;
    this.people = [];
    this.mutes = [];
    this.shown = [];
    this.chosen = null;
    this.asking = null;
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
    if (this.alerts === null) return;
    this.order();
    this.draw();
  }

  /** What the open list holds: all that is not over, what went lately, and what is being looked at. */
  wanted() {
    return (this.alerts || []).filter((alert) => this.state === "all" || this.groupOf(alert) !== "past" || alert.id === this.chosen);
  }

  groupOf(alert) {
    if (DONE.has(alert.state)) {
      const isNews = alert.state !== "closed" && missionNow() - Date.parse(alert.changed_at) < this.overInSight * HOUR;
      return isNews ? "over" : "past";
    }
    if (alert.state === "shelved") return "shelved";
    if (!ASKING.has(alert.state)) return alert.owed?.by_me ? "mine" : "hand";
    return alert.owed && !alert.owed.by_me ? "theirs" : "mine";
  }

  /** By group, then by what is due first; what is over, the latest first. */
  order() {
    const place = (alert) => GROUPS.findIndex((group) => group.name === this.groupOf(alert));
    const due = (alert) => (alert.owed && !DONE.has(alert.state) ? Date.parse(alert.owed.by) : -Date.parse(alert.changed_at));
    this.shown = this.wanted().sort((a, b) => place(a) - place(b) || due(a) - due(b) || b.severity - a.severity).map((alert) => alert.id);
  }

  /** Whether somebody is reading: then the order stays, and news waits. */
  isRead() {
    return this.list.scrollTop > 12 || this.asking !== null || this.list.contains(document.activeElement);
  }

  set({ alerts, people = [], mutes = [], over_in_sight_h: overInSight = 12 }) {
    const isFirst = this.alerts === null;
    Object.assign(this, { alerts, people, mutes, overInSight });
    if (isFirst || !this.isRead()) this.order();
    else {
      const wanted = new Set(this.wanted().map((alert) => alert.id));
      this.shown = this.shown.filter((id) => wanted.has(id));
    }
    this.draw();
  }

  fail(problem) {
    if (this.alerts === null) show(this.list, errorNote(problem, this.again));
  }

  takeNew() {
    const before = new Set(this.shown);
    this.order();
    this.list.scrollTop = 0;
    this.draw();
    this.move(0, this.shown.find((id) => !before.has(id)) || this.shown[0]);
  }

  draw() {
    // While a form is open and being written in, nothing is drawn under the writer's hands.
    if (this.asking && this.list.querySelector(".ask-form")?.dataset.for === this.asking) {
      this.drawBar();
      return;
    }
    this.drawBar();
    const byId = new Map(this.alerts.map((alert) => [alert.id, alert]));
    const rows = this.shown.map((id) => byId.get(id)).filter(Boolean);
    const open = this.alerts.filter((alert) => ASKING.has(alert.state)).length;
    $("#inbox-count").textContent = open ? `${open} new` : "";
    keepFocus(this.list, () => {
      show(this.list, this.quiet(), rows.length ? this.groups(rows) : this.empty());
    });
  }

  drawBar() {
    const waiting = this.wanted().filter((alert) => !this.shown.includes(alert.id)).length;
    this.bar.hidden = waiting === 0;
    this.bar.textContent = `${waiting} new · show`;
  }

  empty() {
    const last = this.alerts[0];
    return emptyNote(
      last ? `No alert is waiting. The last one was raised ${shortTime(last.raised_at)}.` : "No rule has fired so far.",
      last && this.state === "open" ? h("button", { type: "button", class: "small-button", on: { click: () => this.filter("all") } }, "Show all alerts") : null,
    );
  }

  /** Runs of one group under their title, in the order in which they stand. */
  groups(rows) {
    const parts = [];
    for (const alert of rows) {
      const name = this.groupOf(alert);
      const last = parts.at(-1);
      if (last?.name === name) last.rows.push(alert);
      else parts.push({ name, rows: [alert] });
    }
    return parts.map(({ name, rows: own }) => h("section", { class: `alerts-of ${name}`, "aria-label": titleOf(name) },
      h("h3", { class: "group-title" }, titleOf(name), h("span", { class: "muted" }, ` ${own.length}`)),
      own.map((alert) => this.row(alert))));
  }

  /** Where somebody asked for quiet: no alert is missing here, but nobody was messaged. */
  quiet() {
    return this.mutes.map((mute) => h("p", { class: "notice mute", data: { id: `mute-${mute.id}` } },
      h("strong", {}, "No messages about ", mute.about), " until ", timeElement(mute.until), `, asked by ${mute.by}`,
      mute.why ? `: ${mute.why}` : "", ` · ${count(mute.held_back, "message")} held back `,
      this.may("incidents:alert:act") ? h("button", { type: "button", class: "small-button", data: { part: "end" }, on: { click: () => this.endMute(mute) } }, "End it") : null));
  }

  row(alert) {
    const isChosen = alert.id === this.chosen;
    return h(
      "article",
      {
        class: `alert ${DONE.has(alert.state) ? "done" : ""} ${isChosen ? "chosen" : ""}`,
        tabindex: isChosen || (!this.chosen && alert.id === this.shown[0]) ? "0" : "-1",
        data: { id: alert.id, severity: alert.severity, group: this.groupOf(alert) },
        "aria-current": isChosen ? "true" : null,
        "aria-label": `Severity ${alert.severity}: ${alert.title}, ${alert.place}, ${word(ALERT_STATE, alert.state)}. ${this.owedText(alert)}`,
        on: { click: (event) => { if (!event.target.closest("button, a, .ask-form")) this.choose(alert.id); } },
      },
      h("div", { class: "alert-head" },
        severityMark(alert.severity),
        h("div", {},
          h("h4", {}, alert.title),
          h("p", { class: "alert-where" }, alert.place, " · ", ageElement(alert.raised_at)),
          this.owes(alert),
        ),
      ),
      h("p", { class: "marks" },
        h("span", { class: `badge ${ALERT_TONE[alert.state] || ""}` }, word(ALERT_STATE, alert.state), this.holder(alert)),
        this.changeMark(alert),
        alert.evidence.length ? h("span", { class: "badge", title: "How many of the reports behind it have been accepted" }, `${alert.reviewed} of ${alert.evidence.length} reviewed`) : null,
        alert.quarantined ? h("span", { class: "badge bad" }, `${alert.quarantined} set aside`) : null,
      ),
      isChosen ? this.details(alert) : null,
    );
  }

  /** "Duty officer by 20:20": who owes the next word, and how long that still takes. */
  owes(alert) {
    if (alert.state === "shelved") return h("p", { class: "owes" }, "comes back ", timeElement(alert.shelved_until));
    if (!alert.owed || DONE.has(alert.state)) {
      return alert.state === "withdrawn" ? h("p", { class: "owes" }, "Withdrawn ", timeElement(alert.changed_at), ` ${word(REASON, alert.reason)}`) : null;
    }
    return h("p", { class: "owes" }, h("strong", {}, this.whoOwes(alert)), " by ", dueElement(alert.owed.by));
  }

  whoOwes(alert) {
    if (!alert.owed) return "";
    return alert.owed.by_me && !ASKING.has(alert.state) ? "You" : alert.owed.who.join(", ");
  }

  owedText(alert) {
    return alert.owed && !DONE.has(alert.state) ? `${this.whoOwes(alert)} by ${hourMinute(alert.owed.by)}` : "";
  }

  holder(alert) {
    if (alert.state === "open" && alert.assigned_to) return ` · given to ${alert.assigned_to}`;
    return alert.actor && !ASKING.has(alert.state) && !DONE.has(alert.state) ? ` · ${alert.actor}` : "";
  }

  changeMark(alert) {
    const tones = { strengthened: "warn", reopened: "warn", amended: "accent", needs_review: "bad", withdrawn: "warn" };
    return [
      alert.is_late ? h("span", { class: "badge warn", title: "The reports behind it came after the fact" }, "Found late") : null,
      tones[alert.change] && alert.change !== alert.state ? h("span", { class: `badge ${tones[alert.change]}` }, word(CHANGE, alert.change)) : null,
    ];
  }

  details(alert) {
    const late = Date.parse(alert.raised_at) - Date.parse(alert.detectable_at);
    return h(
      "div",
      { class: "alert-body" },
      h("p", { class: "why" }, alert.why),
      alert.climbs ? h("p", { class: "climbs" }, `Unless somebody answers, the ${alert.climbs.to.toLowerCase()} is told at `, timeElement(alert.climbs.at), ".") : null,
      h("dl", { class: "facts compact" },
        fact("Condition since", timeElement(alert.condition_from)),
        alert.detectable_at ? fact("Could be known", timeElement(alert.detectable_at)) : null,
        fact("Raised", [timeElement(alert.raised_at), alert.is_late ? ` (${lengthText(late)} later)` : ""]),
        fact("Behind it", [count(alert.evidence.length, "report"), alert.beside ? ` and ${count(alert.beside, "other record")}` : "", `, ${count(alert.sources, "independent source")}`]),
        fact("How firm", [alert.firmness, this.may("incidents:rule:read") ? [" ", h("a", { href: `/rules/findings/${alert.finding_id}` }, "How it was judged")] : ""]),
        fact("Rule", this.may("incidents:rule:read") ? h("a", { class: "mono", href: `/rules/${alert.rule_version}` }, alert.rule_id) : h("span", { class: "mono" }, alert.rule_id)),
      ),
      alert.history.length
        ? h("ol", { class: "history" }, alert.history.map((step) => h("li", {},
            timeElement(step.at), " ", h("strong", {}, word(STEP, step.what)), step.to ? ` ${step.to}` : "",
            step.why && step.what !== "raised" ? `, ${word(REASON, step.why)}` : "",
            step.by ? ` by ${step.by}` : "", step.until ? [" until ", timeElement(step.until)] : "",
            step.note ? h("span", { class: "said" }, step.note) : null)))
        : null,
      this.asking ? this.form(alert) : this.deeds(alert),
    );
  }

  deeds(alert) {
    const may = this.may("incidents:alert:act");
    const mayAnswer = may && (!DONE.has(alert.state) || alert.state === "resolved");
    const deed = (name, label, key) => h("button", { type: "button", data: { part: name }, class: "small-button", on: { click: () => this.ask(name) } }, label, key ? h("kbd", {}, key) : null);
    return h("div", { class: "actions" },
      mayAnswer && !DONE.has(alert.state) ? h("button", { type: "button", data: { part: "ack" }, class: `small-button ${ASKING.has(alert.state) ? "primary" : ""}`, on: { click: () => this.act(alert, { step: "acknowledge" }) } },
        ASKING.has(alert.state) ? "Acknowledge" : "Acknowledge again", h("kbd", {}, "a")) : null,
      alert.evidence.length ? h("button", { type: "button", data: { part: "show" }, class: "small-button", on: { click: () => this.onShow(alert) } }, `On the map (${count(alert.evidence.length, "report")})`, h("kbd", {}, "Enter")) : null,
      mayAnswer ? [
        alert.above ? deed("escalate", "Escalate", "e") : null,
        deed("assign", "Assign"), deed("shelve", "Shelve"), deed("note", "Note", "n"), deed("close", "Close"),
      ] : may ? deed("note", "Note", "n") : null);
  }

  form(alert) {
    const { say, send, done, isFree } = ASKS[this.asking];
    const step = this.asking;
    const box = h("textarea", { id: "alert-note", rows: 3, maxlength: 2000, required: !isFree, data: { part: "text" } });
    const refusal = h("p", { class: "problem", role: "alert", hidden: true });
    const fields = {
      assign: () => this.choice("alert-to", "To whom?", this.people.map((person) => [person.id, person.name])),
      shelve: () => this.choice("alert-until", "For how long?", SHELVES),
      escalate: () => h("p", {}, "Tells ", h("strong", {}, alert.above), " now."),
    };
    const go = (event) => {
      event.preventDefault();
      const note = box.value.trim();
      if (!note && !isFree) {
        refusal.textContent = "Say why: the next shift reads it.";
        refusal.hidden = false;
        box.focus();
        return;
      }
      const content = { step, note: note || null };
      if (step === "assign") content.to = $("#alert-to", this.list).value;
      if (step === "shelve") content.until = new Date(missionNow() + Number($("#alert-until", this.list).value) * HOUR).toISOString();
      this.act(alert, content, done, refusal);
    };
    return h("form", { class: "ask-form", novalidate: true, data: { for: step }, on: { submit: go, keydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.ask(null); } } } },
      fields[step]?.(), h("label", { for: "alert-note" }, say), box, refusal,
      h("div", { class: "actions" },
        h("button", { type: "submit", class: "small-button primary" }, send),
        h("button", { type: "button", class: "small-button quiet", on: { click: () => this.ask(null) } }, "Cancel")));
  }

  choice(id, label, options) {
    return [h("label", { for: id }, label), h("select", { id }, options.map(([value, text]) => h("option", { value }, text)))];
  }

  /** Opens the question of a deed; null closes it. */
  ask(step) {
    this.asking = null;
    if (step) this.asking = step;
    this.list.querySelector(".ask-form")?.remove();
    this.draw();
    if (step) (this.list.querySelector(".ask-form select, .ask-form textarea"))?.focus();
    else this.focusChosen();
  }

  choose(id, toggle = true) {
    this.asking = null;
    this.list.querySelector(".ask-form")?.remove();
    this.chosen = toggle && this.chosen === id ? null : id;
    if (this.chosen && !this.shown.includes(this.chosen)) this.order();
    this.draw();
    if (this.chosen) this.focusChosen();
    this.onChosen(this.current);
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

  /** What a key does to the alert that is chosen, where it may be done. */
  press(step) {
    const { current } = this;
    if (!current || !this.may("incidents:alert:act")) return;
    const isOver = DONE.has(current.state);
    if (step === "acknowledge" && !isOver) this.act(current, { step });
    else if (step === "note" || (!isOver && (step !== "escalate" || current.above))) this.ask(step);
  }

  async act(alert, content, done = "Acknowledged.", refusal = null) {
    try {
      await post(`/api/v1/alerts/${alert.id}/steps`, content);
      this.asking = null;
      this.list.querySelector(".ask-form")?.remove();
      this.say(done);
      await this.onChanged();
      // Whoever has gone on to something else meanwhile is not fetched back; least of all from the next question.
      if (!this.asking && (document.activeElement === document.body || this.list.contains(document.activeElement))) this.focusChosen();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (refusal) {
        refusal.textContent = problem.words;
        refusal.hidden = false;
      } else this.say(problem.words, true);
    }
  }

  async endMute(mute) {
    try {
      await post(`/api/v1/alert-mutes/${mute.id}/end`);
      this.say("Messages are sent again.");
      await this.onChanged();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.say(problem.words, true);
    }
  }
}

const titleOf = (name) => GROUPS.find((group) => group.name === name).title;
const fact = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
