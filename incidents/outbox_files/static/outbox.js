// Cuts an outbox file into its sealed items and hands them in one by one. Nothing is opened here.

const MAGIC = "TLOUTBOX1\n";
const LONGEST_HEAD = 4_000_000;
const WORDS = {
  new: ["good", "Received"],
  correction: ["good", "Received as a correction"],
  repeat: ["", "Was here already"],
  refused: ["bad", "Not taken"],
  waiting: ["", "Waits"],
  sending: ["accent", "Being sent"],
  unsent: ["warn", "Not sent"],
};
const REASONS = {
  device_revoked: "its phone was ended",
  brought_by_another: "it is not signed, so you stand for it",
  sequence_used_twice: "another report of the phone bears its number",
  chain_broken: "it does not follow on the phone’s report before it",
  seen_another_log: "the phone saw another log of evidence",
};

const $ = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=csrf-token]").content;
const limit = Number(document.querySelector("main").dataset.limit);
let entries = [];

/** The head of an outbox file: its items, each with the place of its bytes. Throws words for people. */
async function readHead(file) {
  const start = new Uint8Array(await file.slice(0, MAGIC.length + LONGEST_HEAD).arrayBuffer());
  const magic = new TextDecoder().decode(start.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new Error(`${file.name} is not an outbox file.`);
  const end = start.indexOf(10, MAGIC.length);
  if (end < 0) throw new Error(`${file.name} is cut off. Export it again, or copy it again from the stick.`);
  let head;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(start.subarray(MAGIC.length, end)));
  } catch {
    throw new Error(`The head of ${file.name} is damaged. Copy it again from the stick.`);
  }
  const isItem = (item) =>
    typeof item?.observation_id === "string" && typeof item.slot === "string" && Number.isInteger(item.bytes) && item.bytes >= 0;
  if (!Array.isArray(head?.items) || !head.items.every(isItem)) {
    throw new Error(`The head of ${file.name} is damaged. Copy it again from the stick.`);
  }
  let at = end + 1;
  const found = head.items.map((item) => {
    const entry = { item, from: at, to: at + item.bytes, file, state: "waiting" };
    at = entry.to;
    return entry;
  });
  return { madeAt: head.made_at, entries: found };
}

function name(item) {
  const revision = /^r(\d+)$/.exec(item.slot)?.[1];
  const id = item.observation_id.slice(0, 8);
  if (!revision) return `${item.mime?.startsWith("audio/") ? "Recording" : item.mime?.startsWith("image/") ? "Photo" : "File"} of report ${id}`;
  return revision === "1" ? `Report ${id}` : `Report ${id}, version ${revision}`;
}

function size(bytes) {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function line(entry) {
  entry.cell = element("td", {});
  show(entry, "waiting");
  return element(
    "tr",
    {},
    element("th", { scope: "row", textContent: name(entry.item) }),
    element("td", { className: "number", textContent: size(entry.item.bytes) }),
    entry.cell,
  );
}

function show(entry, state, answer = {}) {
  entry.state = state;
  const [colour, words] = WORDS[state];
  const number = answer.number ? ` ${answer.number}` : "";
  const badge = element("span", { className: `badge ${colour}`, textContent: words });
  const reasons = (answer.reasons ?? []).map((reason) => REASONS[reason.split(":")[0]] ?? "something in it was odd");
  const why = answer.detail || (reasons.length && `Set aside for a check: ${[...new Set(reasons)].join("; ")}.`);
  entry.cell.replaceChildren(badge, number, ...(why ? [element("span", { className: "why", textContent: why })] : []));
}

async function send(entry) {
  const { item } = entry;
  if (entry.to > entry.file.size) {
    return show(entry, "refused", { detail: "The file is cut off here. Export the outbox again." });
  }
  if (item.bytes > limit) return show(entry, "refused", { detail: "It is larger than this mission takes." });
  show(entry, "sending");
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/vnd.truceline.sealed.v1",
    "X-CSRF-Token": csrf,
    "X-Observation-Id": item.observation_id,
    "X-Slot": item.slot,
    ...(item.sha256 && { "X-Content-SHA256": item.sha256 }),
    ...(item.mime && { "X-Original-Type": item.mime }),
  };
  try {
    const body = entry.file.slice(entry.from, entry.to);
    const answer = await fetch("/api/v1/outbox/items", { method: "POST", headers, body });
    const said = await answer.json();
    if (answer.ok) show(entry, said.outcome, said);
    else show(entry, answer.status >= 500 ? "unsent" : "refused", { detail: said.detail });
  } catch {
    show(entry, "unsent", { detail: "The server was not reached, or the stick was taken out." });
  }
}

async function work(wanted) {
  $("drop").setAttribute("aria-disabled", "true");
  $("file").disabled = true;
  $("retry-note").hidden = true;
  $("progress").max = wanted.length || 1;
  for (const [place, entry] of wanted.entries()) {
    $("progress").value = place;
    $("sum").textContent = `${place} of ${wanted.length} done`;
    await send(entry);
  }
  $("progress").value = wanted.length || 1;
  const count = (...states) => entries.filter((entry) => states.includes(entry.state)).length;
  const parts = [
    [count("new", "correction"), "received"],
    [count("repeat"), "here already"],
    [count("refused"), "not taken"],
    [count("unsent"), "not sent"],
  ].filter(([number]) => number);
  $("sum").textContent = parts.map(([number, words]) => `${number} ${words}`).join(", ") || "Nothing is in this file.";
  $("retry-note").hidden = !count("unsent");
  $("drop").removeAttribute("aria-disabled");
  $("file").disabled = false;
}

async function take(file) {
  $("drop-problem").hidden = true;
  try {
    const head = await readHead(file);
    entries = head.entries;
    $("work-title").textContent = `${file.name}: ${entries.length} item${entries.length === 1 ? "" : "s"}`;
    $("lines").replaceChildren(...entries.map(line));
    $("work").hidden = false;
    await work(entries);
  } catch (problem) {
    $("drop-problem").textContent = problem.message;
    $("drop-problem").hidden = false;
    $("work").hidden = true;
  }
}

$("file").addEventListener("change", () => {
  const [file] = $("file").files;
  if (file) take(file);
  $("file").value = ""; // so that the same file can be chosen again
});
$("retry").addEventListener("click", () => work(entries.filter((entry) => entry.state === "unsent")));
for (const kind of ["dragover", "dragleave", "drop"]) {
  $("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
}
