// Finished reports. Finishing makes the package, seals it and its files to the mission and freezes them: from then on
// the bytes are what they are, however often they are sent, and this phone cannot read them any more. It keeps a
// stub: number, type, time, state. Knows no page.

import { concat, newId, utf8 } from "./bytes.js";
import { fact, others, read, readAll, write } from "./database.js";
import { sealItem } from "./seal.js";
import { plainPackage, signedPackage } from "./sign.js";

const MAGIC = utf8("TLOUTBOX1\n");

/** Runs `work` with nobody else of this phone in it, pages and worker alike. Where the lock is taken and `wait` is
    false, it is not run and the answer is undefined. */
export function alone(name, work, wait = true) {
  if (!globalThis.navigator?.locks) return work();
  return navigator.locks.request(`truceline.${name}`, { ifAvailable: !wait }, (lock) => (lock ? work() : undefined));
}

/** Stubs of all reports, newest first. */
export async function reports() {
  return (await readAll("reports")).sort((one, other) => other.filed_at - one.filed_at);
}

/** Whether something of this report has not reached the base. */
export const isWaiting = (report) => report.state === "finished" || report.state === "sending";

/** Changes a stub as it stands in the store now, and tells the pages. */
export async function note(key, change) {
  const changed = await write(["reports"], async ({ reports: rows }) => {
    const row = await rows.get(key);
    if (!row) return undefined;
    const next = { ...row, ...(typeof change === "function" ? change(row) : change) };
    await rows.put(next);
    return next;
  });
  tell();
  return changed;
}

export function tell() {
  others?.postMessage("changed");
  globalThis.dispatchEvent?.(new Event("outbox"));
}

/**
 * Freezes a draft into the outbox. `photoBytes` gives a file's bytes by its id; `keys` is the mission's point.
 * Signing, numbering and storing are one: the device's next number is taken in the transaction that stores the item,
 * and where another page was quicker, the package is made anew.
 */
export function finish({ draft, body, filedAt, personId, point, clock, isPrivate, photoBytes, supersedes }) {
  return alone("finish", async () => {
    const own = draft.photos.filter((photo) => !photo.sent);
    const media = body.media.map((file) => ({ ...file, ...pick(draft.photos.find(({ media_id }) => media_id === file.media_id)) }));
    const sizes = {};
    for (const photo of own) {
      const bytes = await sealItem(point, body.observation_id, photo.media_id, new Uint8Array(await photoBytes(photo.media_id)));
      sizes[photo.media_id] = bytes.length;
      await write(["sealed"], ({ sealed }) => sealed.put({ key: photo.media_id, bytes: bytes.buffer }));
    }
    for (;;) {
      const device = signer(await fact("device"));
      const head = await fact("head");
      const made = device
        ? await signedPackage({ body, media, device: { ...device, seq: device.seq + 1 }, seen: head ?? null, clock, supersedes, isPrivate })
        : await plainPackage(body);
      const slot = `r${body.revision_no}`;
      const item = await sealItem(point, body.observation_id, slot, made.bytes);
      const report = {
        key: `${body.observation_id}/${body.revision_no}`,
        id: body.observation_id,
        revision_no: body.revision_no,
        type: draft.type,
        at: Date.parse(body.time.start),
        filed_at: filedAt,
        number: draft.number ?? null,
        state: "finished",
        problem: null,
        person_id: personId,
        device_seq: device ? device.seq + 1 : null,
        digest: made.digest,
        envelope_sha256: made.envelope_sha256,
        media: own.map(({ media_id, sha256, bytes, mime }) => ({ media_id, sha256, bytes, mime, sealed_bytes: sizes[media_id], offset: 0, state: "waiting" })),
        receipt: null,
      };
      const stored = await write(["meta", "reports", "sealed", "drafts", "photos"], async (all) => {
        const now = signer((await all.meta.get("device"))?.value);
        if ((now?.kid ?? null) !== (device?.kid ?? null) || (now?.seq ?? null) !== (device?.seq ?? null)) return false;
        if (device) await all.meta.put({ name: "device", value: { ...now, seq: device.seq + 1, prev: made.envelope_sha256 } });
        await all.sealed.put({ key: `${report.id}/${slot}`, bytes: item.buffer });
        await all.reports.put(report);
        await all.drafts.delete(draft.id);
        for (const photo of own) await all.photos.delete(photo.media_id);
        return true;
      });
      if (stored) {
        tell();
        return report;
      }
    }
  });
}

/** A phone that lost its key, because somebody did not know its PIN, still sends but signs nothing. */
const signer = (device) => (device?.keys ? device : null);

function pick({ capture, at } = {}) {
  return { capture: capture ?? "file", at: at ?? null };
}

/** Removes sealed files whose report was never finished: the phone died between the two, and the draft has them still. */
export async function forgetStrays() {
  await alone("finish", async () => {
    const wanted = new Set((await readAll("reports")).flatMap((report) => itemsOf(report).map(({ key }) => key)));
    await write(["sealed"], async ({ sealed }) => {
      for (const key of await sealed.getAllKeys()) if (!wanted.has(key)) await sealed.delete(key);
    });
  });
}

/** The sealed items of a report that the base does not hold for certain: [{key, slot, mime, sha256}]. */
function itemsOf(report) {
  if (report.state === "received") return [];
  return [
    { key: `${report.id}/r${report.revision_no}`, slot: `r${report.revision_no}`, mime: null, sha256: null },
    ...report.media.map(({ media_id, mime, sha256 }) => ({ key: media_id, slot: media_id, mime, sha256 })),
  ];
}

/** Everything that waits or is blocked as one file (still sealed), for the share sheet or a cable. */
export async function outboxFile(at) {
  const items = [];
  const parts = [];
  for (const report of (await reports()).reverse()) {
    for (const { key, slot, mime, sha256 } of itemsOf(report)) {
      const row = await read("sealed", key);
      if (!row) continue;
      items.push({ observation_id: report.id, slot, bytes: row.bytes.byteLength, mime, sha256 });
      parts.push(new Uint8Array(row.bytes));
    }
  }
  const head = utf8(`${JSON.stringify({ items, made_at: at })}\n`);
  return { count: items.length, parts: [concat(MAGIC, head), ...parts] };
}

/** Something small to tell the base when there is a net: `POST url body`, repeated under the id in its body. */
export async function addErrand(url, body) {
  await write(["errands"], ({ errands }) => errands.put({ id: newId(), url, body, made_at: Date.now() }));
  tell();
}
