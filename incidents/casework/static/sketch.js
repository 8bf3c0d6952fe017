// A small map: the room's own ground and marks, with one fix or shaded sectors on top.

import { h } from "/desk/static/dom.js";
import { Ground } from "/desk/static/ground.js";
import { CanvasLayer, Observations, trace, unitRing, unitX, unitY } from "/desk/static/layer.js";

const L = window.L;

export class Sketch {
  /** `onOpen(id)` when a mark is clicked. */
  constructor(element, onOpen = () => {}) {
    this.ground = new Ground();
    this.marks = new Observations();
    this.marks.showClaims = false;
    this.fix = null;
    this.shades = new Map();
    this.map = L.map(element, {
      attributionControl: false, zoomControl: false, zoomSnap: 0.25, wheelPxPerZoomLevel: 140, minZoom: 6, maxZoom: 14,
      fadeAnimation: false, zoomAnimation: false, center: [0, 0], zoom: 8,
    });
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 120 }).addTo(this.map);
    // Leaflet's own buttons are made from HTML text, which Trusted Types forbid.
    const tool = (label, words, act) => h("button", { type: "button", "aria-label": words, title: words, on: { click: act } }, label);
    element.append(h("div", { class: "sketch-tools", role: "group", "aria-label": "Map" },
      tool("+", "Closer", () => this.map.zoomIn(0.5)), tool("−", "Further away", () => this.map.zoomOut(0.5)),
      tool("⌂", "All of it", () => this.held && this.fit(...this.held))));
    for (const [name, order] of [["ground", 200], ["shades", 300], ["names", 410], ["events", 420]]) {
      const pane = this.map.createPane(name);
      pane.style.zIndex = order;
      pane.style.pointerEvents = "none";
    }
    const layer = (pane, paint) => new CanvasLayer(paint, { pane }).addTo(this.map);
    this.layers = [
      layer("ground", (ctx, view) => this.ground.paint(ctx, view)),
      layer("shades", (ctx, view) => this.paintShades(ctx, view)),
      layer("events", (ctx, view) => { this.view = view; this.marks.paint(ctx, view); this.paintFix(ctx, view); }),
      layer("names", (ctx, view) => this.ground.paintNames(ctx, view, this.marks.boxes())),
    ];
    this.map.on("click", (event) => {
      const hit = this.marks.at(event.layerPoint, this.view);
      if (hit?.rows?.length) onOpen(hit.rows[0].id);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    new ResizeObserver(() => { this.map.invalidateSize({ pan: false }); if (this.held) this.fit(...this.held); }).observe(element);
  }

  setGround(ground) {
    this.ground.setBase(ground.base);
    this.ground.setPlaces(ground.places);
    this.ground.setLines(ground.lines);
    const [west, south, east, north] = ground.bounds;
    this.ground.setBounds(ground.bounds);
    this.bounds = L.latLngBounds([south, west], [north, east]);
    this.sectors = this.ground.sectors;
    this.redraw();
  }

  /** Accounts as rows of the room's map. */
  setRows(rows, nowMs) {
    const from = Math.min(...rows.map((row) => Date.parse(row.start)), nowMs);
    this.marks.setRows(rows.map((row) => ({ ...row, short: row.number, incident: null })), from - 3_600_000 * 24, nowMs);
    this.redraw();
  }

  /** The fix: its ellipse and its middle. */
  setFix(fix) {
    this.fix = fix && { at: [unitX(fix.lon), unitY(fix.lat)], rings: fix.shape.map(unitRing), agree: fix.agree };
    this.redraw();
  }

  /** Sectors by code as {fill: token, strength, label}. */
  setShades(shades) {
    this.shades = shades;
    this.redraw();
  }

  select(id) {
    this.marks.selected = id;
    this.redraw();
  }

  redraw() {
    for (const layer of this.layers) layer.redraw();
  }

  /** Moves so that these points [lon, lat] are in sight; the whole mission area without any. */
  fit(points = [], most = 12.5) {
    this.held = [points, most];
    if (points.length) {
      this.map.fitBounds(L.latLngBounds(points.map(([lon, lat]) => [lat, lon])), { padding: [34, 34], maxZoom: most, animate: false });
      return;
    }
    const corners = (this.sectors || []).flatMap((sector) => (sector.bounds ? [sector.bounds] : []));
    const box = corners.length
      ? L.latLngBounds(corners.flatMap(([w, s, e, n]) => [[s, w], [n, e]]))
      : this.bounds;
    if (box) this.map.fitBounds(box, { padding: [16, 16], animate: false });
  }

  paintShades(ctx, view) {
    if (!this.shades.size) return;
    for (const sector of this.ground.sectors) {
      const shade = this.shades.get(sector.code);
      if (!shade) continue;
      ctx.save();
      ctx.beginPath();
      for (const ring of sector.rings) trace(ctx, ring, view);
      ctx.globalAlpha = shade.strength;
      ctx.fillStyle = view.colours[shade.fill];
      ctx.fill("evenodd");
      ctx.restore();
    }
  }

  paintFix(ctx, view) {
    if (!this.fix) return;
    const { colours } = view;
    const [x, y] = [this.fix.at[0] * view.scale - view.originX, this.fix.at[1] * view.scale - view.originY];
    ctx.save();
    ctx.beginPath();
    for (const ring of this.fix.rings) trace(ctx, ring, view);
    ctx.fillStyle = colours["accent"];
    ctx.globalAlpha = 0.18;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.lineWidth = 2.5;
    ctx.strokeStyle = colours["surface"];
    ctx.stroke();
    ctx.lineWidth = 1.6;
    ctx.setLineDash(this.fix.agree ? [] : [5, 3]);
    ctx.strokeStyle = colours["accent-strong"];
    ctx.stroke();
    ctx.setLineDash([]);
    for (const [width, colour] of [[5, colours["surface"]], [2, colours["accent-strong"]]]) {
      ctx.beginPath();
      ctx.moveTo(x - 8, y);
      ctx.lineTo(x + 8, y);
      ctx.moveTo(x, y - 8);
      ctx.lineTo(x, y + 8);
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.stroke();
    }
    ctx.restore();
  }
}
