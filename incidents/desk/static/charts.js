// The charts: what the same filter and the same moment as in the room come to, counted by the server. Each bar is a
// link to the reports behind it, drawn as an element of the page, so that keyboard and screen reader find it.

import { Problem, get } from "./api.js";
import { $, count, emptyNote, errorNote, h, loadingNote, show, staleNote, svg } from "./dom.js";
import { Filter } from "./filter.js";
import { severityMark } from "./symbols.js";
import { clockRate, dayMonth, fieldTime, hourMinute, lengthText, liveNow, readTime, setClock, shortTime, stopAt, timeElement, weekday, zoneText } from "./time.js";
import { spanIn, windowIn, windowSpan } from "./window.js";

const AGAIN_MS = 60_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const LEAST_WAIT_S = 30;
const RULES = [[MINUTE, "1 min"], [10 * MINUTE, "10 min"], [HOUR, "1 h"], [6 * HOUR, "6 h"], [24 * HOUR, "1 day"], [168 * HOUR, "7 days"]];
const QUALIFIERS = { about: "about ", at_least: "at least " };

const page = { state: null, shown: null, window: "24h", span: null, at: null };
const body = (name) => $(`#chart-${name} .chart-body`);
const words = (name, ...said) => show($(`#chart-${name} .chart-words`), ...said);

const filter = new Filter($("#filter"), {
  onChanged: () => { writeAddress(); load(); },
  onSpan: (span) => { page.span = span; shownAnew(); },
});

// ---- the address ----------------------------------------------------------------------------------

function span() {
  return page.span ?? windowSpan(page.window, page.at ?? liveNow(), page.state.mission.starts_at);
}

/** What the address says besides the filter; the room reads the same. */
function parameters() {
  const found = new URLSearchParams();
  if (page.span) ["from", "to"].forEach((name, i) => found.set(name, new Date(page.span[i]).toISOString()));
  else found.set("window", page.window);
  if (page.at !== null) {
    found.set("at", new Date(page.at).toISOString());
    found.set("by", "known");
  }
  filter.write(found);
  return found;
}

function writeAddress() {
  const search = `?${parameters()}`;
  if (search !== location.search) history.pushState(null, "", search);
}

function readAddress() {
  const { searchParams } = new URL(location.href);
  Object.assign(page, { window: windowIn(searchParams), span: spanIn(searchParams) });
  const at = Date.parse(searchParams.get("at") || "");
  page.at = Number.isNaN(at) ? null : at;
  filter.read(searchParams);
}

/** Where a bar leads: the room with the reports of that bar. */
function evidence(changes) {
  const found = parameters();
  const [from, to] = span();
  const all = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), family: "CFV", basis: "observed", list: "reports", ...changes };
  found.delete("window");
  for (const [name, value] of Object.entries(all)) found.set(name, value);
  return `/desk?${found}`;
}

// ---- fetching -------------------------------------------------------------------------------------

async function load() {
  $("#charts-room").href = `/desk?${parameters()}`;
  const [from, to] = span();
  const query = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  if (page.at !== null) query.set("at", new Date(page.at).toISOString());
  filter.write(query);
  const asked = (load.asked = query.toString());
  try {
    const shown = await get(`/desk/charts.json?${query}`);
    if (asked !== load.asked) return;
    if (page.at === null) setClock(shown.now, shown.clock_rate, shown.timezone);
    page.shown = shown;
    staleNote($("#charts-trouble"), "charts");
    show($("#charts-trouble"));
    draw();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (asked !== load.asked) return;
    failed(problem);
  }
  document.body.dataset.ready = "yes";
}

/** What was drawn stays, marked as old; a question that the server refuses has no picture. */
function failed(problem) {
  if (page.shown && (problem.status === 0 || problem.status >= 500)) {
    staleNote($("#charts-trouble"), "charts", `The charts could not be brought up to date. This is the picture of ${hourMinute(page.shown.now)}. ${problem.words}`, () => load());
    return;
  }
  page.shown = null;
  $("#charts-words").textContent = "";
  show($("#charts-trouble"), errorNote(problem, () => load()));
  for (const name of ["days", "hours", "tiers", "latency"]) {
    words(name);
    show(body(name));
  }
}

// ---- drawing --------------------------------------------------------------------------------------

