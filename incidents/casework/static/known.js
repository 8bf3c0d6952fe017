// "As known at": the page as the mission knew it at a past moment. Nothing can be done to the past.

import { h, show } from "/desk/static/dom.js";
import { fieldTime, hourMinute, missionNow, readTime, timeElement, weekday, zoneText } from "/desk/static/time.js";

export class KnownAt {
  /** `onChange(iso or null)` when another moment is asked for. */
  constructor(element, onChange) {
    this.element = element;
    this.onChange = onChange;
    this.at = null;
    this.moments = [];
    this.draw();
  }

  /** Moments at which something became known: [{at, what}], oldest first. */
  setMoments(moments) {
    this.moments = moments;
    this.draw();
  }

  get ms() {
    return this.at === null ? null : Date.parse(this.at);
  }

  set(iso) {
    if (iso === this.at) return;
    this.at = iso;
    this.draw();
    this.onChange(iso);
  }

  step(by) {
    const places = this.moments.map((moment) => Date.parse(moment.at));
    const here = this.at === null ? places.length : places.findLastIndex((ms) => ms <= this.ms);
    const next = here + by;
    if (next < 0) return;
    this.set(next >= places.length ? null : this.moments[next].at);
  }

  draw() {
    const field = h("input", {
      type: "datetime-local", id: "known-at-field", "aria-label": "As known at",
      value: fieldTime(this.ms ?? missionNow() ?? Date.now()),
      on: {
        change: (event) => {
          const ms = readTime(event.target.value);
          if (!Number.isNaN(ms)) this.set(new Date(ms).toISOString());
        },
      },
    });
    const button = (label, words, act, disabled) =>
      h("button", { type: "button", class: "chip", "aria-label": words, title: words, disabled, on: { click: act } }, label);
    show(this.element,
      h("div", { class: "known-at", role: "group", "aria-label": "As known at" },
        h("span", { class: "known-label" }, "As known"),
        this.moments.length ? button("‹", "One change back", () => this.step(-1), this.at !== null && this.ms <= Date.parse(this.moments[0].at)) : null,
        field,
        this.moments.length ? button("›", "One change on", () => this.step(1), this.at === null) : null,
        h("button", { type: "button", class: "chip", "aria-pressed": String(this.at === null), on: { click: () => this.set(null) } }, "Now"),
      ));
  }

  /** The banner of a past page, or nothing. */
  banner(element) {
    element.hidden = this.at === null;
    if (this.at === null) return;
    const what = this.moments.findLast((moment) => Date.parse(moment.at) <= this.ms)?.what;
    show(element,
      h("strong", {}, "As the mission knew it at "),
      timeElement(this.at, `${weekday(this.at)} ${hourMinute(this.at)} (${zoneText()})`),
      what ? `. Last: ${what}.` : ".",
      " What came later is not shown, and nothing can be done to the past. ",
      h("button", { type: "button", class: "link-button", on: { click: () => this.set(null) } }, "Back to now"));
  }
}
