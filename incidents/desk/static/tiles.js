// The ground by an operator's own file of tiles (PMTiles), vector or pictures. Fetched only where one is set.
// Boundaries in the file are left out: which lines the map shows is the mission's to say, with source and date.

import { PbfReader } from "/static/vendor/pbf/pbf.js";
import { PMTiles } from "/static/vendor/pmtiles/pmtiles.js";
import { VectorTile } from "/static/vendor/vector-tile/vector-tile.js";

const MOST_KEPT = 160;
const FARTHEST_PARENT = 4;
const AGAIN_MS = 15_000;
const WILD = /^(boundar|admin)/;
const GREEN = /forest|wood|grass|park|nature|meadow|scrub|farm|vineyard|orchard|wetland|barren|glacier/;
const GREAT = /^(highway|motorway|trunk)/;
const MIDDLE = /^(major|primary|secondary|tertiary|medium)/;
const FINE = /^(path|track|service|ferry|other)/;
const SETTLEMENT = /locality|city|town|village|hamlet|settlement/;

// In the order in which they are drawn: token, and for lines their width in pixels and strength.
const STYLES = {
  land: { fill: "map-land" },
  green: { fill: "map-land-2" },
  water: { fill: "map-water" },
  stream: { line: "map-water", width: 1.4 },
  building: { fill: "surface-3" },
  fine: { line: "line-strong", width: 0.6, alpha: 0.35, from: 12 },
  small: { line: "line-strong", width: 0.9, alpha: 0.45 },
  middle: { line: "line-strong", width: 1.5, alpha: 0.6 },
  great: { line: "line-strong", width: 2.4, alpha: 0.75 },
};

/** What a feature is drawn as, by the names of the two schemas in use (Protomaps, OpenMapTiles); null: not at all. */
export function styleOf(layer, type, properties) {
  const kind = String(properties.kind ?? properties.class ?? properties.type ?? "");
  if (WILD.test(layer) || type === 1) return null;
  if (/^(earth|land)$/.test(layer)) return type === 3 ? "land" : null;
  if (/^(water|ocean)/.test(layer)) return type === 3 && layer !== "waterway" ? "water" : "stream";
  if (/^land(cover|use)|^park$/.test(layer)) return type === 3 && (GREEN.test(kind) || layer === "park") ? "green" : null;
  if (/^building/.test(layer)) return type === 3 ? "building" : null;
  if (type !== 2) return null;
  if (GREAT.test(kind)) return "great";
  if (MIDDLE.test(kind)) return "middle";
  return FINE.test(kind) ? "fine" : "small";
}

export class Tiles {
  /** `about` is what the server read of the file; `onTile()` when one has come, `onFault(error)` when it did not. */
  constructor(about, { onTile, onFault }) {
    Object.assign(this, { about, onTile, onFault, kept: new Map(), labels: [] });
    this.file = new PMTiles("/api/v1/basemap.pmtiles");
  }

  paint(ctx, view) {
    const { min_zoom: low, max_zoom: high } = this.about;
    const z = Math.max(low, Math.min(high, Math.floor(view.zoom + 0.25)));
    const drawn = [];
    for (const [x, y] of this.inSight(view, z)) {
      const tile = this.ask(z, x, y);
      const found = tile?.content ? { tile, z, x, y } : this.parent(z, x, y);
      if (found) drawn.push({ ...found, clip: found.z === z ? null : [z, x, y] });
    }
    this.labels = drawn.flatMap(({ tile }) => tile.content.labels ?? []);
    if (this.about.kind === "vector") this.paintShapes(ctx, view, drawn);
    else this.paintPictures(ctx, view, drawn);
  }

