// The map: Leaflet for moving about, our own canvases for what is shown.

import { $, h, svg } from "./dom.js";
import { Ground, lineDash } from "./ground.js";
import { CanvasLayer, Observations } from "./layer.js";
import { Points } from "./points.js";
import { severityMark } from "./symbols.js";

const L = window.L;
const FEW = 300;

export class DeskMap {
  /**
   * `onOpen(row)` opens a report, `onClaim(claim)` a claim, `onClear()` is a click on bare ground; where reports
   * are too many to be here with their words, `onNear(keys)` asks for those of the few in sight.
   */
  constructor(element, { onOpen, onClaim, onClear, onNear }) {
    this.element = element;
    this.on = { onOpen, onClaim, onClear, onNear };
    this.ground = new Ground();
    this.observations = new Observations();
    this.points = new Points();
    this.map = L.map($("#map-canvas", element), {
      attributionControl: false,
      zoomControl: false,
      zoomSnap: 0.25,
      zoomDelta: 0.5,
      wheelPxPerZoomLevel: 140,
      minZoom: 6,
      maxZoom: 14,
      maxBoundsViscosity: 1,
      fadeAnimation: false,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      center: [39.9, 45.75],
      zoom: 8,
    });
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 120 }).addTo(this.map);
    this.pane("ground", 200);
    this.pane("events", 420);
    this.pane("names", 410);
    this.layers = {
      ground: new CanvasLayer((ctx, view) => this.ground.paint(ctx, view), { pane: "ground" }).addTo(this.map),
      events: new CanvasLayer((ctx, view) => { this.view = view; (this.isFar ? this.points : this.observations).paint(ctx, view); }, { pane: "events" }).addTo(this.map),
      names: new CanvasLayer((ctx, view) => this.ground.paintNames(ctx, view, this.isFar ? [] : this.observations.boxes()), { pane: "names" }).addTo(this.map),
    };
    this.map.on("moveend", () => this.look());
    this.map.on("click", (event) => this.clicked(event.layerPoint));
    this.map.on("mousemove", (event) => this.hovered(event.layerPoint));
    this.hookControls();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    // Whoever has not moved the map goes on seeing the whole mission area, however large the map becomes.
    this.map.on("dragstart", () => { this.isHome = false; });
    new ResizeObserver(() => {
      this.map.invalidateSize({ pan: false });
      if (this.isHome) this.home(false);
    }).observe(this.map.getContainer());
  }

  pane(name, order) {
    const pane = this.map.createPane(name);
    pane.style.zIndex = order;
    pane.style.pointerEvents = "none";
  }

  /** Marks first: names give way to them. */
  redrawMarks() {
    this.layers.events.redraw();
    this.layers.names.redraw();
  }

  redraw() {
    for (const layer of Object.values(this.layers)) layer.redraw();
  }

  /** The mission's lines, each a layer of its own with name, source, date and what must be said of it. */
  setLines(lines) {
    this.ground.setLines(lines);
    $("#map-lines", this.element).append(...lines.map((line, i) => h("div", { class: "line-layer" },
      h("label", {},
        h("input", { type: "checkbox", checked: true, on: { change: (event) => { this.ground.showLine(line.code, event.target.checked); this.redraw(); } } }),
        svg("svg", { viewBox: "0 0 36 10", class: "line-sample", "aria-hidden": "true" }, svg("path", { d: "M1 5 H35", "stroke-dasharray": lineDash(i).join(" ") })),
        line.label),
      h("p", { class: "muted" }, `${line.source}${line.source_date ? `, ${line.source_date}` : ""}; version ${line.version}. ${line.disclaimer}`))));
  }

  /** Bounds of the base map: outside there is no ground to show, so one cannot go there. */
  setBounds([west, south, east, north]) {
    const bounds = L.latLngBounds([south, west], [north, east]);
    this.ground.setBounds([west, south, east, north]);
    this.map.setMaxBounds(bounds.pad(0.35));
    this.inside = this.map.getBoundsZoom(bounds, true);
    this.map.setMinZoom(this.inside);
  }

  /** The operator's own tiles under everything; `onFault(error)` where they do not come. */
  async setTiles(about, onFault) {
    const { Tiles } = await import("./tiles.js");
    this.ground.tiles = new Tiles(about, { onFault, onTile: () => {
      this.element.dataset.tiles = "here";
      this.layers.ground.redraw();
      this.layers.names.redraw();
    } });
    this.map.setMaxZoom(Math.max(14, Math.min(about.max_zoom + 2, 18)));
    this.redraw();
  }

  /** The whole mission area: its sectors, or the base map. */
  home(animate = true) {
    const corners = this.ground.sectors.flatMap((sector) => (sector.bounds ? [sector.bounds] : []));
    if (!corners.length) return;
    const box = corners.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
    const bounds = L.latLngBounds([box[1], box[0]], [box[3], box[2]]);
    // A wide, low map may have to show more than the base map to hold the whole mission area.
    const zoom = this.map.getBoundsZoom(bounds, false, L.point(24, 44));
    this.map.setMinZoom(Math.min(zoom, this.inside ?? zoom));
    this.map.setView(bounds.getCenter(), zoom, { animate });
    this.isHome = true;
    this.map.once("zoomstart", () => { this.isHome = false; });
  }

  setRows(rows, fromMs, nowMs) {
    this.observations.setRows(rows, fromMs, nowMs);
    this.rows = rows;
    this.redrawMarks();
  }

  /** Draws only what was known, or had happened, until a moment; `null` draws all. */
  setUntil(until) {
    this.observations.until = until;
    this.points.until = until;
    this.observations.nowMs = until?.at ?? this.observations.nowMs;
    this.redrawMarks();
  }

  /** Moves to a place that somebody asked for by name or grid. */
  goToPoint({ lon, lat }) {
    this.isHome = false;
    this.map.setView([lat, lon], Math.max(this.map.getZoom(), 10));
  }

  /** Many reports as columns, of which the mask shows some; `null` goes back to rows. */
  setPoints(columns, mask) {
    this.points.set(columns, mask);
    this.isFar = this.points.isOn;
    this.near = null;
    this.look();
    this.redrawMarks();
  }

  /** Once few enough are in sight, asks for their words; until they come, and further away, there are bubbles. */
  look() {
    if (!this.points.isOn) return;
    const box = this.map.getBounds();
    const keys = this.points.keysIn([box.getWest(), box.getSouth(), box.getEast(), box.getNorth()], FEW);
    if (!keys?.length) this.isFar = true;
    else if (keys.join() !== this.near) this.on.onNear(keys);
    this.near = keys?.join() ?? null;
  }

  /** The rows that `onNear` asked for. */
  setNear(rows, fromMs, nowMs) {
    this.isFar = false;
    this.setRows(rows, fromMs, nowMs);
  }

  /** New reports glow for a while, so that the eye finds them. */
  glow(ids) {
    for (const id of ids) this.observations.fresh.set(id, performance.now() + 6000);
    this.layers.events.redraw();
    setTimeout(() => this.layers.events.redraw(), 6100);
  }

  setClaims(claims) {
    this.observations.setClaims(claims);
    this.layers.events.redraw();
  }

  /** Hours watched by sector, as `/desk/coverage` answers; `null` takes the layer away. */
  setCoverage(coverage) {
    this.ground.coverage = coverage;
    this.legendCoverage.hidden = !coverage;
    this.redraw();
  }

  select(id) {
    this.observations.selected = id;
    this.layers.events.redraw();
  }

  /** Shows which reports made an alert fire, and moves there; `null` shows all again. */
  showEvidence(ids) {
    this.observations.evidence = ids?.length ? new Set(ids) : null;
    const note = $("#map-evidence", this.element);
    note.hidden = !this.observations.evidence;
    if (ids?.length) {
      this.goTo(this.rows?.filter((row) => ids.includes(row.id)) || []);
    }
    this.layers.events.redraw();
  }

  /** Moves so that the given rows are in sight, with room for the drawer. */
  goTo(rows) {
    const points = rows.flatMap((row) => [
      ...(row.lon !== null ? [[row.lat, row.lon]] : []),
      ...(row.observer ? [[row.observer[1], row.observer[0]]] : []),
      ...(row.shape || []).flat().map(([lon, lat]) => [lat, lon]),
    ]);
    if (!points.length) return;
    this.isHome = false;
    const covered = this.coveredRight();
    this.map.fitBounds(L.latLngBounds(points), {
      paddingTopLeft: [50, 50],
      paddingBottomRight: [50 + covered, 50],
      maxZoom: 11,
    });
  }

  coveredRight() {
    const drawer = document.getElementById("drawer");
    if (!drawer || drawer.hidden) return 0;
    const map = this.map.getContainer().getBoundingClientRect();
    const over = map.right - drawer.getBoundingClientRect().left;
    return over > 0 && over < map.width * 0.8 ? over : 0;
  }

  clicked(point) {
    if (this.isFar) {
      if (this.points.at(point)) this.map.setView(this.map.layerPointToLatLng(point), this.map.getZoom() + 2);
      else this.on.onClear();
      return;
    }
    const hit = this.observations.at(point, this.view);
    if (!hit) this.on.onClear();
    else if (hit.claim) this.on.onClaim(hit.claim);
    else if (hit.rows.length === 1) this.on.onOpen(hit.rows[0]);
    else if (this.map.getZoom() >= 11 || spread(hit.rows) < 1e-4) this.list(hit.rows, point);
    else this.goTo(hit.rows);
  }

  hovered(point) {
    if (this.isFar) {
      const bubble = this.points.at(point);
      this.map.getContainer().classList.toggle("over-mark", Boolean(bubble));
      this.readout(bubble ? `${bubble.total.toLocaleString("en")} ${bubble.total === 1 ? "report" : "reports"}; click to go nearer` : "");
      return;
    }
    const hit = this.observations.at(point, this.map.getZoom() >= 9.5 ? this.view : null);
    this.map.getContainer().classList.toggle("over-mark", Boolean(hit));
    this.readout(hit ? (hit.claim ? `${hit.claim.title} (claim)` : hit.rows.length > 1 ? `${hit.rows.length} reports here` : hit.rows[0].title) : "");
  }

  readout(text) {
    const line = $("#map-readout", this.element);
    if (line.textContent !== text) line.textContent = text;
    line.hidden = !text;
  }

  /** Reports that lie on one another, as a list to choose from. */
  list(rows, point) {
    const at = this.map.layerPointToContainerPoint(point);
    const box = $("#map-choice", this.element);
    const close = () => { box.hidden = true; };
    box.replaceChildren(
      h("p", {}, `${rows.length} reports here`),
      h("ul", {}, rows.map((row) => h("li", {}, h("button", {
        type: "button", class: "row-button",
        on: { click: () => { close(); this.on.onOpen(row); } },
      }, severityMark(row.tier, "Weapon tier"), h("span", {}, row.title))))),
    );
    box.hidden = false;
    const { clientWidth, clientHeight } = this.element;
    box.style.left = `${Math.min(at.x + 8, clientWidth - box.offsetWidth - 8)}px`;
    box.style.top = `${Math.max(8, Math.min(at.y, clientHeight - box.offsetHeight - 8))}px`;
    $("button", box)?.focus();
    box.onkeydown = (event) => { if (event.key === "Escape") { close(); event.stopPropagation(); this.map.getContainer().focus(); } };
  }

  hookControls() {
    const { element, map } = this;
    $("#map-in", element).addEventListener("click", () => map.zoomIn());
    $("#map-out", element).addEventListener("click", () => map.zoomOut());
    $("#map-home", element).addEventListener("click", () => this.home());
    $("#map-evidence button", element).addEventListener("click", () => this.showEvidence(null));
    map.on("movestart zoomstart", () => { $("#map-choice", element).hidden = true; });
    const switches = {
      "show-sectors": [this.ground, "showSectors"],
      "show-places": [this.ground, "showPlaces"],
      "show-claims": [this.observations, "showClaims"],
      "show-nothing": [this.observations, "showNothing"],
    };
    for (const [id, [owner, key]] of Object.entries(switches)) {
      const box = document.getElementById(id);
      box.addEventListener("change", () => { owner[key] = box.checked; this.redraw(); });
    }
    const container = map.getContainer();
    container.setAttribute("aria-label", "Map. Arrow keys move it, plus and minus zoom, comma and full stop step through the reports, Enter opens one.");
    container.setAttribute("role", "application");
    container.addEventListener("keydown", (event) => this.key(event));
    drawLegend($("#legend-marks", element));
    this.legendCoverage = $("#legend-coverage", element);
  }

  key(event) {
    if (event.key !== "," && event.key !== "." && event.key !== "Enter") return;
    const { rows = [] } = this;
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.id === this.observations.selected);
    if (event.key === "Enter") {
      if (now >= 0) this.on.onOpen(rows[now]);
      return;
    }
    event.preventDefault();
    const step = event.key === "." ? 1 : -1;
    const next = rows[(now + step + rows.length) % rows.length];
    this.select(next.id);
    if (next.lon !== null && !this.map.getBounds().contains([next.lat, next.lon])) this.map.panTo([next.lat, next.lon]);
    this.readout(next.title);
  }
}

