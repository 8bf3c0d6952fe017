// The page's dealings with the base: who holds the phone and which mission this is, when to send, what became of
// the reports, what the base asks. Sends on start, when the net is back, when the page is looked at, on a timer
// with jitter, at a button, and by Background Sync where the browser has it.

import { fact, setFact } from "./database.js";
import { Unanswered, askJson, askStart } from "./net.js";
import { addErrand, forgetStrays, isWaiting, note, reports } from "./outbox.js";
import { sendAll } from "./send.js";
import { keepSecret, kept, secret } from "./store.js";
import { setClock, setMission } from "./time.js";
import { isOpen } from "./vault.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
const LOOK_AGAIN_MS = 20_000;
const MOST_ASKED = 100; // the newest; older ones are rarely sent back
const TOLD = { started: "started_at", checked_in: "checked_in_at", ended: "ended_at" };
const OPEN_STATES = ["received", "in_review", "returned", "quarantined"];

/** What the base said last: mission, who holds the phone, their watches. */
export const base = { mission: null, person: null, device: null, watches: [], alarm: false, trouble: null };

let wait = FIRST_WAIT_MS;
let timer = null;
let changed = () => {};
let wiped = () => {};

/** What was known before the page was closed; else what the base says now. Raises Unanswered where neither is. */
export async function beginning() {
  const mission = await fact("mission");
  if (!mission) return refresh();
  use(mission);
  setClock(await fact("clock"));
  return quietly(refresh());
}

function use(mission) {
  base.mission = mission;
  setMission(mission);
}

/** Asks the base who, what and when. Keys once seen are not exchanged for others: that is shown instead. */
export async function refresh() {
  const asked = Date.now();
  const start = await askStart();
  const { now, rate, ...facts } = start.mission;
  const clock = { asked: (asked + Date.now()) / 2, at: Date.parse(now), rate };
  const before = await fact("mission");
  const same = !before || (before.keys.mission === start.keys.mission && before.keys.log_vkey === start.keys.log_vkey);
  const mission = { ...facts, keys: same ? start.keys : before.keys };
  setClock(clock);
  use(mission);
  Object.assign(base, { person: start.person, device: start.device, watches: start.watches ?? [], alarm: !same, trouble: null });
  await setFact("mission", mission);
  await setFact("clock", clock);
  await setFact("signed_in", start.person.id);
  await setFact("last_answer_at", Date.now());
  await keepHolder();
  changed();
}

export function keepHolder() {
  const { person, device, watches } = base;
  return person ? keepSecret("holder", { person, device, watches }) : undefined;
}

/** After the PIN: who holds the phone, where the base has not said so since the page was opened. */
export async function recallHolder() {
  if (base.person) return keepHolder();
  return Object.assign(base, (await secret("holder")) ?? {});
}

/** Who finishes a report; where the PIN was forgotten on the way, whoever the base knew last. */
export async function holderId() {
  return base.person?.id ?? (await fact("signed_in"));
}

/** Goes on without an answer; what is not the lack of an answer is raised. */
export function quietly(asking) {
  return asking.catch((error) => {
    if (!(error instanceof Unanswered)) throw error;
    if (error.why === "wiped") wiped();
    if (error.why !== "revoked" || base.trouble) return;
    base.trouble = "send.revoked";
    changed();
  });
}

/** A form's token for the browser's own session. */
export const csrf = () => fact("csrf");

/** Tells of one's watch now, or later where there is no net; answers whether the base took it, or will be asked to. */
export async function tellOfWatch(watch, event) {
  const url = `/api/v1/watches/${watch.id}/events`;
  try {
    await askJson(url, { method: "POST", body: JSON.stringify(event), headers: { "Content-Type": "application/json" } });
    await quietly(refresh());
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (error.why === "refused") return false;
    await addErrand(url, event);
    Object.assign(base.watches.find(({ id }) => id === watch.id), { [TOLD[event.kind]]: event.at });
    await keepHolder();
    sendNow();
  }
  return true;
}

// Sending ------------------------------------------------------------------------------------------------------

/** `draw` whenever something changed; `gone` when the base had this phone emptied. */
export function startSync(draw, gone) {
  [changed, wiped] = [draw, gone];
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.hidden || again());
  setInterval(() => document.hidden || lookAgain(), LOOK_AGAIN_MS);
  forgetStrays();
  sendNow();
}

function again() {
  quietly(refresh());
  sendNow();
  lookAgain();
}

/** Tries at once. */
export function sendNow() {
  wait = FIRST_WAIT_MS;
  wakeWorker();
  return run();
}

async function run() {
  clearTimeout(timer);
  let result;
  try {
    result = await sendAll();
  } catch (error) {
    if (!(error instanceof Unanswered) || error.why !== "wiped") throw error;
    return wiped();
  }
  // Where the worker or another page is sending, this page looks again when that may be over.
  const { progress, left, pending } = result ?? { progress: false, left: (await reports()).filter(isWaiting).length, pending: false };
  if (!left) return undefined;
  if (progress || pending) wait = FIRST_WAIT_MS;
  timer = setTimeout(run, wait * (0.8 + Math.random() * 0.4));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  return undefined;
}

/** Not every browser has Background Sync, and some forbid it; the page sends in any case. */
function wakeWorker() {
  navigator.serviceWorker?.ready.then((registration) => registration.sync?.register("outbox")).catch((error) => {
    if (!["NotAllowedError", "InvalidStateError", "AbortError", "UnknownError"].includes(error.name)) throw error;
  });
}

/** What an ended registration had stopped goes on under the new one. */
export async function afterEnrolment() {
  base.trouble = null;
  for (const report of await reports()) if (report.problem?.key === "send.revoked") await tryAgain(report);
}

/** A blocked report is tried once more, because a person says so. */
export async function tryAgain(report) {
  await note(report.key, { state: report.receipt ? "sending" : "finished", problem: null });
  return sendNow();
}

// What became of them ------------------------------------------------------------------------------------------

/** Asks what became of the reports that a reviewer may still send back, and what the base wants to know. */
export async function lookAgain() {
  const open = (await reports()).filter(({ state, now }) => state === "received" && OPEN_STATES.includes(now));
  if (open.length) await quietly(askStandings(open.slice(0, MOST_ASKED)));
  await quietly(askQuestions());
}

async function askStandings(open) {
  const body = JSON.stringify({ ids: open.map(({ key }) => key) });
  const { items } = await askJson("/api/v1/receipts:batch", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  const now = new Map(items.map((item) => [`${item.observation_id}/${item.revision_no}`, item.now]));
  for (const { key, now: before } of open) if (now.get(key) && now.get(key) !== before) await note(key, { now: now.get(key) });
}

async function askQuestions() {
  const { questions } = await askJson("/api/v1/questions");
  if (!isOpen() || JSON.stringify(questions) === JSON.stringify(kept.questions)) return;
  kept.questions = questions;
  await keepSecret("questions", questions);
  changed();
}
