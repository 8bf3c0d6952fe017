// What the page was given by the server: its language and its words. Mission and person are not in the page,
// which is the same for everybody and kept on the phone.

const given = JSON.parse(document.getElementById("given").textContent);

export const { language, languages } = given;
const messages = { ...given.messages };

/** Adds the words that the first screen does without. */
export function addWords(more) {
  Object.assign(messages, more);
}

/** A message with its facts put in. A missing key is shown as itself, which no test lets through. */
export function t(key, facts = {}) {
  const text = messages[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole));
}

/** A message that may be missing, such as the words for a code of the server's. */
export function maybe(key, otherwise) {
  return messages[key] ?? otherwise;
}

/** "12,5" as in most of our languages, and "12.5", as a number; anything else is NaN. */
export function numberOf(text) {
  const plain = String(text ?? "").trim().replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN;
}

/** A number as people of this language write it. */
export function shownNumber(value) {
  const text = String(value);
  return language === "en" ? text : text.replace(".", ",");
}
