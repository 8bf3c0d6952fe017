// Trying a rule on history: asks, shows what it would have said, and offers to keep it where it can be kept.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; nothing here parses HTML from text. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The server's answer, or an Error in its own words. */
export async function ask(url, body) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf-token"]').content;
  }
  let response;
  try {
    response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  } catch {
    throw new Error("The server cannot be reached.");
  }
  const said = await response.json().catch(() => ({}));
  if (response.ok) return said;
  const fields = Object.values(said.errors || {}).flat(3).join("; ");
  throw new Error(fields || said.detail || said.title || `The server answered ${response.status}.`);
}

/** Makes the form with id `trial` work; `before` may save first, and answers false to stay. */
export function trial(before = async () => true) {
  const form = document.querySelector("#trial");
  if (!form) return null;
  const place = document.querySelector("#tried");
  const button = form.querySelector("button");

  async function run() {
    button.disabled = true;
    place.replaceChildren(h("p", { class: "working", role: "status" }, "Reading the past…"));
    try {
      if (!(await before())) {
        place.replaceChildren();
        return;
      }
      const asked = new URLSearchParams({
        from: `${form.elements.from.value}T00:00:00+00:00`,
        to: `${form.elements.to.value}T00:00:00+00:00`,
      });
      const answer = await ask(`${form.dataset.trial}?${asked}`);
      if (!answer.result) throw new Error(`Line ${answer.line}: ${answer.why}`);
      place.replaceChildren(shown(answer, form.dataset.keep));
    } catch (error) {
      place.replaceChildren(h("p", { role: "alert", class: "lacking" }, error.message));
    } finally {
      button.disabled = false;
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  return run;
}

function shown({ result, seal }, keepAt) {
  const card = h("article", { class: "card result" });
  const plural = result.findings === 1 ? "finding" : "findings";
  card.append(
    h(
      "p",
      { class: "lead" },
      h("strong", {}, String(result.findings)),
      ` ${plural} in ${result.reports} reports that it reads, `,
      h("strong", {}, String(result.a_month)),
      " in thirty days. ",
      result.budget && h("span", { class: `badge ${result.budget.held ? "good" : "bad"}` }, result.budget.held ? "within its budget" : "over its budget"),
      result.budget && h("span", { class: "small muted" }, ` at most ${result.budget.most} began within ${Math.round(result.budget.days)} days; the budget allows ${result.budget.alerts}.`),
    ),
    months(result.by_month, result.worst_month),
    facts(result),
  );
  if (result.said.length) {
    card.append(
      h(
        "details",
        {},
        h("summary", {}, "What it would have said"),
        h("ol", { class: "said" }, result.said.map((one) => h("li", {}, h("span", { class: "severity", "data-severity": one.severity }, String(one.severity)), h("span", {}, one.sentence)))),
      ),
    );
  }
  if (keepAt) card.append(keeping(keepAt, result, seal));
  return card;
}

function keeping(keepAt, result, seal) {
  const button = h("button", { type: "button", class: "primary" }, "Sign and keep it");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await ask(keepAt, { result, seal });
      location.reload();
    } catch (error) {
      button.disabled = false;
      button.after(h("span", { role: "alert", class: "small" }, error.message));
    }
  });
  return h("p", { class: "buttons" }, button, h("span", { class: "small muted" }, "Under your name, beside the rule."));
}

function facts(result) {
  const rows = [];
  const add = (name, value) => rows.push(h("dt", {}, name), h("dd", {}, value));
  if (result.worst_month) add("Worst month", `${result.worst_month}, ${result.by_month[result.worst_month]}`);
  if (result.keys.length) add("Where", result.keys.map((one) => `${one.name} ${one.findings}`).join(", "));
  if (result.sources.length) {
    add("Carried by", result.sources.map((one) => `${one.name} ${one.findings}${one.alone ? ` (${one.alone} alone)` : ""}`).join(", "));
  }
  if (result.findings) add("Fall if one report falls away", `${result.falling} of ${result.findings}`);
  if (result.median_hours_to_know !== null) add("Evidence was in after", `${result.median_hours_to_know} hours (median)`);
  return h("dl", { class: "facts small" }, rows);
}

function months(byMonth, worst) {
  const entries = Object.entries(byMonth).sort(([one], [other]) => one.localeCompare(other));
  const most = Math.max(1, ...entries.map(([, n]) => n));
  const wide = 44;
  const chart = svg("svg", {
    class: "months",
    viewBox: `0 0 ${Math.max(wide, entries.length * wide)} 96`,
    role: "img",
    "aria-label": `Findings by the month in which they began: ${entries.map(([month, n]) => `${month} ${n}`).join(", ")}`,
  });
  chart.append(svg("line", { x1: 0, y1: 76, x2: entries.length * wide, y2: 76, class: "ground" }));
  entries.forEach(([month, n], at) => {
    const high = (n / most) * 54;
    const middle = at * wide + wide / 2;
    chart.append(
      svg("rect", { x: at * wide + 8, y: 76 - high, width: wide - 16, height: high, class: month === worst && n ? "bar worst" : "bar" }),
      svg("text", { x: middle, y: 71 - high, class: "n" }, String(n)),
      svg("text", { x: middle, y: 91, class: "month" }, month.slice(2)),
    );
  });
  return chart;
}
