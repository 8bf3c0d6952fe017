// A finished report: where it stands, what proves it, and what to do where it does not move.

import { go, signInLink, stateBadge, typeLabel, world } from "./app.js";
import { button, h } from "./dom.js";
import { filesLeft } from "./send.js";
import { kept } from "./store.js";
import { sendNow, tryAgain } from "./sync.js";
import { momentText } from "./time.js";
import { maybe, t } from "./words.js";

/** Its screen and the buttons at the thumb. `correct` begins a correction, `exporting` hands out the outbox. */
export function sent(report, { correct, answer, exporting }) {
  return [screen(report, { correct, answer, exporting }), [
    button("home", t("form.home"), () => go(""), "quiet"),
    button("another", t("form.another"), () => go(""), "primary wide"),
  ]];
}

const TITLES = { finished: "receipt.finished", sending: "receipt.sending", received: "receipt.received", blocked: "receipt.blocked" };

function screen(report, acts) {
  const { receipt } = report;
  const done = report.state === "received";
  const line = (name, value, kind = "") => value && h("div", {}, h("dt", {}, t(`receipt.${name}`)), h("dd", { class: kind }, value));
  const held = report.media.length - filesLeft(report);
  return [
    h("div", { class: done ? "seal done" : "seal" },
      h("span", { class: "seal-mark", "aria-hidden": "true" }, done ? "✓" : report.state === "blocked" ? "!" : "…"),
      h("h1", { tabindex: "-1" }, t(receipt && !done && report.state !== "blocked" ? "receipt.proving" : TITLES[report.state])),
      receipt && h("p", { class: "number", id: "receipt-number" }, receipt.number),
      h("p", {}, typeLabel(report), " · ", momentText(report.at)),
      stateBadge(report)),
    notice(report, acts),
    h("dl", { class: "summary card" },
      line("number", receipt?.number, "mono"),
      line("time", receipt && momentText(Date.parse(receipt.received_at))),
      line("digest", report.digest.slice(0, 16), "mono"),
      line("revision", report.revision_no > 1 && String(report.revision_no)),
      line("photos", report.media.length > 0 && t("receipt.photos_of", { n: held, all: report.media.length })),
      line("signed", report.device_seq === null ? t("receipt.unsigned") : t("receipt.signed_as", { n: report.device_seq })),
      line("head", report.proved && String(report.proved.size), "mono")),
    h("p", { class: "small muted" }, t("receipt.sealed")),
    done && isNewest(report) && h("p", { class: "centre" }, button("correct", t("receipt.correct"), () => acts.correct(report))),
  ];
}

function isNewest(report) {
  const busy = kept.drafts.some((draft) => draft.observation_id === report.id);
  return !busy && !kept.reports.some((other) => other.id === report.id && other.revision_no > report.revision_no);
}

/** In words what stands between this report and its being accepted, with what can be done. */
function notice(report, { answer, exporting }) {
  const lines = [];
  const { problem } = report;
  const blocked = report.state === "blocked";
  if (problem) lines.push(t(problem.key, problem.facts));
  if (blocked) lines.push(t("send.blocked_more"));
  const question = kept.questions.find((one) => one.observation_id === report.id && one.revision_no === report.revision_no);
  if (report.now === "quarantined") lines.push(t("receipt.why_quarantined"), ...report.receipt.reasons.map(reasonText));
  if (report.now === "returned") lines.push(t("receipt.why_returned"), question && `“${question.question}”`);
  if (report.now === "rejected") lines.push(t("receipt.why_rejected"));
  const told = lines.filter(Boolean);
  if (!told.length) return null;
  return h("div", { class: blocked ? "notice bad" : "notice warn", role: "status" },
    told.map((text) => h("p", {}, text)),
    problem?.key === "send.sign_in" && signInLink(),
    h("div", { class: "row" },
      question && button("answer", t("question.answer"), () => answer(question), "primary"),
      blocked && button("try-again", t("send.try_now"), () => tryAgain(report)),
      !blocked && problem && button("try-now", t("send.try_now"), sendNow),
      blocked && button("export", t("phone.export"), exporting)));
}

/** In the page's language; of what the phone has no word for, the base knows more. */
function reasonText(reason) {
  const [code, about] = reason.split(":");
  const field = world.taxonomy.fields[about?.split(".").pop()]?.label;
  return [maybe(`reason.${code}`, t("reason.other")), field && `(${field})`].filter(Boolean).join(" ");
}

/** What the base wants to know, to be answered with a correction. */
export function questionList(answer) {
  if (!kept.questions.length) return null;
  return h("section", { "aria-labelledby": "questions" },
    h("h2", { id: "questions" }, t("question.title")),
    h("div", { class: "rows" }, kept.questions.map((one) => {
      const begun = kept.drafts.find((draft) => draft.observation_id === one.observation_id);
      return h("button", { type: "button", class: "row-button question-row", onclick: () => (begun ? go("report", begun.id) : answer(one)) },
        h("span", {}, `“${one.question}”`, h("small", {}, [one.number, world.taxonomy.types[one.type]?.label, momentText(Date.parse(one.asked_at))].filter(Boolean).join(" · "))),
        h("span", { class: "badge bad" }, t("question.answer")));
    })));
}
