// Sending: the text of every report first, then the photos. The same id and the same bytes at every try, so
// that the server may answer "I have it already"; a wait that doubles, and starts afresh after any progress.

import { forgetPhoto, isWaiting, kept, photoBytes, photosLeft, saveNow } from "./store.js";
import { language } from "./words.js";

const OBSERVATIONS = "/api/v1/observations";
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 20_000;
const OPEN_STATES = ["received", "in_review", "returned", "quarantined"];

let wait = FIRST_WAIT_MS;
let timer = null;
let busy = false;
let changed = () => {};

/** Calls `draw` whenever the state of a report changes, and begins with what is left from before a reload. */
export function startSending(draw) {
  changed = draw;
  addEventListener("online", sendNow);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    sendNow();
    lookAgain();
  });
  addEventListener("hashchange", lookAgain);
  setInterval(() => document.hidden || lookAgain(), LOOK_AGAIN_MS);
  sendNow();
}

/** Tries at once. */
export function sendNow() {
  clearTimeout(timer);
  wait = FIRST_WAIT_MS;
  run();
}

async function run() {
  if (busy) return;
  busy = true;
  try {
    while (await step()) wait = FIRST_WAIT_MS;
  } finally {
    busy = false;
  }
  if (!kept.reports.some(isWaiting)) return;
  timer = setTimeout(run, wait * (0.8 + Math.random() * 0.4));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

/** One thing done: true. Nothing to do, or it did not work now: false. */
async function step() {
  const text = kept.reports.find((report) => report.state === "sending");
  if (text) return sendText(text);
  const photos = kept.reports.find((report) => report.state === "held" && photosLeft(report));
  return photos ? sendPhoto(photos, photos.media.find((photo) => photo.state === "waiting")) : false;
}

async function sendText(report) {
  const response = await ask(OBSERVATIONS, "POST", report.body, { "Content-Type": "application/json" });
  if (!response) return note(report, { problem: { key: "send.no_net" } }, false);
  if (response.ok) {
    const receipt = await response.json();
    return note(report, { state: "held", problem: null, receipt }, true);
  }
  return refused(report, response);
}

async function sendPhoto(report, photo) {
  const bytes = await photoBytes(photo.media_id);
  if (!bytes) {
    photo.state = "lost";
    return note(report, {}, true);
  }
  const headers = { "Content-Type": photo.mime, "X-Content-SHA256": photo.sha256 };
  const response = await ask(`/api/v1/media/${photo.media_id}`, "PUT", bytes, headers);
  if (!response) return note(report, { problem: { key: "send.no_net" } }, false);
  if (response.ok) {
    photo.state = "sent";
    note(report, { problem: null }, true);
    await forgetPhoto(photo.media_id);
    return true;
  }
  if (mayBecomeBetter(response.status)) return note(report, { problem: { key: "send.busy" } }, false);
  photo.state = response.status === 401 || response.status === 403 ? "waiting" : "refused";
  return refused(report, response, report.state);
}

/** A refusal stays with its report, with the server's own reason, until a person decides. */
async function refused(report, response, state = "stopped") {
  if (mayBecomeBetter(response.status)) return note(report, { problem: { key: "send.busy" } }, false);
  if (response.status === 401) return note(report, { problem: { key: "send.sign_in" } }, false);
  const detail = (await response.json().catch(() => ({}))).detail || String(response.status);
  const key = response.status === 409 ? "send.conflict" : "send.refused";
  return note(report, { state, problem: { key, facts: { reason: detail } } }, state === "stopped");
}

function mayBecomeBetter(status) {
  return status >= 500 || status === 429 || status === 408 || status === 425;
}

function note(report, facts, progress) {
  Object.assign(report, facts);
  saveNow();
  changed();
  return progress;
}

/** The answer, or null when there was none. A page that has become too old gets a fresh token, once. */
async function ask(url, method, body, headers) {
  let response = await attempt(url, method, body, headers);
  if (response?.status === 403 && (await renewToken())) response = await attempt(url, method, body, headers);
  return response;
}

/** A change asked of the API by the rest of the form; null when there was no net. */
export function change(url, body) {
  return ask(url, "POST", JSON.stringify(body), { "Content-Type": "application/json" });
}

async function attempt(url, method, body, headers) {
  try {
    return await fetch(url, {
      method,
      body,
      headers: { Accept: "application/json", "X-CSRF-Token": tokenElement().content, ...headers },
    });
  } catch (error) {
    if (error instanceof TypeError) return null; // what fetch raises when the net is gone
    throw error;
  }
}

function tokenElement() {
  return document.querySelector('meta[name="csrf-token"]');
}

async function renewToken() {
  const page = await fetch(`/field/${language}`, { cache: "no-store" }).catch(() => null);
  if (!page?.ok || page.redirected) return false;
  const token = /name="csrf-token" content="([^"]+)"/.exec(await page.text())?.[1];
  if (!token || token === tokenElement().content) return false;
  tokenElement().content = token;
  return true;
}

/** Asks what became of the reports that a reviewer may still send back. */
export async function lookAgain() {
  for (const report of kept.reports) {
    const link = report.receipt?.links?.self;
    if (!link || !OPEN_STATES.includes(report.receipt.now ?? report.receipt.processing)) continue;
    const response = await fetch(link, { cache: "no-store", headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok || response.redirected) continue;
    const receipt = { ...report.receipt, ...(await response.json()) };
    if (JSON.stringify(receipt) !== JSON.stringify(report.receipt)) note(report, { receipt }, true);
  }
}
