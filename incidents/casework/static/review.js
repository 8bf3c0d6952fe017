// The analyst's home: what waits for whom, since when, and who has it open. Everything by keyboard.

import { get, post } from "/desk/static/api.js";
import { $, count, h, keepFocus, show } from "/desk/static/dom.js";
import { glyphIcon, severityMark } from "/desk/static/symbols.js";
import { ageElement, agoText, setClock, shortTime, spanText, tickAges, timeElement } from "/desk/static/time.js";
import { PROCESSING, PROCESSING_TONE, word } from "/desk/static/words.js";
import { KnownAt } from "./known.js";
import { CaseLive } from "./live.js";

const list = $("#queue");
const detail = $("#detail");
const known = new KnownAt($("#known-at"), () => load());
const KINDS = ["all", "report", "suggestion", "incident", "overdue"];
const HELD = new Set(["observation", "incident", "suggestion"]);
let rows = [];
let me = { id: "", permissions: [] };
let kind = "all";
let chosen = null;
let opened = null;
let live = null;
let told = Promise.resolve();

const may = (permission) => me.permissions.includes(permission);
const keyOf = (row) => `${row.thing}:${row.thing_id}`;
const shownRows = () => rows.filter((row) => kind === "all" || row.kind === kind);
const current = () => rows.find((row) => keyOf(row) === chosen) || null;

function say(text, isBad = false) {
  const element = $("#said");
  element.hidden = false;
  element.classList.toggle("bad", isBad);
  element.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { element.hidden = true; }, 8_000);
}

async function load() {
  const query = known.at ? `?known_at=${encodeURIComponent(known.at)}` : "";
  let answer;
  try {
    answer = await get(`/api/v1/review${query}`);
  } catch (problem) {
    $("#review-words").textContent = problem.words;
    return;
  }
  setClock(answer.now, answer.rate, answer.timezone);
  known.draw();
  rows = answer.rows;
  me = answer.actor;
  if (!live) {
    live = new CaseLive({ onEvents: () => soon(), onState: () => {} });
    live.start(answer.last_event_id);
  }
  draw();
  document.body.dataset.ready = "yes";
}

/** News come in bursts; one look after each is enough. */
function soon() {
  clearTimeout(soon.timer);
  soon.timer = setTimeout(() => { if (!known.at) load(); }, 350);
}

function draw() {
  const mine = rows.filter((row) => !row.why_not);
  $("#review-words").textContent = known.at
    ? `As known at ${shortTime(known.at)}: ${count(rows.length, "thing")} waited.`
    : rows.length
      ? `${count(mine.length, "thing")} for you${mine.length ? `, the oldest ${agoText(mine[0].since)}` : ""}; ${rows.length - mine.length} for others.`
      : "Nothing waits. Well done.";
  for (const chip of document.querySelectorAll("[data-kind]")) {
    const n = chip.dataset.kind === "all" ? rows.length : rows.filter((row) => row.kind === chip.dataset.kind).length;
    chip.setAttribute("aria-pressed", String(chip.dataset.kind === kind));
    chip.dataset.count = n;
  }
  const visible = shownRows();
  if (chosen && !visible.some((row) => keyOf(row) === chosen)) close();
  keepFocus(list, () => {
    const forMe = visible.filter((row) => !row.why_not);
    const forOthers = visible.filter((row) => row.why_not);
    show(list,
      forMe.length ? [h("h2", { role: "presentation" }, "For you"), forMe.map(line)] : null,
      forOthers.length ? [h("h2", { role: "presentation" }, "For others"), forOthers.map(line)] : null,
      visible.length ? null : h("p", { class: "empty" }, rows.length ? "Nothing of this kind waits." : "Nothing waits."));
  });
  if (!opened) show(detail, h("div", { class: "empty" }, h("p", {}, rows.length ? "Choose a thing with j and k, or click it." : "Nothing waits for anybody.")));
  tickAges();
}

