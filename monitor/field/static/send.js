// Sending, for page and worker alike: the text of every report first, then their receipts, then their files in
// chunks. The same id and the same bytes at every try, so that the base may answer "I have it already". A report
// leaves the outbox only when its receipt is proved: digest and envelope are ours, the entry stands in the log
// under a signed head, the head continues the last one seen; and each file was acknowledged by its hash.

import { fact, read, readAll, remove, setFact, write } from "./database.js";
import { Contradiction, checkConsistency, checkInclusion, headOf, keptHead, openHead, verifierKey } from "./log.js";
import { Unanswered, ask, askJson, askStart } from "./net.js";
import { alone, isWaiting, note, reports } from "./outbox.js";

const SEALED = "application/vnd.truceline.sealed.v1";
const CHUNK = 256 * 1024;
const BATCH = 100;
const PATIENCE = 3; // answers lost in a row before a pass gives up

/**
 * One pass over all that waits. {progress, left, receipt_pending}: whether anything moved, how many reports are still
 * waiting, and whether a receipt only waits for the log's next signature. Where somebody else is sending it is
 * undefined at once, or with `waits` this pass comes after theirs.
 */
export function sendAll({ waits = false } = {}) {
  return alone("send", pass, waits);
}

async function pass() {
  const run = { progress: false, lost: 0, pending: false };
  await findOutWho(run);
  await each(run, await readAll("errands"), sendErrand);
  await each(run, await waiting((report) => !report.receipt), sendText);
  await each(run, batches(await waiting((report) => report.receipt && !report.proved)), proveAll);
  await each(run, await waiting((report) => report.receipt && filesLeft(report)), sendFiles);
  await each(run, await waiting((report) => report.proved && !filesLeft(report)), letGo);
  return { progress: run.progress, left: (await waiting(() => true)).length, pending: run.pending };
}

/** Without an enrolled device a report is filed by who is signed in, and that may have changed since it was written. */
async function findOutWho(run) {
  run.enrolled = Boolean(await fact("device"));
  if (run.enrolled || !(await waiting((report) => !report.receipt)).length) return;
  for (let tries = 1; !run.who; tries += 1) {
    try {
      run.who = (await askStart()).person.id;
    } catch (error) {
      if (!(error instanceof Unanswered) || error.why === "wiped") throw error;
      run.unknown = error;
      if (tries === PATIENCE || error.why !== "no_net") return;
    }
  }
}

async function waiting(which) {
  return (await reports()).filter((report) => isWaiting(report) && which(report)).reverse();
}

export function filesLeft(report) {
  return report.media.filter((file) => file.state === "waiting").length;
}

/** Does `work` for each in turn. A lost answer passes to the next one; several in a row end the pass. */
async function each(run, all, work) {
  for (const one of all) {
    if (run.lost >= PATIENCE) return;
    try {
      if (await work(run, one)) Object.assign(run, { progress: true, lost: 0 });
    } catch (error) {
      await trouble(run, one, error);
    }
  }
}

/** What a failure means for this report: try again later, or stop and let a person decide. */
async function trouble(run, one, error) {
  if (error instanceof Contradiction) return blocked(one, "send.contradiction");
  if (!(error instanceof Unanswered)) throw error;
  const { why, status } = error;
  if (why === "wiped") throw error;
  if (!one.key) return ["no_net", "portal", "busy"].includes(why) ? void (run.lost += 1) : undefined;
  if (why === "revoked") return blocked(one, "send.revoked");
  if (why === "refused" && status === 409) return blocked(one, "send.conflict");
  if (why === "refused") return blocked(one, "send.refused", { n: status });
  run.lost += why === "busy" ? 0 : 1;
  const key = why === "no_net" && (await clockIsBehind()) ? "send.clock" : `send.${why}`;
  return note(one.key, { problem: { key } });
}

function blocked(report, key, facts = {}) {
  return note(report.key, { state: "blocked", problem: { key, facts } });
}

