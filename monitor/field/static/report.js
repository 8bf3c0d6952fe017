// The screens of one report while it is written: its questions and its review; then it is finished.

import { draw, go, openWatch, reveal, typeLabel, watchLabel, whereTo, world } from "./app.js";
import { fromBase64url } from "./bytes.js";
import { NEGATIVE_QUESTIONS, QUESTIONS, draftOf, emptyDraft, isNegative, judge, observation } from "./compose.js";
import { announce, button, h, redraw, sure } from "./dom.js";
import { glyph } from "./glyphs.js";
import { forgetPreviews } from "./photos.js";
import { findPosition, stopFinding } from "./position.js";
import { beginQuick, onQuick, quickScreen, remember } from "./quick.js";
import { stopCompass } from "./compass.js";
import { stopFlash } from "./parts.js";
import { endVoice } from "./voice.js";
import { ASKED, suggestedExposure, timeText } from "./questions.js";
import { finish } from "./outbox.js";
import { discardDraft, keepSecret, kept, newId, photoBytes, save, saveNow, takeOut } from "./store.js";
import { base, holderId, sendNow } from "./sync.js";
import { clockOffsetMs, clockOffsetS, now, wallTime } from "./time.js";
import { holdOpen } from "./vault.js";
import { t } from "./words.js";

const QUICK_MEANS = { explosion: "heard", burst: "heard", shot: "heard" };
let form = null;

/** What each screen shows: its content, and the buttons at the thumb. */
export const asking = (draft) => [draft.quick ? fastScreen(formOf(draft)) : reportScreen(formOf(draft)), barOf(draft)];
export const reviewing = (draft) => [reviewScreen(formOf(draft)), reviewBar()];
export { tiles } from "./quick.js";

/** The form is put down: nothing of it goes on in the background. */
export function leave() {
  form = null;
  stopFinding();
  forgetPreviews();
  stopCompass();
  stopFlash();
  endVoice();
}

/** An older draft with the answers that its form did not know yet; what it holds beyond them stays. */
export function complete(draft) {
  return filledIn(emptyDraft(draft.id, draft.started_at), draft);
}

function filledIn(empty, draft) {
  const whole = { ...empty, ...draft };
  for (const [key, value] of Object.entries(empty)) {
    if (isRecord(value) && isRecord(draft[key])) whole[key] = filledIn(value, draft[key]);
    else if (isRecord(value) && !draft[key]) whole[key] = value;
  }
  return whole;
}

const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

// The form in hand ---------------------------------------------------------------------------------------

function formOf(draft) {
  if (form?.draft === draft) return form;
  form = {
    draft,
    errors: {},
    problems: [],
    gnssEnd: null,
    get taxonomy() { return world.taxonomy; },
    get places() { return world.places; },
    get watches() { return world.watches; },
    get declination() { return world.declination; },
    change: changeDraft,
    draw,
    locate,
    pickPoint,
    showArea,
    here,
    takeWatch,
    discard: () => discard(draft),
    askAll: () => changeDraft(() => { Object.assign(draft, { quick: false, open: "details" }); }, true),
  };
  if (draft.observer.mode === "gnss" && !draft.observer.gnss) queueMicrotask(locate);
  return form;
}

/** Changes the draft, keeps it, and draws what follows from it. */
function changeDraft(work, drawn, focus) {
  work();
  save(form.draft);
  if (form.problems.length) noteProblems(problemsNow());
  if (drawn) draw();
  else refreshHeads();
  if (focus) document.getElementById(focus)?.focus();
}

function problemsNow() {
  return judge(form.draft, now(), world.taxonomy);
}

/** Keeps showing only what was shown already and still stands; typing never brings up new complaints. */
function noteProblems(problems) {
  const before = form.problems.map(({ field, key }) => `${field} ${key}`);
  form.problems = problems.filter(({ field, key }) => before.includes(`${field} ${key}`));
  form.errors = Object.fromEntries(form.problems.map(({ field, key }) => [field, t(key)]));
}

function complain(problems) {
  form.problems = problems;
  form.errors = Object.fromEntries(problems.map(({ field, key }) => [field, t(key)]));
}

