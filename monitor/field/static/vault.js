// Drafts lie on the phone encrypted. The PIN opens the vault: PBKDF2 makes a key of it, which unwraps the key of the
// drafts, and that one is held in memory only. It is let go after two minutes without a touch and when the page is
// put away. Six digits do not withstand a state; what is finished is therefore sealed to the mission (seal.js).

import { random, utf8 } from "./bytes.js";
import { fact, setFact, write } from "./database.js";

export const SHORTEST_PIN = 6;
const ROUNDS = 600_000;
const IDLE_MS = 120_000;
const LOOK_MS = 5_000;
const FREE_TRIES = 4;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 900_000;

let key = null;
let touched = 0;
let held = 0;
let waiting = [];
const hooks = { before: [], after: [] };

export const isOpen = () => key !== null;

/** "none" until a PIN is chosen, then "locked" or "open". */
export async function vaultState() {
  if (key) return "open";
  return (await fact("vault")) ? "locked" : "none";
}

async function pinKey(pin, salt, rounds) {
  const raw = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const dataKey = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/**
 * A new vault under this PIN. What lay in an older one cannot be read any more and is removed. Who does not know the
 * PIN does not sign either: the phone's key goes too, and only the token stays, by which what is finished still leaves.
 */
export async function choosePin(pin) {
  const [raw, salt, iv] = [random(32), random(16), random(12)];
  const wrapped = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await pinKey(pin, salt, ROUNDS), raw);
  await write(["meta", "drafts", "photos", "secrets"], async (all) => {
    const [before, device] = await Promise.all([all.meta.get("vault"), all.meta.get("device")]);
    if (before && device?.value) await all.meta.put({ name: "device", value: { ...device.value, keys: null } });
    await Promise.all([
      all.drafts.clear(), all.photos.clear(), all.secrets.clear(),
      all.meta.put({ name: "vault", value: { salt, iv, wrapped, rounds: ROUNDS } }),
      all.meta.delete("tries"),
    ]);
  });
  opened(await dataKey(raw));
  raw.fill(0);
}

/** Tries a PIN. {ok: true}, or {ok: false, wait_s} with the seconds until the next try is heard. */
export async function tryPin(pin) {
  const wait = await waitS();
  if (wait > 0) return { ok: false, wait_s: wait };
  const { salt, iv, wrapped, rounds } = await fact("vault");
  try {
    const raw = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await pinKey(pin, salt, rounds), wrapped);
    await setFact("tries", { failed: 0, until: 0 });
    opened(await dataKey(raw));
    return { ok: true, wait_s: 0 };
  } catch (error) {
    if (error.name !== "OperationError") throw error; // what a wrong key gives
    const failed = ((await fact("tries"))?.failed ?? 0) + 1;
    const pause = failed < FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (failed - FREE_TRIES), LONGEST_WAIT_MS);
    await setFact("tries", { failed, until: Date.now() + pause });
    return { ok: false, wait_s: await waitS() };
  }
}

/** Seconds until a PIN is heard again. A clock that was turned back does not lock the phone for ever. */
export async function waitS() {
  const until = (await fact("tries"))?.until ?? 0;
  return Math.max(0, Math.ceil(Math.min(until - Date.now(), LONGEST_WAIT_MS) / 1000));
}

function opened(fresh) {
  key = fresh;
  touched = Date.now();
  for (const go of waiting.splice(0)) go();
}

/** Lets the key go, after what is unsaved has been saved. */
export async function lock() {
  if (!key) return;
  for (const hook of hooks.before) await hook();
  key = null;
  for (const hook of hooks.after) hook();
}

/** Resolves when the vault is open; at once where it is. */
export function whenOpen() {
  return key ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
}

/** While the camera has the screen, or a report is being sealed, putting the page away does not lock; two minutes do. */
export function holdOpen() {
  held += 1;
  let done = false;
  return () => {
    if (!done) held -= 1;
    done = true;
    if (document.hidden && !held) lock();
  };
}

/** Locks by itself. `before` is awaited while the key still holds, `after` is told. */
export function keepLocked({ before, after }) {
  hooks.before.push(before);
  hooks.after.push(after);
  for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => { touched = Date.now(); }, { capture: true, passive: true });
  setInterval(() => Date.now() - touched > IDLE_MS && lock(), LOOK_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && !held) lock();
    else if (Date.now() - touched > IDLE_MS) lock();
  });
}

/** A value or bytes as they are stored: {iv, sealed}. */
export async function encrypt(value) {
  const iv = random(12);
  const plain = value instanceof ArrayBuffer ? value : utf8(JSON.stringify(value));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

export function decryptBytes({ iv, sealed }) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
}

export async function decrypt(row) {
  return JSON.parse(new TextDecoder().decode(await decryptBytes(row)));
}