/** A phone whose clock stands before the base's last answer cannot make a secure connection. */
async function clockIsBehind() {
  return Date.now() < ((await fact("last_answer_at")) ?? 0) - 600_000;
}

async function sendErrand(_, errand) {
  await askJson(errand.url, { method: "POST", body: JSON.stringify(errand.body), headers: { "Content-Type": "application/json" } })
    .catch((error) => {
      if (error.why !== "refused") throw error; // a refused check-in is not worth keeping: the watch is over or gone
    });
  await remove("errands", errand.id);
  return true;
}

// Text ---------------------------------------------------------------------------------------------------------

async function sendText(run, report) {
  if (!(await isOurs(run, report))) return false;
  const row = await read("sealed", `${report.id}/r${report.revision_no}`);
  const answer = await askJson("/api/v1/observations", {
    method: "POST",
    body: row.bytes,
    headers: { "Content-Type": SEALED, "X-Observation-Id": report.id, "X-Revision-No": String(report.revision_no) },
  });
  if (!isReceiptOf(answer, report)) throw new Unanswered("portal");
  checkOurs(answer, report);
  await note(report.key, {
    state: "sending",
    problem: null,
    number: answer.receipt.number,
    receipt: { ...answer.receipt, received_at: answer.received_at, processing: answer.processing, reasons: answer.reasons, digest: answer.digest },
  });
  return true;
}

/** A report is filed by who wrote it, not by who signed in meanwhile. */
async function isOurs(run, report) {
  if (run.enrolled || run.who === report.person_id) return true;
  if (!run.who) throw run.unknown;
  await note(report.key, { problem: { key: "send.other_person" } });
  return false;
}

function isReceiptOf(answer, report) {
  return answer?.observation_id === report.id && answer.revision_no === report.revision_no && Boolean(answer.receipt?.leaf);
}

function checkOurs(answer, report) {
  const leaf = JSON.parse(answer.receipt.leaf);
  const same = answer.digest === report.digest && leaf.digest === report.digest
    && (answer.envelope_sha256 ?? null) === report.envelope_sha256 && (leaf.envelope_sha256 ?? null) === report.envelope_sha256
    && leaf.observation === report.id && leaf.revision === report.revision_no;
  if (!same) throw new Contradiction("receipt");
}

// Receipt ------------------------------------------------------------------------------------------------------

function batches(all) {
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, at) => all.slice(at * BATCH, (at + 1) * BATCH));
}

/** Many receipts in one answer, under one head. What is wrong with one of them stops that one only. */
async function proveAll(run, all) {
  const ids = all.map(({ id, revision_no }) => `${id}/${revision_no}`);
  const { items } = await askJson("/api/v1/receipts:batch", { method: "POST", body: JSON.stringify({ ids }), headers: { "Content-Type": "application/json" } });
  if (!Array.isArray(items)) throw new Unanswered("portal");
  const found = new Map(items.map((item) => [`${item?.observation_id}/${item?.revision_no}`, item]));
  const answered = all.filter(({ key }) => found.has(key));
  await each(run, answered, (_, report) => prove(run, report, found.get(report.key)));
  return false;
}

async function prove(run, report, answer) {
  if (answer.status === 404) {
    // The base was restored from before this report came: it is sent again, text and files.
    await note(report.key, (row) => ({ state: "finished", receipt: null, media: row.media.map((file) => ({ ...file, state: "waiting", offset: 0 })) }));
    return true;
  }
  if (!isReceiptOf(answer, report)) throw new Unanswered("portal");
  checkOurs(answer, report);
  if (answer.receipt.leaf !== report.receipt.leaf) throw new Contradiction("receipt");
  if (!answer.checkpoint || !Array.isArray(answer.inclusion)) {
    run.pending = true; // the log's head is signed within a second
    return false;
  }
  const { keys } = await fact("mission");
  const head = await openHead(answer.checkpoint, await verifierKey(keys.log_vkey));
  await checkInclusion(answer.receipt.leaf, answer.receipt.leaf_index, head, answer.inclusion);
  await checkContinues(head);
  await note(report.key, { proved: keptHead(head), now: answer.now });
  await setFact("last_answer_at", Date.now());
  return true;
}