function here() {
  const { observer } = form.draft;
  if (observer.mode === "gnss") return observer.gnss ?? aroundHere();
  if (observer.mode === "map") return observer.map ?? aroundHere();
  const post = observer.mode === "post" && world.places.find(({ code }) => code === observer.post);
  return post && post.lon !== null ? post : aroundHere();
}

/** Somewhere in the sector of one's watch: good enough to open a map there, not to measure from. */
function aroundHere() {
  const sector = openWatch()?.sectors[0];
  const found = sector && world.places.find(({ code }) => code === sector);
  return found && found.lon !== null ? { lon: found.lon, lat: found.lat, rough: true } : null;
}

function locate() {
  const { draft } = form;
  form.gnssEnd = null;
  findPosition({
    clock: now,
    better: (gnss) => {
      draft.observer.gnss = gnss;
      save(draft);
      if (form?.draft === draft) draw();
    },
    ended: (why) => {
      if (form?.draft !== draft) return;
      form.gnssEnd = why;
      draw();
    },
  });
  draw();
}

async function pickPoint(asked) {
  const { pick } = await import("./map.js");
  return pick({ ...asked, places: world.places });
}

async function showArea(stood, event) {
  const { show } = await import("./map.js");
  return show({ title: t("event.map_area"), own: stood, event, places: world.places, declination: world.declination });
}

function takeWatch(draft, id) {
  const watch = world.watches.find((one) => one.id === id);
  draft.watch_id = id;
  if (!isNegative(draft) || !watch) return;
  const since = watch.started_at;
  draft.when = { ...draft.when, mode: "at", start: wallTime(since ? Date.parse(since) : now()), end: wallTime(now()) };
  if (watch.post) Object.assign(draft.observer, { mode: "post", post: watch.post });
  draft.fields.watched_from = watch.post || undefined;
}

/** A new draft of a type, with what is sure already: the tap's time, the watch, the post or the receiver. */
export function begin(type) {
  const draft = emptyDraft(newId(), now());
  const watch = openWatch();
  kept.drafts.unshift(draft);
  Object.assign(draft, { watch_id: watch?.id ?? null, type, category: world.taxonomy.types[type]?.category ?? null });
  if (type === "nothing_observed") {
    draft.open = "watch";
    draft.when.mode = "at";
    if (watch) takeWatch(draft, watch.id);
    if (watch) draft.open = "span";
  } else {
    draft.when.mode = "now";
    draft.means = QUICK_MEANS[type] || null;
    draft.exposure = suggestedExposure(draft);
    if (watch?.post) Object.assign(draft.observer, { mode: "post", post: watch.post });
    if (draft.category === "CFV") draft.event.mode = "direction";
    draft.open = type ? "event" : "what";
  }
  if (!draft.observer.mode) draft.observer.mode = "gnss";
  beginQuick(draft);
  saveNow(draft);
  go("report", draft.id);
}

async function discard(draft) {
  if (!(await sure(t("draft.discard_sure"), t("draft.discard"), t("form.cancel")))) return;
  await discardDraft(draft);
  announce(t("draft.discarded"));
  go("");
}

// One report -----------------------------------------------------------------------------------------------

function questionsOf(of) {
  return (isNegative(of.draft) ? NEGATIVE_QUESTIONS : QUESTIONS).filter((name) => ASKED[name].when?.(of) ?? true);
}

function reportHead({ draft }) {
  return h("div", { class: "head" },
    h("h1", { tabindex: "-1" }, glyph(world.taxonomy.types[draft.type]?.symbol), typeLabel(draft) || t("report.new")),
    draft.revision_no > 1 && h("p", { class: "notice" }, t("report.correcting", { number: draft.number })),
    draft.asked && h("p", { class: "notice warn", id: "asked" }, t("receipt.why_returned"), " ", `“${draft.asked}”`));
}

function fastScreen(of) {
  return quickScreen(of, { head: reportHead(of), errors: errorSummary(of) });
}

function reportScreen(of) {
  const { draft } = of;
  return [
    reportHead(of),
    errorSummary(of),
    h("ol", { class: "questions" }, questionsOf(of).map((name) => question(of, name))),
    h("p", { class: "centre" }, button("discard", t("draft.discard"), () => discard(draft), "quiet danger")),
  ];
}

