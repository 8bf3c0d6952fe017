// The form's beginning: the start screen, one's watch, and the way to the other screens. The address (#/report/…)
// says which screen it is, so that the phone's own way back works. What asks and sends comes after the first paint.

import { announce, button, h, redraw, sure } from "./dom.js";
import { glyph } from "./glyphs.js";
import { draftById, followReports, forgetDrafts, isSecure, isWaiting, kept, loadDrafts, newId, photosLeft, reportOf, saveAll, wouldBeLost } from "./store.js";
import { clockText, iso, momentText, now } from "./time.js";
import { keepLocked, vaultState } from "./vault.js";
import { addWords, language, maybe, t } from "./words.js";

const screen = document.getElementById("screen");
const bar = document.getElementById("bar");
export const world = { taxonomy: null, places: [], declination: null, get watches() { return later?.sync.base.watches ?? []; }, failed: null, vault: null, watchSaid: "", missing: 0, unsaved: false };
let later = null; // the modules that lock and send, once they are here; then those that ask
let asking = null; // resolves when those that ask are here; to false where the net broke off
let goesOn = false; // sending, locking and looking again have begun
let worker = null;

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
  if (!isSecure) return place(told("app.insecure"));
  if (later?.enrol && name === "enrol") return place(later.enrol.enrolScreen(whereTo(), { again: draw, done: enrolled }));
  if (world.failed) return place(loadFailed());
  if (!later || !world.vault) return place(h("p", { class: "loading", role: "status" }, t("app.loading")));
  if (world.vault !== "open") return lockedOut();
  if (!world.taxonomy || !later.report) return place(h("p", { class: "loading", role: "status" }, t("app.loading")));
  const draft = draftById(id);
  const sent = reportOf(id, Number(revision));
  const { report } = later;
  if (name === "report" && draft) return place(...report.asking(draft));
  if (name === "review" && draft) return place(...report.reviewing(draft));
  report.leave();
  if (name === "sent" && sent) return place(...later.sent.sent(sent, { correct: report.correct, answer: report.answer, exporting: () => later.phone.exportOutbox(draw) }));
  if (name === "phone") return place(later.phone.phoneScreen({ again: draw, signOut }), [button("home", t("form.home"), () => go(""), "primary wide")]);
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

function told(key) {
  return [h("h1", { tabindex: "-1" }, t(key)), h("p", {}, t(`${key}_more`))];
}

function loadFailed() {
  const signIn = world.failed === "sign_in";
  return [
    told(signIn ? "app.sign_in" : "app.no_net"),
    signIn ? [signInLink(), h("p", { class: "small muted" }, t("app.or_enrol"))] : button("again", t("app.again"), () => (later?.report ? load() : location.reload()), "primary"),
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
    notices(),
    later.sent.questionList(later.report.answer),
    kept.drafts.length > 0 && draftList(),
    watchCard(),
    h("section", { "aria-labelledby": "file" },
      h("h2", { id: "file" }, t("home.what")),
      h("div", { class: "tiles" },
        later.report.tiles(taxonomy).map(({ type, symbol, label }) => tile(`quick-${type}`, symbol, label, () => later.report.begin(type))),
        tile("quick-nothing", "eye", taxonomy.types.nothing_observed.label, () => later.report.begin("nothing_observed"), "broad"),
        tile("quick-other", "more", t("home.other"), () => later.report.begin(null), "broad"))),
    reportList(),
  ];
}

