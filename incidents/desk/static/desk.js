// The situation room: what is known, kept fresh. Each zone answers one question; this file only connects them.

import { Problem, get, getBytes } from "./api.js";
import { Board, silenceOf, silentTeams, unwatched } from "./board.js";
import { $, staleNote } from "./dom.js";
import { Columns } from "./columns.js";
import { Drawer } from "./drawer.js";
import { Filter } from "./filter.js";
import { Inbox } from "./inbox.js";
import { Claims, Incidents, Queue, Reports } from "./lists.js";
import { Live } from "./live.js";
import { Making } from "./making.js";
import { DeskMap } from "./map.js";
import { Palette } from "./palette.js";
import { Replay } from "./replay.js";
import { Strip, violationsOf } from "./strip.js";
import { Sound } from "./sound.js";
import { saveReports } from "./table.js";
import { clockRate, heardAgo, heardMissionTime, hourMinuteSecond, lengthText, liveNow, missionNow, setClock, tickAges, weekday, zoneText } from "./time.js";
import { WINDOWS, spanIn, windowIn, windowSpan } from "./window.js";

const HOUR = 3_600_000;
const STATE_EVERY_MS = 15_000;
const OLD_AFTER_MS = 45_000;
const GREY_AFTER_MS = 60_000;
const GATHER_MS = 20;
const SPACING_MS = 900;

const RULES_BEHIND_AFTER_MS = 60_000;
const MOST_SAID = 3;
const isWall = new URL(location.href).searchParams.has("wall");

// `rows` is what the last request for the map brought, `all` what it brought for the whole window: while one
// slides through time the map draws from the latter. `raw` keeps every list as it came, before the filter. `span` is
// [from, to] where a span was asked for instead of a window up to now; `heard` is the moment of each zone's picture.
const room = {
  state: null, rows: [], all: [], many: null, raw: {}, window: "24h", span: null, heard: {}, isLive: false, isFailing: false, isSliding: false, missed: 0,
  title: document.title,
};

/** In the past, and on the wall, nothing can be decided. */
const may = (permission) => !isWall && !replay.isOn && Boolean(room.state?.actor.permissions.includes(permission));

function say(text, isBad = false) {
  const box = $("#said");
  box.textContent = text;
  box.className = isBad ? "said-bad" : "";
  box.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { box.hidden = true; }, isBad ? 9000 : 4000);
}

// ---- the zones ---------------------------------------------------------------------------------

