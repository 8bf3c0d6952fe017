// Sealing to the mission's public key: HPKE in base mode (RFC 9180), DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
// AES-256-GCM. What is sealed here only the base can open, not this phone.
//
// A sealed item is 0x01 || first 8 bytes of the key's SHA-256 || the encapsulated key (65) || ciphertext; the
// plaintext is its length (4 bytes), the content, and zeros up to a multiple of 4096.

import { concat, sha256, utf8 } from "./bytes.js";

const INFO = utf8("truceline/outbox/v1");
const BLOCK = 4096;
const NOTHING = new Uint8Array(0);
const P256 = { name: "ECDH", namedCurve: "P-256" };
const KEM = concat(utf8("KEM"), Uint8Array.of(0x00, 0x10));
const SUITE = concat(utf8("HPKE"), Uint8Array.of(0x00, 0x10, 0x00, 0x01, 0x00, 0x02));

async function hmac(key, data) {
  // An empty salt means as many zeros as the hash is long (RFC 5869), and WebCrypto takes no empty key.
  const raw = key.length ? key : new Uint8Array(32);
  const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, data));
}

function extract(suite, salt, label, secret) {
  return hmac(salt, concat(utf8("HPKE-v1"), suite, utf8(label), secret));
}

/** At most 32 bytes, which is one round of HKDF-Expand. */
async function expand(suite, secret, label, info, length) {
  const data = concat(Uint8Array.of(0, length), utf8("HPKE-v1"), suite, utf8(label), info, Uint8Array.of(1));
  return (await hmac(secret, data)).slice(0, length);
}

/**
 * A fresh shared secret for a P-256 point (65 bytes): {enc, shared}. `own` is given by the test that follows the
 * vectors of the RFC; else the key pair is made here, used once and forgotten.
 */
export async function encapsulate(point, own = null) {
  const pair = own ?? (await crypto.subtle.generateKey(P256, false, ["deriveBits"]));
  const recipient = await crypto.subtle.importKey("raw", point, P256, false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: recipient }, pair.privateKey, 256));
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const shared = await expand(KEM, await extract(KEM, NOTHING, "eae_prk", dh), "shared_secret", concat(enc, point), 32);
  return { enc, shared };
}

/** One message under a secret: the key schedule of base mode, then AES-256-GCM. */
async function encrypt(shared, info, aad, plain) {
  const context = concat(
    Uint8Array.of(0),
    await extract(SUITE, NOTHING, "psk_id_hash", NOTHING),
    await extract(SUITE, NOTHING, "info_hash", info),
  );
  const secret = await extract(SUITE, shared, "secret", NOTHING);
  const key = await crypto.subtle.importKey("raw", await expand(SUITE, secret, "key", context, 32), "AES-GCM", false, ["encrypt"]);
  const nonce = await expand(SUITE, secret, "base_nonce", context, 12);
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: aad }, key, plain));
}

function padded(content) {
  const size = 4 + content.length;
  const whole = new Uint8Array(Math.ceil(size / BLOCK) * BLOCK);
  new DataView(whole.buffer).setUint32(0, content.length);
  whole.set(content, 4);
  return whole;
}

/** The sealed item of a report's slot ("r1", or the id of a file), as bytes. */
export async function sealItem(point, observationId, slot, content) {
  const { enc, shared } = await encapsulate(point);
  const ciphertext = await encrypt(shared, INFO, utf8(observationId + slot), padded(content));
  const kid = (await sha256(point)).slice(0, 8);
  return concat(Uint8Array.of(1), kid, enc, ciphertext);
}