function line(row) {
  const key = keyOf(row);
  const held = row.held_by && !row.is_mine;
  return h("div", {
    class: `waiting-row${key === chosen ? " chosen" : ""}${row.why_not ? " others" : ""}`,
    role: "option", id: `row-${key}`, "aria-selected": String(key === chosen), data: { id: key },
    on: { click: () => choose(key) },
  },
  h("span", { class: "mark" }, row.tier ? severityMark(row.tier, "Weapon tier") : glyphIcon(row.symbol)),
  h("span", { class: "what" }, h("strong", {}, row.title), h("span", { class: "muted" }, row.detail),
    h("span", { class: "tags" },
      row.state === "quarantined" ? h("span", { class: "badge bad" }, "set aside") : null,
      row.is_late ? h("span", { class: "badge warn" }, "came late") : null,
      row.kind === "overdue" ? h("span", { class: "badge bad" }, "overdue") : null,
      row.is_mine ? h("span", { class: "badge accent" }, "you have it open") : null,
      held ? h("span", { class: "badge" }, `${row.held_by} has it open`) : null,
      row.why_not ? h("span", { class: "muted" }, `waits for ${row.waits_for}`) : null)),
  h("span", { class: "since" }, ageElement(row.since)));
}

async function choose(key) {
  if (key === chosen) return;
  putBack();
  chosen = key;
  const row = current();
  opened = row;
  draw();
  list.setAttribute("aria-activedescendant", `row-${key}`);
  document.getElementById(`row-${key}`)?.scrollIntoView({ block: "nearest" });
  if (!row) return;
  hold(row, true, true);
  await open(row);
}

function close() {
  putBack();
  chosen = null;
  opened = null;
  list.removeAttribute("aria-activedescendant");
}

/** Tells the others that it is open here; a page that goes away lets it run out by itself. */
function hold(row, held, quietly = false) {
  if (known.at || !HELD.has(row.thing) || row.why_not || !may("incidents:incident:assess")) return told;
  row.is_mine = held;
  // One after the other: who moves fast must not take after having put back.
  told = told.then(() => post("/api/v1/review/holds", { thing: row.thing, thing_id: row.thing_id, held })).catch((problem) => {
    row.is_mine = false;
    if (!quietly || problem.status === 409) say(problem.words, true);
  });
  return told;
}

function putBack() {
  const row = current();
  if (row?.is_mine) hold(row, false, true);
}

async function open(row) {
  show(detail, h("div", { class: "empty loading" }, h("p", {}, "Loading…")));
  const key = keyOf(row);
  try {
    const found = row.kind === "report" || row.kind === "suggestion"
      ? await Promise.all(row.observation_ids.map((id) => get(`/desk/observations/${id}`)))
      : row.kind === "incident" ? [await get(`/api/v1/incidents/${row.thing_id}/timeline`)] : [];
    const also = row.kind === "report" ? await get(`/api/v1/suggestions?observation=${row.thing_id}`) : { suggestions: [] };
    const pair = row.kind === "suggestion" ? await get(`/api/v1/suggestions?observation=${row.observation_ids[0]}`) : null;
    if (key !== chosen) return;
    if (row.kind === "report") showReport(row, found[0], also.suggestions);
    else if (row.kind === "suggestion") showPair(row, found, pair.suggestions.find((one) => `${one.one_id}:${one.other_id}` === row.thing_id));
    else if (row.kind === "incident") showIncident(row, found[0]);
    else showOverdue(row);
  } catch (problem) {
    if (key === chosen) show(detail, h("div", { class: "problem", role: "alert" }, problem.words));
  }
}

const timeOrText = (value) => {
  if (value?.age) return ageElement(value.age);
  if (value?.time) return [timeElement(value.time, spanText(value.time, value.end))];
  return Array.isArray(value) ? value.join(", ") : String(value);
};

function facts(report) {
  return h("div", { class: "fact-columns" }, report.sections.map((section) => h("section", {}, h("h4", {}, section.title),
    h("dl", { class: "facts" }, section.facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, timeOrText(value))])))));
}

function words(report) {
  if (!report.text) return report.text_hidden ? h("p", { class: "muted" }, "You may not read the free text.") : null;
  return h("blockquote", { dir: "auto" }, report.text);
}

function photos(report) {
  const here = report.media.filter((item) => item.is_here && item.mime.startsWith("image/"));
  return here.length ? h("div", { class: "photos" }, here.map((item) => h("a", { href: `/api/v1/media/${item.id}/view`, target: "_blank", rel: "noopener" },
    h("img", { src: `/api/v1/media/${item.id}/view`, alt: `Photo, ${item.slot}`, loading: "lazy" })))) : null;
}

