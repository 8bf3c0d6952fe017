// One or several reports become an incident, or join one that is open.

import { Problem, post } from "./api.js";
import { $, count, h, show } from "./dom.js";
import { spanText } from "./time.js";
import { ASSESSMENT, word } from "./words.js";

export class Making {
  constructor(dialog, { incidents, say, onMade }) {
    Object.assign(this, { dialog, incidents, say, onMade });
  }

  open(ids) {
    const { dialog } = this;
    const refusal = h("p", { class: "problem", role: "alert", hidden: true });
    const joinable = (this.incidents() || []).filter((row) => !["refuted", "withdrawn"].includes(row.assessment));
    const choice = (value, text, note, checked) => h("label", { class: "choice" },
      h("input", { type: "radio", name: "target", value, checked }), h("span", {}, text, note ? h("small", {}, note) : null));
    const form = h("form", { method: "dialog", on: { submit: (event) => { event.preventDefault(); this.send(ids, form, refusal); } } },
      h("h2", { id: "making-title" }, `Incident from ${count(ids.length, "report")}`),
      h("div", { class: "choices", role: "radiogroup", "aria-labelledby": "making-title" },
        choice("", "A new incident", null, true),
        joinable.map((row) => choice(row.id, `${row.number} · ${row.title}`, `${row.place || ""} · ${spanText(row.start, row.end)} · ${word(ASSESSMENT, row.assessment)}`, false))),
      refusal,
      h("div", { class: "actions" },
        h("button", { type: "submit", class: "primary" }, "Go on"),
        h("button", { type: "button", on: { click: () => dialog.close() } }, "Cancel")));
    show(dialog, form);
    dialog.showModal();
    $("input[type=radio]", dialog).focus();
  }

  async send(ids, form, refusal) {
    const target = new FormData(form).get("target");
    try {
      let incidentId = target;
      if (target) for (const id of ids) await post(`/api/v1/incidents/${target}/links`, { observation_id: id, linked: true });
      else incidentId = (await post("/api/v1/incidents", { observation_ids: ids })).incident_id;
      this.dialog.close();
      this.say(target ? `${count(ids.length, "report")} joined the incident.` : "Incident opened.");
      this.onMade(incidentId);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      refusal.textContent = problem.words;
      refusal.hidden = false;
    }
  }
}
