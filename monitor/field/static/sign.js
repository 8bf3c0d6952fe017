// The package of a report: a signed envelope (DSSE) over the exact bytes where the phone has a key, else the
// plain body. What may have to be withheld or shredded one day travels as salted disclosures of its own, of
// which the signed bytes hold the hashes only.

import { base64, base64url, concat, hexOf, random, sha256, utf8 } from "./bytes.js";

export const PAYLOAD_TYPE = "application/vnd.truceline.observation.v1+json";
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const PUBLIC = ["category", "type", "means", "info_type", "time", "count", "conditions", "exposure", "sensitivity", "watch_id"];

/** A signing key that cannot leave this browser. */
export function makeKey() {
  return crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
}

/** The public key as SPKI bytes. */
export async function spkiOf(keys) {
  return new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
}

export async function kidOf(spki) {
  return hexOf((await sha256(spki)).slice(0, 16));
}

export async function signature(keys, bytes) {
  return new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, bytes));
}

/** What DSSE signs: type and payload, each with its length. */
export function preAuthentication(payload) {
  return concat(utf8(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload);
}

async function disclose(name, value) {
  const bytes = utf8(JSON.stringify([base64url(random(18)), name, value]));
  return { bytes, digest: base64url(await sha256(bytes)) };
}

/** The body's parts that can be withheld, by the names they have in `sd`; only those that exist. */
function withheld(body, isPrivate) {
  const own = Object.entries(body.fields ?? {}).filter(([code]) => isPrivate(code));
  const parts = {
    position: body.event,
    observer_position: body.observer,
    witness: body.witness,
    free_text: body.text,
    private_fields: own.length ? Object.fromEntries(own) : null,
    co_observers: body.co_observers?.length ? body.co_observers : null,
  };
  return Object.entries(parts).filter(([, value]) => value !== null && value !== undefined);
}

/**
 * A signed package: {bytes, digest, envelope_sha256}, both as hex. `device` is {kid, keys, seq, prev}; `seq` is the
 * number this report gets. `media` are the report's files as the body names them, with `capture` and `at`.
 */
export async function signedPackage({ body, media, device, seen, clock, supersedes, isPrivate }) {
  const parts = await Promise.all(withheld(body, isPrivate).map(async ([name, value]) => [name, await disclose(name, value)]));
  const fields = Object.entries(body.fields ?? {}).filter(([code]) => !isPrivate(code));
  const payload = utf8(JSON.stringify({
    v: 1,
    type: body.revision_no === 1 ? "observation" : "revision",
    observation_id: body.observation_id,
    revision_no: body.revision_no,
    of: body.revision_of,
    supersedes: supersedes ?? null,
    device: device.kid,
    device_seq: device.seq,
    prev: device.prev,
    nonce: base64url(random(32)),
    captured_at: body.captured_at,
    clock,
    seen,
    form: body.form_version,
    public: { ...Object.fromEntries(PUBLIC.filter((name) => name in body).map((name) => [name, body[name]])), fields: Object.fromEntries(fields) },
    sd: Object.fromEntries(parts.map(([name, { digest }]) => [name, digest])),
    media,
  }));
  const envelope = utf8(JSON.stringify({
    payloadType: PAYLOAD_TYPE,
    payload: base64(payload),
    signatures: [{ keyid: device.kid, sig: base64(await signature(device.keys, preAuthentication(payload))) }],
  }));
  const whole = { envelope: base64(envelope), disclosures: parts.map(([, { bytes }]) => base64url(bytes)) };
  return {
    bytes: utf8(JSON.stringify(whole)),
    digest: hexOf(await sha256(payload)),
    envelope_sha256: hexOf(await sha256(envelope)),
  };
}

/** The package of a phone without a key. Its digest is that of the body's one canonical writing. */
export async function plainPackage(body) {
  const bytes = utf8(JSON.stringify({ body: base64(utf8(JSON.stringify(body))) }));
  return { bytes, digest: hexOf(await sha256(utf8(canonical(body)))), envelope_sha256: null };
}

/** Keys sorted, no spaces (RFC 8785). */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = Object.keys(value).filter((key) => value[key] !== undefined).sort();
  return `{${inner.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
