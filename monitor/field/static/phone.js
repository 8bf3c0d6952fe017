// This phone: whether it is ready for the field and what to do where it is not; the outbox as a file; locking, wiping.

import { button, h, sure } from "./dom.js";
import { fact, read, wipe } from "./database.js";
import { outboxFile } from "./outbox.js";
import { kept, wouldBeLost } from "./store.js";
import { base, refresh, sendNow } from "./sync.js";
import { isClockWrong, iso, momentText, now } from "./time.js";
import { language, t } from "./words.js";
import { lock } from "./vault.js";

let installing = null;
const found = { checks: null, said: "" };

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing = event;
});

/** [{code, ok}]: what makes a phone ready for days without a net. */
export async function readiness() {
  const known = await Promise.all([`/api/v1/taxonomy?language=${language}`, "/api/v1/places", "/api/v1/basemap"].map((url) => read("known", url)));
  const [device, lasting] = [await fact("device"), await navigator.storage?.persisted?.()];
  return [
    { code: "copy", ok: Boolean(navigator.serviceWorker?.controller) && known.every(Boolean) },
    { code: "installed", ok: matchMedia("(display-mode: standalone)").matches || navigator.standalone === true },
    { code: "lasting", ok: lasting === true },
    { code: "enrolled", ok: Boolean(device?.keys) },
    { code: "clock", ok: !isClockWrong() },
  ];
}

/** Draws what was last found and looks anew; `again` is told when something differs. */
export function phoneScreen({ again, signOut }) {
  look(again);
  if (!found.checks) return h("p", { class: "loading", role: "status" }, t("app.loading"));
  const missing = found.checks.filter(({ ok }) => !ok).length;
  const waiting = kept.reports.filter((report) => report.state !== "received").length;
  return [
    h("h1", { tabindex: "-1" }, t("app.phone")),
    h("section", { "aria-labelledby": "ready" },
      h("h2", { id: "ready" }, t(missing ? "home.not_ready" : "phone.ready")),
      h("ul", { class: "checks" }, found.checks.map((one) => check(one, again)))),
    h("section", { "aria-labelledby": "outbox" },
      h("h2", { id: "outbox" }, t("phone.outbox")),
      h("p", {}, waiting ? t("phone.outbox_more", { n: waiting }) : t("phone.outbox_empty")),
      h("div", { class: "row" },
        button("send-all", t("send.try_now"), sendNow, "primary"),
        waiting > 0 && button("export", t("phone.export"), () => exportOutbox(again)))),
    h("p", { class: "small said", role: "status" }, found.said),
    h("section", { "aria-labelledby": "safety" },
      h("h2", { id: "safety" }, t("phone.safety")),
      h("p", { class: "small muted" }, who()),
      h("div", { class: "row" },
        button("lock-now", t("phone.lock"), lock),
        !base.device && button("sign-out", t("app.sign_out"), signOut),
        button("wipe", t("phone.wipe"), wipePhone, "danger"))),
  ];
}

function who() {
  const { person, device } = base;
  return [person?.name, device?.code].filter(Boolean).join(" · ");
}

function check({ code, ok }, again) {
  const act = !ok && ACTIONS[code];
  return h("li", { id: `check-${code}`, class: ok ? "check-row ok" : "check-row" },
    h("span", { class: ok ? "mark done" : "mark missing", "aria-hidden": "true" }, ok ? "✓" : "!"),
    h("div", {},
      h("strong", {}, t(`phone.${code}`)),
      h("span", { class: "visually-hidden" }, ` · ${t(ok ? "phone.ok" : "phone.todo")}`),
      !ok && h("p", { class: "small" }, t(`phone.${code}_todo`)),
      act && act.when() && button(`do-${code}`, t(act.label), () => act.run().then(() => look(again)), "quiet")));
}

const ACTIONS = {
  copy: { label: "app.again", when: () => true, run: () => refresh() },
  installed: { label: "phone.install", when: () => Boolean(installing), run: async () => { await installing.prompt(); installing = null; } },
  lasting: { label: "phone.keep", when: () => Boolean(navigator.storage?.persist), run: () => navigator.storage.persist() },
};

async function look(again) {
  const checks = await readiness();
  if (JSON.stringify(checks) === JSON.stringify(found.checks)) return;
  found.checks = checks;
  again();
}

/** The outbox as one file, sealed as it is: by the share sheet where the phone has one for files, else as a download. */
export async function exportOutbox(again) {
  const { count, parts } = await outboxFile(iso(now()));
  if (!count) return;
  const name = `truceline-${iso(now()).slice(0, 16).replace(/[-:]/g, "")}.outbox`;
  const file = new File(parts, name, { type: "application/octet-stream" });
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch((error) => {
      if (error.name !== "AbortError") throw error; // the person turned back
    });
  } else {
    const address = URL.createObjectURL(file);
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
  found.said = t("phone.exported", { n: count, time: momentText(now()) });
  again();
}

async function wipePhone() {
  const left = wouldBeLost();
  const question = left ? t("phone.wipe_unsent", { n: left }) : t("phone.wipe_sure");
  if (!(await sure(question, t("phone.wipe"), t("form.cancel")))) return;
  await wipe();
  location.replace(`/field/${language}`);
}
