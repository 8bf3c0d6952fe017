// Looking back: the whole room as it was known at a moment, or what is known today up to a moment of the events.
// While one looks back nothing new is drawn and nothing can be decided.

import { $ } from "./dom.js";
import { liveNow, shortTime, stopAt, weekday, hourMinuteSecond } from "./time.js";

const STEPS = 400;
const PLAY_EVERY_MS = 700;
const PLAY_STEPS = 120;
const SETTLE_MS = 160;

export class Replay {
  /** `span()` answers [from, to] of the window in epoch ms; `onMove()` while it slides, `onSettled()` once it rests. */
  constructor(element, { span, onMove, onSettled, onLeft }) {
    Object.assign(this, { element, windowSpan: span, onMove, onSettled, onLeft });
    this.at = null;
    this.by = "known";
    this.slider = $("#replay-slider", element);
    this.words = $("#replay-words", element);
    this.slider.addEventListener("input", () => this.slide(Number(this.slider.value)));
    $("#replay-open").addEventListener("click", () => (this.isOn ? this.leave() : this.enter()));
    $("#replay-live", element).addEventListener("click", () => this.leave());
    $("#replay-play", element).addEventListener("click", () => this.play(!this.playing));
    for (const radio of element.querySelectorAll("[name=replay-by]")) {
      radio.addEventListener("change", () => { this.by = radio.value; this.settled(); });
    }
  }

  get isOn() {
    return this.at !== null;
  }

  /** Begins at a moment, or at the end of the window. */
  enter(at = null, by = this.by) {
    this.span = this.windowSpan();
    this.by = by;
    this.element.hidden = false;
    $("#replay-open").setAttribute("aria-pressed", "true");
    $(`[name=replay-by][value=${by}]`, this.element).checked = true;
    Object.assign(this.slider, { min: 0, max: STEPS, step: 1 });
    this.move(Math.min(Math.max(at ?? this.span[1], this.span[0]), this.span[1]));
    this.settled();
    this.slider.focus();
  }

  leave() {
    if (!this.isOn) return;
    this.play(false);
    clearTimeout(this.settling);
    this.at = null;
    stopAt(null);
    this.element.hidden = true;
    $("#replay-open").setAttribute("aria-pressed", "false");
    this.onLeft();
  }

  /** The window was changed: the same moment, where it still lies in it. */
  windowChanged() {
    if (this.isOn) this.enter(this.at, this.by);
  }

  slide(step) {
    const [from, to] = this.span;
    this.move(from + ((to - from) * step) / STEPS);
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settled(), SETTLE_MS);
  }

  move(at) {
    const [from, to] = this.span;
    this.at = Math.round(at / 1000) * 1000;
    stopAt(this.at);
    this.slider.value = Math.round(((at - from) / Math.max(to - from, 1)) * STEPS);
    this.slider.setAttribute("aria-valuetext", shortTime(this.at));
    this.words.textContent = `${weekday(this.at)} ${hourMinuteSecond(this.at).slice(0, 5)}`;
    this.onMove();
  }

  settled() {
    this.onSettled();
  }

  play(isPlaying) {
    this.playing = isPlaying;
    $("#replay-play", this.element).textContent = isPlaying ? "Pause" : "Play";
    clearInterval(this.ticking);
    if (!isPlaying) return;
    const [from, to] = this.span;
    if (this.at >= to) this.move(from);
    this.ticking = setInterval(() => {
      if (this.at >= to) {
        this.play(false);
        return;
      }
      this.move(Math.min(this.at + (to - from) / PLAY_STEPS, to));
      this.settled();
    }, PLAY_EVERY_MS);
  }

  /** What a request must carry so that its answer fits the moment. */
  get query() {
    if (!this.isOn) return "";
    const moment = encodeURIComponent(new Date(Math.min(this.at, liveNow())).toISOString());
    return this.by === "known" ? `at=${moment}` : `to=${moment}`;
  }
}
