// The map's own drawing. A Canvas layer knows Leaflet; what is drawn in it is a painter's affair.
// Positions are kept as Web Mercator units (0..1) in typed arrays, so that a redraw is one multiplication.

import { DASH, drawGlyph, palette, tierFill, tierInk } from "./symbols.js";

const L = window.L;
const EARTH_M = 40_075_016.7;

export const unitX = (lon) => lon / 360 + 0.5;
export function unitY(lat) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

/** A ring of [lon, lat] as x, y, x, y … in units. */
export function unitRing(ring) {
  const units = new Float64Array(ring.length * 2);
  ring.forEach(([lon, lat], index) => {
    units[index * 2] = unitX(lon);
    units[index * 2 + 1] = unitY(lat);
  });
  return units;
}

/** A Leaflet layer that is one canvas; `paint(ctx, view)` draws in layer pixels. */
export const CanvasLayer = L.Renderer.extend({
  initialize(paint, options) {
    L.Renderer.prototype.initialize.call(this, { padding: 0.25, ...options });
    this.paint = paint;
  },
  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._ctx = this._container.getContext("2d");
  },
  _destroyContainer() {
    L.Util.cancelAnimFrame(this._asked);
    this._container.remove();
    delete this._container;
    delete this._ctx;
  },
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    this._draw();
  },
  _onZoomEnd() {},
  _updatePaths() {},
  _reset() {
    this._update();
    this._updateTransform(this._center, this._zoom);
  },
  redraw() {
    if (!this._map || this._asked) return;
    this._asked = L.Util.requestAnimFrame(() => {
      this._asked = null;
      if (this._map && this._bounds && !this._map._animatingZoom) this._draw();
    });
  },
  _draw() {
    const { _bounds: bounds, _container: canvas, _ctx: ctx, _map: map } = this;
    const size = bounds.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(canvas, bounds.min);
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    ctx.setTransform(ratio, 0, 0, ratio, -bounds.min.x * ratio, -bounds.min.y * ratio);
    const zoom = map.getZoom();
    const origin = map.getPixelOrigin();
    const scale = 256 * 2 ** zoom;
    const latitude = (map.getCenter().lat * Math.PI) / 180;
    this.paint(ctx, {
      zoom, scale, bounds,
      originX: origin.x, originY: origin.y,
      pixelsPerMetre: scale / (EARTH_M * Math.cos(latitude)),
      colours: palette(),
    });
  },
});

export function trace(ctx, units, view, closed = true) {
  for (let i = 0; i < units.length; i += 2) {
    const x = units[i] * view.scale - view.originX;
    const y = units[i + 1] * view.scale - view.originY;
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  }
  if (closed) ctx.closePath();
}

/** What the observers reported and the parties claim, on the map; remembers what was drawn where. */
export class Observations {
  constructor() {
    this.rows = [];
    this.claims = [];
    this.evidence = null;
    this.selected = null;
    this.fresh = new Map();
    this.fromMs = 0;
    this.nowMs = 0;
    this.hits = [];
    this.showClaims = true;
    this.showNothing = true;
    this.until = null;
  }

  setRows(rows, fromMs, nowMs) {
    this.rows = rows;
    this.fromMs = fromMs;
    this.nowMs = nowMs;
    const n = rows.length;
    this.tag = new Float64Array(n * 2).fill(NaN);
    this.eye = new Float64Array(n * 2).fill(NaN);
    this.start = new Float64Array(n);
    this.received = new Float64Array(n);
    this.shapes = rows.map((row) => (row.shape ? row.shape.map(unitRing) : null));
    rows.forEach((row, i) => {
      this.start[i] = Date.parse(row.start);
      this.received[i] = Date.parse(row.received);
      if (row.lon !== null) this.tag.set([unitX(row.lon), unitY(row.lat)], i * 2);
      if (row.observer) this.eye.set([unitX(row.observer[0]), unitY(row.observer[1])], i * 2);
    });
  }

  setClaims(claims) {
    this.claims = claims.filter((claim) => claim.lon !== null && claim.lon !== undefined);
    this.claimAt = new Float64Array(this.claims.length * 2);
    this.claims.forEach((claim, i) => this.claimAt.set([unitX(claim.lon), unitY(claim.lat)], i * 2));
  }