const map = new DeskMap($("#map"), {
  onOpen: (row) => drawer.show("report", row.id),
  onClaim: (claim) => drawer.claim(claim),
  onClear: () => map.showEvidence(null),
  onNear: (keys) => refreshNear(keys),
});
const inbox = new Inbox($("#inbox"), {
  say, may,
  again: () => load.inbox(),
  onChanged: () => Promise.all([load.inbox(), load.state()]),
  onChosen: (alert) => map.showEvidence(alert?.evidence.length ? alert.evidence : null),
  onShow: (alert) => { showTab("map"); showEvidence(alert.evidence, Date.parse(alert.condition_from)); },
});
const sound = new Sound($("#sound"));
const making = new Making($("#making"), {
  say,
  incidents: () => incidents.rows,
  onMade: (id) => { queue.marked.clear(); refresh(["queue", "map", "incidents"]); pickList("incidents"); drawer.show("incident", id); },
});
const queue = new Queue($("#queue"), {
  may,
  again: () => load.queue(),
  onOpen: (id) => drawer.show("report", id),
  onIncident: (ids) => making.open(ids),
});
const reports = new Reports($("#reports"), { again: () => load.map(), onOpen: (id) => drawer.show("report", id) });
const incidents = new Incidents($("#incidents"), { again: () => load.incidents(), onOpen: (id) => drawer.show("incident", id) });
const claims = new Claims($("#claims"), { again: () => load.claims(), onShow: (claim) => drawer.claim(claim) });
const board = new Board($("#board"), {
  again: () => load.state(),
  onSector: (sector) => {
    const place = map.ground.sectors.find((other) => other.code === sector.code);
    if (place?.bounds) { showTab("map"); map.map.fitBounds([[place.bounds[1], place.bounds[0]], [place.bounds[3], place.bounds[2]]]); }
  },
});
const strip = new Strip($("#strip"));
const filter = new Filter($("#filter"), {
  onChanged: () => { writeAddress(); drawLists(); drawMap(); },
  onSpan: (span) => (span ? pickSpan(span) : pickWindow(room.window)),
});
const replay = new Replay($("#replay"), {
  span: () => shownSpan(),
  onMove: () => {
    map.setUntil({ by: replay.by, at: replay.at });
    strip.setCursor(replay.at);
    if (!room.isSliding) {
      room.isSliding = true;
      drawMap();
    }
    drawFreshness();
  },
  onSettled: () => {
    room.isSliding = replay.by === "event";
    writeAddress({ isNew: false });
    refresh(["map", "inbox", "queue", "incidents", "claims", "state", "coverage"]);
  },
  onLeft: () => {
    room.isSliding = false;
    room.missed = 0;
    map.setUntil(null);
    strip.setCursor(null);
    writeAddress();
    refresh(Object.keys(load));
    drawFreshness();
  },
});
const palette = new Palette($("#palette"), {
  commands: [
    ...Object.keys(WINDOWS).map((name) => ({ label: `Show the last ${{ "24h": "24 hours", "72h": "72 hours", "7d": "7 days", all: "whole mission" }[name]}`, keys: "t", run: () => pickWindow(name) })),
    { label: "Review queue", keys: "q", run: () => KEYS.q() },
    { label: "Reports shown", run: () => { pickList("reports"); showTab("lists"); } },
    { label: "Incidents", run: () => { pickList("incidents"); showTab("lists"); } },
    { label: "Claims of the parties", run: () => { pickList("claims"); showTab("lists"); } },
    { label: "Map", keys: "m", run: () => KEYS.m() },
    { label: "Whole mission area", run: () => { showTab("map"); map.home(); } },
    { label: "Look back in time", keys: "r", run: () => replay.enter() },
    { label: "Back to live", keys: "r", run: () => replay.leave() },
    { label: "Filter what is shown", keys: "/", run: () => KEYS["/"]() },
    { label: "Show everything", run: () => filter.clear() },
    { label: "Hours watched on the map, on or off", run: () => { showTab("map"); $("#show-coverage").click(); } },
    { label: "Charts of what is shown", run: () => { location.href = chartsAddress(); } },
    { label: "Save the reports shown as a table", run: () => save("csv") },
    { label: "Save the reports shown as GeoJSON", run: () => save("geojson") },
    { label: "Keys", keys: "?", run: () => $("#help").showModal() },
  ],
  onFound: (hit) => {
    if (hit.kind === "report" || hit.kind === "incident") drawer.show(hit.kind, hit.id);
    else if (hit.kind === "alert") showAlert(hit.id);
    else { showTab("map"); map.goToPoint(hit); }
  },
});
const drawer = new Drawer($("#drawer"), {
  say, may,
  onIncident: (ids) => making.open(ids),
  onChanged: () => refresh(["queue", "map", "incidents", "state", "inbox"]),
  onClosed: () => { hold(null, null); },
  onOpened: (kind, id, thing) => {
    hold(kind, id);
    if (kind === "incident") showEvidence(thing.observations.map((row) => row.id), Date.parse(thing.start));
    if (kind === "claim" && thing.lon !== null) { showClaims(); map.goTo([{ lon: thing.lon, lat: thing.lat, observer: null, shape: null }]); }
    if (kind === "report") { const row = room.rows.find((other) => other.id === id); if (row && !isInSight(row)) map.goTo([row]); }
  },
});

/** An alert that a link names or that was looked for, however old it is, with its reports on the map. */
async function showAlert(id) {
  showTab("inbox");
  inbox.filter("all");
  if (!inbox.alerts?.some((alert) => alert.id === id)) {
    room.also = id;
    await load.inbox().catch((problem) => { if (!(problem instanceof Problem)) throw problem; });
  }
  inbox.choose(id, false);
  const alert = inbox.current;
  if (alert?.evidence.length) await showEvidence(alert.evidence, Date.parse(alert.condition_from));
}

/** A claim that was opened is on the map, also where claims were switched off. */
function showClaims() {
  const box = $("#show-claims");
  if (!box.checked) box.click();
}

/** Shows reports on the map, widening the window where some of them are older than it. */
async function showEvidence(ids, sinceMs) {
  const [from, now] = bounds();
  const known = new Set(room.rows.map((row) => row.id));
  if (sinceMs < from && ids.some((id) => !known.has(id))) {
    const fitting = Object.entries(WINDOWS).find(([, hours]) => hours === null || now - hours * HOUR <= sinceMs - HOUR);
    pickWindow(fitting[0]);
    try {
      await load.map();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      say(problem.words, true);
    }
  }
  map.showEvidence(ids);
}

