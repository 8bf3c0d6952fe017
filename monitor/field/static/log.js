// Checking the evidence log from outside: signed heads (C2SP checkpoints), that an entry stands under a head, and that
// one head continues another (RFC 6962, as RFC 9162 §2.1 tells how to check). Raises Contradiction, never answers "maybe".

import { base64, concat, equal, fromBase64, fromHex, hexOf, sha256, utf8 } from "./bytes.js";

const ED25519_MARK = 1;
const SIGNATURE_BYTES = 64;

/** The server says what cannot be true; `key` names what, for the message. */
export class Contradiction extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

function insist(fact, key) {
  if (!fact) throw new Contradiction(key);
}

/** Bytes of base64 that the server sent. */
function unpacked(text, key) {
  try {
    return fromBase64(text);
  } catch (error) {
    if (error.name !== "InvalidCharacterError") throw error;
    throw new Contradiction(key);
  }
}

const node = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

export function leafHash(text) {
  return sha256(concat(Uint8Array.of(0), utf8(text)));
}

/** {name, id, key} of a vkey line. */
export async function verifierKey(line) {
  const [, name, id, packed] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(line.trim()) ?? [];
  insist(packed, "log_key");
  const bytes = unpacked(packed, "log_key");
  const expected = await sha256(concat(utf8(`${name}\n`), bytes));
  insist(bytes[0] === ED25519_MARK && bytes.length === 33 && hexOf(expected.slice(0, 4)) === id, "log_key");
  return { name, id: fromHex(id), key: bytes.slice(1) };
}

async function isSigned(key, signature, data) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch (error) {
    if (!["NotSupportedError", "SyntaxError", "DataError"].includes(error.name)) throw error;
    // Browsers before 2025 know no Ed25519.
    const { verifyAsync } = await import("/static/vendor/noble-ed25519/ed25519.js");
    return verifyAsync(signature, data, key);
  }
  return crypto.subtle.verify("Ed25519", imported, signature, data);
}

/** The head {size, root} of a note that this log signed. */
export async function openHead(note, vkey) {
  const cut = note.lastIndexOf("\n\n");
  insist(cut > 0, "head");
  const text = note.slice(0, cut + 1);
  const mine = note.slice(cut + 2).split("\n").map((line) => line.split(" "))
    .filter(([dash, name, packed]) => dash === "—" && name === vkey.name && packed)
    .map(([, , packed]) => unpacked(packed, "signature"))
    .find((bytes) => equal(bytes.slice(0, 4), vkey.id));
  insist(mine?.length === 4 + SIGNATURE_BYTES && (await isSigned(vkey.key, mine.slice(4), utf8(text))), "signature");
  const [origin, size, root] = text.split("\n");
  insist(origin === vkey.name && /^(0|[1-9]\d*)$/.test(size), "head");
  return { size: Number(size), root: unpacked(root, "head") };
}

/** The entry stands at `index` under the head. `proof` is hex, nearest first. */
export async function checkInclusion(leaf, index, head, proof) {
  insist(Number.isInteger(index) && index >= 0 && index < head.size, "inclusion");
  let [here, last, value] = [index, head.size - 1, await leafHash(leaf)];
  for (const step of proof.map(fromHex)) {
    insist(last > 0, "inclusion");
    if (here % 2 === 1 || here === last) {
      value = await node(step, value);
      while (here % 2 === 0 && here !== 0) [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
    } else value = await node(value, step);
    [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
  }
  insist(last === 0 && equal(value, head.root), "inclusion");
}

/** `head` only added to `old`. */
export async function checkConsistency(old, head, proof) {
  insist(old.size <= head.size, "consistency");
  if (old.size === head.size) return insist(equal(old.root, head.root), "consistency");
  if (old.size === 0) return undefined;
  const steps = proof.map(fromHex);
  if (Number.isInteger(Math.log2(old.size))) steps.unshift(old.root);
  insist(steps.length, "consistency");
  let [here, last] = [old.size - 1, head.size - 1];
  while (here % 2 === 1) [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
  let [before, after] = [steps[0], steps[0]];
  for (const step of steps.slice(1)) {
    insist(last > 0, "consistency");
    if (here % 2 === 1 || here === last) {
      [before, after] = [await node(step, before), await node(step, after)];
      while (here % 2 === 0 && here !== 0) [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
    } else after = await node(after, step);
    [here, last] = [Math.floor(here / 2), Math.floor(last / 2)];
  }
  insist(last === 0 && equal(before, old.root) && equal(after, head.root), "consistency");
  return undefined;
}

/** A head as it is kept: {size, root (base64)}; and back. */
export const keptHead = ({ size, root }) => ({ size, root: base64(root) });
export const headOf = ({ size, root }) => ({ size, root: fromBase64(root) });