  /** How strongly a row is drawn: younger is stronger; while evidence is shown, the rest steps back. */
  strength(i) {
    const row = this.rows[i];
    if (row.id === this.selected) return 1;
    if (this.evidence) return this.evidence.has(row.id) ? 1 : 0.16;
    const span = Math.max(this.nowMs - this.fromMs, 1);
    const age = Math.min(Math.max((this.nowMs - this.start[i]) / span, 0), 1);
    return 1 - 0.55 * age;
  }

  /** While one slides through time only what had happened, or was known, is drawn: `until` is {by, at}. */
  isShown(i) {
    if (this.until && (this.until.by === "known" ? this.received : this.start)[i] > this.until.at) return false;
    const row = this.rows[i];
    return this.showNothing || row.category !== "NEG" || row.id === this.selected;
  }

  paint(ctx, view) {
    this.hits = [];
    this.labels = [];
    if (this.showClaims) this.paintClaims(ctx, view);
    const order = this.rows.map((_, i) => i).filter((i) => this.isShown(i));
    order.sort((a, b) => this.strength(a) - this.strength(b));
    for (const i of order) this.paintShape(ctx, view, i);
    this.paintTags(ctx, view, order);
  }

  paintShape(ctx, view, i) {
    const row = this.rows[i];
    const { colours } = view;
    const strength = this.strength(i);
    const isHeld = row.id === this.selected || this.evidence?.has(row.id);
    const x = this.tag[i * 2] * view.scale - view.originX;
    const y = this.tag[i * 2 + 1] * view.scale - view.originY;
    const eyeX = this.eye[i * 2] * view.scale - view.originX;
    const eyeY = this.eye[i * 2 + 1] * view.scale - view.originY;
    ctx.save();
    ctx.lineJoin = "round";
    if (this.shapes[i] || row.uncertainty_m) {
      ctx.beginPath();
      if (this.shapes[i]) for (const ring of this.shapes[i]) trace(ctx, ring, view);
      else ctx.arc(x, y, Math.max(row.uncertainty_m * view.pixelsPerMetre, 3), 0, 2 * Math.PI);
      ctx.globalAlpha = strength * (isHeld ? 0.42 : view.zoom < 9 ? 0.16 : 0.24);
      ctx.fillStyle = row.tier ? tierFill(colours, row.tier) : colours["line-strong"];
      ctx.fill("evenodd");
      ctx.globalAlpha = strength * (isHeld ? 1 : 0.75);
      ctx.setLineDash(DASH[row.confidence]);
      ctx.lineWidth = isHeld ? 2.2 : 1.2;
      ctx.strokeStyle = isHeld ? colours["accent"] : colours["ink-2"];
      ctx.stroke();
    }
    if (!Number.isNaN(eyeX) && (view.zoom >= 8.75 || isHeld)) {
      if (row.bearing !== null && !Number.isNaN(x)) {
        ctx.globalAlpha = strength * 0.8;
        ctx.setLineDash([2, 3]);
        ctx.lineWidth = isHeld ? 1.8 : 1;
        ctx.strokeStyle = isHeld ? colours["accent"] : colours["ink-3"];
        ctx.beginPath();
        ctx.moveTo(eyeX, eyeY);
        ctx.lineTo(x, y);
        ctx.stroke();
      }
      drawEye(ctx, eyeX, eyeY, strength, colours, isHeld);
    }
    ctx.restore();
  }

  paintTags(ctx, view, order) {
    const groups = [];
    const reach = view.zoom < 11 ? 24 : 18;
    for (const i of [...order].reverse()) {
      const known = !Number.isNaN(this.tag[i * 2]);
      const from = known ? this.tag : this.eye;
      const x = from[i * 2] * view.scale - view.originX;
      const y = from[i * 2 + 1] * view.scale - view.originY;
      if (Number.isNaN(x) || !view.bounds.contains([x, y])) continue;
      const alone = this.rows[i].id === this.selected;
      const held = Boolean(this.evidence?.has(this.rows[i].id));
      const near = !alone && groups.find((group) => !group.alone && group.held === held && Math.hypot(group.x - x, group.y - y) < reach);
      if (near) near.members.push(i);
      else groups.push({ x, y, alone, held, known, members: [i] });
    }
    const labelled = [];
    for (const group of groups.reverse()) {
      if (group.members.length === 1) labelled.push(this.paintTag(ctx, view, group));
      else this.paintGroup(ctx, view, group);
    }
    for (const label of labelled.reverse()) this.paintLabel(ctx, view, label);
  }

