// The ground under the reports: land, water, the mission's sourced lines, sectors, posts, settlements.

import { trace, unitRing, unitX, unitY } from "./layer.js";

// Where a sector's name may stand instead, in pixels from its own point.
const ASIDE = [0, -18, 18, -36, 36, -54, 54, -72, 72].flatMap((down) => [0, -34, 34, -62, 62].map((right) => [right, down]))
  .sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

const NAMED_LINES_FROM = 8.5;
const TRIED_POINTS = 40;
const LINE_DASHES = [[9, 4], [9, 3, 2, 3], [3, 3], [16, 4]];

/** The dash of the mission's line of that place in the list, so that lines differ without colour. */
export const lineDash = (i) => LINE_DASHES[i % LINE_DASHES.length];

/** GeoJSON of any kind as lists of unit rings, polygons closed and lines open. */
function rings(geometry) {
  if (!geometry) return [];
  const { type, coordinates } = geometry;
  if (type === "Polygon") return coordinates.map(unitRing);
  if (type === "MultiPolygon") return coordinates.flat().map(unitRing);
  if (type === "LineString") return [unitRing(coordinates)];
  if (type === "MultiLineString") return coordinates.map(unitRing);
  if (type === "GeometryCollection") return geometry.geometries.flatMap(rings);
  return [];
}

export class Ground {
  constructor() {
    this.land = [];
    this.lakes = [];
    this.rivers = [];
    this.boundaries = [];
    this.lines = [];
    this.sectors = [];
    this.points = [];
    this.silent = new Set();
    this.hiddenLines = new Set();
    this.showSectors = true;
    this.showPlaces = true;
    this.showCoverage = false;
    this.coverage = null;
    this.tiles = null;
  }

  /** How long somebody watched a sector, in words. */
  hoursWords(code) {
    const hours = this.coverage.sectors[code];
    return hours ? `${hours.toFixed(1)} of ${this.coverage.possible_h.toFixed(1)} h` : "not monitored";
  }

  /** The offline base map: a FeatureCollection whose features say their `kind`. */
  setBase(base) {
    const of = (kind) => base.features.filter((f) => f.properties.kind === kind).flatMap((f) => rings(f.geometry));
    this.land = of("country");
    this.lakes = of("lake");
    this.rivers = of("river");
    this.boundaries = of("boundary");
  }

  setLines(lines) {
    this.lines = lines.map((line) => ({ ...line, rings: rings(line.geometry) }));
  }

  setPlaces(places) {
    this.sectors = places
      .filter((place) => place.kind === "sector")
      .map((place) => ({ ...place, rings: rings(place.geometry), at: [unitX(place.lon), unitY(place.lat)] }));
    const rank = { base: 0, post: 1, settlement: 2 };
    this.points = places
      .filter((place) => place.kind in rank)
      .map((place) => ({ ...place, at: [unitX(place.lon), unitY(place.lat)] }))
      .sort((a, b) => rank[a.kind] - rank[b.kind] || (b.population || 0) - (a.population || 0));
  }

  /** West, south, east, north of the base map. Beyond it nothing is known, and nothing is drawn. */
  setBounds([west, south, east, north]) {
    this.box = unitRing([[west, south], [west, north], [east, north], [east, south]]);
  }

  paint(ctx, view) {
    const { colours, bounds } = view;
    ctx.fillStyle = colours["surface-2"];
    ctx.fillRect(bounds.min.x, bounds.min.y, bounds.getSize().x, bounds.getSize().y);
    if (this.box) this.area(ctx, view, [this.box], colours["map-water"]);
    ctx.lineJoin = "round";
    this.area(ctx, view, this.land, colours["map-land"]);
    this.area(ctx, view, this.lakes, colours["map-water"]);
    this.stroke(ctx, view, this.rivers, colours["map-water"], Math.max(1, view.zoom - 7));
    this.tiles?.paint(ctx, view);
    ctx.setLineDash([6, 3, 1.5, 3]);
    this.stroke(ctx, view, this.boundaries, colours["map-border"], 1);
    ctx.setLineDash([]);
    if (this.showSectors) this.paintSectors(ctx, view);
    this.paintLines(ctx, view);
  }

