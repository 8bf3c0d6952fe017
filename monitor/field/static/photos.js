// Photos: hashed as the camera gave them, before anything else is done; nothing is shrunk or stripped.

import { button, h } from "./dom.js";
import { hexOf, newId } from "./bytes.js";
import { isPhoto } from "./compose.js";
import { draftById, forgetPhoto, keepPhoto, photoBytes } from "./store.js";
import { iso, now } from "./time.js";
import { holdOpen, whenOpen } from "./vault.js";
import { shownNumber, t } from "./words.js";

export const LARGEST_BYTES = 25 * 1024 * 1024;
const MOST = 20;
const previews = new Map();

/** Takes files into the draft one by one; each is committed before it is listed. Returns messages of refusal. */
async function take(files, draft, taken, capture) {
  const refused = [];
  await whenOpen(); // a long visit to the camera may have locked the vault
  const held = draftById(draft.id) ?? draft; // and then drafts were read anew
  for (const file of files) {
    if (held.photos.filter(isPhoto).length >= MOST) {
      refused.push(t("photos.too_many", { most: MOST }));
      break;
    }
    if (file.size > LARGEST_BYTES) {
      refused.push(t("photos.too_large", { name: file.name }));
      continue;
    }
    const bytes = await file.arrayBuffer(); // the bytes, not the File: browsers lose those
    const sha256 = hexOf(await crypto.subtle.digest("SHA-256", bytes));
    if (held.photos.some((photo) => photo.sha256 === sha256)) continue;
    const photo = { media_id: newId(), sha256, bytes: bytes.byteLength, mime: file.type || "application/octet-stream", capture, at: iso(now()) };
    await keepPhoto(held, photo, bytes);
    previews.set(photo.media_id, URL.createObjectURL(file));
    taken();
  }
  return refused;
}

/** Nothing of a photo stays in memory when the form is put down. */
export function forgetPreviews() {
  for (const address of previews.values()) URL.revokeObjectURL(address);
  previews.clear();
}

function preview(photo) {
  const image = h("img", { alt: "", class: "preview" });
  const known = previews.get(photo.media_id);
  if (known) image.src = known;
  else
    photoBytes(photo.media_id).then((bytes) => {
      if (!bytes) return;
      previews.set(photo.media_id, URL.createObjectURL(new Blob([bytes], { type: photo.mime })));
      image.src = previews.get(photo.media_id);
    });
  return image;
}

export function sizeText(bytes) {
  return bytes < 1_048_576
    ? t("photos.kb", { n: Math.max(1, Math.round(bytes / 1024)) })
    : t("photos.mb", { n: shownNumber((bytes / 1_048_576).toFixed(1)) });
}

/** The list of photos with two own buttons; the browser's file buttons speak the browser's language. */
export function photoQuestion({ draft, change, complain }) {
  const chooser = (id, camera) =>
    h("input", {
      id,
      type: "file",
      class: "visually-hidden",
      tabindex: "-1",
      "aria-hidden": "true",
      accept: "image/*",
      capture: camera && "environment",
      multiple: !camera,
      onchange: async (event) => complain(await take(event.target.files, draft, () => change(() => {}, true), camera ? "camera" : "file")),
    });
  const press = (id) => () => {
    const letGo = holdOpen();
    addEventListener("focus", letGo, { once: true });
    document.getElementById(id).click();
  };
  const photos = draft.photos.filter(isPhoto);
  return h("div", { class: "stack" },
    h("p", { class: "hint" }, t("photos.hint")),
    photos.length > 0 &&
      h("ul", { class: "photos" },
        photos.map((photo, at) =>
          h("li", {},
            preview(photo),
            h("span", {}, t("photos.nth", { n: at + 1 }), h("small", {}, `${sizeText(photo.bytes)} · ${photo.sha256.slice(0, 8)}`)),
            button(`photo-${at}-remove`, t("form.remove"), () => {
              forgetPhoto(draft, photo).then(() => change(() => {}, true));
            }, "quiet")))),
    h("div", { class: "row" },
      chooser("photo-camera", true),
      chooser("photo-files", false),
      button("take-photo", t("photos.take"), press("photo-camera")),
      button("choose-photo", t("photos.choose"), press("photo-files"))));
}
