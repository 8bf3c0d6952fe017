// One incident: every account side by side, on one map and one time axis, with what may belong to it.

import { get, post } from "/desk/static/api.js";
import { $, count, h, show } from "/desk/static/dom.js";
import { glyphIcon, severityMark } from "/desk/static/symbols.js";
import { agoText, setClock, shortTime, spanText, tickAges, timeElement } from "/desk/static/time.js";
import { ASSESSMENT, ASSESSMENT_TONE, PROCESSING, PROCESSING_TONE, word } from "/desk/static/words.js";
import { accountsAxis } from "./axis.js";
import { KnownAt } from "./known.js";
import { Sketch } from "./sketch.js";

const RELEASE = {
  internal: "Internal", cleared_for_report: "Cleared for the report", released: "Released", corrected: "Corrected", retracted: "Retracted",
};
const GO = {
  possible: "Call it possible", corroborated: "Corroborated", confirmed: "Confirm", disputed: "Disputed", unverifiable: "Unverifiable",
  refuted: "Refute", withdrawn: "Withdrawn by the observer", cleared_for_report: "Clear for the report", internal: "Take back from the report",
  released: "Release", corrected: "Correct", retracted: "Retract",
};
// These two need more than a reason; the statement's own part does them.
const BY_STATEMENT = new Set(["released", "corrected", "retracted"]);
const main = $("main");
const id = main.dataset.incident;
const sketch = new Sketch($("#sketch"), choose);
const known = new KnownAt($("#known-at"), load);
let incident = null;
let chosen = null;

function say(text, isBad = false) {
  const element = $("#said");
  element.hidden = false;
  element.classList.toggle("bad", isBad);
  element.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { element.hidden = true; }, 8_000);
}

/** Does something, says what came of it, and shows the page as it is then. */
async function deed(url, content, done) {
  try {
    await post(url, content);
    say(done);
    await load();
    return true;
  } catch (problem) {
    say(problem.words, true);
    if (problem.status === 409) await load();
    return false;
  }
}

async function load() {
  const query = known.at ? `?known_at=${encodeURIComponent(known.at)}` : "";
  try {
    incident = await get(`/api/v1/incidents/${id}/timeline${query}`);
  } catch (problem) {
    if (problem.status === 404 && known.at) {
      say("The incident had not been opened then.", true);
      return known.set(null);
    }
    return say(problem.words, true);
  }
  setClock(incident.now, incident.rate, incident.timezone);
  if (!known.at) known.setMoments(moments());
  else known.draw();
  known.banner($("#past"));
  draw();
  document.body.dataset.ready = "yes";
}

