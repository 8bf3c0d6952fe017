// What the page works with: drafts of who holds the phone, encrypted in the store 250 ms after each change, and the
// stubs of finished reports. A draft is in memory only while the vault is open.

import { newId } from "./bytes.js";
import { others, put, read, readAll, write } from "./database.js";
import { decrypt, decryptBytes, encrypt, isOpen } from "./vault.js";

export { newId };

const SAVE_AFTER_MS = 250;
// Raised when the shape of a draft changes in a way that filling in what is missing does not mend.
const DRAFT_VERSION = 1;

/** `last`: codes of the last report of each kind, which the next one begins with. */
export const kept = { drafts: [], reports: [], questions: [], last: {} };
const timers = new Map();
let chain = Promise.resolve();

/** Whether this page may encrypt and hash, which browsers allow on secure pages only. */
export const isSecure = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

/** Drafts, and whatever else lies under the PIN; `complete` gives an older draft the answers it does not know. */
export async function loadDrafts(complete) {
  const rows = await readAll("drafts");
  const drafts = await Promise.all(rows.map(decrypt));
  kept.drafts = drafts.map(complete).sort((one, other) => other.started_at - one.started_at);
  kept.questions = (await secret("questions")) ?? [];
  kept.last = (await secret("last")) ?? {};
}

export function forgetDrafts() {
  Object.assign(kept, { drafts: [], questions: [], last: {} });
}

/** Reads the stubs anew and tells `changed`; from then on whenever page, other page or worker changed one. */
export async function followReports(changed) {
  let reading = null;
  let stale = false;
  const readUntilFresh = async () => {
    try {
      while (stale) {
        stale = false;
        kept.reports = (await readAll("reports")).sort((one, other) => other.filed_at - one.filed_at);
        changed();
      }
    } finally {
      reading = null;
    }
  };
  // Changes that come while the store is read, as when fifty reports go out, are read once more and not once each.
  const again = () => {
    stale = true;
    reading ??= readUntilFresh();
    return reading;
  };
  addEventListener("outbox", again);
  others?.addEventListener("message", again);
  await again();
}

/** Saves a quarter of a second after the last change. */
export function save(draft) {
  clearTimeout(timers.get(draft.id));
  timers.set(draft.id, setTimeout(() => saveNow(draft), SAVE_AFTER_MS));
}

/** Resolves when the draft is on the disk. */
export function saveNow(draft) {
  clearTimeout(timers.get(draft.id));
  timers.delete(draft.id);
  return inTurn(async () => {
    if (kept.drafts.includes(draft)) await put("drafts", await rowOf(draft));
  });
}

/** Saves all that is not yet saved. */
export function saveAll() {
  const open = [...timers.keys()].map((id) => draftById(id)).filter(Boolean);
  return Promise.all(open.map(saveNow));
}

/** One after the other, so that an older state of a draft never overtakes a newer one. */
function inTurn(work) {
  chain = chain.then(work, work);
  chain.catch((error) => dispatchEvent(new CustomEvent("unsaved", { detail: error })));
  return chain;
}

async function rowOf(draft) {
  return { id: draft.id, made_with: DRAFT_VERSION, ...(await encrypt(draft)) };
}

/** Takes a draft out of hand: nothing that was about to be saved of it comes back. */
export async function takeOut(draft) {
  clearTimeout(timers.get(draft.id));
  timers.delete(draft.id);
  kept.drafts = kept.drafts.filter((one) => one !== draft);
  await chain;
}

export async function discardDraft(draft) {
  await takeOut(draft);
  await write(["drafts", "photos"], async (all) => {
    await all.drafts.delete(draft.id);
    for (const photo of draft.photos) await all.photos.delete(photo.media_id);
  });
}

export function draftById(id) {
  return kept.drafts.find((draft) => draft.id === id);
}

export function reportOf(id, revision) {
  return kept.reports.find((report) => report.id === id && report.revision_no === revision);
}

/** Whether something of this report has not reached the base. */
export const isWaiting = (report) => report.state === "finished" || report.state === "sending";

/** How much emptying this phone would lose: drafts, and reports that the base is not proved to hold. */
export const wouldBeLost = () => kept.drafts.length + kept.reports.filter(({ state }) => state !== "received").length;

export function photosLeft(report) {
  return report.media.filter((photo) => photo.state === "waiting").length;
}

// Photos --------------------------------------------------------------------------------------------------

/** Keeps a file's bytes and lists it in the draft, both or neither; committed when this returns. */
export function keepPhoto(draft, photo, bytes) {
  return inTurn(async () => {
    const sealed = await encrypt(bytes);
    draft.photos.push(photo);
    const row = await rowOf(draft);
    await write(["drafts", "photos"], async (all) => {
      await all.photos.put({ media_id: photo.media_id, ...sealed });
      await all.drafts.put(row);
    });
  });
}

/** The bytes of a file of a draft, or null when this phone no longer has them. */
export async function photoBytes(mediaId) {
  const row = await read("photos", mediaId);
  return row ? decryptBytes(row) : null;
}

export function forgetPhoto(draft, photo) {
  return inTurn(async () => {
    draft.photos.splice(draft.photos.indexOf(photo), 1);
    const row = await rowOf(draft);
    await write(["drafts", "photos"], async (all) => {
      await all.photos.delete(photo.media_id);
      await all.drafts.put(row);
    });
  });
}

// Secrets -------------------------------------------------------------------------------------------------

/** A fact that lies under the PIN; undefined where there is none or the vault is locked. */
export async function secret(name) {
  const row = isOpen() && (await read("secrets", name));
  return row ? decrypt(row) : undefined;
}

export async function keepSecret(name, value) {
  if (isOpen()) await put("secrets", { name, ...(await encrypt(value)) });
}
