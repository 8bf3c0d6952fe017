// What happens, as it happens: one event stream a tab, replayed from the last number after a break.
// While the stream is down, the same numbers are asked for by polling.

import { Problem, get } from "./api.js";

const NAMES = [
  "ObservationReceived", "ObservationReviewed", "MediaReceived", "IncidentOpened", "IncidentStepped",
  "ObservationLinked", "ClaimRecorded", "FindingChanged", "AlertChanged", "WatchChanged", "JobFailed",
];
const POLL_MS = 5_000;
const REOPEN_MS = 4_000;

export class Live {
  /** `onEvents([{id, name, data}])` for news; `onState(isOpen)` when the stream opens or is lost; `onSilence()` when
   *  asking instead brings no answer either. */
  constructor({ onEvents, onState, onSilence }) {
    Object.assign(this, { onEvents, onState, onSilence });
    this.lastId = 0;
    this.isOpen = false;
  }

  start(lastId) {
    this.lastId = lastId;
    this.open();
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => { if (event.persisted) this.open(); });
  }

  open() {
    this.source?.close();
    if (!("EventSource" in window)) {
      this.setOpen(false);
      return;
    }
    const source = new EventSource(`/live?after=${this.lastId}`);
    this.source = source;
    source.onopen = () => this.setOpen(true);
    source.onerror = () => {
      this.setOpen(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(() => { if (this.source === source) this.open(); }, REOPEN_MS);
    };
    for (const name of NAMES) source.addEventListener(name, (event) => this.hear(name, event));
  }

  hear(name, event) {
    const id = Number(event.lastEventId);
    if (id && id <= this.lastId) return;
    this.lastId = id || this.lastId;
    this.onEvents([{ id, name, data: JSON.parse(event.data) }]);
  }

  setOpen(isOpen) {
    if (isOpen !== this.isOpen || !this.told) {
      this.isOpen = isOpen;
      this.told = true;
      this.onState(isOpen);
    }
    // A stream that fails again and again sooner than the next question must not put the question off.
    if (isOpen) this.planPoll(false);
    else if (!this.polling) this.planPoll(true);
  }

  planPoll(isWanted) {
    clearTimeout(this.polling);
    this.polling = isWanted ? setTimeout(() => this.poll(), POLL_MS) : null;
  }

  async poll() {
    try {
      const { events } = await get(`/live/changes?since=${this.lastId}`);
      const news = events.filter((event) => event.id > this.lastId);
      if (news.length) {
        this.lastId = news.at(-1).id;
        this.onEvents(news);
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.onSilence();
    }
    this.planPoll(!this.isOpen);
  }
}