/** Marks the thing that the drawer shows, in every zone. */
function hold(kind, id) {
  queue.selected = kind === "report" ? id : null;
  reports.selected = queue.selected;
  incidents.selected = kind === "incident" ? id : null;
  map.select(kind === "incident" ? null : id);
  if (kind === null) map.showEvidence(null);
  queue.redraw();
  reports.redraw();
  incidents.redraw();
}

function isInSight(row) {
  const at = row.lon !== null ? [row.lat, row.lon] : row.observer && [row.observer[1], row.observer[0]];
  if (!at) return true;
  const point = map.map.latLngToContainerPoint(at);
  const size = map.map.getSize();
  return map.map.getZoom() >= 9 && point.x > 0 && point.y > 0 && point.y < size.y && point.x < size.x - map.coveredRight();
}

// ---- fetching -----------------------------------------------------------------------------------

/** The span that was asked for, or the window up to now; while one looks back it stays what it was. */
const shownSpan = () => room.span ?? windowSpan(room.window, liveNow(), room.state.mission.starts_at);
const bounds = () => (replay.isOn ? [replay.span[0], missionNow()] : shownSpan());
const fromText = () => encodeURIComponent(new Date(bounds()[0]).toISOString());
const toText = () => (room.span && !(replay.isOn && replay.by === "event") ? `to=${encodeURIComponent(new Date(room.span[1]).toISOString())}` : "");
const query = () => [`from=${fromText()}`, toText(), replay.query].filter(Boolean).join("&");
const windowKey = () => room.span?.join() ?? room.window;
const asKnown = () => (replay.isOn && replay.by === "known" ? `?${replay.query}` : "");

const ZONES = { state: "#side", map: "#map", inbox: "#inbox", queue: "#lists", incidents: "#lists", claims: "#lists", coverage: "#map" };

/** Brings one zone up to date. Where that fails the zone says so, and from when its picture is, if it has one. */
async function guarded(name, zone, work) {
  try {
    await work();
    room.heard[name] = liveNow();
    staleNote($(ZONES[name]), name);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    zone?.fail?.(problem);
    if (room.heard[name]) {
      staleNote($(ZONES[name]), name, `${ZONE_WORDS[name]} could not be brought up to date. This is the picture of ${hourMinuteSecond(room.heard[name])}.`, () => refresh([name]));
    }
    if (problem.status === 401) {
      $("#signed-out").hidden = false;
    } else if (problem.status === 403) {
      say(problem.words, true);
    }
    throw problem;
  }
}

const rowsOf = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));

/** Reports too many for their words come as columns, once for a window; then only what changed. */
async function loadMany(isFirst = false) {
  const { many } = room;
  if (isFirst) {
    const columns = new Columns(await getBytes(`/desk/columns?${[`from=${fromText()}`, toText()].filter(Boolean).join("&")}`));
    Object.assign(room, { many: { window: windowKey(), columns }, rows: [], all: [], hasRows: true });
  } else if (many?.window === windowKey()) {
    if (!replay.isOn) many.columns.take(new Columns(await getBytes(`/desk/columns?${[`from=${fromText()}`, toText()].filter(Boolean).join("&")}&since=${many.columns.lastEventId}`)));
  } else {
    if (many) map.setPoints(null);
    room.many = null;
    return false;
  }
  drawMap();
  return true;
}

/** The words of the few reports in sight. */
async function refreshNear(keys) {
  const { many } = room;
  try {
    const rows = rowsOf(await get(`/desk/rows?${keys.map((key) => `key=${key}`).join("&")}`));
    if (room.many !== many || !many) return;
    room.rows = rows;
    map.setNear(rows, ...bounds());
    reports.set(rows, many.columns.n);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    say(problem.words, true);
  }
}

