// One box for everything that has a name: what the room can do, and what `find` makes of the text.

import { Problem, get } from "./api.js";
import { $, h, show } from "./dom.js";

const ASK_AFTER_MS = 120;

export class Palette {
  /** `commands` is [{label, keys, run}]; `onFound(hit)` opens or goes to what was found. */
  constructor(dialog, { commands, onFound }) {
    Object.assign(this, { dialog, commands, onFound });
    this.input = $("input", dialog);
    this.list = $("ul", dialog);
    this.choices = [];
    this.at = 0;
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => this.asked?.abort());
  }

  open() {
    this.input.value = "";
    this.dialog.showModal();
    this.changed();
  }

  changed() {
    const text = this.input.value.trim();
    const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const fitting = this.commands.filter(({ label }) => words.every((word) => label.toLocaleLowerCase().includes(word)));
    this.set(fitting.map((command) => ({ label: command.label, hint: command.keys || "", run: command.run })));
    clearTimeout(this.waiting);
    this.asked?.abort();
    if (text.length > 1) this.waiting = setTimeout(() => this.ask(text), ASK_AFTER_MS);
  }

  async ask(text) {
    const asked = (this.asked = new AbortController());
    try {
      const { found } = await get(`/desk/find?q=${encodeURIComponent(text)}`, asked.signal);
      if (this.asked !== asked || this.input.value.trim() !== text) return;
      const hits = found.map((hit) => ({ label: hit.label, hint: hit.hint || { report: "Report", incident: "Incident", alert: "Alert", point: "Place on the map" }[hit.kind] || "", run: () => this.onFound(hit) }));
      this.set([...hits, ...this.choices.filter((choice) => !choice.isNote)]);
      if (!this.choices.length) this.set([{ label: "Nothing has that name or number.", hint: "", isNote: true, run: () => {} }]);
    } catch (problem) {
      if (asked.signal.aborted) return;
      if (!(problem instanceof Problem)) throw problem;
      this.set([{ label: problem.words, hint: "", isNote: true, run: () => {} }]);
    }
  }

  set(choices) {
    this.choices = choices;
    this.at = 0;
    show(this.list, choices.map((choice, index) => h("li", {
      role: "option", id: `palette-${index}`, "aria-selected": "false", on: { click: () => this.take(index) },
    }, h("span", {}, choice.label), h("span", { class: "muted" }, choice.hint))));
    this.point();
  }

  point() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    const item = this.list.children[this.at];
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.choices.length) {
      event.preventDefault();
      this.at = (this.at + step + this.choices.length) % this.choices.length;
      this.point();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.take(this.at);
    }
  }

  take(index) {
    const choice = this.choices[index];
    if (!choice || choice.isNote) return;
    this.dialog.close();
    choice.run();
  }
}
