// Writing a rule: the server judges the text as it is typed, and the line to mend is marked.

import { ask, h, trial } from "./trial.js";

const CHECK_AFTER_MS = 350;

const form = document.querySelector("#text-form");
const text = document.querySelector("#text");
const gutter = document.querySelector("#gutter");
const editor = document.querySelector(".editor");
const verdict = document.querySelector("#verdict");
const words = document.querySelector("#words");
const shadow = document.querySelector("#shadow");
const mark = h("div", { class: "mark", hidden: "" });
editor.append(mark);

let saved = text.value;
let wrongLine = null;
let asked = 0;
let timer = null;

const isChanged = () => text.value !== saved;

function number() {
  const lines = text.value.split("\n").length;
  while (gutter.children.length < lines) gutter.append(h("li", {}, String(gutter.children.length + 1)));
  while (gutter.children.length > lines) gutter.lastChild.remove();
  for (const [at, item] of [...gutter.children].entries()) item.classList.toggle("wrong", at + 1 === wrongLine);
  follow();
}

function follow() {
  gutter.scrollTop = text.scrollTop;
  mark.hidden = wrongLine === null;
  if (wrongLine === null) return;
  const row = gutter.children[wrongLine - 1];
  if (row) mark.style.top = `${row.offsetTop - text.scrollTop}px`;
}

async function check() {
  const mine = ++asked;
  let answer;
  try {
    answer = await ask(form.dataset.check, { text: text.value });
  } catch (error) {
    if (mine === asked) verdict.replaceChildren(h("p", {}, `Not judged: ${error.message}`));
    return;
  }
  if (mine === asked) say(answer);
}

function say(answer) {
  wrongLine = answer.line;
  verdict.className = `card verdict${answer.line ? " wrong" : answer.is_sound ? "" : " failing"}`;
  text.setAttribute("aria-invalid", answer.is_sound ? "false" : "true");
  if (answer.line) {
    const go = h("button", { type: "button", class: "plain" }, `Line ${answer.line}`);
    go.addEventListener("click", toWrongLine);
    verdict.replaceChildren(h("p", {}, go, " ", answer.why));
  } else if (!answer.is_sound) {
    verdict.replaceChildren(h("p", {}, h("span", { class: "badge warn" }, "examples fail")), h("ul", {}, answer.failing.map((one) => h("li", {}, one))));
  } else {
    verdict.replaceChildren(
      h("p", {}, h("span", { class: "badge good" }, "sound"), ` ${answer.version_id} loads, and its ${answer.examples} examples hold in both orders of arrival.`),
      answer.lacking.length ? h("p", { class: "small muted" }, `Before it may go on it needs ${answer.lacking.join("; ")}.`) : "",
    );
  }
  words.hidden = !answer.words.length;
  words.replaceChildren(h("h2", {}, "In words"), h("ul", { class: "words" }, answer.words.map((line) => h("li", {}, line))));
  number();
}

function toWrongLine() {
  if (wrongLine === null) return;
  const lines = text.value.split("\n");
  const start = lines.slice(0, wrongLine - 1).reduce((sum, line) => sum + line.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[wrongLine - 1] || "").length);
  const row = gutter.children[wrongLine - 1];
  if (row) text.scrollTop = Math.max(0, row.offsetTop - text.clientHeight / 2);
}

function noteChange() {
  document.querySelector("#unsaved")?.toggleAttribute("hidden", !isChanged());
  const run = shadow?.querySelector("button");
  if (run) run.disabled = isChanged();
}

async function save() {
  if (!isChanged()) return true;
  const content = text.value;
  const answer = await ask(form.action, { text: content, edition: Number(form.elements.edition.value) });
  saved = content;
  form.elements.edition.value = answer.edition;
  if (shadow) shadow.elements.edition.value = answer.edition;
  document.querySelector("#edition").textContent = answer.edition;
  noteChange();
  return true;
}

async function saveAndSay() {
  const button = form.querySelector("button[type=submit]");
  try {
    await save();
    button.textContent = "Saved";
    setTimeout(() => { button.textContent = "Save"; }, 1500);
  } catch (error) {
    verdict.replaceChildren(h("p", { role: "alert" }, h("span", { class: "badge bad" }, "not saved"), ` ${error.message}`));
  }
}

const tryIt = trial(save);

text.addEventListener("input", () => {
  number();
  noteChange();
  clearTimeout(timer);
  timer = setTimeout(check, CHECK_AFTER_MS);
});
text.addEventListener("scroll", follow);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  saveAndSay();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    saveAndSay();
  } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    tryIt?.();
  } else if (event.key === "F8") {
    event.preventDefault();
    toWrongLine();
  }
});
window.addEventListener("beforeunload", (event) => {
  if (isChanged()) event.preventDefault();
});

number();
noteChange();
if (!text.readOnly) check();
