// What was opened is shown once and closes by itself; nothing of it is kept in the page or in the browser.

const SECONDS = 120;
const form = document.querySelector("#opening");
const opened = document.querySelector("#opened");
let ticking = null;

const camel = (name) => `word${name.split("_").map((part) => part[0].toUpperCase() + part.slice(1)).join("")}`;
const text = (value) => (typeof value === "string" ? value : Object.entries(value).map(([name, said]) => `${name.replaceAll("_", " ")}: ${text(said)}`).join("; "));

function close() {
  clearInterval(ticking);
  opened.replaceChildren();
  opened.hidden = true;
  if (form) form.hidden = false;
}

function show(identity) {
  const list = document.createElement("dl");
  list.className = "facts";
  for (const [name, value] of Object.entries(identity)) {
    const term = document.createElement("dt");
    term.textContent = opened.dataset[camel(name)] || name.replaceAll("_", " ");
    const said = document.createElement("dd");
    said.textContent = text(value);
    list.append(term, said);
  }
  const left = document.createElement("p");
  left.className = "muted small";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Close now";
  button.addEventListener("click", close);
  opened.replaceChildren(list, left, button);
  opened.hidden = false;
  form.hidden = true;
  form.reset();
  opened.focus();
  const until = performance.now() + SECONDS * 1000;
  const tick = () => {
    const seconds = Math.ceil((until - performance.now()) / 1000);
    left.textContent = `Closes by itself in ${seconds} seconds.`;
    if (seconds <= 0) close();
  };
  clearInterval(ticking);
  ticking = setInterval(tick, 1000);
  tick();
}

form?.addEventListener("done", (event) => show(event.detail.identity));
addEventListener("pagehide", close);
