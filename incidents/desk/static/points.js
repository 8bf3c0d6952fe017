// Many reports on the map: counted into cells of the screen, each drawn as a bubble with its share of weapon tiers.
// Nothing is kept per report but the columns themselves.

import { outline } from "./layer.js";
import { tierFill } from "./symbols.js";

const CELL = 30;
const TIERS = 6;

export class Points {
  constructor() {
    this.columns = null;
    this.until = null;
    this.hits = [];
  }

  set(columns, mask) {
    Object.assign(this, { columns, mask });
  }

  get isOn() {
    return this.columns !== null;
  }

  /** The column of times, and the last of them that counts, at the moment that is shown. */
  limit() {
    if (!this.until) return [null, Infinity];
    return [this.until.by === "known" ? this.columns.received : this.columns.start, this.until.at / 1000];
  }

  paint(ctx, view) {
    this.hits = [];
    const { bounds, scale, originX, originY } = view;
    const { n, x, y, tier, state, observed, names } = this.columns;
    const accepted = names.state.indexOf("accepted");
    const [times, last] = this.limit();
    const { x: left, y: top } = bounds.min;
    const size = bounds.getSize();
    const wide = Math.ceil(size.x / CELL);
    const cells = wide * Math.ceil(size.y / CELL);
    const counts = new Uint32Array(cells * TIERS);
    const solid = new Uint32Array(cells);
    const dotted = new Uint32Array(cells);
    const sumX = new Float64Array(cells);
    const sumY = new Float64Array(cells);
    for (let i = 0; i < n; i += 1) {
      if (!this.mask[i] || (times && times[i] > last)) continue;
      const px = x[i] * scale - originX - left;
      const py = y[i] * scale - originY - top;
      if (!(px >= 0 && py >= 0 && px < size.x && py < size.y)) continue;
      const cell = Math.floor(py / CELL) * wide + Math.floor(px / CELL);
      counts[cell * TIERS + tier[i]] += 1;
      if (!observed[i]) dotted[cell] += 1;
      else if (state[i] === accepted) solid[cell] += 1;
      sumX[cell] += px;
      sumY[cell] += py;
    }
    for (let cell = 0; cell < cells; cell += 1) {
      const shares = counts.subarray(cell * TIERS, (cell + 1) * TIERS);
      const total = shares.reduce((a, b) => a + b, 0);
      const outlines = { solid: solid[cell], dashed: total - solid[cell] - dotted[cell], dotted: dotted[cell] };
      if (total) this.bubble(ctx, view, sumX[cell] / total + left, sumY[cell] / total + top, total, shares, outlines);
    }
  }

  bubble(ctx, { colours }, x, y, total, shares, outlines) {
    const radius = total === 1 ? 6 : 6 + 2.1 * Math.log2(total);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = colours["surface"];
    ctx.fill();
    let angle = -Math.PI / 2;
    for (let tier = TIERS - 1; tier >= 0; tier -= 1) {
      if (!shares[tier]) continue;
      const turn = (shares[tier] / total) * 2 * Math.PI;
      ctx.beginPath();
      ctx.arc(x, y, Math.max(radius - 2, 1), angle, angle + turn);
      ctx.lineWidth = 4;
      ctx.strokeStyle = tier ? tierFill(colours, tier) : colours["line-strong"];
      ctx.stroke();
      angle += turn;
    }
    outline(ctx, x, y, radius + 1, outlines, colours["ink"]);
    if (total > 1) {
      ctx.fillStyle = colours["ink"];
      ctx.font = `650 ${total > 99 ? 10 : 11.5}px system-ui, sans-serif`;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(total < 10_000 ? total : `${Math.round(total / 1000)}k`, x, y + 0.5);
    }
    this.hits.push({ x, y, r: radius + 2, total });
  }

  at(point) {
    return [...this.hits].reverse().find((hit) => Math.hypot(hit.x - point.x, hit.y - point.y) <= hit.r) || null;
  }

  /** The keys of the reports inside [west, south, east, north], or null where they are more than `most`. */
  keysIn([west, south, east, north], most) {
    const { n, lon, lat, key } = this.columns;
    const [times, last] = this.limit();
    const keys = [];
    for (let i = 0; i < n; i += 1) {
      if (!this.mask[i] || (times && times[i] > last)) continue;
      if (!(lon[i] >= west && lon[i] <= east && lat[i] >= south && lat[i] <= north)) continue;
      if (keys.length === most) return null;
      keys.push(key[i]);
    }
    return keys;
  }
}
