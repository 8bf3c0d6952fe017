// The one place that talks to the server. Refusals come back as Problem, with the server's own reason.

export class Problem extends Error {
  constructor({ status = 0, title = "It did not work", detail = "", errors = null, type = "" }) {
    super(title);
    Object.assign(this, { status, title, detail, errors, type });
  }

  /** Title, reason and the fields to mend, as one sentence for a person. */
  get words() {
    const fields = this.errors
      ? Object.entries(this.errors).map(([field, reasons]) => `${field}: ${[reasons].flat(3).join(", ")}`)
      : [];
    return [this.title, this.errors ? fields.join("; ") : this.detail].filter(Boolean).join(". ");
  }
}

const token = () => document.querySelector('meta[name="csrf-token"]')?.content || "";

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Problem({ title: "The server cannot be reached", detail: "What you see may be old. We keep trying." });
  }
  const kind = response.headers.get("Content-Type") || "";
  const body = kind.includes("json") ? await response.json() : null;
  if (response.ok) return body;
  if (response.status === 401) {
    throw new Problem({ status: 401, title: "Your sign-in has ended", detail: "Sign in again to go on." });
  }
  throw new Problem({ status: response.status, title: `The server answered ${response.status}`, ...(body || {}) });
}

export function get(url, signal) {
  return answer(fetch(url, { headers: { Accept: "application/json" }, signal, cache: "no-store" }));
}

/** Bytes instead of JSON; a refusal is the same Problem. */
export async function getBytes(url) {
  let refused = null;
  const response = fetch(url, { cache: "no-store" });
  const bytes = await response.then((found) => (found.ok ? found.arrayBuffer() : null), () => null);
  if (bytes === null) refused = answer(response);
  return bytes ?? refused;
}

export function post(url, content = {}) {
  return answer(
    fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": token() },
      body: JSON.stringify(content),
    }),
  );
}
