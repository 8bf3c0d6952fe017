// A voice note: one to a report, two minutes at most, small enough for a poor net. It is hashed and kept as photos are.

import { VOICE_SLOT, isPhoto } from "./compose.js";
import { button, h } from "./dom.js";
import { sizeText } from "./photos.js";
import { hexOf, newId } from "./bytes.js";
import { draftById, forgetPhoto, keepPhoto, photoBytes } from "./store.js";
import { iso, now } from "./time.js";
import { t } from "./words.js";
import { whenOpen } from "./vault.js";

export const LONGEST_S = 120;
const BITS_PER_S = 24_000;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

let recording = null; // {draft, recorder, began, ticking, why}

const noteOf = (draft) => draft.photos.find((one) => !isPhoto(one));

function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

async function begin(form) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
  if (!stream) {
    recording = { draft: form.draft, why: "voice.denied" };
    return form.draw();
  }
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_S });
  const parts = [];
  const began = performance.now();
  const ticking = setInterval(() => {
    const seconds = (performance.now() - began) / 1000;
    document.getElementById("voice-now")?.replaceChildren(t("voice.running", { time: clock(seconds), most: clock(LONGEST_S) }));
    if (seconds >= LONGEST_S) endVoice();
  }, 250);
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = async () => {
    clearInterval(ticking);
    for (const track of stream.getTracks()) track.stop();
    recording = null;
    await keep(form, new Blob(parts), recorder.mimeType.split(";")[0]);
  };
  recording = { draft: form.draft, recorder, why: null };
  recorder.start();
  return form.draw();
}

/** Ends what is being recorded; what was said until then is kept. */
export function endVoice() {
  if (recording?.recorder?.state === "recording") recording.recorder.stop();
  else recording = null;
}

async function keep(form, blob, mime) {
  const bytes = await blob.arrayBuffer();
  if (!bytes.byteLength) return form.draw();
  const sha256 = hexOf(await crypto.subtle.digest("SHA-256", bytes));
  const note = { media_id: newId(), slot: VOICE_SLOT, sha256, bytes: bytes.byteLength, mime, capture: "camera", at: iso(now()) };
  await whenOpen(); // the vault may have been locked while it ran, and drafts were then read anew
  await keepPhoto(draftById(form.draft.id) ?? form.draft, note, bytes);
  return form.draw();
}

function player(note) {
  const audio = h("audio", { controls: true, class: "voice", "aria-label": t("voice.title") });
  photoBytes(note.media_id).then((bytes) => {
    if (bytes) audio.src = URL.createObjectURL(new Blob([bytes], { type: note.mime }));
  });
  return audio;
}

/** Asks for a voice note, or plays the one there is. */
export function voiceQuestion(form) {
  if (!globalThis.MediaRecorder || !navigator.mediaDevices) return null;
  const note = noteOf(form.draft);
  const mine = recording?.draft === form.draft ? recording : null;
  return h("div", { class: "stack", role: "group", "aria-label": t("voice.title") },
    h("p", { class: "legend" }, t("voice.title")),
    mine?.why && h("p", { class: "error", role: "alert" }, t(mine.why)),
    note && [
      !note.sent && player(note),
      h("div", { class: "chosen" }, h("span", {}, t("voice.kept"), h("small", {}, sizeText(note.bytes))),
        button("voice-remove", t("form.remove"), () => {
          forgetPhoto(form.draft, note).then(form.draw);
        }, "quiet")),
    ],
    !note && mine?.recorder && [
      h("p", { class: "big", id: "voice-now" }, t("voice.running", { time: clock(0), most: clock(LONGEST_S) })),
      button("voice-stop", t("voice.stop"), endVoice, "primary"),
    ],
    !note && !mine?.recorder && [
      h("p", { class: "hint" }, t("voice.hint", { most: clock(LONGEST_S) })),
      button("voice-start", t("voice.start"), () => begin(form)),
    ]);
}
