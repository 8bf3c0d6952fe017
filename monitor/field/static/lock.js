// The PIN: chosen once, asked whenever the form was put away.

import { fact } from "./database.js";
import { announce, button, h, sure } from "./dom.js";
import { kept, isWaiting } from "./store.js";
import { t } from "./words.js";
import { SHORTEST_PIN, choosePin, tryPin, waitS } from "./vault.js";

const LONGEST_PIN = 12;
let said = "";
let busy = false;

/** `again` draws anew, `opened` is told when the vault is open. */
export function lockScreen(state, { again, opened }) {
  return state === "none" ? chooseScreen(again, opened) : askScreen(again, opened);
}

function pinBox(id, label, hint) {
  return h("div", { class: "box" },
    h("label", { for: id }, label),
    hint && h("p", { id: `${id}-hint`, class: "hint" }, hint),
    said && h("p", { id: `${id}-error`, class: "error", role: "alert" }, said),
    h("input", { id, type: "password", inputmode: "numeric", autocomplete: "off", maxlength: LONGEST_PIN, class: "pin",
      "aria-describedby": [hint && `${id}-hint`, said && `${id}-error`].filter(Boolean).join(" ") || null, "aria-invalid": said && "true" }));
}

function screen(title, more, fields, label, submit, ...rest) {
  return h("form", { id: "lock", class: "lock", autocomplete: "off", onsubmit: (event) => { event.preventDefault(); submit(); } },
    h("h1", { tabindex: "-1" }, title),
    h("p", {}, more),
    fields,
    h("button", { id: "pin-go", type: "submit", class: "primary wide", disabled: busy }, label),
    rest);
}

const typed = (id) => document.getElementById(id).value.trim();

function chooseScreen(again, opened) {
  const submit = async () => {
    const [pin, repeated] = [typed("pin"), typed("pin-again")];
    const fits = pin.length >= SHORTEST_PIN && /^\d+$/.test(pin);
    said = !fits ? t("lock.too_short", { n: SHORTEST_PIN }) : pin !== repeated ? t("lock.not_same") : "";
    if (said) return complain(again, "pin");
    await working(again, () => choosePin(pin));
    return opened();
  };
  return screen(t("lock.choose"), t("lock.choose_more"), [
    pinBox("pin", t("lock.pin"), t("lock.digits", { n: SHORTEST_PIN })),
    h("div", { class: "box" }, h("label", { for: "pin-again" }, t("lock.again")),
      h("input", { id: "pin-again", type: "password", inputmode: "numeric", autocomplete: "off", maxlength: LONGEST_PIN, class: "pin" })),
  ], t("lock.set"), submit);
}

function askScreen(again, opened) {
  const submit = async () => {
    const pin = typed("pin");
    const { ok, wait_s } = await working(again, () => tryPin(pin));
    said = ok ? "" : wait_s ? t("lock.wait", { s: wait_s }) : t("lock.wrong");
    if (ok) return opened();
    return complain(again, "pin");
  };
  const waiting = kept.reports.filter(isWaiting).length;
  return screen(t("lock.locked"), t("lock.locked_more"), pinBox("pin", t("lock.pin")), t("lock.open"), submit,
    waiting > 0 && h("p", { class: "muted centre" }, t("lock.still_sending", { n: waiting })),
    h("p", { class: "centre" }, button("pin-forgotten", t("lock.forgotten"), () => forgotten(again), "quiet")));
}

/** Without the PIN the drafts are lost, and the key to sign with: what was finished is sealed to the base and goes out. */
async function forgotten(again) {
  const signs = (await fact("device"))?.keys;
  const question = [t("lock.forgotten_sure"), signs && t("lock.forgotten_key")].filter(Boolean).join(" ");
  if (!(await sure(question, t("lock.forgotten_yes"), t("form.cancel")))) return;
  said = "";
  again("none");
}

/** Making a key of a PIN takes a moment; meanwhile the button rests. */
async function working(again, work) {
  const go = document.getElementById("pin-go");
  if (go) go.disabled = true;
  busy = true;
  try {
    return await work();
  } finally {
    busy = false;
    if (go) go.disabled = false;
  }
}

function complain(again, id) {
  announce(said);
  again();
  document.getElementById(id).focus();
}

/** What was said of an earlier try is not shown at the next lock. */
export async function freshLock() {
  const wait = await waitS();
  said = wait ? t("lock.wait", { s: wait }) : "";
}