function head(row, title, ...marks) {
  return [h("header", { class: "detail-head" }, row.tier ? severityMark(row.tier, "Weapon tier") : null, glyphIcon(row.symbol), h("h2", { tabindex: -1 }, title)),
    h("p", { class: "marks" }, marks, h("span", { class: "muted" }, "waits since "), timeElement(row.since), h("span", { class: "muted" }, ` for ${row.waits_for}`))];
}

function whyNot(row) {
  if (known.at) return h("p", { class: "notice warn" }, "This is the past; nothing can be done to it.");
  if (row.why_not) return h("p", { class: "notice" }, `Not for you: ${row.why_not}.`);
  if (row.held_by && !row.is_mine) return h("p", { class: "notice warn" }, `${row.held_by} has it open until `, timeElement(row.held_until), ". Decide only if you have spoken.");
  return null;
}

function showReport(row, report, suggested) {
  const comment = h("textarea", { id: "comment", rows: 2, maxlength: 4000 });
  const button = (label, key, verdict, tone) => h("button", { type: "button", class: tone, data: { act: verdict }, on: { click: () => judge(row, report, verdict) } }, label, " ", h("kbd", {}, key));
  const canAct = !known.at && !row.why_not;
  show(detail,
    head(row, report.title,
      h("span", { class: `badge ${PROCESSING_TONE[report.processing] || ""}` }, word(PROCESSING, report.processing)),
      report.revisions.length > 1 ? h("span", { class: "badge" }, `version ${report.revision}`) : null),
    whyNot(row),
    report.quarantine_reasons.length ? h("div", { class: "problem" }, h("strong", {}, "Set aside for a check"), h("ul", {}, report.quarantine_reasons.map((reason) => h("li", {}, reason)))) : null,
    canAct ? h("section", { class: "deeds" },
      h("label", { for: "comment" }, "Comment ", h("span", { class: "muted" }, "(needed to return or reject)")), comment,
      h("div", { class: "actions" }, button("Accept", "a", "accepted", "primary"), button("Return with a question", "r", "returned", ""), button("Reject", "x", "rejected", "danger"))) : null,
    words(report), photos(report), facts(report),
    suggested.length ? h("p", { class: "notice" }, `${count(suggested.length, "other report")} may be of the same event. `,
      h("button", { type: "button", class: "link-button", on: { click: () => { kind = "suggestion"; choose(`suggestion:${suggested[0].one_id}:${suggested[0].other_id}`); } } }, "Look at it")) : null,
    report.incident ? h("p", {}, "Part of ", h("a", { href: `/incidents/${report.incident.id}` }, report.incident.title)) : null,
    h("section", {}, h("h4", {}, "What happened to it"), h("ol", { class: "history" }, report.history.map((step) => h("li", {},
      timeElement(step.at), " ", h("strong", {}, step.what), step.by ? ` by ${step.by}` : "", step.note ? h("span", { class: "reason" }, step.note) : null)))));
}

async function judge(row, report, verdict) {
  const comment = $("#comment", detail);
  if (verdict !== "accepted" && !comment.value.trim()) {
    say(verdict === "returned" ? "Write the question for the observer." : "Write the reason for rejecting it.", true);
    comment.focus();
    return;
  }
  await deed(`/api/v1/observations/${row.thing_id}/review`, { verdict, comment: comment.value.trim(), expected: report.processing },
    { accepted: `${report.number} accepted.`, returned: `${report.number} returned to ${report.author}.`, rejected: `${report.number} rejected.` }[verdict], row);
}

function showPair(row, reports, pair) {
  const canAct = !known.at && !row.why_not && pair;
  const decide = (label, key, verdict, tone) => h("button", { type: "button", class: tone, data: { act: verdict }, on: { click: () => decidePair(row, pair, verdict) } }, label, " ", h("kbd", {}, key));
  show(detail,
    head(row, "Are these one event?"),
    whyNot(row),
    pair ? h("section", { class: "why" },
      meter(pair.score),
      h("ul", { class: "reasons" }, pair.reasons.map((reason) => h("li", {}, reason.sentence)))) : null,
    canAct ? h("div", { class: "actions" }, decide("One event", "c", "confirmed", "primary"), decide("Two events", "x", "rejected", "")) : null,
    h("div", { class: "pair" }, reports.map((report) => h("article", { class: "account" },
      h("header", {}, severityMark(report.tier, "Weapon tier"), h("h3", {}, report.title)),
      h("p", { class: "marks" }, h("span", { class: `badge ${PROCESSING_TONE[report.processing] || ""}` }, word(PROCESSING, report.processing)), h("span", { class: "muted" }, report.number)),
      words(report), photos(report), facts(report),
      report.incident ? h("p", {}, "Part of ", h("a", { href: `/incidents/${report.incident.id}` }, report.incident.title)) : null))));
}

