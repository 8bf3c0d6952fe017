// Picking a point on the mission's own base map. Leaflet is fetched when the map is opened for the first time.
// Everything of Leaflet's that would parse HTML (its zoom buttons, attribution, pop-ups) is left out.

import { button, h } from "./dom.js";
import { glyph } from "./glyphs.js";
import { pointText } from "./position.js";
import { t } from "./words.js";

const LEAFLET = "/static/vendor/leaflet/leaflet";
const FINGER_PX = 12;
const FIRST_ZOOM = 11;

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
 * Opens the map; resolves to {lon, lat, accuracy_m} or, when the person turned back, null. The accuracy is
 * what a finger covers at that zoom, so it gets better when one zooms in.
 */
export async function pick({ title, at, places }) {
  const [L, base] = await Promise.all([leaflet(), loadBaseMap()]);
  return new Promise((resolve) => {
    const holder = h("div", { class: "map", id: "map", "aria-label": title });
    const said = h("p", { class: "map-said", role: "status" }, t("map.tap"));
    let point = null;
    const done = (value) => {
      map.remove();
      dialog.remove();
      resolve(value);
    };
    const use = button("map-use", t("map.use"), () => done(point), "primary wide");
    use.disabled = true;
    const dialog = h("dialog", { class: "map-dialog", "aria-labelledby": "map-title", oncancel: (event) => { event.preventDefault(); done(null); } },
      h("div", { class: "map-sheet" },
        h("h2", { id: "map-title" }, title),
        h("div", { class: "map-place" }, holder,
          h("div", { class: "map-zoom" },
            h("button", { type: "button", "aria-label": t("map.in"), onclick: () => map.zoomIn() }, "+"),
            h("button", { type: "button", "aria-label": t("map.out"), onclick: () => map.zoomOut() }, "−"),
            h("button", { type: "button", id: "map-middle", "aria-label": t("map.middle"), onclick: () => mark(map.getCenter()) }, glyph("target"))),
          base.attribution && h("p", { class: "map-source" }, base.attribution)),
        said,
        h("div", { class: "bar" }, button("map-cancel", t("form.cancel"), () => done(null), "quiet"), use)));
    document.body.append(dialog);
    dialog.showModal();

    const map = L.map(holder, { zoomControl: false, attributionControl: false, minZoom: 6, maxZoom: 17, zoomAnimation: false, fadeAnimation: false, preferCanvas: true });
    const known = places.filter((place) => place.lon !== null && ["settlement", "post", "base"].includes(place.kind));
    if (at) map.setView([at.lat, at.lon], at.rough ? FIRST_ZOOM - 2 : FIRST_ZOOM);
    else if (known.length) map.fitBounds(L.latLngBounds(known.map((place) => [place.lat, place.lon])).pad(0.1));
    else map.setView([40.0, 45.5], 7);
    const order = ["country", "lake", "water", "river", "boundary"];
    for (const kind of order) {
      const features = base.features.filter((one) => one.properties.kind === kind);
      if (features.length) L.geoJSON({ type: "FeatureCollection", features }, { style: styleOf, interactive: false }).addTo(map);
    }
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
    nameThem();

    const spot = L.layerGroup().addTo(map);
    function mark({ lat, lng }) {
      const metres = (40_075_016.686 * Math.cos((lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
      point = { lon: Number(lng.toFixed(5)), lat: Number(lat.toFixed(5)), accuracy_m: Math.max(1, Math.ceil(metres * FINGER_PX)) };
      spot.clearLayers();
      L.circle([lat, lng], { radius: point.accuracy_m, color: colour("--accent"), weight: 2, fillOpacity: 0.2, interactive: false }).addTo(spot);
      L.circleMarker([lat, lng], { radius: 4, color: colour("--accent"), fill: true, fillOpacity: 1, interactive: false }).addTo(spot);
      const text = pointText(point);
      said.textContent = point.accuracy_m > 200 ? `${text}. ${t("map.finer")}` : text;
      use.disabled = false;
    }
    map.on("click", (event) => mark(event.latlng));
  });
}