function draw() {
  const { shown } = page;
  stopAt(page.at);
  for (const button of document.querySelectorAll("[data-window]")) button.setAttribute("aria-pressed", String(!page.span && button.dataset.window === page.window));
  $("#charts-known").value = page.at === null ? "" : fieldTime(page.at);
  $("#charts-now").hidden = page.at === null;
  $("#charts-words").textContent = `${weekday(shown.from)} ${hourMinute(shown.from)} to ${weekday(shown.to)} ${hourMinute(shown.to)} (${zoneText()}), ${page.at === null ? "as known now" : `as known on ${weekday(page.at)} at ${hourMinute(page.at)}`}`;
  drawDays();
  drawHours();
  drawTiers();
  drawLatency();
}

const numberWords = (one) => `${QUALIFIERS[one.qualifier] ?? ""}${one.accepted}`;
const violations = (n) => count(n, "violation");

/** A bar of accepted violations with those not yet reviewed on top, or beside. `most` is the longest one. */
function bar(one, most) {
  const part = (kind, value) => {
    if (!value) return null;
    const element = h("i", { class: kind });
    element.style.setProperty("--share", `${(100 * value) / Math.max(most, 1)}%`);
    return element;
  };
  return h("span", { class: "bar-of", "aria-hidden": "true" }, part("accepted", one.accepted), part("waiting", one.waiting));
}

