// Picking a point on the mission's own base map. Leaflet is fetched when the map is opened for the first time.
// Everything of Leaflet's that would parse HTML (its zoom buttons, attribution, pop-ups) is left out.

import { button, h } from "./dom.js";
import { glyph } from "./glyphs.js";
import { circle, eventArea } from "./ground.js";
import { mgrsOf, pointOf } from "./mgrs.js";
import { metres, pointText } from "./position.js";
import { t } from "./words.js";

const LEAFLET = "/static/vendor/leaflet/leaflet";
const FINGER_PX = 12;
const FIRST_ZOOM = 11;
const FINE_M = 200;
const WIDEST_SCALE_PX = 110;

let baseMap = null;

async function leaflet() {
  if (!globalThis.L) {
    document.head.append(h("link", { rel: "stylesheet", href: `${LEAFLET}.css` }));
    await import(`${LEAFLET}.js`);
  }
  return globalThis.L;
}

async function loadBaseMap() {
  if (baseMap) return baseMap;
  const response = await fetch("/api/v1/basemap", { cache: "no-cache" }).catch(() => null);
  if (response?.ok) baseMap = await response.json();
  return baseMap ?? { features: [] };
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function styleOf({ properties: { kind } }) {
  if (kind === "lake" || kind === "water") return { stroke: false, fill: true, fillColor: colour("--map-water"), fillOpacity: 1 };
  if (kind === "river") return { color: colour("--map-water"), weight: 2, fill: false };
  if (kind === "boundary") return { color: colour("--map-border"), weight: 1.2, dashArray: "5 4", fill: false };
  return { stroke: false, fill: true, fillColor: colour("--map-land"), fillOpacity: 1 };
}

/**
 * Opens the map; resolves to {lon, lat, accuracy_m} or, when the person turned back, null. A tap is as exact as
 * what a finger covers at that zoom; a reference that was typed is as exact as its digits.
 */
export async function pick({ title, at, own, places }) {
  return onMap({ title, places }, ({ L, map, said, use, sheet, done }) => {
    showOwn(L, map, own);
    settle(L, map, places, at ?? own);
    const spot = L.layerGroup().addTo(map);
    let point = null;
    const mark = (found) => {
      point = found;
      spot.clearLayers();
      drawArea(L, circle(point.lon, point.lat, point.accuracy_m)).addTo(spot);
      L.circleMarker([point.lat, point.lon], { radius: 4, color: colour("--accent"), fill: true, fillOpacity: 1, interactive: false }).addTo(spot);
      typed.value = mgrsOf(point.lon, point.lat, digitsOf(point.accuracy_m)) ?? "";
      said.textContent = point.accuracy_m > FINE_M ? `${pointText(point)}. ${t("map.finer")}` : pointText(point);
      use.disabled = false;
    };
    const tapped = ({ lat, lng }) => {
      const metres = (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
      mark({ lon: Number(lng.toFixed(5)), lat: Number(lat.toFixed(5)), accuracy_m: Math.max(1, Math.ceil(metres * FINGER_PX)) });
    };
    const goTo = () => {
      const found = pointOf(typed.value);
      if (!found) {
        said.textContent = t("map.no_point");
        return;
      }
      const { lon, lat, accuracy_m } = found;
      map.setView([lat, lon], Math.min(15, Math.max(8, Math.round(22 - Math.log2(accuracy_m * 4)))));
      mark({ lon: Number(lon.toFixed(6)), lat: Number(lat.toFixed(6)), accuracy_m });
      typed.blur();
    };
    const typed = h("input", { id: "map-typed", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 40,
      onkeydown: (event) => event.key === "Enter" && goTo() });
    sheet.insertBefore(h("div", { class: "map-typed" },
      h("label", { for: "map-typed" }, t("map.typed")), h("div", { class: "row" }, typed, button("map-go", t("map.go"), goTo))), said);
    zoomBar(map).append(h("button", { type: "button", id: "map-middle", "aria-label": t("map.middle"), onclick: () => tapped(map.getCenter()) }, glyph("target")));
    said.textContent = t("map.tap");
    use.onclick = () => done(point);
    map.on("click", (event) => tapped(event.latlng));
  });
}

/** Shows the area of an event exactly as it will be stored, about where its observer stood. */
export async function show({ title, own, event, places, declination }) {
  return onMap({ title, places }, ({ L, map, said, use, done }) => {
    const ring = eventArea(event, own, places, declination);
    showOwn(L, map, own);
    zoomBar(map);
    drawArea(L, ring).addTo(map);
    map.fitBounds(L.latLngBounds([...ring, [own.lon, own.lat]].map(([lon, lat]) => [lat, lon])).pad(0.15));
    said.textContent = t("map.area");
    use.replaceChildren(t("map.close"));
    document.getElementById("map-cancel").remove();
    use.disabled = false;
    use.onclick = () => done(null);
  });
}

/** The sheet with the map in it; `furnish` puts onto it what it is opened for. */
async function onMap({ title, places }, furnish) {
  const [L, base] = await Promise.all([leaflet(), loadBaseMap()]);
  return new Promise((resolve) => {
    const holder = h("div", { class: "map", id: "map", role: "application", "aria-label": title });
    const said = h("p", { class: "map-said", role: "status" });
    const use = h("button", { type: "button", id: "map-use", class: "primary wide", disabled: true }, t("map.use"));
    const done = (value) => {
      map.remove();
      dialog.remove();
      resolve(value);
    };
    const sheet = h("div", { class: "map-sheet" },
      h("h2", { id: "map-title" }, title),
      h("div", { class: "map-place" }, holder, base.attribution && h("p", { class: "map-source" }, base.attribution)),
      said,
      h("div", { class: "bar" }, button("map-cancel", t("form.cancel"), () => done(null), "quiet"), use));
    const dialog = h("dialog", { class: "map-dialog", "aria-labelledby": "map-title",
      oncancel: (event) => { event.preventDefault(); done(null); } }, sheet);
    document.body.append(dialog);
    dialog.showModal();
    const map = L.map(holder, { zoomControl: false, attributionControl: false, minZoom: 6, maxZoom: 17, zoomAnimation: false, fadeAnimation: false, preferCanvas: true });
    map.setView([0, 0], 6);
    scaleBar(map);
    for (const kind of ["country", "lake", "water", "river", "boundary"]) {
      const features = base.features.filter((one) => one.properties.kind === kind);
      if (features.length) L.geoJSON({ type: "FeatureCollection", features }, { style: styleOf, interactive: false }).addTo(map);
    }
    namePlaces(L, map, located(places));
    furnish({ L, map, said, use, sheet, done });
  });
}

function located(places) {
  return places.filter((place) => place.lon !== null && ["settlement", "post", "base"].includes(place.kind));
}

/** Where the map opens: about a point, else about all the mission's places. */
function settle(L, map, places, at) {
  const known = located(places);
  if (at) map.setView([at.lat, at.lon], at.rough ? FIRST_ZOOM - 2 : FIRST_ZOOM);
  else if (known.length) map.fitBounds(L.latLngBounds(known.map((place) => [place.lat, place.lon])).pad(0.1));
}

/** Where the phone is, with the circle that it may be in; unlike the event it is drawn without a fill. */
function showOwn(L, map, own) {
  if (!own || own.rough) return;
  const at = [own.lat, own.lon];
  L.circle(at, { radius: own.accuracy_m ?? 0, color: colour("--ink"), weight: 1.5, dashArray: "4 4", fill: false, interactive: false }).addTo(map);
  L.circleMarker(at, { radius: 6, color: colour("--surface"), weight: 2, fillColor: colour("--ink"), fillOpacity: 1, interactive: false }).addTo(map);
}

function drawArea(L, ring) {
  return L.polygon(ring.map(([lon, lat]) => [lat, lon]), { color: colour("--accent"), weight: 2, fillOpacity: 0.2, interactive: false });
}

function zoomBar(map) {
  const bar = h("div", { class: "map-zoom" },
    h("button", { type: "button", "aria-label": t("map.in"), onclick: () => map.zoomIn() }, "+"),
    h("button", { type: "button", "aria-label": t("map.out"), onclick: () => map.zoomOut() }, "−"));
  map.getContainer().after(bar);
  return bar;
}

/** How long a round distance is here, in the page's own words. */
function scaleBar(map) {
  const bar = h("div", { class: "map-scale" });
  map.getContainer().after(bar);
  const measure = () => {
    const { x, y } = map.getSize();
    const most = map.distance(map.containerPointToLatLng([x / 2, y / 2]), map.containerPointToLatLng([x / 2 + WIDEST_SCALE_PX, y / 2]));
    const ten = 10 ** Math.floor(Math.log10(most));
    const round = [5, 2, 1].map((one) => one * ten).find((one) => one <= most);
    bar.style.width = `${(WIDEST_SCALE_PX * round) / most}px`;
    bar.replaceChildren(metres(round, 0));
  };
  map.on("moveend", measure);
}

/** As many digits of a reference as the point deserves. */
function digitsOf(accuracyM) {
  return accuracyM <= 2 ? 10 : accuracyM <= 20 ? 8 : accuracyM <= 200 ? 6 : accuracyM <= 2000 ? 4 : 2;
}

function namePlaces(L, map, known) {
  for (const place of known) L.circleMarker([place.lat, place.lon], { radius: 2.5, weight: 0, fill: true, fillOpacity: 1, fillColor: colour("--map-label"), interactive: false }).addTo(map);
  const names = L.layerGroup().addTo(map);
  const nameThem = () => {
    names.clearLayers();
    const taken = [];
    for (const place of known.filter(({ lat, lon }) => map.getBounds().contains([lat, lon]))) {
      const { x, y } = map.latLngToContainerPoint([place.lat, place.lon]);
      const [wide, high] = [place.label.length * 8 + 10, 18];
      if (taken.some((box) => Math.abs(box.x - x) < Math.max(box.wide, wide) && Math.abs(box.y - y) < high)) continue;
      taken.push({ x, y, wide });
      const icon = L.divIcon({ className: "map-name", html: h("span", {}, place.label), iconSize: null, iconAnchor: [-5, 9] });
      L.marker([place.lat, place.lon], { icon, interactive: false, keyboard: false }).addTo(names);
    }
  };
  map.on("moveend", nameThem);
}
