// Bringing in a table: the file is read, every row's fate is shown, and only then is it taken.

import { ask } from "/static/deeds.js";

const form = document.querySelector("#table-form");
const preview = document.querySelector("#preview");
const refusal = form.querySelector(".refusal");
const SHOWN = 200;

function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function table(caption, headings, rows) {
  return h("div", { class: "wide" }, h("table", {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, headings.map((heading) => h("th", { scope: "col" }, heading)))),
    h("tbody", {}, rows.slice(0, SHOWN).map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell ?? "")))))),
  rows.length > SHOWN ? h("p", { class: "muted small" }, `… and ${rows.length - SHOWN} more`) : null);
}

function refuse(problem) {
  refusal.textContent = problem.message;
  const more = Object.values(problem.errors || {}).flat(3).join(" ");
  if (more) refusal.textContent += ` ${more}`;
  refusal.hidden = false;
  refusal.focus();
}

function show(file, said) {
  const fresh = said.rows.filter((row) => row.outcome === "new");
  const known = said.rows.length - fresh.length;
  const take = h("button", { type: "button", class: "primary" }, fresh.length ? `3. Take ${fresh.length} ${fresh.length === 1 ? "row" : "rows"}` : "Keep the report of this table");
  take.addEventListener("click", async () => {
    take.disabled = true;
    try {
      const taken = await ask("/api/v1/claims:import", file, { "Content-Type": "text/csv", "X-Content-SHA256": said.sha256 });
      location.assign(taken.href);
    } catch (problem) {
      refuse(problem);
      take.disabled = false;
    }
  });
  preview.replaceChildren(
    h("h2", {}, "What would become of it"),
    h("p", {}, h("strong", {}, `${fresh.length} new`), `, ${known} already known, `, h("strong", {}, `${said.refused.length} cannot be taken`), "."),
    said.refused.length ? table("Rows that cannot be taken", ["Line", "Reference", "Why"], said.refused.map((row) => [row.line || "", row.ref, row.reason])) : null,
    fresh.length ? table("New rows, as they would be recorded", ["Line", "Claimant", "Begins", "Kind", "Place"], fresh.map((row) => [row.line, row.claimant, row.when, row.type, row.place])) : null,
    h("p", {}, take, " ", h("span", { class: "muted small" }, "The file and this report are kept.")),
  );
  preview.hidden = false;
  preview.scrollIntoView({ block: "start" });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refusal.hidden = true;
  preview.hidden = true;
  const file = form.querySelector("input").files[0];
  if (!file) {
    refuse(new Error("Choose a file first."));
    return;
  }
  try {
    show(file, await ask("/api/v1/claims:preview", file, { "Content-Type": "text/csv" }));
  } catch (problem) {
    refuse(problem);
  }
});