  /** One report: a square tag on a wedge, a round one on a place, a hollow one where the event is not known. */
  paintTag(ctx, view, group) {
    const i = group.members[0];
    const row = this.rows[i];
    const { colours } = view;
    const held = group.alone || group.held;
    const half = row.tier ? 7.5 + row.tier * 1.1 : row.category === "NEG" ? 6.5 : 9;
    const { x, y } = group;
    ctx.save();
    ctx.globalAlpha = Math.max(this.strength(i), 0.25);
    if (held) halo(ctx, x, y, half + 5, colours["accent"]);
    if (this.isFresh(row.id)) halo(ctx, x, y, half + 9, colours["warn"]);
    ctx.beginPath();
    if (row.bearing !== null) ctx.roundRect(x - half, y - half, half * 2, half * 2, 3);
    else ctx.arc(x, y, half, 0, 2 * Math.PI);
    const isHollow = !group.known || row.category === "NEG" || row.confidence === "dotted";
    ctx.fillStyle = isHollow ? colours["surface"] : tierFill(colours, row.tier);
    ctx.fill();
    ctx.setLineDash(DASH[row.confidence].map((part) => part * 0.7));
    ctx.lineWidth = row.category === "NEG" ? 1.2 : 1.8;
    ctx.strokeStyle = isHollow ? colours["ink"] : colours["severity-outline"];
    ctx.stroke();
    const ink = isHollow ? colours["ink"] : tierInk(colours, row.tier);
    if (row.tier) number(ctx, row.tier, x, y, half * 1.35, ink);
    else drawGlyph(ctx, row.symbol, x, y, half * 1.45, isHollow ? colours["ink-2"] : ink);
    ctx.restore();
    this.hits.push({ x, y, r: half + 4, rows: [row] });
    return { row, x: x + half + 5, y, held, strength: this.strength(i) };
  }

  /** What a single mark says; left out where it would lie on another one's words. */
  paintLabel(ctx, view, { row, x, y, held, strength }) {
    if (view.zoom < 10.5 && !held) return;
    const { colours } = view;
    ctx.save();
    ctx.globalAlpha = held ? 1 : Math.max(strength, 0.6);
    ctx.font = `${held ? 600 : 500} 11.5px ${colours["font"] || "sans-serif"}`;
    const box = [x, y - 8, x + ctx.measureText(row.short).width, y + 8];
    const meets = (other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1];
    if (!held && (this.labels.some(meets) || this.boxes().some(meets))) {
      ctx.restore();
      return;
    }
    this.labels.push(box);
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = colours["surface"];
    ctx.fillStyle = colours["ink"];
    ctx.strokeText(row.short, x, y);
    ctx.fillText(row.short, x, y);
    ctx.restore();
  }

  /** Several reports in one spot: how many, and a ring that shows the share of each tier. */
  paintGroup(ctx, view, group) {
    const { colours } = view;
    let x = 0;
    let y = 0;
    const tiers = [0, 0, 0, 0, 0, 0];
    let strongest = 0;
    for (const i of group.members) {
      const from = Number.isNaN(this.tag[i * 2]) ? this.eye : this.tag;
      x += from[i * 2] * view.scale - view.originX;
      y += from[i * 2 + 1] * view.scale - view.originY;
      tiers[this.rows[i].tier || 0] += 1;
      strongest = Math.max(strongest, this.strength(i));
    }
    const n = group.members.length;
    x /= n;
    y /= n;
    const radius = 9 + 3.2 * Math.log2(n);
    ctx.save();
    ctx.globalAlpha = Math.max(strongest, 0.3);
    if (group.held) halo(ctx, x, y, radius + 6, colours["accent"]);
    if (group.members.some((i) => this.isFresh(this.rows[i].id))) halo(ctx, x, y, radius + 9, colours["warn"]);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = colours["surface"];
    ctx.fill();
    let angle = -Math.PI / 2;
    for (let tier = 5; tier >= 0; tier -= 1) {
      if (!tiers[tier]) continue;
      const turn = (tiers[tier] / n) * 2 * Math.PI;
      ctx.beginPath();
      ctx.arc(x, y, radius - 2, angle, angle + turn);
      ctx.lineWidth = 4.5;
      ctx.strokeStyle = tier ? tierFill(colours, tier) : colours["line-strong"];
      ctx.stroke();
      angle += turn;
    }
    const outlines = { solid: 0, dashed: 0, dotted: 0 };
    for (const i of group.members) outlines[this.rows[i].confidence] += 1;
    outline(ctx, x, y, radius + 1, outlines, colours["ink"]);
    number(ctx, n, x, y, n > 99 ? 11 : 12.5, colours["ink"]);
    ctx.restore();
    this.hits.push({ x, y, r: radius + 3, rows: group.members.map((i) => this.rows[i]) });
  }