function drawDays() {
  const { days, sectors, total } = page.shown;
  const dark = sectors.filter((sector) => sector.code !== "none" && sector.days.every((day) => day.watched_h === 0));
  words("days", h("strong", {}, `${numberWords(total)} ${total.accepted === 1 ? "violation" : "violations"}`), " accepted",
    total.waiting ? `, ${total.waiting} not yet reviewed` : "",
    dark.length ? `. Not monitored at all: ${dark.map((sector) => sector.name).join(", ")}.` : ".");
  if (!sectors.length || !days.length) {
    show(body("days"), emptyNote("There is no sector or no day to show."));
    return;
  }
  const most = Math.max(...sectors.flatMap((sector) => sector.days.map((day) => day.accepted + day.waiting)), 1);
  show(body("days"), h("table", { class: days.length > 21 ? "days narrow" : "days" },
    h("caption", { class: "visually-hidden" }, "Violations and hours watched by sector and day"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Sector"), days.map(([start, end]) => h("th", { scope: "col", title: `${weekday(start)} ${hourMinute(start)} to ${weekday(end)} ${hourMinute(end)}` }, dayMonth(Date.parse(end) - 1))))),
    h("tbody", {}, sectors.map((sector) => h("tr", {},
      h("th", { scope: "row" }, sector.name),
      sector.days.map((day, i) => dayCell(sector, day, days[i], most)))))));
}

function dayCell(sector, day, [start, end], most) {
  const noHours = sector.code === "none";
  const isDark = day.watched_h === 0 && !noHours;
  const said = [
    day.accepted || day.waiting ? [day.accepted ? `${numberWords(day)} accepted` : "", day.waiting ? `${day.waiting} not yet reviewed` : ""].filter(Boolean).join(", ") : isDark ? "" : "none observed",
    noHours ? "" : isDark ? "not monitored" : `${day.watched_h.toFixed(1)} of ${day.possible_h.toFixed(1)} h watched`,
  ].filter(Boolean).join("; ");
  const meter = h("span", { class: "watched", "aria-hidden": "true" }, h("i", {}));
  meter.firstChild.style.setProperty("--share", `${Math.min(100, (100 * day.watched_h) / Math.max(day.possible_h, 0.01))}%`);
  const link = day.reports
    ? evidence({ from: start, to: end, sector: sector.code })
    : `/coverage?${new URLSearchParams({ from: start, to: end })}`;
  return h("td", { class: isDark ? "dark" : "" },
    h("a", { href: link, title: `${sector.name}, ${dayMonth(Date.parse(end) - 1)}: ${said}`, "aria-label": said },
      bar(day, most),
      h("span", { class: "n", "aria-hidden": "true" }, day.accepted || day.waiting ? [numberWords(day), day.waiting ? h("small", {}, ` +${day.waiting}`) : null] : isDark ? "" : "0"),
      noHours ? null : meter,
      noHours ? null : h("span", { class: "h", "aria-hidden": "true" }, isDark ? "not monitored" : `${day.watched_h.toFixed(0)} h`)));
}

function drawHours() {
  const { hours } = page.shown;
  const most = Math.max(...hours.map((one) => one.accepted + one.waiting), 1);
  const longest = Math.max(...hours.map((one) => one.watched_h), 0.01);
  const top = hours.reduce((a, b) => (b.accepted + b.waiting > a.accepted + a.waiting ? b : a));
  const dark = hours.filter((one) => one.watched_h === 0);
  const name = (hour) => `${String(hour).padStart(2, "0")}:00`;
  words("hours", top.accepted + top.waiting ? ["Most began in the hour from ", h("strong", {}, name(top.hour)), `: ${top.accepted + top.waiting}. `] : "No violation began in this span. ",
    dark.length === hours.length ? "Nobody watched at any hour." : dark.length ? `Nobody watched in the ${dark.length === 1 ? "hour" : "hours"} from ${dark.map((one) => name(one.hour)).join(", ")}.` : "At every hour somebody watched somewhere.");
  show(body("hours"),
    h("ol", { class: "hours" }, hours.map((one) => {
      const said = `${name(one.hour)}: ${one.accepted} accepted, ${one.waiting} not yet reviewed; ${one.watched_h ? `${one.watched_h.toFixed(1)} h watched` : "not monitored"}`;
      const watched = h("span", { class: one.watched_h ? "watched" : "watched dark", "aria-hidden": "true" }, h("i", {}));
      watched.firstChild.style.setProperty("--share", `${(100 * one.watched_h) / longest}%`);
      return h("li", {}, h("a", { href: evidence({ hour: one.hour }), title: said, "aria-label": said },
        bar(one, most), h("span", { class: "tick", "aria-hidden": "true" }, String(one.hour).padStart(2, "0")), watched));
    })),
    asTable(["Hour", "Accepted", "Not yet reviewed", "Hours watched"], hours.map((one) => [name(one.hour), one.accepted, one.waiting, one.watched_h ? one.watched_h.toFixed(1) : "not monitored"])));
}

function drawTiers() {
  const { tiers } = page.shown;
  const rows = [...tiers.slice(1).reverse(), tiers[0]];
  const most = Math.max(...rows.map((one) => one.accepted + one.waiting), 1);
  const all = tiers.reduce((sum, one) => sum + one.accepted + one.waiting, 0);
  const heavy = tiers.slice(4).reduce((sum, one) => sum + one.accepted + one.waiting, 0);
  words("tiers", all ? [h("strong", {}, `${Math.round((100 * heavy) / all)} %`), ` of ${violations(all)} by weapons of tier 4 or 5.`] : "No violation in this span.");
  show(body("tiers"), h("table", { class: "tiers" },
    h("caption", { class: "visually-hidden" }, "Violations by weapon tier"),
    h("thead", { class: "visually-hidden" }, h("tr", {}, ["Tier", "Violations", "Accepted", "Not yet reviewed", "Share"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((one) => h("tr", {},
      h("th", { scope: "row" }, one.tier ? severityMark(one.tier, "Weapon tier") : h("span", { class: "muted" }, "not known")),
      h("td", { class: "long" }, h("a", { href: evidence({ tier: `only-${one.tier}` }), "aria-label": `${one.accepted} accepted, ${one.waiting} not yet reviewed` }, bar(one, most))),
      h("td", { class: "number" }, one.accepted),
      h("td", { class: "number" }, one.waiting ? `+${one.waiting}` : ""),
      h("td", { class: "number muted" }, all ? `${Math.round((100 * (one.accepted + one.waiting)) / all)} %` : "–"))))));
}

const waitText = (seconds) => (seconds < MINUTE ? "under 1 min" : lengthText(seconds * 1000));

function drawLatency() {
  const { alerts, median_s: median, worst_s: worst } = page.shown.latency;
  if (!alerts.length) {
    words("latency");
    show(body("latency"), emptyNote("No alert was raised in this span."));
    return;
  }
  const late = alerts.filter((one) => one.is_late).length;
  words("latency", `${count(alerts.length, "alert")}. Half of them came within `, h("strong", {}, waitText(median)), `, the slowest after ${waitText(worst)}; ${late ? `${late} more than an hour late.` : "none more than an hour late."}`);
  const [wide, high, left, foot] = [1000, 260, 60, 26];
  const [from, to] = [Date.parse(page.shown.from), Date.parse(page.shown.to)];
  const longest = Math.max(worst, HOUR) * 1.6;
  const x = (when) => left + ((Date.parse(when) - from) / Math.max(to - from, 1)) * (wide - left - 20);
  const y = (seconds) => (high - foot) * (1 - Math.log(Math.max(seconds, LEAST_WAIT_S) / LEAST_WAIT_S) / Math.log(longest / LEAST_WAIT_S)) * 0.94 + 12;
  const rules = RULES.filter(([seconds]) => seconds < longest);
  show(body("latency"),
    svg("svg", { class: "latency", viewBox: `0 0 ${wide} ${high + 4}`, role: "group", "aria-label": "Alerts by when they were raised and how late" },
      rules.map(([seconds, text]) => svg("g", { "aria-hidden": "true" }, svg("line", { class: "rule", x1: left, x2: wide, y1: y(seconds), y2: y(seconds) }), svg("text", { x: left - 8, y: y(seconds) + 4, "text-anchor": "end" }, text))),
      svg("text", { x: left, y: high, "aria-hidden": "true" }, shortTime(from)),
      svg("text", { x: wide, y: high, "text-anchor": "end", "aria-hidden": "true" }, shortTime(to)),
      alerts.map((one) => svg("a", { href: `/desk?alert=${one.id}`, "aria-label": `${one.label} ${one.title}, severity ${one.severity}, raised ${shortTime(one.raised_at)}, after ${waitText(one.seconds)}` },
        svg("title", {}, `${one.label} ${one.title}: raised ${shortTime(one.raised_at)}, ${waitText(one.seconds)} after it could be known`),
        one.is_late
          ? svg("rect", { class: `dot severity-${one.severity}`, x: x(one.raised_at) - 10, y: y(one.seconds) - 10, width: 20, height: 20, rx: 2 })
          : svg("circle", { class: `dot severity-${one.severity}`, cx: x(one.raised_at), cy: y(one.seconds), r: 10.5 }),
        svg("text", { class: `in-dot on-${one.severity}`, x: x(one.raised_at), y: y(one.seconds) + 4.5 }, one.severity)))),
    asTable(["Alert", "Severity", "Sector", "Could be known", "Raised", "After"], alerts.map((one) => [
      h("a", { href: `/desk?alert=${one.id}` }, `${one.label} ${one.title}`), one.severity, one.sector ?? "–", timeElement(one.detectable_at), timeElement(one.raised_at),
      one.is_late ? h("strong", {}, waitText(one.seconds)) : waitText(one.seconds)])));
}

/** The same numbers for who reads better than they see. */
function asTable(heads, rows) {
  return h("details", { class: "as-table" }, h("summary", {}, "These numbers as a table"),
    h("div", { class: "wide" }, h("table", {},
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.map(([first, ...others]) => h("tr", {}, h("th", { scope: "row" }, first), others.map((cell) => h("td", {}, cell))))))));
}

// ---- what people do -------------------------------------------------------------------------------

function shownAnew() {
  filter.setSpan(page.span);
  writeAddress();
  load();
}

function setMoment(ms) {
  page.at = Number.isNaN(ms) || ms === null ? null : Math.min(ms, liveNow());
  shownAnew();
}

async function start() {
  for (const name of ["days", "hours", "tiers", "latency"]) show(body(name), loadingNote("Counting"));
  for (const button of document.querySelectorAll("[data-window]")) button.addEventListener("click", () => { Object.assign(page, { window: button.dataset.window, span: null }); shownAnew(); });
  $("#charts-known").addEventListener("change", (event) => setMoment(readTime(event.target.value)));
  $("#charts-now").addEventListener("click", () => setMoment(null));
  for (const button of document.querySelectorAll("[data-save]")) button.hidden = true;
  addEventListener("popstate", () => { readAddress(); filter.setSpan(page.span); load(); });
  try {
    page.state = await get("/desk/state");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    failed(problem);
    return;
  }
  setClock(page.state.now, page.state.clock_rate, page.state.mission.timezone);
  readAddress();
  filter.setLabels(page.state.sectors, page.state.families);
  filter.setSpan(page.span);
  await load();
  setInterval(() => { if (page.at === null && !page.span && clockRate() > 0 && !document.hidden) load(); }, AGAIN_MS);
}

start();