/** Everything that changed what is known of this incident, oldest first. */
function moments() {
  const found = [
    ...incident.steps.filter((step) => step.reason).map((step) => ({ at: step.at, what: `${word({ ...ASSESSMENT, ...RELEASE }, step.state)} by ${step.by}` })),
    ...incident.links.map((link) => ({ at: link.at, what: `${link.number ?? "a report"} ${link.linked ? "joined" : "taken out"} by ${link.by}` })),
    ...incident.accounts.flatMap((account) => account.corrections.map((one) => ({ at: one.at, what: `${account.number} corrected` }))),
    ...incident.statements.map((said) => ({ at: said.at, what: `statement version ${said.version} by ${said.by}` })),
    ...incident.accounts.flatMap((account) => (account.grade.at ? [{ at: account.grade.at, what: `${account.number} graded ${account.grade.text}` }] : [])),
  ];
  const byMoment = new Map();
  for (const one of found) byMoment.set(one.at, byMoment.has(one.at) ? `${byMoment.get(one.at)}; ${one.what}` : one.what);
  return [...byMoment].map(([at, what]) => ({ at, what })).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function draw() {
  const first = [...incident.accounts].sort((a, b) => Date.parse(a.start) - Date.parse(b.start))[0];
  const starts = incident.accounts.map((one) => one.start).sort((a, b) => Date.parse(a) - Date.parse(b));
  const ends = incident.accounts.map((one) => one.end).sort((a, b) => Date.parse(a) - Date.parse(b));
  $("#incident-title").textContent = first ? `${incident.label} · ${first.type_words}` : `${incident.label} · no report is linked any more`;
  show($("#incident-marks"),
    h("span", { class: `badge ${ASSESSMENT_TONE[incident.assessment] || ""}` }, word(ASSESSMENT, incident.assessment)),
    h("span", { class: "badge" }, word(RELEASE, incident.release)),
    first ? h("span", {}, `${spanText(starts[0], ends.at(-1))}${first.sector ? ` · ${first.sector}` : ""}`) : null,
    h("span", { class: "muted" }, `opened by ${incident.opened_by}, ${agoText(incident.recorded_at)}`));
  drawSketch();
  drawFacts();
  drawAxis();
  drawAccounts();
  drawBelong();
  drawStatement();
  drawHistory();
}

function drawSketch() {
  const others = incident.suggestions.map((one) => ({ ...one.other, confidence: "dashed" }));
  const rows = [...incident.accounts, ...others];
  sketch.setRows(rows, Date.parse(incident.known_at));
  sketch.marks.evidence = others.length ? new Set(incident.accounts.map((one) => one.id)) : null;
  sketch.setFix(incident.fix);
  const points = rows.flatMap((row) => [
    ...(row.lon !== null ? [[row.lon, row.lat]] : []),
    ...(row.observer ? [[row.observer[0], row.observer[1]]] : []),
    ...(row.shape || []).flat(),
  ]);
  if (points.length) sketch.fit(points, 13.5);
  sketch.select(chosen);
}

const idsLine = (ids) => {
  const named = ids.map((one) => incident.accounts.find((account) => account.id === one) || incident.suggestions.find((s) => s.other.id === one)?.other);
  return named.filter(Boolean).map((row) => h("button", { type: "button", class: "link-button id", on: { click: () => choose(row.id) } }, row.number));
};

function drawFacts() {
  const { total, fix } = incident;
  show($("#facts"),
    h("h2", {}, "How many"),
    incident.kinds.length
      ? h("table", { class: "counts" }, h("tbody", {}, incident.kinds.map((kind) => h("tr", {},
        h("th", { scope: "row" }, kind.name),
        h("td", { class: "number big" }, kind.words),
        h("td", { class: "small muted" }, bounds(kind), " ", idsLine(kind.ids))))))
      : h("p", { class: "muted" }, "Nothing is counted yet: what is told or not yet accepted never enters a total."),
    total.open_ids.length
      ? h("p", { class: "notice" }, `${count(total.open_ids.length, "report")} may refer to the same events: between ${total.together.best} if they do and ${total.best} if they do not. `, idsLine(total.open_ids))
      : null,
    h("h2", {}, "Where"),
    fix
      ? [h("p", {}, h("strong", {}, "Cross bearing: "), `known within ${metres(fix.semi_major_m)} by ${metres(fix.semi_minor_m)} (95 %), long axis ${Math.round(fix.major_deg)}°.`,
        fix.agree ? null : h("span", { class: "badge bad" }, "The bearings disagree")),
      h("p", { class: "small muted" }, "Off the fix: ", fix.residuals.map((one, i) => [i ? ", " : "", idsLine([one.id])[0] ?? one.number, ` ${one.degrees > 0 ? "+" : ""}${one.degrees}°`]))]
      : h("p", { class: "muted" }, incident.no_fix || "No bearing is shown to your role."),
    incident.lines.map((line) => h("p", { class: line.is_near ? "near-line" : "" }, line.words.charAt(0).toUpperCase() + line.words.slice(1), ".",
      line.is_near ? h("span", { class: "small muted" }, " No side is named while the uncertainty straddles it.") : null)),
    nextSteps());
}

function bounds(kind) {
  if (kind.max === null) return `${kind.min} or more`;
  return kind.min === kind.max ? "exactly as counted" : `${kind.min} to ${kind.max}`;
}

function metres(value) {
  return value < 950 ? `${Math.round(value / 10) * 10} m` : `${(value / 1000).toFixed(1)} km`;
}

function nextSteps() {
  const ways = incident.next.filter((way) => !BY_STATEMENT.has(way.state));
  if (!ways.length) return null;
  const allowed = ways.filter((way) => way.is_allowed);
  const barred = ways.filter((way) => !way.is_allowed);
  return [
    h("h2", {}, "What can be done"),
    allowed.length ? h("div", { class: "actions" }, allowed.map((way) =>
      h("button", { type: "button", class: way.state === "confirmed" || way.state === "corroborated" ? "primary" : way.state === "refuted" ? "danger" : "", on: { click: () => stepForm(way) } }, GO[way.state]))) : null,
    h("div", { id: "step-form" }),
    barred.length ? h("details", { class: "barred" }, h("summary", {}, `Not now (${barred.length})`),
      h("ul", {}, barred.map((way) => h("li", {}, h("strong", {}, GO[way.state]), ": ", way.reason)))) : null,
  ];
}

function stepForm(way) {
  const reason = h("textarea", { id: "step-reason", rows: 2, maxlength: 4000, required: true });
  const boxes = way.checklist.map((point) => h("input", { type: "checkbox", value: point.code }));
  const from = way.axis === "assessment" ? incident.assessment : incident.release;
  const form = h("form", {
    class: "step-form",
    on: {
      submit: (event) => {
        event.preventDefault();
        deed(`/api/v1/incidents/${id}/steps`, {
          axis: way.axis, state: way.state, reason: reason.value.trim(), expected: from,
          checklist: boxes.filter((box) => box.checked).map((box) => box.value),
        }, `${incident.label}: ${word({ ...ASSESSMENT, ...RELEASE }, way.state)}.`);
      },
    },
  },
  h("p", {}, h("strong", {}, GO[way.state]), h("span", { class: "muted" }, ` · from ${word({ ...ASSESSMENT, ...RELEASE }, from).toLowerCase()}`)),
  way.checklist.length ? h("fieldset", {}, h("legend", {}, "Checked, since persons were harmed"),
    way.checklist.map((point, i) => h("label", { class: "check" }, boxes[i], " ", point.words))) : null,
  h("label", { for: "step-reason" }, "Reason"), reason,
  h("div", { class: "actions" },
    h("button", { type: "submit", class: "primary" }, "Do it"),
    h("button", { type: "button", class: "quiet", on: { click: () => show($("#step-form")) } }, "Leave it")));
  show($("#step-form"), form);
  reason.focus();
}

function drawAxis() {
  const inTime = [...incident.accounts].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  accountsAxis($("#axis"), inTime, choose, chosen);
}

function choose(rowId) {
  chosen = chosen === rowId ? null : rowId;
  sketch.select(chosen);
  drawAxis();
  for (const card of document.querySelectorAll(".account")) card.classList.toggle("chosen", card.dataset.id === chosen);
  if (chosen) document.querySelector(`.account[data-id="${CSS.escape(chosen)}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function drawAccounts() {
  show($("#contradictions"), incident.contradictions.map((one) => h("li", {},
    h("button", { type: "button", class: "link-button", on: { click: () => choose(one.one) } }, one.sentence))));
  const inTime = [...incident.accounts].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
  show($("#accounts"), inTime.length ? inTime.map(card) : h("p", { class: "muted" }, "No report is linked to this incident as known then."));
}

function card(account) {
  const fact = (name, ...value) => (value.every((one) => one === null || one === undefined || one === "") ? null : [h("dt", {}, name), h("dd", {}, value)]);
  return h("article", { class: `account ${account.confidence}${account.id === chosen ? " chosen" : ""}`, data: { id: account.id } },
    h("header", {},
      severityMark(account.tier, "Weapon tier"), glyphIcon(account.symbol),
      h("h3", {}, account.title)),
    h("p", { class: "marks" },
      h("span", { class: `badge ${PROCESSING_TONE[account.processing] || ""}` }, word(PROCESSING, account.processing)),
      account.info_type !== "observed" ? h("span", { class: "badge" }, account.source) : null,
      account.is_late ? h("span", { class: "badge warn" }, "came late") : null,
      account.revision > 1 ? h("span", { class: "badge" }, `version ${account.revision}`) : null),
    h("dl", { class: "facts" },
      fact("Number", account.number),
      fact("When", spanText(account.start, account.end), h("span", { class: "muted" }, account.precision ? ` · ${account.precision.toLowerCase()}` : "")),
      fact("From", account.from, account.direction ? h("span", { class: "muted" }, ` · ${account.direction}`) : null),
      fact("Counted", account.count, account.counts ? null : h("span", { class: "muted" }, account.count ? " · not in the total" : null)),
      fact("By", `${account.author}${account.team ? `, team ${account.team}` : ""}`),
      fact("Means", account.means),
      fact("Grade", gradeLine(account)),
      fact("Received", timeElement(account.received))),
    account.text ? h("blockquote", { dir: "auto" }, account.text) : null,
    account.media.length ? h("div", { class: "photos" }, account.media.map(photo)) : null,
    account.corrections.map((one) => correction(one, `Corrected, version ${one.version}`)),
    incident.may.assess ? h("div", { class: "actions" },
      h("button", { type: "button", class: "small quiet", on: { click: () => deed(`/api/v1/incidents/${id}/links`, { observation_id: account.id, linked: false }, `${account.number} taken out.`) } }, "Take out of this incident")) : null);
}

function photo(item) {
  if (!item.is_here) return h("p", { class: "muted small" }, "A photo was announced and has not arrived.");
  if (!item.mime.startsWith("image/")) return h("p", { class: "muted small" }, `A file of ${item.mime}; download it from the report.`);
  const address = `/api/v1/media/${item.id}/view`;
  return h("a", { href: address, target: "_blank", rel: "noopener" }, h("img", { src: address, alt: `Photo, ${item.slot}`, loading: "lazy" }));
}

function gradeLine(account) {
  const { grade } = account;
  const said = h("span", { class: `grade${grade.is_default ? " default" : ""}`, title: grade.words }, grade.text);
  const what = grade.is_default ? h("span", { class: "muted small" }, " by default") : h("span", { class: "muted small" }, ` by ${grade.by}`);
  if (!incident.may.grade) return [said, what];
  return [said, what, " ", h("button", { type: "button", class: "link-button small", on: { click: (event) => gradeForm(event.target, account) } }, "judge")];
}

const RELIABILITY = { A: "completely reliable", B: "usually", C: "fairly", D: "not usually", E: "unreliable", F: "cannot be judged" };
const CREDIBILITY = { 1: "confirmed by others", 2: "probably true", 3: "possibly true", 4: "doubtful", 5: "improbable", 6: "cannot be judged" };

function gradeForm(button, account) {
  const choice = (name, words, now) => h("select", { "aria-label": name },
    Object.entries(words).map(([code, text]) => h("option", { value: code, selected: code === now }, `${code} ${text}`)));
  const letter = choice("Source", RELIABILITY, account.grade.text[0]);
  const digit = choice("What it said", CREDIBILITY, account.grade.text[1]);
  const why = h("input", { type: "text", "aria-label": "Reason", placeholder: "Reason", maxlength: 4000 });
  button.replaceWith(h("form", {
    class: "grade-form",
    on: {
      submit: (event) => {
        event.preventDefault();
        deed(`/api/v1/observations/${account.id}/grades`, {
          reliability: letter.value, credibility: Number(digit.value), reason: why.value, expected: account.grade.text,
        }, `${account.number} graded ${letter.value}${digit.value}.`);
      },
    },
  }, letter, digit, why, h("button", { type: "submit", class: "small primary" }, "Set")));
  letter.focus();
}

function correction(one, title) {
  const value = (it) => (it === null || it === undefined || it === "" ? "nothing" : typeof it === "object" ? JSON.stringify(it) : /^\d{4}-\d\d-\d\dT/.test(it) ? shortTime(it) : String(it));
  return h("div", { class: "correction" },
    h("p", {}, h("strong", {}, title), one.after_issue ? h("span", { class: "badge warn" }, "after issue") : null,
      h("span", { class: "muted" }, ` by ${one.by}, `), timeElement(one.at)),
    h("table", { class: "changes" }, h("thead", {}, h("tr", {}, h("th", {}, ""), h("th", {}, "Before"), h("th", {}, "After"))),
      h("tbody", {}, one.changes.map((change) => h("tr", {}, h("th", { scope: "row" }, change.field),
        h("td", { class: "before" }, value(change.before)), h("td", {}, value(change.after)))))),
    one.why ? h("p", {}, h("span", { class: "muted" }, "Why: "), one.why) : null);
}

function drawBelong() {
  const found = incident.suggestions;
  show($("#belong"),
    h("h2", { id: "belong-title" }, "May belong to it"),
    found.length ? h("div", { class: "suggestions" }, found.map((one) => h("article", { class: "suggestion" },
      h("header", {}, meter(one.score), h("h3", {}, one.other.title)),
      h("p", { class: "muted small" }, `${one.other.number} · ${one.other.author}${one.other.team ? `, team ${one.other.team}` : ""} · `, spanText(one.other.start, one.other.end)),
      h("ul", { class: "reasons" }, one.reasons.map((reason) => h("li", {}, reason.sentence))),
      incident.may.assess ? h("div", { class: "actions" },
        h("button", { type: "button", class: "primary", on: { click: () => decide(one, "confirmed") } }, "One event"),
        h("button", { type: "button", on: { click: () => decide(one, "rejected") } }, "Two events"),
        h("button", { type: "button", class: "quiet", on: { click: () => choose(one.other.id) } }, "Show on the map")) : null)))
      : h("p", { class: "muted" }, "Nothing else is suggested."),
    incident.decided.length ? h("details", { open: false }, h("summary", {}, `Decided (${incident.decided.length})`),
      h("ul", { class: "decided" }, incident.decided.map((one) => h("li", {},
        `${one.numbers.join(" and ")}: `, h("strong", {}, one.state === "confirmed" ? "one event" : "two events"), ` by ${one.by}, `, timeElement(one.at), " ",
        incident.may.assess ? h("button", { type: "button", class: "link-button", on: { click: () => decide(one, "undone") } }, "undo") : null)))) : null);
}

function decide(one, verdict) {
  const done = { confirmed: "Put together.", rejected: "Noted as two events.", undone: "Taken back." };
  return deed("/api/v1/suggestions", { one_id: one.one_id, other_id: one.other_id, verdict, expected: one.state }, done[verdict]);
}

/** How likely, as a bar of ten parts and a number; never a colour alone. */
function meter(score) {
  const element = h("span", { class: "meter", title: `Score ${score.toFixed(2)} of 1` }, h("span", { class: "meter-bar" }), h("span", { class: "meter-number" }, score.toFixed(2)));
  element.firstChild.style.setProperty("--part", `${Math.round(score * 100)}%`);
  return element;
}

function drawStatement() {
  const last = incident.statements.at(-1);
  const issued = incident.release === "released" || incident.release === "corrected";
  show($("#statement"),
    h("h2", { id: "statement-title" }, "What the mission says"),
    incident.statements.length
      ? h("ol", { class: "versions" }, [...incident.statements].reverse().map((said, i) => h("li", { class: i ? "former" : "" },
        h("p", { class: "marks" }, h("span", { class: "badge accent" }, `Version ${said.version}`),
          said.exposure ? h("span", { class: "badge" }, said.exposure) : null,
          i ? h("span", { class: "badge" }, "superseded, kept") : null,
          h("span", { class: "muted" }, `${said.by}, `), timeElement(said.at)),
        h("blockquote", { dir: "auto" }, said.text ?? "Not shown to your role."))))
      : h("p", { class: "muted" }, "Nothing has been said yet."),
    [...incident.corrections].reverse().map((one) => correction(one, `Correction: version ${one.version}`)),
    incident.may.state && !issued && incident.release !== "retracted" ? statementForm(last, false) : null,
    incident.may.release && last && incident.release === "cleared_for_report" ? releaseForm() : null,
    incident.may.release && issued ? statementForm(last, true) : null);
}

const EXPOSURES = { "": "not said", none: "not exposed", earshot: "within earshot", present: "present at the place", in_direction_of: "fire in its direction", near_miss: "impact close by", struck: "struck" };

function statementForm(last, isCorrection) {
  const text = h("textarea", { id: "statement-text", rows: 3, maxlength: 20000, required: true, value: last?.text ?? "" });
  const exposure = h("select", { id: "statement-exposure" }, Object.entries(EXPOSURES).map(([code, words]) =>
    h("option", { value: code, selected: code === (last?.exposure_code ?? "") }, words)));
  const why = isCorrection ? h("input", { type: "text", id: "statement-why", required: true, maxlength: 4000 }) : null;
  return h("details", { class: "say" }, h("summary", {}, isCorrection ? "Correct it" : last ? "Say it anew" : "Say something"),
    h("form", {
      on: {
        submit: (event) => {
          event.preventDefault();
          const content = { text: text.value.trim(), exposure: exposure.value || null, expected_version: last?.version ?? 0 };
          if (isCorrection) deed(`/api/v1/incidents/${id}/corrections`, { ...content, why: why.value.trim() }, "Corrected; whoever had received it was told.");
          else deed(`/api/v1/incidents/${id}/statements`, content, "Said.");
        },
      },
    },
    h("label", { for: "statement-text" }, "Words"), text,
    h("label", { for: "statement-exposure" }, "The mission was"), exposure,
    why ? [h("label", { for: "statement-why" }, "Why is it corrected?"), why] : null,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, isCorrection ? "Issue the correction" : "Keep this version"))));
}

function releaseForm() {
  const to = { "role:liaison": "Liaison officers", "role:head_of_mission": "Head of mission", "role:reporting_officer": "Reporting officers" };
  const boxes = Object.entries(to).map(([code, words]) => [h("input", { type: "checkbox", value: code, checked: code === "role:liaison" }), words]);
  const reason = h("input", { type: "text", id: "release-reason", required: true, maxlength: 4000 });
  return h("details", { class: "say" }, h("summary", {}, "Release it"),
    h("form", {
      on: {
        submit: (event) => {
          event.preventDefault();
          deed(`/api/v1/incidents/${id}/release`, {
            recipients: boxes.filter(([box]) => box.checked).map(([box]) => box.value), reason: reason.value.trim(), expected: incident.release,
          }, "Released.");
        },
      },
    },
    h("fieldset", {}, h("legend", {}, "To"), boxes.map(([box, words]) => h("label", { class: "check" }, box, " ", words))),
    h("label", { for: "release-reason" }, "Reason"), reason,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, "Release"))));
}

function drawHistory() {
  const steps = incident.steps.map((step) => ({
    at: step.at, what: `${step.axis === "release" ? "Release" : "Assessment"}: ${word({ ...ASSESSMENT, ...RELEASE }, step.state).toLowerCase()}`, by: step.by, note: step.reason, list: step.checklist,
  }));
  const links = incident.links.map((link) => ({ at: link.at, what: `${link.number ?? "A report"} ${link.linked ? "joined" : "taken out"}`, by: link.by }));
  const all = [...steps, ...links].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  show($("#history"),
    h("h2", { id: "history-title" }, "What happened to it"),
    h("ol", { class: "history" }, all.map((one) => h("li", {}, timeElement(one.at), " ", h("strong", {}, one.what), ` by ${one.by}`,
      one.note ? h("span", { class: "reason" }, one.note) : null,
      one.list?.length ? h("ul", { class: "small muted" }, one.list.map((point) => h("li", {}, point))) : null))));
}

get("/desk/ground").then((ground) => { sketch.setGround(ground); if (incident) drawSketch(); else sketch.fit(); }, (problem) => say(problem.words, true));
new ResizeObserver(() => incident && drawAxis()).observe($("#axis"));
setInterval(() => tickAges(), 20_000);
load();