const load = {
  state: () => guarded("state", board, async () => {
    const asked = asKnown();
    const state = await get(`/desk/state${asked}`);
    if (asked !== asKnown()) return;
    room.isFailing = false;
    room.state = state;
    if (!asked) setClock(state.now, state.clock_rate, state.mission.timezone);
    filter.setLabels(state.sectors, state.families);
    board.set(state);
    map.ground.silent = new Set(state.sectors.filter((s) => !s.is_watched && silenceOf(s, state.report_interval_h).kind !== "ok").map((s) => s.code));
    map.layers.ground.redraw();
    drawCounts();
  }),
  map: () => guarded("map", { fail: mapFailed }, async () => {
    if (await loadMany()) return;
    const answer = await get(`/desk/map?${query()}`);
    if (answer.many) {
      await loadMany(true);
      return;
    }
    const before = new Set(room.rows.map((row) => row.id));
    const hadRows = room.hasRows;
    room.rows = rowsOf(answer);
    if (!replay.isOn) room.all = room.rows;
    room.hasRows = true;
    drawMap();
    if (hadRows && !replay.isOn) {
      const fresh = room.rows.filter((row) => !before.has(row.id)).map((row) => row.id);
      if (fresh.length) map.glow(fresh);
    }
  }),
  inbox: () => guarded("inbox", inbox, async () => {
    const answer = await get(`/desk/inbox${asKnown()}${room.also ? `${asKnown() ? "&" : "?"}also=${encodeURIComponent(room.also)}` : ""}`);
    const before = room.raw.inbox && !replay.isOn ? new Map(room.raw.inbox.alerts.map((alert) => [alert.id, alert])) : null;
    room.raw.inbox = answer;
    drawLists("inbox");
    if (before) announce(answer.alerts, before);
  }),
  queue: () => guarded("queue", queue, async () => { room.raw.queue = await get(`/desk/queue${asKnown()}`); drawLists("queue"); }),
  incidents: () => guarded("incidents", incidents, async () => { room.raw.incidents = (await get(`/desk/incidents?${query()}`)).rows; drawLists("incidents"); }),
  coverage: () => guarded("coverage", null, async () => {
    if (!map.ground.showCoverage) return;
    const [from, to] = bounds();
    const end = room.span && !replay.isOn ? "" : `&to=${encodeURIComponent(new Date(Math.max(to, from + 1000)).toISOString())}`;
    showCoverage(await get(`/desk/coverage?${query()}${replay.isOn && replay.by === "event" ? "" : end}`));
  }),
  claims: () => guarded("claims", claims, async () => { room.raw.claims = await get(`/desk/claims?${query()}`); drawLists("claims"); }),
};

/** Says what is new among the alerts, one thing, the gravest; and sounds it where that is switched on. */
function announce(alerts, before) {
  const words = { raised: "New alert", reopened: "Opened again", strengthened: "Grown graver", needs_review: "Look again", withdrawn: "Withdrawn" };
  const news = alerts.filter((alert) => {
    const known = before.get(alert.id);
    return !known || (known.changed_at !== alert.changed_at && (alert.change !== "strengthened" || alert.severity > known.severity) && words[alert.change]);
  });
  if (!news.length) return;
  const [first] = news.sort((a, b) => b.severity - a.severity);
  say(`${words[first.change] || "New alert"}: ${first.title}, ${first.place}${news.length > 1 ? `, and ${news.length - 1} more` : ""}`);
  sound.ring(first.severity);
}

const ZONE_WORDS = {
  state: "The sectors", map: "The map", coverage: "The hours watched", inbox: "The alerts", queue: "The review queue", incidents: "The incidents", claims: "The claims",
};

/**
 * Fetches zones again, soon, but none more than once a second, nor before its last answer has come, nor faster than
 * the server answers: what is asked for meanwhile is asked once, after.
 */
const pending = new Map();

function refresh(zones) {
  for (const zone of zones) {
    const entry = pending.get(zone) || { last: -Infinity, took: 0, timer: null, isAsking: false, isWanted: false };
    pending.set(zone, entry);
    if (entry.isAsking) entry.isWanted = true;
    else if (!entry.timer) plan(zone, entry);
  }
}

function plan(zone, entry) {
  const wait = Math.max(GATHER_MS, entry.last + SPACING_MS - performance.now(), entry.last + 3 * entry.took - performance.now());
  entry.timer = setTimeout(() => ask(zone, entry), Math.min(wait, STATE_EVERY_MS));
}

async function ask(zone, entry) {
  Object.assign(entry, { timer: null, isAsking: true, isWanted: false, last: performance.now() });
  try {
    await load[zone]();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 0 || zone === "state") room.isFailing = true;
    drawFreshness();
  } finally {
    Object.assign(entry, { isAsking: false, took: performance.now() - entry.last });
    if (entry.isWanted) plan(zone, entry);
  }
}

