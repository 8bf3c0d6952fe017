// Many reports as columns of numbers. Nothing here is made per report, so that a million of them can be filtered and
// drawn within a frame; their words are asked for when somebody comes near.

import { tierRange } from "./filter.js";
import { unitX, unitY } from "./layer.js";
import { localHour } from "./time.js";

const WIDE = ["key", "lon", "lat", "start", "received"];
const NARROW = ["tier", "family", "state", "sector", "observed"];
const PLACED = ["x", "y"];
const NOWHERE = 255;

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
  }

  /** Takes in rows that changed or came since: those known are put over, others added at the end. */
  take(news) {
    this.places ??= new Map(Array.from(this.key, (key, i) => [key, i]));
    const all = [...WIDE, ...NARROW, ...PLACED];
    const added = Array.from(news.key).filter((key) => !this.places.has(key));
    added.forEach((key, i) => this.places.set(key, this.n + i));
    for (const name of all) {
      if (added.length) {
        const column = new this[name].constructor(this.n + added.length);
        column.set(this[name]);
        this[name] = column;
      }
      for (let i = 0; i < news.n; i += 1) this[name][this.places.get(news.key[i])] = news[name][i];
    }
    Object.assign(this, { n: this.n + added.length, names: news.names, lastEventId: news.lastEventId });
  }

  /** One byte a report: whether the filter lets it through. */
  mask({ sector, family, tier, state, basis, hour }) {
    const mask = new Uint8Array(this.n);
    const wantedFamily = this.names.family.indexOf(family);
    const wantedSector = sector === "none" ? NOWHERE : this.names.sector.indexOf(sector);
    const [accepted, rejected] = ["accepted", "rejected"].map((name) => this.names.state.indexOf(name));
    const [least, most] = tierRange(tier);
    const wantedHour = hour ? Number(hour) : null;
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

  /** Calls `tell(startMs, isAccepted, tier)` for each violation that the mission observed itself. */
  eachViolation(mask, tell) {
    const [violation, accepted] = [this.names.family.indexOf("CFV"), this.names.state.indexOf("accepted")];
    for (let i = 0; i < this.n; i += 1) {
      if (mask[i] && this.observed[i] && this.family[i] === violation) tell(this.start[i] * 1000, this.state[i] === accepted, this.tier[i]);
    }
  }
}
