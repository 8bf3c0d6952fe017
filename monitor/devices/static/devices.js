// The page of the mission's phones: taking one in, ending one. The table itself comes from the server.

const ASK_EVERY_MS = 1_500;
const ORDER = ["open", "claimed", "confirmed", "collected"];
const OUTCOMES = {
  collected: "The phone is in. It signs its reports from now on.",
  refused: "Refused. If the words differed, somebody may stand between the phone and the server: try on another network.",
  expired: "The ten minutes are over. Show a new code.",
};

const $ = (id) => document.getElementById(id);
const csrf = document.querySelector("meta[name=csrf-token]").content;
let under = null; // the enrolment on the screen: {id, expires}
let asking = null;

/** Asks the API; throws the problem it answers, so that its words can be shown. */
async function api(method, address, body) {
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers: { Accept: "application/json", "X-CSRF-Token": csrf, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Error("The server cannot be reached. Try again.");
  }
  const said = await answer.json();
  if (answer.ok) return said;
  const errors = Object.values(said.errors ?? {}).flat();
  throw new Error(errors.length ? errors.join(" ") : said.detail);
}

function say(element, text) {
  element.textContent = text ?? "";
  element.hidden = !text;
}

// Taking in ------------------------------------------------------------------------------------------------

async function open(event) {
  event.preventDefault();
  const form = event.currentTarget;
  say($("open-problem"));
  try {
    const opened = await api("POST", "/api/v1/enrolments", {
      person_id: form.person_id.value,
      device_code: form.device_code.value.trim(),
    });
    $("qr").src = URL.createObjectURL(new Blob([opened.qr_svg], { type: "image/svg+xml" }));
    $("qr").parentElement.hidden = false;
    watch({ id: opened.id, expires: Date.parse(opened.expires_at) });
  } catch (problem) {
    say($("open-problem"), problem.message);
  }
}

function watch(enrolment) {
  under = enrolment;
  $("open").hidden = true;
  $("way-in").hidden = false;
  $("way-in").scrollIntoView({ block: "nearest" });
  show({ state: "open", fingerprint: [] });
  ask();
}

async function ask() {
  clearTimeout(asking);
  if (!under) return;
  const { id } = under;
  try {
    const found = await api("GET", `/api/v1/enrolments/${id}`);
    if (under?.id !== id) return;
    show(found);
    if (found.state in OUTCOMES) return;
  } catch (problem) {
    say($("outcome"), problem.message);
  }
  asking = setTimeout(ask, ASK_EVERY_MS);
}

function show(found) {
  const reached = ORDER.indexOf(found.state);
  for (const [place, name] of ["open", "claimed", "confirmed"].entries()) {
    const step = $(`step-${name}`);
    step.classList.toggle("done", reached > place);
    step.classList.toggle("now", reached === place);
  }
  $("qr").parentElement.classList.toggle("used", reached !== 0);
  const seconds = Math.max(0, Math.round((under.expires - Date.now()) / 1000));
  $("left").textContent =
    reached === 0 ? `Works for ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} more` : "";
  if ($("words").childElementCount !== found.fingerprint.length) {
    $("words").replaceChildren(
      ...found.fingerprint.map((word) => Object.assign(document.createElement("span"), { textContent: word })),
    );
  }
  $("words").hidden = !found.fingerprint.length;
  $("compare").hidden = found.state !== "claimed";
  say($("outcome"), OUTCOMES[found.state]);
  $("close").textContent = found.state in OUTCOMES ? "Done" : "Close";
}

async function decide(verb) {
  try {
    show(await api("POST", `/api/v1/enrolments/${under.id}/${verb}`));
  } catch (problem) {
    say($("outcome"), problem.message);
  }
  ask();
}

$("open")?.addEventListener("submit", open);
$("confirm")?.addEventListener("click", () => decide("confirm"));
$("refuse")?.addEventListener("click", () => decide("refuse"));
// What has changed stands in the table, which the server writes.
$("close")?.addEventListener("click", () => location.reload());
for (const button of document.querySelectorAll("[data-resume]")) {
  button.addEventListener("click", () => {
    // The code itself was shown once and is nowhere any more; the words can still be compared.
    $("qr").parentElement.hidden = true;
    watch({ id: button.dataset.resume, expires: Date.parse(button.closest("li").dataset.expires) });
  });
}

// Ending ---------------------------------------------------------------------------------------------------

for (const button of document.querySelectorAll("[data-end]")) {
  button.addEventListener("click", () => {
    const { end: id, code, ended } = button.dataset;
    $("end-title").textContent = ended ? `Empty ${code}?` : `End ${code}?`;
    $("end-only").hidden = Boolean(ended);
    $("end-wipe").textContent = ended ? "Empty it" : "End it and empty it";
    say($("end-problem"));
    $("end-only").onclick = () => end(id, false);
    $("end-wipe").onclick = () => end(id, true);
    $("end").showModal();
  });
}
$("end-cancel").addEventListener("click", () => $("end").close());

async function end(id, wipe) {
  try {
    await api("POST", `/api/v1/devices/${id}/revoke`, { wipe });
    location.reload();
  } catch (problem) {
    say($("end-problem"), problem.message);
  }
}
