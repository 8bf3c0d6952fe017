// Forms that ask the API. What was typed stays in the form until the server has taken it; what must be
// mended is said beside its field.
//
// <form data-deed="reload | address | event" action="/api/v1/…">: fields go as one JSON object. An empty field
// is left out, or null with data-empty="null"; data-as="number | list | flag" says what a field holds.
// data-file: the chosen file itself is the body, under the type that the browser knows for it.

const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

/** Asks the API and answers what it said; throws an Error that has `errors` per field and words for a person. */
export async function ask(url, body, headers = { "Content-Type": "application/json" }) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": token(), ...headers },
      body: body instanceof Blob ? body : JSON.stringify(body),
    });
  } catch {
    throw Object.assign(new Error("The server cannot be reached. Nothing you typed is lost; try again."), { errors: {} });
  }
  const kind = response.headers.get("Content-Type") || "";
  const said = kind.includes("json") ? await response.json() : {};
  if (response.ok) return said;
  const words = response.status === 401 ? "Your sign-in has ended. Sign in again in another tab, then try again." : [said.title, said.errors ? "" : said.detail].filter(Boolean).join(". ");
  throw Object.assign(new Error(words || `The server answered ${response.status}.`), { errors: said.errors || {}, status: response.status });
}

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  const text = field.value.trim();
  if (text === "") return field.dataset.empty === "null" ? null : undefined;
  if (field.dataset.as === "number") return Number.isNaN(Number(text)) ? text : Number(text);
  if (field.dataset.as === "list") return text.split(/[;,]\s*/).filter(Boolean);
  if (field.dataset.as === "flag") return text === "true";
  if (field.dataset.as === "instant") return text + (field.form.dataset.offset || "Z");
  return text;
}

export function contentOf(form) {
  const content = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.type === "submit" || field.type === "file") continue;
    if (field.type === "radio" && !field.checked) continue;
    const value = valueOf(field);
    if (value !== undefined) content[field.name] = value;
  }
  return content;
}

function refuse(form, problem) {
  let box = form.querySelector(".refusal");
  if (!box) {
    box = document.createElement("p");
    box.className = "refusal problem";
    box.setAttribute("role", "alert");
    form.append(box);
  }
  const left = [];
  for (const [name, reasons] of Object.entries(problem.errors)) {
    const field = form.elements[name];
    const words = [reasons].flat(3).map((reason) => (typeof reason === "string" ? reason : JSON.stringify(reason))).join(" ");
    if (!field?.setAttribute || field.type === "hidden") {
      left.push(`${name}: ${words}`);
      continue;
    }
    const note = document.createElement("p");
    note.className = "field-error";
    note.id = `${field.id || name}-error`;
    note.textContent = words;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
    field.after(note);
  }
  box.textContent = [problem.message, ...left].join(" ");
  box.hidden = false;
  (form.querySelector('[aria-invalid="true"]') || box).focus?.();
}

function clear(form) {
  for (const note of form.querySelectorAll(".field-error")) note.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  const box = form.querySelector(".refusal");
  if (box) box.hidden = true;
}

async function send(form, button) {
  clear(form);
  const buttons = [...form.querySelectorAll("button")];
  for (const one of buttons) one.disabled = true;
  try {
    const file = form.querySelector('input[type="file"]')?.files[0];
    const url = button?.formAction && button.hasAttribute("formaction") ? button.formAction : form.action;
    const said = form.hasAttribute("data-file")
      ? await ask(url, file || new Blob([]), { "Content-Type": file?.type || form.dataset.file || "application/octet-stream" })
      : await ask(url, { ...contentOf(form), ...(button?.name ? { [button.name]: button.dataset.as === "flag" ? button.value === "true" : button.value } : {}) });
    const then = form.dataset.deed;
    if (then === "event") form.dispatchEvent(new CustomEvent("done", { detail: said, bubbles: true }));
    else if (then === "reload") location.reload();
    else location.assign(said.href || then);
  } catch (problem) {
    if (!problem.errors) throw problem;
    refuse(form, problem);
  } finally {
    for (const one of buttons) one.disabled = false;
  }
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-deed]")) return;
  event.preventDefault();
  send(form, event.submitter);
});