function question(of, name) {
  const asked = ASKED[name];
  const open = of.draft.open === name;
  const id = `ask-${name}`;
  return h("li", { class: open ? "question open" : "question" },
    h("h2", {},
      h("button", { type: "button", id: `open-${name}`, "aria-expanded": String(open), "aria-controls": open && id,
        onclick: () => { changeDraft(() => { of.draft.open = open ? null : name; }, true); } },
      ...headOf(of, name))),
    open && h("div", { class: "answer", id }, asked.ask(name === "photos" ? { ...photoForm(of) } : of)));
}

function photoForm(of) {
  return { draft: of.draft, change: changeDraft, draw, complain: (refused) => { of.refusedPhotos = refused; announce(refused.join(" ")); draw(); } };
}

function headOf(of, name) {
  const text = ASKED[name].text(of);
  const wrong = of.problems.some((problem) => problem.question === name);
  const missing = !ASKED[name].optional && problemsNow().some((problem) => problem.question === name);
  const [mark, word] = wrong ? ["!", t("mark.mend")] : missing ? ["", t("mark.missing")] : text ? ["✓", t("mark.done")] : ["", t("mark.optional")];
  return [
    h("span", { class: "title" }, t(`ask.${name}`)),
    h("span", { class: "reply" }, text || word),
    h("span", { class: wrong ? "mark wrong" : missing ? "mark missing" : text ? "mark done" : "mark", "aria-hidden": "true" }, mark),
    text && h("span", { class: "visually-hidden" }, word),
  ];
}

function refreshHeads() {
  if (whereTo()[0] !== "report") return;
  for (const name of questionsOf(form)) document.getElementById(`open-${name}`)?.replaceChildren(...headOf(form, name).filter(Boolean));
  redraw(document.getElementById("bar"), () => barOf(form.draft));
}

function errorSummary(of) {
  const refused = of.refusedPhotos || [];
  if (!of.problems.length && !refused.length) return null;
  return h("div", { class: "problem", id: "errors", tabindex: "-1", role: "alert" },
    h("h2", {}, t("error.title")),
    h("ul", {},
      of.problems.map(({ question: name, field, key }) =>
        h("li", {}, h("a", { href: "#", onclick: (event) => { event.preventDefault(); mend(name, field); } }, t(key)))),
      refused.map((text) => h("li", {}, text))));
}

/** Opens a question where it is asked: on the fast screen, or in the long form. */
function openQuestion(draft, name) {
  draft.quick = onQuick(draft, name);
  draft.open = name;
}

function mend(name, field) {
  openQuestion(form.draft, name);
  if (whereTo()[0] === "report") draw();
  else go("report", form.draft.id);
  requestAnimationFrame(() => {
    const target = document.getElementById(field) || document.getElementById(`open-${name}`) || document.querySelector("h1");
    target.focus();
    target.scrollIntoView({ block: "center" });
  });
}

function barOf(draft) {
  return draft.quick ? quickBar() : reportBar();
}

function quickBar() {
  return [
    button("home", t("form.home"), () => { saveNow(form.draft); go(""); }, "quiet"),
    button("review", t("form.review"), review, "primary wide"),
  ];
}

/** The one button at the thumb: the next question that still wants an answer, else the review. */
function reportBar() {
  const next = nextQuestion();
  return [
    button("home", t("form.home"), () => { saveNow(form.draft); go(""); }, "quiet"),
    next
      ? button("next", t("form.next", { question: t(`ask.${next}`) }), () => advance(next), "primary wide")
      : button("review", t("form.review"), review, "primary wide"),
  ];
}

function nextQuestion() {
  const wanted = new Set(problemsNow().map((problem) => problem.question));
  const order = questionsOf(form);
  const at = order.indexOf(form.draft.open);
  return [...order.slice(at + 1), ...order.slice(0, at)].find((name) => wanted.has(name)) ?? null;
}