const TOUCHES = {
  ObservationReceived: ["queue", "map", "state"],
  ObservationReviewed: ["queue", "map", "state", "inbox"],
  MediaReceived: ["queue"],
  IncidentOpened: ["incidents", "map"],
  IncidentStepped: ["incidents", "map"],
  ObservationLinked: ["incidents", "map"],
  ClaimRecorded: ["claims"],
  FindingChanged: ["inbox"],
  AlertChanged: ["inbox", "state"],
  WatchChanged: ["state", "coverage"],
  JobFailed: ["state"],
};

const live = new Live({
  onEvents: (events) => {
    if (replay.isOn) {
      room.missed += events.length;
      drawFreshness();
      return;
    }
    for (const { name, data } of events) {
      refresh(TOUCHES[name] || []);
      const { open } = drawer;
      if (open && (data.observation_id === open.id || data.incident_id === open.id)) drawer.refresh();
    }
  },
  onSilence: () => { room.isFailing = true; drawFreshness(); },
  onState: (isOpen) => {
    const wasLost = room.lostAt;
    room.isLive = isOpen;
    room.lostAt = isOpen ? null : room.lostAt || performance.now();
    if (isOpen && wasLost) refresh(Object.keys(load));
    drawFreshness();
  },
});

// ---- drawing ------------------------------------------------------------------------------------

/** The reports on the map: those of the moment, or while one slides, those of the whole window. */
function shownRows() {
  const rows = room.isSliding ? room.all : room.rows;
  return filter.isOn ? rows.filter((row) => filter.passes(row)) : rows;
}

const LIST_NAMES = ["queue", "reports", "incidents", "claims"];
const LISTS = {
  inbox: (answer) => inbox.set({ ...answer, alerts: answer.alerts.filter((alert) => filter.passes(alert) && (!room.isSliding || Date.parse(alert.condition_from) <= replay.at)) }),
  queue: ({ rows, total }) => queue.set(rows.filter((row) => filter.passes(row)), total - rows.length),
  incidents: (rows) => incidents.set(rows.filter((row) => filter.passes(row))),
  claims: (answer) => {
    const shown = answer.claims.filter((claim) => filter.passes(claim));
    claims.set({ ...answer, claims: shown });
    map.setClaims(shown);
  },
};

function drawLists(...names) {
  for (const name of names.length ? names : Object.keys(LISTS)) if (room.raw[name]) LISTS[name](room.raw[name]);
}

function drawMap() {
  const [from, now] = bounds();
  const end = replay.isOn ? replay.span[1] : now;
  if (room.many) {
    const { columns } = room.many;
    const mask = columns.mask(filter.chosen);
    map.setPoints(columns, mask);
    reports.set(room.rows.filter((row) => filter.passes(row)), columns.count(mask));
    strip.set((tell) => columns.eachViolation(mask, tell), from, end);
    $("#map-empty").hidden = true;
    return;
  }
  const rows = shownRows();
  map.setRows(rows, from, now);
  reports.set(rows);
  strip.set(violationsOf(filter.isOn ? room.all.filter((row) => filter.passes(row)) : room.all), from, end);
  const note = $("#map-empty");
  note.hidden = rows.length > 0;
  if (!rows.length && room.rows.length) {
    $("#map-empty-words").textContent = "The filter leaves no report in this window.";
    $("#map-widen").hidden = true;
  } else if (!rows.length) {
    const last = room.state.freshness.last_report;
    // Of a span in the past it is no help to know what came after it.
    $("#map-empty-words").textContent = `No report in this window.${last && Date.parse(last.at) <= now ? ` Last: ${lengthText(now - Date.parse(last.at))} ago, ${last.place}.` : ""}`;
    $("#map-widen").hidden = room.window === "all" && !room.span;
    $("#map-widen").textContent = "Widen";
  }
}

/** The first reading of the reports failed: map, strip and list say so, each where one looks. */
function mapFailed(problem) {
  reports.fail(problem);
  if (room.hasRows) return;
  $("#map-empty").hidden = false;
  $("#map-empty-words").textContent = `The reports could not be loaded. ${problem.words}`;
  $("#map-widen").textContent = "Try again";
  $("#map-widen").hidden = false;
  strip.fail();
}