  /** A party's statement: a hollow dotted diamond, in no colour. */
  paintClaims(ctx, view) {
    const { colours } = view;
    this.claims.forEach((claim, i) => {
      const x = this.claimAt[i * 2] * view.scale - view.originX;
      const y = this.claimAt[i * 2 + 1] * view.scale - view.originY;
      if (!view.bounds.contains([x, y])) return;
      const isHeld = claim.id === this.selected;
      ctx.save();
      ctx.globalAlpha = isHeld ? 1 : this.evidence ? 0.2 : 0.7;
      ctx.setLineDash(DASH.dotted);
      ctx.strokeStyle = isHeld ? colours["accent"] : colours["ink-2"];
      ctx.lineWidth = 1.5;
      if (claim.uncertainty_m && (isHeld || view.zoom >= 11.5)) {
        ctx.beginPath();
        ctx.arc(x, y, claim.uncertainty_m * view.pixelsPerMetre, 0, 2 * Math.PI);
        ctx.stroke();
      }
      ctx.beginPath();
      ctx.moveTo(x, y - 8);
      ctx.lineTo(x + 8, y);
      ctx.lineTo(x, y + 8);
      ctx.lineTo(x - 8, y);
      ctx.closePath();
      ctx.stroke();
      ctx.restore();
      this.hits.push({ x, y, r: 9, claim });
    });
  }

  /** Where marks stand, as [left, top, right, bottom] in layer pixels. */
  boxes() {
    const marks = this.hits.filter((hit) => !hit.claim).map(({ x, y, r }) => [x - r, y - r, x + r, y + r]);
    return [...marks, ...(this.labels || [])];
  }

  isFresh(id) {
    return (this.fresh.get(id) || 0) > performance.now();
  }

  /** What lies under a point: a tag or group, else the smallest shape around it, else nothing. */
  at(point, view) {
    const near = [...this.hits].reverse().find((hit) => Math.hypot(hit.x - point.x, hit.y - point.y) <= hit.r + 2);
    if (near || !view) return near || null;
    const ctx = document.createElement("canvas").getContext("2d");
    let best = null;
    this.shapes?.forEach((rings, i) => {
      if (!rings || !this.isShown(i)) return;
      ctx.beginPath();
      for (const ring of rings) trace(ctx, ring, view);
      const size = this.rows[i].uncertainty_m || Infinity;
      if (ctx.isPointInPath(point.x, point.y, "evenodd") && (!best || size < best.size)) {
        best = { size, rows: [this.rows[i]] };
      }
    });
    return best;
  }
}

/** The observer's own place: an eye in a small hollow triangle, never mistaken for the event. */
function drawEye(ctx, x, y, strength, colours, isHeld) {
  ctx.save();
  ctx.globalAlpha = Math.max(strength, 0.5);
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.moveTo(x, y - 5.5);
  ctx.lineTo(x + 5, y + 3.5);
  ctx.lineTo(x - 5, y + 3.5);
  ctx.closePath();
  ctx.fillStyle = colours["surface"];
  ctx.fill();
  ctx.lineWidth = 1.6;
  ctx.strokeStyle = isHeld ? colours["accent"] : colours["ink"];
  ctx.stroke();
  ctx.restore();
}

/** Around several reports: how many are accepted (solid), not yet reviewed (dashed) and told (dotted), as parts of a turn. */
export function outline(ctx, x, y, radius, outlines, colour) {
  const total = Object.values(outlines).reduce((sum, one) => sum + one, 0);
  let angle = -Math.PI / 2;
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = colour;
  for (const [name, share] of Object.entries(outlines)) {
    if (!share) continue;
    const turn = (share / total) * 2 * Math.PI;
    ctx.beginPath();
    ctx.arc(x, y, radius, angle, angle + turn);
    ctx.setLineDash(DASH[name]);
    ctx.stroke();
    angle += turn;
  }
  ctx.setLineDash([]);
}

function halo(ctx, x, y, radius, colour) {
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.lineWidth = 3;
  ctx.globalAlpha = 0.85;
  ctx.strokeStyle = colour;
  ctx.setLineDash([]);
  ctx.stroke();
  ctx.restore();
}

function number(ctx, value, x, y, size, colour) {
  ctx.fillStyle = colour;
  ctx.font = `700 ${size}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(value, x, y + size * 0.05);
}
