// What the phone keeps between two taps: drafts, and the reports of this session until they are received.
//
// Drafts must survive a reload (phones throw the page away while the camera is open) and must not lie
// readable on the phone. The PIN that will encrypt them comes with working without a net; until then they
// live in this tab's session storage only: it survives a reload, is never synced, is emptied when the tab is
// closed and when one signs out. Photos are too large for it: they go to IndexedDB, encrypted with a key
// that itself lives in session storage alone, so that nothing readable is left behind.

import { person } from "./words.js";

const KEPT = `truceline.field.${person.id}`;
const KEY = `truceline.field.key.${person.id}`;
const SAVE_AFTER_MS = 250;
const STRAY_AFTER_MS = 48 * 3_600_000;

export const kept = read();
let waiting = null;

function read() {
  try {
    return { drafts: [], reports: [], ...JSON.parse(sessionStorage.getItem(KEPT) || "{}") };
  } catch (error) {
    if (error instanceof SyntaxError) return { drafts: [], reports: [] };
    throw error;
  }
}

/** Saves a quarter of a second after the last change. */
export function save() {
  clearTimeout(waiting);
  waiting = setTimeout(saveNow, SAVE_AFTER_MS);
}

export function saveNow() {
  clearTimeout(waiting);
  waiting = null;
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

addEventListener("pagehide", () => waiting && saveNow());

export function draftOf(id) {
  return kept.drafts.find((draft) => draft.id === id);
}

export function reportOf(id, revision) {
  return kept.reports.find((report) => report.id === id && report.revision_no === revision);
}

/** Whether something of this report has not reached the server. */
export function isWaiting(report) {
  return report.state === "sending" || (report.state === "held" && photosLeft(report) > 0);
}

export function photosLeft(report) {
  return report.media.filter((photo) => photo.state === "waiting").length;
}

/** A random UUID, also where the page is not served securely and `randomUUID` is missing. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = hexOf(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function hexOf(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Photos --------------------------------------------------------------------------------------------------

/** Whether this page may hash and encrypt, which browsers allow on secure pages only. */
export const canKeepPhotos = Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

async function key() {
  const stored = sessionStorage.getItem(KEY);
  const raw = stored
    ? Uint8Array.from(stored.match(/../g), (pair) => parseInt(pair, 16))
    : crypto.getRandomValues(new Uint8Array(32));
  if (!stored) sessionStorage.setItem(KEY, hexOf(raw));
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("truceline-photos", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("photos", { keyPath: "media_id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function inStore(mode, work) {
  const opened = await database();
  try {
    return await new Promise((resolve, reject) => {
      const change = opened.transaction("photos", mode, { durability: "strict" });
      const request = work(change.objectStore("photos"));
      change.oncomplete = () => resolve(request.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  } finally {
    opened.close();
  }
}

/** Keeps the bytes of a photo, encrypted; they are committed when this returns. */
export async function keepPhoto(mediaId, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), bytes);
  await inStore("readwrite", (photos) => photos.put({ media_id: mediaId, iv, sealed, at: Date.now() }));
}

/** The bytes of a photo, or null when this phone no longer has them. */
export async function photoBytes(mediaId) {
  const row = await inStore("readonly", (photos) => photos.get(mediaId));
  if (!row) return null;
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, await key(), row.sealed);
}

export function forgetPhoto(mediaId) {
  return inStore("readwrite", (photos) => photos.delete(mediaId));
}

/** Removes photos whose key went with an earlier session. */
export async function forgetStrayPhotos() {
  const oldest = Date.now() - STRAY_AFTER_MS;
  const rows = await inStore("readonly", (photos) => photos.getAll());
  for (const row of rows) if (row.at < oldest) await forgetPhoto(row.media_id);
}