/** The map's layer of hours watched, in shades and, for who cannot see them, in words. */
function showCoverage(answer) {
  map.setCoverage(answer);
  const box = $("#coverage-words");
  box.hidden = !answer;
  if (!answer) return;
  const said = map.ground.sectors.map(({ code, label }) => `${label}: ${map.ground.hoursWords(code)}`);
  box.textContent = `${weekday(answer.from)} ${hourMinuteSecond(answer.from).slice(0, 5)} to ${weekday(answer.to)} ${hourMinuteSecond(answer.to).slice(0, 5)}. ${said.join("; ")}.`;
}

function drawCounts() {
  const { counts } = room.state;
  const texts = {
    "count-alerts": counts.alerts_new, "count-review": counts.review,
    "count-violations": counts.violations_accepted, "count-waiting": counts.violations_waiting,
  };
  for (const [id, value] of Object.entries(texts)) document.getElementById(id).textContent = value;
  badge();
}

function badge() {
  const waiting = room.state?.counts.alerts_new || 0;
  document.title = `${waiting ? `(${waiting}) ` : ""}${room.title}`;
}

/** Is the picture fresh? Said in words, from the browser's own count of the silence. */
function drawFreshness() {
  const now = missionNow();
  if (now === null) return;
  const { state } = room;
  const silent = heardAgo();
  const isOld = silent > OLD_AFTER_MS || room.isFailing;
  const isLost = !room.isLive;
  const bar = $("#freshness");
  const stopped = stoppedWords(state, now);
  bar.dataset.state = replay.isOn ? "past" : isOld ? "old" : isLost ? "lost" : stopped ? "stopped" : "live";
  const last = state.freshness.last_received_at;
  const lastWords = last ? `last report ${agoWords(now - Date.parse(last))}` : "no report received yet";
  $("#freshness-words").textContent = replay.isOn
    ? `Looking back · ${replay.by === "known" ? "as known then" : "events until then, as known today"}${room.missed ? ` · ${room.missed} news since` : ""}`
    : isOld || isLost
    ? `▲ Connection lost · picture from ${hourMinuteSecond(heardMissionTime())}${isOld ? `, ${lengthText(silent)} old` : ", asking every few seconds"}`
    : stopped || `Live · ${lastWords}`;
  const isFast = clockRate() !== 1;
  $("#clock-time").textContent = hourMinuteSecond(now);
  $("#clock-date").textContent = `${weekday(now)} · ${zoneText()}${isFast ? (clockRate() === 0 ? " · clock stopped" : ` · ${clockRate()}× speed`) : ""}`;
  document.body.classList.toggle("grey", !replay.isOn && (isOld || isLost) && Math.max(silent, room.lostAt ? performance.now() - room.lostAt : 0) > GREY_AFTER_MS);
}

/** What has stopped or fallen silent, in words, the gravest first; null while all of it is as it should be. */
function stoppedWords({ machine, teams, sectors, report_interval_h: interval }, now) {
  // A clock that somebody winds by hand jumps, and what was due a moment ago looks long due.
  const behind = (since) => clockRate() > 0 && since && now - Date.parse(since) > RULES_BEHIND_AFTER_MS * Math.max(clockRate(), 1);
  const words = [];
  if (!machine.worker_is_there) words.push("The worker has stopped: no rule is judged, no summary drafted");
  else if (behind(machine.rules_behind_since)) words.push(`The rules are ${lengthText(now - Date.parse(machine.rules_behind_since))} behind: alerts come late`);
  else if (behind(machine.alerts_behind_since)) words.push(`The alerts are ${lengthText(now - Date.parse(machine.alerts_behind_since))} behind`);
  if (machine.jobs_failed.length) words.push(`A job failed: ${machine.jobs_failed.join(", ")}`);
  words.push(...silentTeams(teams, interval));
  const nobody = unwatched(sectors);
  if (nobody) words.push(nobody);
  if (!words.length) return null;
  return `▲ ${words.slice(0, MOST_SAID).join(" · ")}${words.length > MOST_SAID ? ` · and ${words.length - MOST_SAID} more` : ""}`;
}

const agoWords = (ms) => (ms < 60_000 ? "just now" : `${lengthText(ms)} ago`);

// ---- what people do -------------------------------------------------------------------------------

function pickWindow(name, { push = true } = {}) {
  room.window = name;
  room.span = null;
  windowPicked(push);
}

/** Shows a span of its own instead of a window up to now. */
function pickSpan(span, { push = true } = {}) {
  room.span = span;
  windowPicked(push);
}