/** What stands between this phone and the field, and between base and phone. */
function notices() {
  return [
    world.unsaved && h("p", { class: "notice bad", role: "alert" }, t("home.unsaved")),
    later.sync.base.trouble && h("p", { class: "notice bad", role: "alert" }, t(later.sync.base.trouble)),
    later.sync.base.alarm && h("p", { class: "notice bad", role: "alert" }, t("home.other_keys")),
    world.missing > 0 && h("a", { class: "notice warn ready-line", href: "#/phone", id: "not-ready" }, t("home.not_ready"), h("small", {}, t("home.what_to_do"))),
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
  const received = kept.reports.filter((one) => one.state === "received").length;
  return h("section", { "aria-labelledby": "reports" },
    h("h2", { id: "reports" }, t("home.mine")),
    h("p", { id: "counters", class: "counters" },
      h("span", {}, t("home.waiting", { n: waiting })), h("span", {}, t("home.received", { n: received }))),
    h("div", { class: "rows" }, kept.reports.map((one) =>
      h("button", { type: "button", class: "row-button", onclick: () => go("sent", one.id, one.revision_no) },
        glyph(world.taxonomy.types[one.type]?.symbol),
        h("span", {}, typeLabel(one), h("small", {}, [momentText(one.filed_at), one.number].filter(Boolean).join(" · "))),
        stateBadge(one)))));
}

export function stateBadge(report) {
  const [key, kind] = stateOf(report);
  return h("span", { class: `badge ${kind}` }, t(`state.${key}`));
}

/** What to call where a report stands, and how to colour it. */
function stateOf(report) {
  if (report.state === "blocked") return ["blocked", "bad"];
  if (isWaiting(report) && report.problem?.key.endsWith(".sign_in")) return ["sign_in", "warn"];
  if (report.state === "sending") return [report.proved && photosLeft(report) ? "photos" : "sending", "warn"];
  if (report.state === "finished") return ["finished", "warn"];
  const kinds = { accepted: "good", returned: "bad", rejected: "bad", quarantined: "warn" };
  return [report.now, kinds[report.now] || "accent"];
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
  const taken = await later.sync.tellOfWatch(watch, event);
  world.watchSaid = taken ? t(`watch.said_${kind}`, { time: clockText(now()) }) : t("watch.refused");
  announce(world.watchSaid);
  draw();
}

// Locked and open ------------------------------------------------------------------------------------------

/** Asks for the PIN; what is being typed is not drawn over by news from the background. */
function lockedOut(anew = false) {
  if (anew || !document.getElementById("lock")) place(later.lock.lockScreen(world.vault, { again: lockedAgain, opened }));
}

function lockedAgain(state = world.vault) {
  world.vault = state;
  lockedOut(true);
}

/** The PIN was right: drafts are read, and the screen that was left is shown again. */
async function opened() {
  const [isWhole] = await Promise.all([asking, later.sync.recallHolder()]);
  if (!isWhole) return;
  await loadDrafts(later.report.complete);
  world.vault = "open";
  head();
  await show();
  later.sync.lookAgain();
}

async function locked() {
  forgetDrafts();
  later.report.leave();
  await later.lock.freshLock();
  world.vault = await vaultState();
  show();
  lockedOut(true);
}

async function enrolled() {
  await later.sync.refresh();
  await later.sync.afterEnrolment();
  location.hash = "#/";
}

/** Signing out empties the phone (the answer says so to the browser), so it first says what that would lose. */
async function signOut() {
  const left = wouldBeLost();
  if (!(await sure(left ? t("app.sign_out_unsent", { n: left }) : t("app.sign_out_sure"), t("app.sign_out"), t("form.cancel")))) return;
  const token = await later.sync.csrf();
  const form = h("form", { method: "post", action: "/sign-out", hidden: true }, h("input", { type: "hidden", name: "csrf_token", value: token }));
  document.body.append(form);
  form.submit();
}

/** Who holds the phone, which mission, exercise or not: what the page itself does not say. */
function head() {
  const { mission, person, device } = later.sync.base;
  document.getElementById("exercise").hidden = !mission?.is_exercise;
  document.getElementById("mission").textContent = mission ? mission.name[language] ?? mission.name.en : "";
  document.getElementById("holder").textContent = [person?.name, device?.code].filter(Boolean).join(" · ");
}

// Beginning ------------------------------------------------------------------------------------------------

async function load() {
  world.failed = null;
  draw();
  if (!isSecure) return;
  const first = await arrived(Promise.all([
    import("./lock.js"), import("./sync.js"), import("./net.js"),
    // What these ask for in turn, named here so that all come in one wave.
    import("./outbox.js"), import("./send.js"), import("./seal.js"), import("./sign.js"), import("./log.js"),
    fetch(`/field/${language}/words`).then((answer) => answer.json()).then(addWords),
  ]));
  if (!first) return failed("no_net");
  const [lock, sync, net] = first;
  later = { ...later, lock, sync, net };
  asking ??= loadAsking();
  if (whereTo()[0] === "enrol") return (await asking) ? show() : failed("no_net");
  try {
    await sync.beginning();
    head();
    await lock.freshLock();
    world.vault = await vaultState();
    show();
    const [isWhole, taxonomy, places] = await Promise.all([
      asking,
      net.known(`/api/v1/taxonomy?language=${language}`, (fresh) => { world.taxonomy = fresh; draw(); }),
      net.known("/api/v1/places", (fresh) => { takePlaces(fresh); draw(); }),
    ]);
    if (!isWhole) return failed("no_net");
    world.taxonomy = taxonomy;
    takePlaces(places);
    if (world.vault === "open") show();
    if (!goesOn) goOn(sync, net);
  } catch (error) {
    if (!(error instanceof net.Unanswered)) throw error;
    failed(error.why);
  }
  return undefined;
}

function failed(why) {
  world.failed = why;
  show();
}

/** What comes while the PIN is given: the questions and all other screens. */
async function loadAsking() {
  const rest = await arrived(Promise.all([
    import("./report.js"), import("./sent.js"), import("./phone.js"), import("./enrol.js"), import("./night.js"),
  ]));
  if (!rest) return false;
  const [report, sent, phone, enrol, night] = rest;
  later = { ...later, report, sent, phone, enrol, night };
  return true;
}

/** What was asked for, or null where the net broke off: a first visit may end on the way. */
async function arrived(modules) {
  try {
    return await modules;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null; // what import, fetch and half an answer raise
    throw error;
  }
}

/** What goes on in the background from now on. */
async function goOn(sync, net) {
  goesOn = true;
  later.night.followTheSun(world.places);
  later.night.offerLook();
  keepLocked({ before: saveAll, after: locked });
  await followReports(drawLists);
  sync.startSync(() => { head(); drawLists(); }, () => location.replace(`/field/${language}`));
  await sync.quietly(net.takeAlong());
  await countMissing();
}

async function countMissing() {
  world.missing = (await later.phone.readiness()).filter(({ ok }) => !ok).length;
  drawLists();
}

/** Draws where reports are listed; a question in hand is left alone. */
function drawLists() {
  if (["sent", "", "phone"].includes(whereTo()[0])) draw();
}

function takePlaces({ places, declination }) {
  world.declination = declination ?? null;
  world.places = places.map(({ code, kind, names, lon, lat }) => {
    const label = names[language] ?? names.en ?? code;
    return { code, kind, label, lon: lon ?? null, lat: lat ?? null, names: [code, label, ...Object.values(names)] };
  });
}

// The worker -----------------------------------------------------------------------------------------------

const WORKER = "/field/sw.js";

/** The worker's address in the way that the browser policy asks for: this one and no other. */
function workerAddress() {
  const only = (address) => {
    if (address !== WORKER) throw new TypeError(address);
    return address;
  };
  return globalThis.trustedTypes ? trustedTypes.createPolicy("truceline", { createScriptURL: only }).createScriptURL(WORKER) : WORKER;
}

/** Registers the worker and offers a newer release; what is typed is saved before it takes over. */
async function registerWorker() {
  if (!navigator.serviceWorker) return;
  // Storage that lasts is asked for and never waited for: some browsers answer only when a person did.
  navigator.storage?.persist?.().then(() => goesOn && countMissing());
  // The first worker of all takes the page over as it is; a later one brings a newer page.
  let hasOne = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", async () => {
    if (hasOne) {
      await saveAll();
      return location.reload();
    }
    hasOne = true;
    return goesOn && countMissing();
  });
  worker = await navigator.serviceWorker.register(workerAddress(), { scope: "/field/", type: "module", updateViaCache: "none" });
  worker.addEventListener("updatefound", () => worker.installing?.addEventListener("statechange", offerUpdate));
  offerUpdate();
}

function offerUpdate() {
  const waiting = worker.waiting && navigator.serviceWorker.controller;
  const place = document.getElementById("update");
  place.hidden = !waiting;
  redraw(place, () => waiting && [
    h("p", {}, t("app.update")),
    button("update-now", t("app.update_now"), async () => {
      await saveAll();
      worker.waiting?.postMessage("take over");
    }, "primary"),
  ]);
}

// Who turned back from being registered has not loaded anything yet.
addEventListener("hashchange", () => (goesOn || whereTo()[0] === "enrol" ? show() : load()));
addEventListener("unsaved", () => { world.unsaved = true; drawLists(); announce(t("home.unsaved")); });
addEventListener("pagehide", () => { saveAll(); });
registerWorker();
load();
