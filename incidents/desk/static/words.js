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
export const CONFIDENCE = {
  solid: "accepted",
  dashed: "not yet reviewed",
  dotted: "told, not observed",
};
export const ALERT_STATE = {
  open: "New",
  acknowledged: "Acknowledged",
  assigned: "Assigned",
  actioned: "Acted on",
  shelved: "Shelved",
  closed: "Closed",
  superseded: "Superseded",
  withdrawn: "Withdrawn",
};
export const ALERT_TONE = { open: "bad", acknowledged: "accent", assigned: "accent", actioned: "good" };
export const CHANGE = {
  new: "Raised",
  raised: "Raised",
  late: "Found late",
  strengthened: "Strengthened",
  weakened: "Weakened",
  withdrawn: "Withdrawn by new data",
  returned: "Returned",
};
export const REASON = {
  unknown_field: "a field this system does not know",
  unknown_code: "a code this system does not know",
  unknown_form: "an unknown form version",
  invalid: "fields that do not fit",
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