  area(ctx, view, shapes, colour) {
    ctx.beginPath();
    for (const ring of shapes) trace(ctx, ring, view);
    ctx.fillStyle = colour;
    ctx.fill("evenodd");
  }

  stroke(ctx, view, shapes, colour, width) {
    ctx.beginPath();
    for (const ring of shapes) trace(ctx, ring, view, false);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }

  /**
   * Areas of observation. Where nobody watches and nothing was heard lately, the sector is hatched; with the layer
   * of hours watched it is shaded by them, and hatched where there were none in the whole span.
   */
  paintSectors(ctx, view) {
    const { colours } = view;
    for (const sector of this.sectors) {
      ctx.save();
      ctx.beginPath();
      for (const ring of sector.rings) trace(ctx, ring, view);
      const share = this.coverage && this.coverage.sectors[sector.code] / Math.max(this.coverage.possible_h, 0.01);
      if (share) {
        ctx.fillStyle = colours["accent"];
        ctx.globalAlpha = 0.08 + 0.42 * Math.min(share, 1);
        ctx.fill("evenodd");
      } else if (this.coverage ? !share : this.silent.has(sector.code)) {
        ctx.fillStyle = hatch(ctx, colours["ink-3"]);
        ctx.globalAlpha = 0.38;
        ctx.fill("evenodd");
      }
      ctx.globalAlpha = 0.75;
      ctx.setLineDash([1, 4]);
      ctx.lineCap = "round";
      ctx.lineWidth = 1.6;
      ctx.strokeStyle = colours["accent"];
      ctx.stroke();
      ctx.restore();
    }
  }

  paintLines(ctx, view) {
    const { colours } = view;
    for (const [i, line] of this.lines.entries()) {
      if (this.hiddenLines.has(line.code)) continue;
      this.stroke(ctx, view, line.rings, colours["map-land"], 5);
      ctx.setLineDash(lineDash(i));
      this.stroke(ctx, view, line.rings, colours["map-border"], 2);
      ctx.setLineDash([]);
    }
  }

  showLine(code, isShown) {
    if (isShown) this.hiddenLines.delete(code);
    else this.hiddenLines.add(code);
  }

  /** What a line is called and of when it is, beside the point of it that is nearest the middle of the map. */
  paintLineNames(ctx, view, taken) {
    const { bounds, colours } = view;
    const middle = bounds.getCenter();
    ctx.textAlign = "left";
    for (const line of this.lines) {
      if (this.hiddenLines.has(line.code)) continue;
      const points = line.rings.flatMap((ring) => Array.from({ length: ring.length / 2 }, (_, i) => at([ring[2 * i], ring[2 * i + 1]], view)))
        .filter((point) => bounds.contains(point))
        .sort((a, b) => Math.hypot(a[0] - middle.x, a[1] - middle.y) - Math.hypot(b[0] - middle.x, b[1] - middle.y))
        .slice(0, TRIED_POINTS);
      const year = line.source_date ? ` (${line.source_date.slice(0, 4)})` : "";
      points.some(([x, y]) => this.name(ctx, `${line.label}${year}`, x + 9, y, colours["map-border"], colours["map-land"], taken, view));
    }
  }

  /** Names, placed most important first; a name that would lie on another is left out. */
  paintNames(ctx, view, marks) {
    const { colours } = view;
    const taken = [...marks];
    const font = getComputedStyle(document.body).fontFamily;
    ctx.lineJoin = "round";
    ctx.textBaseline = "middle";
    if (this.showSectors && (view.zoom < 10.5 || this.coverage)) {
      for (const sector of this.sectors) {
        const [x, y] = at(sector.at, view);
        ctx.textAlign = "center";
        ctx.font = `600 11.5px ${font}`;
        const words = this.coverage ? `${sector.label.toUpperCase()} · ${this.hoursWords(sector.code)}` : sector.label.toUpperCase();
        for (const [right, down] of ASIDE) {
          if (this.name(ctx, words, x + right, y + down, colours["accent-strong"], colours["map-land"], taken, view)) break;
        }
      }
    }
    ctx.textAlign = "left";
    if (this.showPlaces) this.paintPlaces(ctx, view, taken, font);
    ctx.font = `italic 400 11.5px ${font}`;
    if (view.zoom >= NAMED_LINES_FROM) this.paintLineNames(ctx, view, taken);
    if (this.showPlaces) this.paintOthers(ctx, view, taken, font);
  }

