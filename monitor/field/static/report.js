// The screens of one report: its questions, its review, its receipt.

import { draw, go, openWatch, reveal, signInLink, standing, stateBadge, typeLabel, watchLabel, whereTo, world } from "./app.js";
import { NEGATIVE_QUESTIONS, QUESTIONS, emptyDraft, isNegative, judge, observation } from "./compose.js";
import { announce, button, h, redraw, sure } from "./dom.js";
import { glyph } from "./glyphs.js";
import { findPosition, stopFinding } from "./position.js";
import { beginQuick, onQuick, quickScreen, remember } from "./quick.js";
import { stopCompass } from "./compass.js";
import { stopFlash } from "./parts.js";
import { endVoice } from "./voice.js";
import { ASKED, suggestedExposure, timeText } from "./questions.js";
import { sendNow, startSending } from "./send.js";
import { forgetPhoto, isWaiting, kept, newId, save, saveNow } from "./store.js";
import { clockOffsetS, momentText, now, wallTime } from "./time.js";
import { maybe, t } from "./words.js";

const QUICK_MEANS = { explosion: "heard", burst: "heard", shot: "heard" };
let form = null;

/** What each screen shows: its content, and the buttons at the thumb. */
export const asking = (draft) => [draft.quick ? fastScreen(formOf(draft)) : reportScreen(formOf(draft)), barOf(draft)];
export const reviewing = (draft) => [reviewScreen(formOf(draft)), reviewBar()];
export { tiles } from "./quick.js";
export const receipt = (report) => [sentScreen(report), sentBar()];

/** The form is put down: nothing of it goes on in the background. */
export function leave() {
  form = null;
  stopFinding();
  stopCompass();
  stopFlash();
  endVoice();
}

startSending(() => {
  if (["sent", ""].includes(whereTo()[0])) draw();
});

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
  save();
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
      save();
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
  saveNow();
  go("report", draft.id);
}

async function discard(draft) {
  if (!(await sure(t("draft.discard_sure"), t("draft.discard"), t("form.cancel")))) return;
  for (const photo of draft.photos) if (!photo.sent) forgetPhoto(photo.media_id);
  kept.drafts.splice(kept.drafts.indexOf(draft), 1);
  saveNow();
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
    draft.revision_no > 1 && h("p", { class: "notice" }, t("report.correcting", { number: draft.number })));
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
    button("home", t("form.home"), () => { saveNow(); go(""); }, "quiet"),
    button("review", t("form.review"), review, "primary wide"),
  ];
}

/** The one button at the thumb: the next question that still wants an answer, else the review. */
function reportBar() {
  const next = nextQuestion();
  return [
    button("home", t("form.home"), () => { saveNow(); go(""); }, "quiet"),
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
  save();
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
          onclick: () => { openQuestion(of.draft, name); save(); go("report", of.draft.id); } }, t("form.change"))))),
      watch && !isNegative(of.draft) && h("div", {}, h("dt", {}, t("ask.watch")), h("dd", {}, watchLabel(watch)))),
  ];
}

function reviewBar() {
  return [
    button("back", t("form.back"), () => go("report", form.draft.id), "quiet"),
    button("send", t("form.send"), file, "primary wide"),
  ];
}

/** Freezes the report: from here on its bytes are what they are, however often they must be sent. */
function file() {
  const { draft } = form;
  if (problemsNow().length) return review();
  const body = JSON.stringify(observation(draft, { capturedAt: now(), clockOffsetS: clockOffsetS(), taxonomy: world.taxonomy }));
  const report = {
    id: draft.observation_id,
    revision_no: draft.revision_no,
    state: "sending",
    filed_at: now(),
    body,
    draft,
    media: draft.photos.map((photo) => ({ ...photo, state: photo.sent ? "sent" : "waiting" })),
    problem: null,
    receipt: null,
  };
  remember(draft, world.taxonomy);
  kept.drafts.splice(kept.drafts.indexOf(draft), 1);
  kept.reports.unshift(report);
  saveNow();
  stopFinding();
  sendNow();
  return go("sent", report.id, report.revision_no);
}

