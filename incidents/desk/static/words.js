// Codes in plain words, and the marks that go with them.

export const PROCESSING = {
  received: "Not yet reviewed",
  in_review: "In review",
  accepted: "Accepted",
  returned: "Returned with a question",
  rejected: "Rejected",
  quarantined: "Set aside for a check",
};
export const PROCESSING_TONE = {
  received: "warn",
  in_review: "accent",
  accepted: "good",
  returned: "accent",
  rejected: "bad",
  quarantined: "bad",
};
export const ASSESSMENT = {
  reported: "Reported",
  possible: "Possible",
  corroborated: "Corroborated",
  confirmed: "Confirmed",
  disputed: "Disputed",
  unverifiable: "Unverifiable",
  refuted: "Refuted",
  withdrawn: "Withdrawn",
};
export const ASSESSMENT_TONE = {
  reported: "warn",
  possible: "warn",
  corroborated: "accent",
  confirmed: "good",
  disputed: "bad",
  unverifiable: "",
  refuted: "bad",
  withdrawn: "",
};
export const ALERT_STATE = {
  open: "New",
  acknowledged: "Acknowledged",
  assigned: "Assigned",
  shelved: "Shelved",
  needs_review: "Look again",
  resolved: "Quiet again",
  withdrawn: "Withdrawn",
  superseded: "Part of another",
  closed: "Closed",
};
export const ALERT_TONE = { open: "bad", needs_review: "bad", acknowledged: "accent", assigned: "accent" };
export const CHANGE = {
  raised: "Raised",
  strengthened: "Strengthened",
  amended: "Numbers changed",
  withdrawn: "Withdrawn",
  needs_review: "Evidence fell away",
  resolved: "Quiet again",
  reopened: "Opened again",
  superseded: "Part of another alert",
};
export const STEP = {
  ...CHANGE,
  acknowledge: "Acknowledged",
  assign: "Assigned to",
  escalate: "Escalated",
  told: "Told",
  note: "Note",
  close: "Closed",
  shelve: "Shelved",
};
export const REASON = {
  new_report: "by a new report",
  late_report: "by a late report",
  corrected: "by a correction",
  refuted: "since its evidence was refuted",
  withdrawn: "since its evidence was withdrawn",
  reviewed: "by a review",
  linked: "since reports were put together",
  clock: "by the passing of time",
  baseline_changed: "since the usual rate changed",
  rule_version_changed: "by a new version of the rule",
  split: "since reports were taken apart",
};

/** A code in readable words when nothing better is known. */
export function plain(code) {
  return String(code ?? "").replaceAll("_", " ");
}

export function word(table, code) {
  if (code === null || code === undefined) return "";
  const text = table[code];
  if (text) return text;
  const words = plain(code);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
