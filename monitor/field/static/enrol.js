// Enrolment: the duty officer shows a code (QR) that leads here. The phone makes its key, sends the public half, and
// shows six words; the officer compares them with the desk's and confirms. Only then does the phone get its token.

import { base64, base64url, fromBase64url, sha256, utf8 } from "./bytes.js";
import { fact, setFact, write } from "./database.js";
import { announce, button, h } from "./dom.js";
import { Unanswered, askJson, askStart } from "./net.js";
import { kidOf, makeKey, signature, spkiOf } from "./sign.js";
import { t } from "./words.js";

const POLL_MS = 2_000;
const state = { code: null, step: "start", words: [], problem: null };
let timer = null;

/** `#/enrol/<code>/<mission point>/<hash of the vkey line>`. `again` draws, `done` is told when the phone is enrolled. */
export function enrolScreen([, code, point, log], { again, done }) {
  if (state.code !== code) {
    Object.assign(state, { code, step: "start", words: [], problem: null });
    resume(code, { again, done });
  }
  const steps = { start, words: wordsStep, failed };
  return h("section", { class: "enrol" }, steps[state.step]({ code, point, log, again, done }));
}

function start(given) {
  return [
    h("h1", { tabindex: "-1" }, t("enrol.title")),
    h("p", {}, t("enrol.more")),
    state.problem && h("p", { class: "notice warn", role: "alert" }, t(state.problem)),
    button("enrol-go", t("enrol.go"), () => claim(given), "primary wide"),
  ];
}

function wordsStep() {
  return [
    h("h1", { tabindex: "-1" }, t("enrol.words")),
    h("p", {}, t("enrol.words_more")),
    h("ol", { class: "six-words", id: "six-words" }, state.words.map((word) => h("li", { lang: "en" }, word))),
    h("p", { class: "muted", role: "status" }, t("enrol.waiting")),
  ];
}

function failed() {
  return [h("h1", { tabindex: "-1" }, t("enrol.failed")), h("p", { class: "notice bad", role: "alert" }, t(state.problem))];
}

async function claim({ code, point, log, again, done }) {
  try {
    const keys = await makeKey();
    const spki = base64(await spkiOf(keys));
    const proof = await signature(keys, utf8(`truceline/enrol/v1\0${code}\0${spki}`));
    const claimed = await askJson("/api/v1/enrolments/claim", {
      method: "POST",
      anonymous: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code, spki, signature: base64(proof) }),
    });
    await setFact("enrolling", { code, point, log, keys, id: claimed.id, words: claimed.fingerprint });
    show(again, { step: "words", words: claimed.fingerprint, problem: null });
    poll({ again, done });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (error.why === "refused") return show(again, { step: "failed", problem: "enrol.refused" });
    show(again, { problem: "enrol.no_net" });
  }
  return undefined;
}

/** A page that was closed after the claim goes on where it was. */
async function resume(code, { again, done }) {
  const pending = await fact("enrolling");
  if (pending?.code !== code) return;
  show(again, { step: "words", words: pending.words, problem: null });
  poll({ again, done });
}

function poll(given) {
  clearTimeout(timer);
  timer = setTimeout(() => collect(given), POLL_MS);
}

async function collect({ again, done }) {
  const pending = await fact("enrolling");
  if (!pending) return;
  try {
    const answer = await askJson(`/api/v1/enrolments/${pending.id}/collect`, {
      method: "POST", anonymous: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code: pending.code }),
    });
    if (answer.state !== "confirmed") return poll({ again, done });
    await take(pending, answer);
    announce(t("enrol.done"));
    done();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (error.why !== "refused") return poll({ again, done });
    await setFact("enrolling", null);
    show(again, { step: "failed", problem: error.status === 0 ? "enrol.other_keys" : "enrol.refused" });
  }
}

/** Keeps key and token, if the base shows the same keys over the net as the officer's screen did. */
async function take({ keys, point, log }, { token, device }) {
  const kid = await kidOf(await spkiOf(keys));
  if (device.kid !== kid) throw new Unanswered("refused", { status: 0 });
  const before = await fact("device");
  await setFact("device", { ...device, keys, token, seq: 0, prev: null });
  const start = await askStart().catch(async (error) => {
    await setFact("device", before);
    throw error;
  });
  const same = start.keys.mission === point && base64url(await sha256(utf8(start.keys.log_vkey))) === log && fromBase64url(point).length === 65;
  if (!same) {
    await setFact("device", before);
    throw new Unanswered("refused", { status: 0 });
  }
  const { now: _, rate: __, ...facts } = start.mission;
  await write(["meta"], ({ meta }) => Promise.all([
    meta.put({ name: "mission", value: { ...facts, keys: start.keys } }),
    meta.delete("enrolling"),
  ]));
}

function show(again, facts) {
  Object.assign(state, facts);
  again();
}