// A report that was sent -------------------------------------------------------------------------------------

function sentScreen(report) {
  const { receipt } = report;
  const line = (name, value, kind = "") => value && h("div", {}, h("dt", {}, t(`receipt.${name}`)), h("dd", { class: kind }, value));
  const photos = report.media.length && t("receipt.photos_of", { n: report.media.filter((one) => one.state === "sent").length, all: report.media.length });
  return [
    h("div", { class: receipt && !isWaiting(report) ? "seal done" : "seal" },
      h("span", { class: "seal-mark", "aria-hidden": "true" }, receipt && !isWaiting(report) ? "✓" : "…"),
      h("h1", { tabindex: "-1" }, receipt ? t("receipt.received") : t(report.state === "stopped" ? "receipt.stopped" : "receipt.sending")),
      receipt && h("p", { class: "number", id: "receipt-number" }, receipt.receipt.number),
      h("p", {}, typeLabel(report.draft), " · ", timeText(report.draft)),
      stateBadge(report)),
    sentNotice(report),
    receipt && h("dl", { class: "summary card" },
      line("number", receipt.receipt.number, "mono"),
      line("time", momentText(Date.parse(receipt.received_at))),
      line("digest", receipt.digest.slice(0, 16), "mono"),
      line("revision", report.revision_no > 1 && String(report.revision_no)),
      line("photos", photos || null)),
    receipt && newest(report) && h("p", { class: "centre" }, button("correct", t("receipt.correct"), () => correct(report))),
    report.state === "stopped" && h("p", { class: "centre" }, button("mend", t("receipt.back_to_draft"), () => backToDraft(report))),
  ];
}

function newest(report) {
  const busy = kept.drafts.some((draft) => draft.observation_id === report.id);
  return !busy && !kept.reports.some((other) => other.id === report.id && other.revision_no > report.revision_no);
}

/** In words what stands between this report and its being accepted, with what can be done. */
function sentNotice(report) {
  const lines = [];
  if (report.problem) lines.push(t(report.problem.key, report.problem.facts));
  if (report.media.some((photo) => photo.state === "lost")) lines.push(t("send.photo_lost"));
  if (report.media.some((photo) => photo.state === "refused")) lines.push(t("send.photo_refused"));
  const processing = standing(report);
  if (processing === "quarantined") lines.push(t("receipt.why_quarantined"), ...report.receipt.reasons.map(reasonText));
  if (processing === "returned" || processing === "rejected") {
    lines.push(t(`receipt.why_${processing}`));
    if (report.receipt.question) lines.push(`“${report.receipt.question}”`);
  }
  if (!lines.length) return null;
  return h("div", { class: "notice warn", role: "status" },
    lines.map((text) => h("p", {}, text)),
    report.problem?.key === "send.sign_in" && signInLink(),
    isWaiting(report) && report.problem && button("try-now", t("send.try_now"), sendNow));
}

function reasonText(reason) {
  const [code, ...rest] = reason.split(":");
  const words = maybe(`reason.${code}`, null);
  return words ? `${words}${rest.length ? ` (${rest.join(":")})` : ""}` : reason;
}

function sentBar() {
  return [button("home", t("form.home"), () => go(""), "quiet"), button("another", t("form.another"), () => go(""), "primary wide")];
}

/** A correction is the same observation in a further revision; the first stays as it is. */
function correct(report) {
  const draft = structuredClone(report.draft);
  Object.assign(draft, {
    id: newId(),
    revision_of: report.id,
    revision_no: report.revision_no + 1,
    number: report.receipt.receipt.number,
    started_at: now(),
    open: null,
    photos: report.media.filter((photo) => photo.state === "sent").map(({ state: _, ...photo }) => ({ ...photo, sent: true })),
  });
  kept.drafts.unshift(draft);
  saveNow();
  go("report", draft.id);
}

function backToDraft(report) {
  const { draft } = report;
  if (draft.revision_no === 1) draft.observation_id = newId();
  kept.reports.splice(kept.reports.indexOf(report), 1);
  kept.drafts.unshift(draft);
  saveNow();
  go("report", draft.id);
}