  paintPlaces(ctx, view, taken, font) {
    const { colours } = view;
    const least = view.zoom < 7.5 ? 60_000 : view.zoom < 8.5 ? 15_000 : view.zoom < 9.5 ? 4_000 : 0;
    for (const place of this.points) {
      if (place.kind === "settlement" && (place.population || 0) < least) continue;
      if (place.kind === "post" && view.zoom < 8.5) continue;
      const [x, y] = at(place.at, view);
      if (!view.bounds.contains([x, y])) continue;
      drawPlace(ctx, place.kind, x, y, colours);
      ctx.font = `${place.kind === "settlement" ? 400 : 600} ${place.kind === "settlement" ? 12 : 11.5}px ${font}`;
      if (place.kind === "base" && view.zoom < 9) continue;
      this.name(ctx, place.label, x + 7, y, colours["map-label"], colours["map-land"], taken, view);
    }
  }

  /** Settlements that only the operator's tiles name. The mission's own names come first and stand by its rule. */
  paintOthers(ctx, view, taken, font) {
    if (!this.tiles) return;
    const { colours } = view;
    this.known ??= new Set(this.points.flatMap((place) => place.names));
    ctx.font = `400 11px ${font}`;
    for (const other of this.tiles.labels.toSorted((a, b) => b.rank - a.rank)) {
      if (this.known.has(other.label)) continue;
      const [x, y] = at(other.at, view);
      if (view.bounds.contains([x, y]) && this.name(ctx, other.label, x + 6, y, colours["ink-3"], colours["map-land"], taken, view)) drawPlace(ctx, "settlement", x, y, colours);
    }
  }

  name(ctx, text, x, y, colour, ground, taken, view) {
    const width = ctx.measureText(text).width;
    const left = ctx.textAlign === "center" ? x - width / 2 : x;
    const box = [left - 3, y - 8, left + width + 3, y + 8];
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return false;
    if (!view.bounds.contains([x, y])) return true;
    taken.push(box);
    ctx.lineWidth = 3;
    ctx.strokeStyle = ground;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
    return true;
  }
}

const at = ([x, y], view) => [x * view.scale - view.originX, y * view.scale - view.originY];

function drawPlace(ctx, kind, x, y, colours) {
  ctx.beginPath();
  ctx.setLineDash([]);
  ctx.lineWidth = 1.4;
  ctx.strokeStyle = colours["map-label"];
  ctx.fillStyle = colours["map-land"];
  if (kind === "settlement") ctx.arc(x, y, 2.2, 0, 2 * Math.PI);
  else if (kind === "base") ctx.rect(x - 4, y - 4, 8, 8);
  else ctx.rect(x - 3, y - 3, 6, 6);
  if (kind === "base") {
    ctx.fillStyle = colours["map-label"];
  }
  ctx.fill();
  ctx.stroke();
}

const hatches = new Map();

function hatch(ctx, colour) {
  if (!hatches.has(colour)) {
    const tile = document.createElement("canvas");
    tile.width = 10;
    tile.height = 10;
    const pen = tile.getContext("2d");
    pen.strokeStyle = colour;
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (const shift of [-10, 0, 10]) {
      pen.moveTo(shift, 10);
      pen.lineTo(shift + 10, 0);
    }
    pen.stroke();
    hatches.set(colour, ctx.createPattern(tile, "repeat"));
  }
  return hatches.get(colour);
}