function windowPicked(push) {
  filter.setSpan(room.span);
  for (const button of document.querySelectorAll("[data-window]")) button.setAttribute("aria-pressed", String(!room.span && button.dataset.window === room.window));
  if (!push) return;
  replay.windowChanged();
  writeAddress();
  refresh(["map", "claims", "incidents", "coverage"]);
}

/** The address says what is shown, so that it can be sent to somebody and gone back to. */
function writeAddress({ isNew = true } = {}) {
  const url = new URL(location.href);
  const { searchParams } = url;
  for (const name of ["at", "by", "from", "to", "window", "layer"]) searchParams.delete(name);
  if (room.span) ["from", "to"].forEach((name, i) => searchParams.set(name, new Date(room.span[i]).toISOString()));
  else searchParams.set("window", room.window);
  if (map.ground.showCoverage) searchParams.set("layer", "coverage");
  filter.write(searchParams);
  if (replay.isOn) {
    url.searchParams.set("at", new Date(replay.at).toISOString());
    url.searchParams.set("by", replay.by);
  }
  if (url.href === location.href) return;
  if (isNew) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

function readAddress() {
  const { searchParams } = new URL(location.href);
  pickWindow(windowIn(searchParams), { push: false });
  const span = spanIn(searchParams);
  if (span) pickSpan(span, { push: false });
  filter.read(searchParams);
  const coverage = $("#show-coverage");
  if (coverage.checked !== (searchParams.get("layer") === "coverage")) coverage.click();
  return searchParams;
}

/** The address that the room stands for, as another page of the same reports reads it. */
function whatIsShown() {
  const parameters = new URLSearchParams(query());
  filter.write(parameters);
  return parameters;
}

/** The charts take the room's own address, but for what only the room has. */
function chartsAddress() {
  const { searchParams } = new URL(location.href);
  for (const name of ["layer", "list", "report", "incident", "alert", "wall"]) searchParams.delete(name);
  return `/desk/charts?${searchParams}`;
}

async function save(kind) {
  try {
    await saveReports(kind, whatIsShown());
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    say(problem.words, true);
  }
}

/** Begins to look back where the address names a moment. */
function readMoment(searchParams) {
  const at = Date.parse(searchParams.get("at") || "");
  if (Number.isNaN(at)) replay.leave();
  else replay.enter(at, searchParams.get("by") === "event" ? "event" : "known");
}

function pickList(name) {
  $("#lists").dataset.list = name;
  for (const tab of document.querySelectorAll("button[data-list]")) {
    const isPicked = tab.dataset.list === name;
    tab.setAttribute("aria-selected", String(isPicked));
    tab.tabIndex = isPicked ? 0 : -1;
    document.getElementById(tab.dataset.list).hidden = !isPicked;
  }
}

/** On narrow screens one zone is shown at a time. */
function showTab(name) {
  document.body.dataset.tab = name;
  for (const button of document.querySelectorAll("[data-tab-for]")) button.setAttribute("aria-pressed", String(button.dataset.tabFor === name));
}

const KEYS = {
  j: () => inbox.move(1),
  k: () => inbox.move(-1),
  a: () => inbox.press("acknowledge"),
  e: () => inbox.press("escalate"),
  n: () => inbox.press("note"),
  s: () => sound.turn(!sound.isOn),
  t: () => { const names = Object.keys(WINDOWS); pickWindow(names[(names.indexOf(room.window) + 1) % names.length]); },
  q: () => { pickList("queue"); showTab("lists"); $("#queue [data-id]")?.focus(); },
  m: () => { showTab("map"); $("#map-canvas").focus(); },
  r: () => (replay.isOn ? replay.leave() : replay.enter()),
  "/": () => { $("#filter").open = true; $("#filter-q").focus(); },
  "?": () => $("#help").showModal(),
};

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === "k" && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    palette.open();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && $("#filter").open) {
    $("#filter").open = false;
    $("#filter-open").focus();
    return;
  }
  if (event.target.closest("input:not([type=range], [type=checkbox], [type=radio]), textarea, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "Escape") {
    if (!$("#drawer").hidden) drawer.close();
    else map.showEvidence(null);
    return;
  }
  if (event.key === "Enter" && inbox.current && event.target.closest("#inbox [data-id]") === event.target) {
    event.preventDefault();
    inbox.onShow(inbox.current);
    return;
  }
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
}