function decidePair(row, pair, verdict) {
  return deed("/api/v1/suggestions", { one_id: pair.one_id, other_id: pair.other_id, verdict, expected: pair.state },
    verdict === "confirmed" ? "Put together as one event." : "Noted as two events.", row);
}

function meter(score) {
  const element = h("span", { class: "meter", title: `Score ${score.toFixed(2)} of 1` }, h("span", { class: "meter-bar" }), h("span", { class: "meter-number" }, score.toFixed(2)));
  element.firstChild.style.setProperty("--part", `${Math.round(score * 100)}%`);
  return element;
}

function showIncident(row, incident) {
  show(detail,
    head(row, row.title),
    whyNot(row),
    h("p", {}, h("a", { class: "button primary", href: `/incidents/${row.thing_id}` }, "Open its page ", h("kbd", {}, "Enter"))),
    incident.contradictions.length ? h("ul", { class: "contradictions" }, incident.contradictions.map((one) => h("li", {}, one.sentence))) : null,
    incident.kinds.length ? h("p", {}, h("strong", {}, "Counted: "), incident.kinds.map((one) => `${one.name.toLowerCase()} ${one.words}`).join(", ")) : null,
    h("ul", { class: "plain" }, incident.accounts.map((account) => h("li", {}, h("strong", {}, account.number), ` ${account.title} · `, spanText(account.start, account.end), h("span", { class: "muted" }, ` · grade ${account.grade.text}`)))),
    h("ol", { class: "history" }, incident.steps.filter((step) => step.reason).map((step) => h("li", {}, timeElement(step.at), " ", h("strong", {}, step.state), ` by ${step.by}`, h("span", { class: "reason" }, step.reason)))));
}

function showOverdue(row) {
  show(detail, head(row, row.title), whyNot(row), h("p", {}, row.detail, "."), h("p", {}, h("a", { href: "/coverage" }, "Who watches what")));
}

async function deed(url, content, done, row) {
  const visible = shownRows();
  const here = visible.findIndex((one) => keyOf(one) === keyOf(row));
  const after = visible[here + 1] || visible[here - 1];
  try {
    await post(url, content);
    say(done);
    chosen = null;
    opened = null;
    await load();
    if (after && rows.some((one) => keyOf(one) === keyOf(after))) await choose(keyOf(after));
    list.focus({ preventScroll: true });
  } catch (problem) {
    say(problem.words, true);
    if (problem.status === 409) {
      await load();
      if (current()) await open(current());
    }
  }
}

function move(by) {
  const visible = shownRows();
  if (!visible.length) return;
  const ordered = [...visible.filter((row) => !row.why_not), ...visible.filter((row) => row.why_not)];
  const here = ordered.findIndex((row) => keyOf(row) === chosen);
  const next = ordered[Math.min(Math.max(here + by, 0), ordered.length - 1)];
  if (next) choose(keyOf(next));
}

const press = (act) => detail.querySelector(`[data-act="${act}"]`)?.click();
const ACTS = {
  j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1),
  a: () => press("accepted"), r: () => press("returned"), x: () => press("rejected"), c: () => press("confirmed"),
  h: () => { const row = current(); if (row) hold(row, !row.is_mine).then(draw); },
  f: () => { kind = KINDS[(KINDS.indexOf(kind) + 1) % KINDS.length]; draw(); },
  Enter: () => { const row = current(); if (row?.kind === "incident") location.assign(`/incidents/${row.thing_id}`); },
  "?": () => $("#keys").showModal(),
  Escape: () => { close(); draw(); list.focus(); },
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("#keys").open) return;
  const typing = event.target.closest("input, textarea, select");
  if (typing) {
    if (event.key === "Escape") list.focus();
    return;
  }
  if (event.key === "Enter" && event.target.closest("button, a")) return;
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
for (const chip of document.querySelectorAll("[data-kind]")) chip.addEventListener("click", () => { kind = chip.dataset.kind; draw(); });
$("#keys-open").addEventListener("click", () => $("#keys").showModal());
addEventListener("pagehide", putBack);
setInterval(() => tickAges(), 20_000);
load().then(() => list.focus({ preventScroll: true }));