const spread = (rows) => {
  const lons = rows.map((row) => row.lon ?? row.observer?.[0]);
  const lats = rows.map((row) => row.lat ?? row.observer?.[1]);
  return Math.max(...lons) - Math.min(...lons) + Math.max(...lats) - Math.min(...lats);
};

/** The legend is made of the same shapes as the map, as small pictures with words. */
function drawLegend(list) {
  const picture = (...shapes) => svg("svg", { viewBox: "0 0 48 26", class: "legend-picture", "aria-hidden": "true" }, shapes);
  const row = (image, ...words) => h("li", {}, image, h("span", {}, words));
  const eye = svg("path", { class: "eye", d: "M8 8 l4.5 8 h-9 z" });
  list.replaceChildren(
    row(picture(
      svg("path", { class: "wedge tier-3", d: "M24 7 L42 2 A40 40 0 0 1 42 24 L24 18 A20 20 0 0 0 24 7 z" }),
      svg("path", { class: "ray", d: "M11 13 H32" }), eye,
      svg("rect", { class: "tag tier-3", x: 27, y: 7, width: 12, height: 12, rx: 2 }),
    ), "Direction and distance from the observer (triangle); the wedge is as wide as the doubt"),
    row(picture(
      svg("circle", { class: "wedge tier-4", cx: 24, cy: 13, r: 12 }), svg("circle", { class: "tag tier-4", cx: 24, cy: 13, r: 6 }),
    ), "Place, with its uncertainty"),
    row(picture(
      svg("circle", { class: "ring", cx: 24, cy: 13, r: 10 }), svg("text", { x: 24, y: 17.5, class: "legend-number" }, "12"),
    ), "Several reports; ring: share of each tier"),
    row(picture(
      svg("rect", { class: "frame", x: 2, y: 7, width: 12, height: 12, rx: 2 }),
      svg("rect", { class: "frame dashed", x: 18, y: 7, width: 12, height: 12, rx: 2 }),
      svg("rect", { class: "frame dotted", x: 34, y: 7, width: 12, height: 12, rx: 2 }),
    ), "Outline: accepted · not yet reviewed · told"),
    row(picture(svg("path", { class: "frame dotted", d: "M24 4 l9 9 l-9 9 l-9 -9 z" })), "A party’s claim, not observed"),
    row(picture(svg("circle", { class: "frame", cx: 24, cy: 13, r: 6 }), svg("path", { class: "ray solid", d: "M21 13 h6" })), "Watched; nothing seen or heard"),
    row(picture(svg("rect", { class: "hatched", x: 6, y: 3, width: 36, height: 20 }), svg("path", { class: "ray solid", d: "M6 15 L18 3 M14 23 L34 3 M30 23 L42 11" })), "Sector without a team: silence is not calm"),
    h("li", { id: "legend-coverage", hidden: true }, picture(
      svg("rect", { class: "shade little", x: 1, y: 3, width: 14, height: 20 }),
      svg("rect", { class: "shade much", x: 17, y: 3, width: 14, height: 20 }),
      svg("rect", { class: "hatched", x: 33, y: 3, width: 14, height: 20 }), svg("path", { class: "ray solid", d: "M33 13 L43 3 M33 23 L47 9 M40 23 L47 16" }),
    ), h("span", {}, "Hours watched: few · many · not monitored")),
    h("li", { class: "legend-tiers" }, h("span", {}, "Weapon tier"), [1, 2, 3, 4, 5].map((tier) => severityMark(tier, "Weapon tier"))),
  );
}
