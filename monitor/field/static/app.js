// The form's beginning: the start screen, one's watch, and the way to the other screens. The address (#/report/…)
// says which screen it is, so that the phone's own way back works. What asks and sends comes after the first paint.

import { announce, button, h, redraw, sure } from "./dom.js";
import { glyph } from "./glyphs.js";
import { canKeepPhotos, draftOf, forgetStrayPhotos, isWaiting, kept, newId, photosLeft, reportOf } from "./store.js";
import { clockText, iso, momentText, now, setClock } from "./time.js";
import { addWords, language, maybe, t } from "./words.js";

const screen = document.getElementById("screen");
const bar = document.getElementById("bar");
export const world = { taxonomy: null, places: [], declination: null, watches: [], failed: null, watchSaid: "" };
let report = null; // the module that asks and sends, once it is here

// Going about ----------------------------------------------------------------------------------------------

export function go(...parts) {
  const hash = `#/${parts.join("/")}`;
  if (location.hash === hash) show();
  else location.hash = hash;
}

export function whereTo() {
  return location.hash.replace(/^#\//, "").split("/");
}

/** Draws the screen that the address names; moves the focus to its heading, as a new page would. */
function show() {
  draw();
  scrollTo(0, 0);
  const open = screen.querySelector('.question.open h2 button');
  if (open) reveal(open);
  else screen.querySelector("h1")?.focus({ preventScroll: true });
}

export function draw() {
  const [name, id, revision] = whereTo();
  const draft = draftOf(id);
  const sent = reportOf(id, Number(revision));
  if (world.failed) return place(loadFailed());
  if (!world.taxonomy || !report) return place(h("p", { class: "loading", role: "status" }, t("app.loading")));
  if (name === "report" && draft) return place(...report.asking(draft));
  if (name === "review" && draft) return place(...report.reviewing(draft));
  if (name === "sent" && sent) return place(...report.receipt(sent));
  report.leave();
  return place(homeScreen());
}

function place(content, actions = null) {
  redraw(screen, () => content);
  bar.hidden = !actions;
  redraw(bar, () => actions || []);
}

export function reveal(element) {
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

export function placeLabel(code) {
  return world.places.find((one) => one.code === code)?.label ?? code;
}

export function watchLabel(watch) {
  const where = watch.post ? placeLabel(watch.post) : watch.sectors.map(placeLabel).join(", ");
  return [maybe(`watch_kind.${watch.kind}`, watch.kind), where].filter(Boolean).join(" · ");
}

export function openWatch() {
  return world.watches.find((watch) => watch.started_at && !watch.ended_at) || null;
}

// Start ----------------------------------------------------------------------------------------------------

function loadFailed() {
  const key = world.failed === "sign_in" ? "app.sign_in" : "app.no_net";
  return [
    h("h1", { tabindex: "-1" }, t(key)),
    h("p", {}, t(`${key}_more`)),
    world.failed === "sign_in" ? signInLink() : button("again", t("app.again"), load, "primary"),
  ];
}

export function signInLink() {
  return h("a", { class: "button primary", href: `/sign-in?next=/field/${language}` }, t("app.sign_in_again"));
}

function homeScreen() {
  const { taxonomy } = world;
  const tile = (id, symbol, label, press, kind = "") =>
    h("button", { id, type: "button", class: `tile ${kind}`, onclick: press }, glyph(symbol), h("span", {}, label));
  return [
    h("h1", { tabindex: "-1", class: "visually-hidden" }, t("app.title")),
    kept.drafts.length > 0 && draftList(),
    watchCard(),
    h("section", { "aria-labelledby": "file" },
      h("h2", { id: "file" }, t("home.what")),
      h("div", { class: "tiles" },
        report.tiles(taxonomy).map(({ type, symbol, label }) => tile(`quick-${type}`, symbol, label, () => report.begin(type))),
        tile("quick-nothing", "eye", taxonomy.types.nothing_observed.label, () => report.begin("nothing_observed"), "broad"),
        tile("quick-other", "more", t("home.other"), () => report.begin(null), "broad"))),
    reportList(),
  ];
}

function draftList() {
  return h("section", { "aria-labelledby": "drafts" },
    h("h2", { id: "drafts" }, t("home.drafts")),
    h("div", { class: "rows" }, kept.drafts.map((draft) =>
      h("button", { type: "button", class: "row-button draft", onclick: () => go("report", draft.id) },
        glyph(world.taxonomy.types[draft.type]?.symbol),
        h("span", {}, typeLabel(draft) || t("home.untitled"), h("small", {}, t("draft.begun", { time: momentText(draft.started_at) }))),
        h("span", { class: "badge warn" }, t("state.draft"))))));
}

export function typeLabel(draft) {
  return world.taxonomy.types[draft.type]?.label || "";
}

function reportList() {
  if (!kept.reports.length) return h("p", { class: "muted small centre" }, t("home.none_sent"));
  const waiting = kept.reports.filter(isWaiting).length;
  return h("section", { "aria-labelledby": "reports" },
    h("h2", { id: "reports" }, t("home.mine")),
    h("p", { id: "counters", class: "counters" },
      h("span", {}, t("home.waiting", { n: waiting })), h("span", {}, t("home.sent", { n: kept.reports.length - waiting }))),
    h("div", { class: "rows" }, kept.reports.map((one) =>
      h("button", { type: "button", class: "row-button", onclick: () => go("sent", one.id, one.revision_no) },
        glyph(world.taxonomy.types[one.draft.type]?.symbol),
        h("span", {}, typeLabel(one.draft), h("small", {}, [momentText(one.filed_at), one.receipt?.receipt.number].filter(Boolean).join(" · "))),
        stateBadge(one)))));
}

export function stateBadge(report) {
  const [key, kind] = stateOf(report);
  return h("span", { class: `badge ${kind}` }, t(`state.${key}`));
}

/** What to call where a report stands, and how to colour it. */
function stateOf(report) {
  if (report.state === "sending") return [report.problem?.key === "send.sign_in" ? "sign_in" : "sending", "warn"];
  if (report.state === "stopped") return ["stopped", "bad"];
  if (photosLeft(report)) return ["photos", "warn"];
  const processing = standing(report);
  const kinds = { accepted: "good", returned: "bad", rejected: "bad", quarantined: "warn" };
  return [processing, kinds[processing] || "accent"];
}

/** Where the reviewers are with it: as last asked, else as it was received. */
export function standing(report) {
  return report.receipt?.now ?? report.receipt?.processing;
}

// My watch -------------------------------------------------------------------------------------------------

function watchCard() {
  const mine = world.watches.filter((watch) => !watch.ended_at);
  if (!mine.length) return null;
  const open = openWatch();
  const watch = open || mine[0];
  const act = (kind) => () => tellWatch(watch, kind);
  return h("section", { class: "card watch", "aria-labelledby": "watch-title" },
    h("div", { class: "watch-head" },
      h("h2", { id: "watch-title" }, t("watch.mine")),
      h("span", { class: open ? "badge good" : "badge" }, t(open ? "watch.running" : "watch.planned"))),
    h("p", {}, watchLabel(watch),
      h("small", {}, open
        ? [t("watch.since", { time: momentText(Date.parse(watch.started_at)) }), watch.checked_in_at && t("watch.checked", { time: clockText(Date.parse(watch.checked_in_at)) })].filter(Boolean).join(" · ")
        : t("watch.plan", { from: momentText(Date.parse(watch.planned_start)), to: watch.planned_end ? clockText(Date.parse(watch.planned_end)) : "…" }))),
    h("div", { class: "row" },
      open
        ? [button("watch-check", t("watch.check_in"), act("checked_in"), "primary"), button("watch-end", t("watch.end"), act("ended"))]
        : button("watch-start", t("watch.start"), act("started"), "primary")),
    h("p", { class: "small said", role: "status" }, world.watchSaid));
}

async function tellWatch(watch, kind) {
  if (kind === "ended" && !(await sure(t("watch.end_sure"), t("watch.end"), t("form.cancel")))) return;
  world.watchSaid = t("watch.sending");
  draw();
  const event = { event_id: newId(), kind, at: iso(now()) };
  const { change } = await import("./send.js");
  const response = await change(`/api/v1/watches/${watch.id}/events`, event);
  if (response?.ok) {
    world.watchSaid = t(`watch.said_${kind}`, { time: clockText(now()) });
    await loadWatches();
  } else {
    world.watchSaid = response ? t("watch.refused", { reason: (await response.json().catch(() => ({}))).detail || response.status }) : t("send.no_net");
  }
  announce(world.watchSaid);
  draw();
}


// Beginning ------------------------------------------------------------------------------------------------

async function load() {
  world.failed = null;
  draw();
  try {
    const [taxonomy, places, module, night] = await Promise.all([
      get(`/api/v1/taxonomy?language=${language}`),
      get(`/api/v1/places?language=${language}`),
      import("./report.js"),
      import("./night.js"),
      get(`/field/${language}/words`).then(addWords),
      loadWatches(),
      setClock(),
    ]);
    [world.taxonomy, report] = [taxonomy, module];
    world.places = placesOf(places);
    world.declination = places.declination;
    night.followTheSun(world.places);
    night.offerLook();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    world.failed = error.why;
  }
  show();
}

class Unanswered extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

async function get(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-cache" }).catch(() => null);
  if (!response) throw new Unanswered("no_net");
  if (response.status === 401 || response.redirected) throw new Unanswered("sign_in");
  if (!response.ok) throw new Unanswered("no_net");
  return response.json();
}

async function loadWatches() {
  world.watches = (await get("/api/v1/watches?mine=1")).watches;
}

function placesOf({ places }) {
  return places.map(({ code, kind, label, names, lon, lat }) => ({
    code, kind, label, lon: lon ?? null, lat: lat ?? null, names: [code, label, ...Object.values(names)],
  }));
}

addEventListener("hashchange", show);
document.addEventListener("visibilitychange", () => document.hidden || setClock().catch(() => null));
if (canKeepPhotos) forgetStrayPhotos();
load();