/** The head and the last one seen are one log; the newer is kept. */
async function checkContinues(head) {
  const kept = await fact("head");
  if (kept) {
    const seen = headOf(kept);
    const [old, fresh] = seen.size <= head.size ? [seen, head] : [head, seen];
    const needed = old.size !== fresh.size && old.size > 0;
    const proof = needed ? (await askJson(`/api/v1/log/consistency/${old.size}?size=${fresh.size}`)).proof : [];
    if (!Array.isArray(proof)) throw new Unanswered("portal");
    await checkConsistency(old, fresh, proof);
    if (fresh === seen) return;
  }
  await setFact("head", keptHead(head));
}

// Files --------------------------------------------------------------------------------------------------------

async function sendFiles(run, report) {
  for (const file of report.media.filter(({ state }) => state === "waiting")) {
    const { bytes } = await read("sealed", file.media_id);
    await sendFile(run, report, file, new Uint8Array(bytes));
  }
  return true;
}

/** Chunk after chunk. A lost answer is asked for again; several in a row are raised, and the next pass goes on here. */
async function sendFile(run, report, file, bytes) {
  for (let [offset, done] = [file.offset, false]; !done;) {
    try {
      ({ offset, done } = await sendChunk(report, file, bytes, offset));
      Object.assign(run, { progress: true, lost: 0 });
      await noteFile(report, file, done ? { state: "held", offset } : { offset });
    } catch (error) {
      if (error.why !== "no_net" || run.lost + 1 >= PATIENCE) throw error;
      run.lost += 1;
    }
  }
}

/** Sends what begins at `offset`: {offset, done}. The base says where to go on if it knows better. */
async function sendChunk(report, file, bytes, offset) {
  const url = `/api/v1/media/${file.media_id}`;
  const headers = {
    "Content-Type": SEALED,
    "Upload-Offset": String(offset),
    "Upload-Length": String(bytes.length),
    "X-Content-SHA256": file.sha256,
    "X-Observation-Id": report.id,
  };
  let response;
  try {
    response = await ask(url, { method: "PATCH", body: bytes.slice(offset, offset + CHUNK), headers });
    if (response.status === 204) return { offset: offsetIn(response, offset, bytes.length), done: false };
    const answer = await response.json().catch(() => null);
    if (response.status === 409 && Number.isInteger(answer?.offset) && answer.offset !== offset) return { offset: answer.offset, done: false };
    if (!response.ok) throw new Unanswered("refused", { status: response.status });
    if (answer?.media_id !== file.media_id || answer.sha256 !== file.sha256) throw new Unanswered("portal");
    return { offset: bytes.length, done: true };
  } catch (error) {
    if (error instanceof TypeError) throw new Unanswered("no_net"); // the answer broke off
    throw error;
  }
}

function offsetIn(response, before, length) {
  const offset = Number(response.headers.get("Upload-Offset") ?? NaN);
  if (!Number.isInteger(offset) || offset <= before || offset > length) throw new Unanswered("portal");
  return offset;
}

function noteFile(report, file, facts) {
  return note(report.key, (row) => ({
    problem: null,
    media: row.media.map((one) => (one.media_id === file.media_id ? { ...one, ...facts } : one)),
  }));
}

// Leaving ------------------------------------------------------------------------------------------------------

/** The base holds all of it, provably: the sealed bytes go, the stub stays. */
async function letGo(_, report) {
  const fresh = await read("reports", report.key);
  if (!fresh.proved || filesLeft(fresh)) return false;
  await write(["reports", "sealed"], async (all) => {
    await all.reports.put({ ...fresh, state: "received", problem: null });
    await all.sealed.delete(`${fresh.id}/r${fresh.revision_no}`);
    for (const { media_id } of fresh.media) await all.sealed.delete(media_id);
  });
  await note(report.key, {});
  return true;
}
