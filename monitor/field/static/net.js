// Asking the base: with the device's token where the phone is enrolled, else with the session of who is signed in.
// An answer counts only if it is the API's own; a network's sign-in page is none (captive portals answer 200 to
// everything). Knows no page, so that the worker can use it too.

import { fact, put, read, setFact, wipe } from "./database.js";

const START = "/api/v1/field/start";
const REFUSED_DEVICE = "/problems/device-revoked";

/** Why there is no usable answer: "no_net", "portal", "sign_in", "revoked", "wiped", "busy", or "refused" with its status. */
export class Unanswered extends Error {
  constructor(why, facts = {}) {
    super(why);
    this.why = why;
    Object.assign(this, facts);
  }
}

async function attempt(url, { method = "GET", body, headers = {}, credentials, cache = "no-store" }) {
  try {
    const response = await fetch(url, {
      method, body, cache, redirect: "manual", credentials,
      headers: { Accept: "application/json", ...headers },
    });
    if (response.type === "opaqueredirect") throw new Unanswered("portal");
    return response;
  } catch (error) {
    if (error instanceof TypeError) throw new Unanswered("no_net"); // what fetch raises when the net is gone
    throw error;
  }
}

/** Enrolment speaks for nobody yet; all else for the device, or for who is signed in. */
async function authority(anonymous) {
  if (anonymous) return { credentials: "omit", headers: {} };
  const device = await fact("device");
  if (device) return { credentials: "omit", headers: { Authorization: `Bearer ${device.token}` } };
  return { credentials: "same-origin", headers: { "X-CSRF-Token": (await fact("csrf")) ?? "" } };
}

/** The response, whatever its status, once it is sure that the base gave it. Raises Unanswered. */
export async function ask(url, options = {}) {
  const send = async () => {
    const { credentials, headers } = await authority(options.anonymous);
    return attempt(url, { ...options, credentials, headers: { ...headers, ...options.headers } });
  };
  let response = await send();
  if (response.status === 403 && !(await isRevoked(response)) && (await renewToken())) response = await send();
  if (await isRevoked(response)) throw await revoked(response);
  if (response.status === 401) throw new Unanswered("sign_in");
  if (response.status >= 500 || [408, 425, 429].includes(response.status)) throw new Unanswered("busy");
  if (response.status === 204 || (options.method === "HEAD" && response.ok)) return response;
  if (!/json/.test(response.headers.get("Content-Type") ?? "")) throw new Unanswered("portal");
  return response;
}

/** The JSON of an answer below 400; a refusal is raised with its status. */
export async function askJson(url, options = {}) {
  const response = await ask(url, options);
  let answer;
  try {
    answer = await response.json();
  } catch (error) {
    // Cut off on the way, or not JSON at all: both are no answer.
    if (error instanceof SyntaxError || error instanceof TypeError) throw new Unanswered("no_net");
    throw error;
  }
  if (response.ok) return answer;
  throw new Unanswered("refused", { status: response.status });
}

async function problemOf(response) {
  if (response.status !== 401 && response.status !== 403) return null;
  return response.clone().json().catch(() => null); // a page, or cut off: then it is no problem of ours
}

async function isRevoked(response) {
  return (await problemOf(response))?.type === REFUSED_DEVICE;
}

/** The base has ended this device; where it says so, everything here is removed at once. */
async function revoked(response) {
  if (!(await problemOf(response)).wipe) return new Unanswered("revoked");
  await wipe();
  return new Unanswered("wiped");
}

/** A page that has become too old gets a fresh token, once. */
async function renewToken() {
  if (await fact("device")) return false;
  const before = await fact("csrf");
  const response = await attempt(START, { credentials: "same-origin" });
  if (!response.ok || !/json/.test(response.headers.get("Content-Type") ?? "")) return false;
  const { csrf_token: fresh } = await response.json();
  await setFact("csrf", fresh);
  return Boolean(fresh) && fresh !== before;
}

/** Who holds the phone, the mission and its keys, from the base. */
export async function askStart() {
  const start = await askJson(START);
  if (start.csrf_token) await setFact("csrf", start.csrf_token);
  return start;
}

// Known answers ------------------------------------------------------------------------------------------------

/**
 * An answer that holds no secret: what this phone knows already, at once, and asked again behind it; else the
 * base's. `renewed` is told when the base's differs from what was known. Raises Unanswered where neither is to be had.
 */
export async function known(url, renewed = () => null) {
  const row = await read("known", url);
  const fresh = askJson(url, { cache: "no-cache" }).then(async (answer) => {
    if (row && JSON.stringify(row.answer) === JSON.stringify(answer)) return answer;
    await put("known", { url, answer });
    if (row) renewed(answer);
    return answer;
  });
  if (!row) return fresh;
  fresh.catch((error) => {
    if (!(error instanceof Unanswered)) throw error;
  });
  return row.answer;
}

const LANGUAGES = ["en", "hy", "az", "ru"];

/** Takes along what the other languages and the map need, while there is a net. */
export async function takeAlong() {
  for (const language of LANGUAGES) await known(`/api/v1/taxonomy?language=${language}`);
  await known("/api/v1/basemap");
}