/** More time; or where nothing could be loaded, the same again. */
function widen() {
  const names = Object.keys(WINDOWS);
  if (!room.hasRows) refresh(["map"]);
  else if (!room.span) pickWindow(names[names.indexOf(room.window) + 1]);
  else pickSpan([room.span[0] - (room.span[1] - room.span[0]), room.span[1] + (room.span[1] - room.span[0])]);
}

function hookPage() {
  for (const button of document.querySelectorAll("[data-window]")) button.addEventListener("click", () => pickWindow(button.dataset.window));
  for (const tab of document.querySelectorAll("button[data-list]")) {
    tab.addEventListener("click", () => pickList(tab.dataset.list));
    tab.addEventListener("keydown", (event) => {
      const tabs = [...document.querySelectorAll("button[data-list]")];
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      pickList(next.dataset.list);
      next.focus();
    });
  }
  for (const button of document.querySelectorAll("[data-tab-for]")) button.addEventListener("click", () => showTab(button.dataset.tabFor));
  $("#map-widen").addEventListener("click", widen);
  $("#help-open").addEventListener("click", () => $("#help").showModal());
  $("#find-open").addEventListener("click", () => palette.open());
  for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(button.dataset.save));
  $("#show-coverage").addEventListener("change", (event) => {
    map.ground.showCoverage = event.target.checked;
    if (!event.target.checked) showCoverage(null);
    if (!room.state) return;
    writeAddress({ isNew: false });
    refresh(["coverage"]);
  });
  $("#charts-open").addEventListener("click", (event) => { event.currentTarget.href = chartsAddress(); });
  addEventListener("popstate", () => { readMoment(readAddress()); drawLists(); refresh(["map", "claims", "incidents", "coverage"]); });
  if (!isWall) document.addEventListener("keydown", onKey);
  document.body.classList.toggle("wall", isWall);
  const { searchParams } = new URL(location.href);
  readAddress();
  pickList(LIST_NAMES.includes(searchParams.get("list")) ? searchParams.get("list") : "queue");
  showTab(searchParams.has("list") ? "lists" : "inbox");
}

async function loadGround() {
  const ground = await get("/desk/ground");
  map.ground.setBase(ground.base);
  map.setLines(ground.lines);
  map.ground.setPlaces(ground.places);
  map.setBounds(ground.bounds);
  if (ground.tiles_problem) $("#map-source").prepend(`▲ The mission’s own base map cannot be used: ${ground.tiles_problem} `);
  if (ground.tiles) {
    $("#map-source").textContent = `Base map: ${ground.tiles.attribution || "the operator’s own file"}. Lines and areas: Natural Earth. Settlements: GeoNames, CC BY 4.0.`;
    map.setTiles(ground.tiles, () => say("A part of the base map did not come. It is asked for again when the map moves.", true));
  }
  map.home(false);
  map.redraw();
}

async function start() {
  hookPage();
  const ground = loadGround().catch((problem) => {
    if (!(problem instanceof Problem)) throw problem;
    say(`The base map could not be loaded. ${problem.words}`, true);
  });
  for (;;) {
    try {
      await load.state();
      break;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      $("#freshness-words").textContent = problem.words;
      if (problem.status === 401 || problem.status === 403) return;
      await new Promise((resume) => { setTimeout(resume, 3000); });
    }
  }
  drawFreshness();
  live.start(room.state.last_event_id);
  await ground;
  await load.map().catch((problem) => { if (!(problem instanceof Problem)) throw problem; say(problem.words, true); });
  refresh(["inbox", "queue", "incidents", "claims", "coverage"]);
  setInterval(() => { drawFreshness(); }, 1000);
  setInterval(() => { tickAges(); if (room.state) board.set(room.state); }, 10_000);
  setInterval(() => { if (!replay.isOn) refresh(["state"]); }, STATE_EVERY_MS);
  setInterval(() => { if (clockRate() > 0 && room.hasRows && !replay.isOn) drawMap(); }, 30_000);
  const wanted = new URL(location.href).searchParams;
  if (wanted.get("at")) readMoment(wanted);
  if (wanted.get("report")) drawer.show("report", wanted.get("report"));
  else if (wanted.get("incident")) drawer.show("incident", wanted.get("incident"));
  else if (wanted.get("alert")) await showAlert(wanted.get("alert"));
  document.body.dataset.ready = "yes";
}

start();