  /** The numbers of the tiles under the canvas, as far as the file reaches. */
  inSight({ bounds, originX, originY, scale }, z) {
    const size = scale / 2 ** z;
    const [west, south, east, north] = this.about.bounds;
    const column = (lon) => Math.floor((lon / 360 + 0.5) * 2 ** z);
    const row = (lat) => Math.floor((0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * 2 ** z);
    const found = [];
    for (let x = Math.max(column(west), Math.floor((bounds.min.x + originX) / size)); x <= Math.min(column(east), Math.floor((bounds.max.x + originX) / size)); x += 1) {
      for (let y = Math.max(row(north), Math.floor((bounds.min.y + originY) / size)); y <= Math.min(row(south), Math.floor((bounds.max.y + originY) / size)); y += 1) found.push([x, y]);
    }
    return found;
  }

  /** A kept tile, the one asked for again last; or null while it is fetched. */
  ask(z, x, y) {
    const key = `${z}/${x}/${y}`;
    let tile = this.kept.get(key);
    if (tile && !(tile.failedAt && performance.now() - tile.failedAt > AGAIN_MS)) {
      this.kept.delete(key);
      this.kept.set(key, tile);
      return tile;
    }
    tile = { content: null, failedAt: null };
    this.kept.set(key, tile);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
    this.fetch(tile, z, x, y);
    return tile;
  }

  async fetch(tile, z, x, y) {
    try {
      const found = await this.file.getZxy(z, x, y);
      if (!found) return;
      tile.content = this.about.kind === "vector" ? shapesOf(found.data, z, x, y) : { picture: await createImageBitmap(new Blob([found.data], { type: this.about.kind })) };
      this.onTile();
    } catch (error) {
      tile.failedAt = performance.now();
      this.onFault(error);
    }
  }

  /** The nearest tile above that is here, to be stretched until the right one has come. */
  parent(z, x, y) {
    for (let up = 1; up <= FARTHEST_PARENT && z - up >= this.about.min_zoom; up += 1) {
      const tile = this.kept.get(`${z - up}/${x >> up}/${y >> up}`);
      if (tile?.content) return { tile, z: z - up, x: x >> up, y: y >> up };
    }
    return null;
  }

  paintShapes(ctx, view, drawn) {
    for (const [name, { fill, line, width, alpha = 1, from = 0 }] of Object.entries(STYLES)) {
      if (view.zoom < from) continue;
      for (const { tile, z, x, y, clip } of drawn) {
        const path = tile.content.paths[name];
        if (!path && !(name === "land" && tile.content.isBare)) continue;
        const size = view.scale / 2 ** z;
        ctx.save();
        if (clip) within(ctx, view, clip);
        ctx.translate(x * size - view.originX, y * size - view.originY);
        ctx.scale(size / tile.content.extent, size / tile.content.extent);
        ctx.globalAlpha = alpha;
        if (fill) {
          ctx.fillStyle = view.colours[fill];
          if (path) ctx.fill(path);
          else ctx.fillRect(0, 0, tile.content.extent, tile.content.extent);
        } else {
          ctx.lineWidth = (width * tile.content.extent) / size;
          ctx.lineJoin = "round";
          ctx.strokeStyle = view.colours[line];
          ctx.stroke(path);
        }
        ctx.restore();
      }
    }
  }

  paintPictures(ctx, view, drawn) {
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    for (const { tile, z, x, y, clip } of drawn) {
      const size = view.scale / 2 ** z;
      ctx.save();
      if (clip) within(ctx, view, clip);
      // Pictures are made for paper; marks must stand out from them in the dark as well.
      if (isDark) ctx.filter = "brightness(0.55) saturate(0.7)";
      ctx.drawImage(tile.content.picture, x * size - view.originX, y * size - view.originY, size, size);
      ctx.restore();
    }
  }
}

function within(ctx, view, [z, x, y]) {
  const size = view.scale / 2 ** z;
  ctx.beginPath();
  ctx.rect(x * size - view.originX, y * size - view.originY, size, size);
  ctx.clip();
}

/** A vector tile as one path a style, in the tile's own units, and the names of its settlements. */
function shapesOf(data, z, x, y) {
  const tile = new VectorTile(new PbfReader(new Uint8Array(data)));
  const content = { paths: {}, labels: [], extent: 4096, isBare: !("earth" in tile.layers) && !("land" in tile.layers) };
  for (const [name, layer] of Object.entries(tile.layers)) {
    for (let i = 0; i < layer.length; i += 1) {
      const feature = layer.feature(i);
      const style = styleOf(name, feature.type, feature.properties);
      const factor = content.extent / layer.extent;
      if (style) trace((content.paths[style] ??= new Path2D()), feature.loadGeometry(), factor, feature.type === 3);
      else if (feature.type === 1 && /^place/.test(name)) {
        const label = labelOf(feature, layer.extent, z, x, y);
        if (label) content.labels.push(label);
      }
    }
  }
  return content;
}

function trace(path, lines, factor, isArea) {
  for (const line of lines) {
    line.forEach((point, i) => (i ? path.lineTo(point.x * factor, point.y * factor) : path.moveTo(point.x * factor, point.y * factor)));
    if (isArea) path.closePath();
  }
}

/** A settlement's name in the language of the desk, where the file has it. */
function labelOf(feature, extent, z, x, y) {
  const { properties } = feature;
  if (!SETTLEMENT.test(`${properties.kind ?? ""} ${properties.kind_detail ?? ""} ${properties.class ?? ""}`)) return null;
  const label = properties["name:en"] ?? properties.name_en ?? properties["name:latin"] ?? properties.name;
  if (!label) return null;
  const [[at]] = feature.loadGeometry();
  return { label, at: [(x + at.x / extent) / 2 ** z, (y + at.y / extent) / 2 ** z], rank: Number(properties.population_rank ?? 20 - (properties.rank ?? 20)) };
}