function advance(next) {
  const left = problemsNow().filter((problem) => problem.question === form.draft.open);
  if (left.length) {
    complain(left);
    draw();
    return document.getElementById("errors").focus();
  }
  complain([]);
  form.draft.open = next;
  save(form.draft);
  draw();
  return reveal(document.getElementById(`open-${next}`));
}

function review() {
  const problems = problemsNow();
  complain(problems);
  if (!problems.length) return go("review", form.draft.id);
  draw();
  return document.getElementById("errors").focus();
}

// Review and sending -------------------------------------------------------------------------------------

function reviewScreen(of) {
  const rows = questionsOf(of).map((name) => [name, ASKED[name].text(of)]).filter(([, text]) => text);
  const watch = world.watches.find(({ id }) => id === of.draft.watch_id);
  return [
    h("h1", { tabindex: "-1" }, t("review.title")),
    h("p", { class: "muted" }, t("review.more")),
    h("dl", { class: "summary card" },
      rows.map(([name, text]) => h("div", {},
        h("dt", {}, t(`ask.${name}`)),
        h("dd", {}, text),
        h("dd", { class: "go" }, h("button", { type: "button", class: "quiet", "aria-label": `${t("form.change")}: ${t(`ask.${name}`)}`,
          onclick: () => { openQuestion(of.draft, name); save(of.draft); go("report", of.draft.id); } }, t("form.change"))))),
      watch && !isNegative(of.draft) && h("div", {}, h("dt", {}, t("ask.watch")), h("dd", {}, watchLabel(watch)))),
  ];
}

function reviewBar() {
  return [
    button("back", t("form.back"), () => go("report", form.draft.id), "quiet"),
    button("send", t("form.send"), file, "primary wide"),
  ];
}

let finishing = false;

/** Freezes the report: from here on its bytes are what they are, sealed, however often they must be sent. */
async function file() {
  const { draft } = form;
  if (problemsNow().length) return review();
  if (finishing) return undefined;
  finishing = true;
  const letGo = holdOpen(); // who presses "send" may put the phone away at once
  try {
    stopFinding();
    await saveNow(draft);
    const body = observation(draft, { capturedAt: now(), clockOffsetS: clockOffsetS(), taxonomy: world.taxonomy });
    const offset_ms = clockOffsetMs();
    const report = await finish({
      draft,
      body,
      filedAt: now(),
      personId: await holderId(),
      point: fromBase64url(base.mission.keys.mission),
      clock: { offset_ms, source: offset_ms === null ? "none" : "server" },
      isPrivate: (code) => Boolean(world.taxonomy.fields[code]?.private ?? world.taxonomy.fields[code]?.kind === "text_private"),
      photoBytes,
      supersedes: draft.supersedes ?? null,
    });
    remember(draft, world.taxonomy);
    keepSecret("last", kept.last);
    await takeOut(draft);
    kept.reports = [report, ...kept.reports.filter(({ key }) => key !== report.key)];
    sendNow();
    return go("sent", report.id, report.revision_no);
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
    dispatchEvent(new CustomEvent("unsaved", { detail: error }));
    return go("");
  } finally {
    finishing = false;
    letGo();
  }
}

// What comes after ---------------------------------------------------------------------------------------

/**
 * A correction is the same report in a further revision; the first stays as it is. What was sent is sealed, so
 * the phone knows its type only: the rest is said anew.
 */
export function correct(report) {
  const draft = emptyDraft(newId(), now());
  Object.assign(draft, {
    observation_id: report.id,
    revision_of: report.id,
    revision_no: report.revision_no + 1,
    number: report.number,
    supersedes: report.envelope_sha256,
    type: report.type,
    category: world.taxonomy.types[report.type]?.category ?? null,
    open: "when",
  });
  take(draft);
}

/** The base's question carries what was sent: it is put right and sent as the next revision. */
export function answer(question) {
  const draft = draftOf(question.body, { id: newId(), startedAt: now(), taxonomy: world.taxonomy });
  Object.assign(draft, {
    revision_of: question.observation_id,
    revision_no: question.revision_no + 1,
    number: question.number,
    supersedes: question.envelope_sha256,
    asked: question.question,
  });
  take(draft);
}

function take(draft) {
  kept.drafts.unshift(draft);
  saveNow(draft);
  go("report", draft.id);
}
