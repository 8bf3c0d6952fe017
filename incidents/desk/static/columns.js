// Many reports as columns of numbers. Nothing here is made per report, so that a million of them can be filtered and
// drawn within a frame; their words are asked for when somebody comes near.

import { tierRange } from "./filter.js";
import { unitX, unitY } from "./layer.js";
import { localHour } from "./time.js";

const WIDE = ["key", "lon", "lat", "start", "received"];
const NARROW = ["tier", "family", "state", "sector", "observed"];
const ALL = [...WIDE, ...NARROW, "x", "y"];
const ROOM = 1024;
const NOWHERE = 255;

/** `n` reports; each column may be longer than that. */
export class Columns {
  /** Reads what the server wrote: a length, a JSON head, and each column after the other. */
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    Object.assign(this, { n: head.n, lastEventId: head.last_event_id });
    this.names = { family: head.families, sector: head.sectors, state: head.states };
    let at = 4 + length;
    for (const name of WIDE) {
      const Kind = name === "lon" || name === "lat" ? Float32Array : Uint32Array;
      this[name] = new Kind(buffer, at, this.n);
      at += 4 * this.n;
    }
    for (const name of NARROW) {
      this[name] = new Uint8Array(buffer, at, this.n);
      at += this.n;
    }
    this.x = Float64Array.from(this.lon, unitX);
    this.y = Float64Array.from(this.lat, unitY);
    this.sorted = this.n;
    this.added = new Map();
  }

  /** Takes in rows that changed or came since: those known are put over, others added at the end. */
  take(news) {
    for (const key of news.key) {
      if (this.place(key) !== undefined) continue;
      if (this.n === this.x.length) this.grow();
      this.added.set(key, this.n);
      this.n += 1;
    }
    const places = Array.from(news.key, (key) => this.place(key));
    for (const name of ALL) places.forEach((place, i) => { this[name][place] = news[name][i]; });
    Object.assign(this, { names: news.names, lastEventId: news.lastEventId });
  }

  /** Where a report stands: what came first is in the order of its keys, what came since is remembered. */
  place(key) {
    let [low, high] = [0, this.sorted];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.key[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low < this.sorted && this.key[low] === key ? low : this.added.get(key);
  }

  /** Makes room for more, so that the next report does not move all of them. */
  grow() {
    for (const name of ALL) {
      const column = new this[name].constructor(this.n + Math.max(ROOM, this.n >> 3));
      column.set(this[name]);
      this[name] = column;
    }
  }

  /** One byte a report: whether the filter lets it through. */
  mask({ sector, family, tier, state, basis, hour }) {
    const mask = new Uint8Array(this.n);
    const wantedFamily = this.names.family.indexOf(family);
    const wantedSector = sector === "none" ? NOWHERE : this.names.sector.indexOf(sector);
    const [accepted, rejected] = ["accepted", "rejected"].map((name) => this.names.state.indexOf(name));
    const [least, most] = tierRange(tier);
    const wantedHour = hour ? Number(hour) : null;
    // What is rejected is nowhere shown; mostly nothing else is asked.
    if (![sector, family, tier, state, basis, hour].some(Boolean)) {
      for (let i = 0; i < this.n; i += 1) mask[i] = this.state[i] === rejected ? 0 : 1;
      return mask;
    }
    for (let i = 0; i < this.n; i += 1) {
      mask[i] = this.state[i] !== rejected
        && (!sector || this.sector[i] === wantedSector)
        && (!family || this.family[i] === wantedFamily)
        && this.tier[i] >= least && this.tier[i] <= most
        && (!basis || Boolean(this.observed[i]) === (basis === "observed"))
        && (wantedHour === null || localHour(this.start[i] * 1000) === wantedHour)
        && (!state || (this.state[i] === accepted) === (state === "accepted")) ? 1 : 0;
    }
    return mask;
  }

  /** How many reports a mask lets through. */
  count(mask) {
    let sum = 0;
    for (let i = 0; i < mask.length; i += 1) sum += mask[i];
    return sum;
  }

  /** Calls `tell(startMs, isAccepted, tier)` for each violation that the mission observed itself. */
  eachViolation(mask, tell) {
    const [violation, accepted] = [this.names.family.indexOf("CFV"), this.names.state.indexOf("accepted")];
    for (let i = 0; i < this.n; i += 1) {
      if (mask[i] && this.observed[i] && this.family[i] === violation) tell(this.start[i] * 1000, this.state[i] === accepted, this.tier[i]);
    }
  }
}
