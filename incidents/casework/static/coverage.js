// Who watched what: one span as a map, as strips of time and as a table.

import { get } from "/desk/static/api.js";
import { $, count, h, show } from "/desk/static/dom.js";
import { fieldTime, hourMinute, missionNow, readTime, setClock, timeElement, weekday, zoneText } from "/desk/static/time.js";
import { watchStrips } from "./axis.js";
import { KnownAt } from "./known.js";
import { Sketch } from "./sketch.js";

const HOUR = 3_600_000;
const OVERDUE = { not_started: "was to have started", no_sign: "has given no sign since", not_back: "was to be back" };
const form = $("#span");
const sketch = new Sketch($("#sketch"));
const known = new KnownAt($("#known-at"), () => load());
const address = new URL(location.href);
let shown = null;
let span = { from: address.searchParams.get("from"), to: address.searchParams.get("to") };

async function load() {
  const query = new URLSearchParams(Object.entries({ ...span, known_at: known.at }).filter(([, value]) => value));
  try {
    shown = await get(`/api/v1/coverage?${query}`);
  } catch (problem) {
    $("#coverage-words").textContent = problem.words;
    return;
  }
  setClock(shown.now, shown.rate, shown.timezone);
  known.draw();
  known.banner($("#past"));
  form.elements.from.value = fieldTime(Date.parse(shown.from));
  form.elements.to.value = fieldTime(Date.parse(shown.to));
  if (span.from || span.to) history.replaceState(null, "", `?${new URLSearchParams({ from: shown.from, to: shown.to })}`);
  draw();
  document.body.dataset.ready = "yes";
}

function draw() {
  const dark = shown.sectors.filter((sector) => sector.reading === "not_monitored");
  $("#coverage-words").textContent =
    `${weekday(shown.from)} ${hourMinute(shown.from)} to ${weekday(shown.to)} ${hourMinute(shown.to)} (${zoneText()}). ` +
    (dark.length ? `Not monitored: ${dark.map((sector) => sector.name).join(", ")}.` : "Every sector was watched at least for a while.");
  drawTroubles();
  drawMap();
  drawStrips();
  drawTable();
}

function drawTroubles() {
  const cameras = shown.cameras_down.map((one) => h("li", {}, h("strong", {}, `Camera ${one.post}`), one.since ? [" has recorded nothing since ", timeElement(one.since)] : " has not recorded at all", one.sector ? ` (${one.sector})` : ""));
  const late = shown.overdue.map((one) => h("li", {}, h("strong", {}, `${one.kind === "patrol" ? "Patrol" : "Post"} ${one.team ?? ""}`), ` ${OVERDUE[one.reason]} `, timeElement(one.since), ` (${one.sectors.join(", ")})`));
  show($("#troubles"), cameras.length || late.length
    ? h("div", { class: "notice warn troubles" },
      late.length ? [h("p", {}, h("strong", {}, count(late.length, "watch is", "watches are")), " overdue"), h("ul", {}, late)] : null,
      cameras.length ? [h("p", {}, h("strong", {}, count(cameras.length, "camera is", "cameras are")), " down"), h("ul", {}, cameras)] : null)
    : null);
}

function drawMap() {
  sketch.ground.silent = new Set(shown.sectors.filter((sector) => sector.reading === "not_monitored" || sector.monitored_h === 0).map((sector) => sector.code));
  sketch.setShades(new Map(shown.sectors.map((sector) => [sector.code, { fill: "accent", strength: sector.share * 0.55 }])));
  sketch.fit();
}

function drawStrips() {
  const to = Math.min(Date.parse(shown.to), Math.max(Date.parse(shown.known_at), Date.parse(shown.from) + 60_000));
  watchStrips($("#strips"), shown.sectors, Date.parse(shown.from), to, shown.kinds);
  show($("#strips-key"), shown.kinds.map((kind) => [h("i", { class: `key ${kind.code}` }), ` ${kind.words} `]), h("i", { class: "key gap" }), " nobody watched");
}

const hours = (value) => (value ? value.toFixed(1) : "–");

function drawTable() {
  show($("#table"), h("table", {},
    h("thead", {}, h("tr", {},
      h("th", { scope: "col" }, "Sector"),
      h("th", { scope: "col", class: "number" }, "Monitored"),
      shown.kinds.map((kind) => h("th", { scope: "col", class: "number" }, kind.words, " (h)")),
      h("th", { scope: "col", class: "number" }, "“Nothing” reports"),
      h("th", { scope: "col" }, "Violations observed"),
      h("th", { scope: "col" }, "Against the span before"))),
    h("tbody", {}, shown.sectors.map((sector) => h("tr", { class: sector.reading },
      h("th", { scope: "row" }, sector.name, " ", h("span", { class: "muted small" }, sector.code)),
      h("td", { class: "number" }, sector.monitored_h > 0 ? `${sector.monitored_h.toFixed(1)} of ${sector.possible_h.toFixed(1)} h` : h("strong", {}, "not monitored")),
      shown.kinds.map((kind) => h("td", { class: "number" }, hours(sector.hours[kind.code]))),
      h("td", { class: "number" }, sector.negative_ids.length || "–"),
      h("td", {}, reading(sector)),
      h("td", { class: sector.compares ? "" : "muted" }, sector.comparison))))));
}

function reading(sector) {
  const waiting = sector.not_yet_reviewed.ids.length
    ? h("span", { class: "badge warn" }, `${sector.not_yet_reviewed.words} not yet reviewed`) : null;
  if (sector.reading === "not_monitored") return [h("strong", {}, "not monitored "), waiting];
  if (sector.reading === "none_observed") {
    return waiting ? ["none accepted yet ", waiting] : `none observed (${sector.monitored_h.toFixed(1)} monitored hours)`;
  }
  const { total } = sector;
  return [h("strong", {}, total.words), h("span", { class: "muted small" }, ` in ${count(total.ids.length, "report")}`),
    total.together ? h("span", { class: "muted small" }, `; ${total.open_ids.length} may refer to the same events (${total.together.best} if so)`) : null,
    " ", waiting, sector.monitored_h === 0 ? h("span", { class: "badge warn" }, "no watch recorded") : null];
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const [from, to] = [readTime(form.elements.from.value), readTime(form.elements.to.value)];
  span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  load();
});
form.addEventListener("click", (event) => {
  const length = Number(event.target.dataset?.hours);
  if (!length) return;
  const now = known.ms ?? missionNow();
  span = { from: new Date(now - length * HOUR).toISOString(), to: new Date(now).toISOString() };
  load();
});
get("/desk/ground").then((ground) => { sketch.setGround(ground); if (shown) drawMap(); else sketch.fit(); }, (problem) => { $("#coverage-words").textContent = problem.words; });
new ResizeObserver(() => shown && drawStrips()).observe($("#strips"));
load();
