// The ledger by keyboard: j and k move, Enter opens (it is a link), / searches, Esc closes. The list stays where
// it was when a claim is opened.

const list = document.querySelector("#claims-list");
const rows = [...document.querySelectorAll("[data-row]")];
const KEPT = "ledger-scroll";

function move(by) {
  const at = rows.indexOf(document.activeElement);
  const open = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = at < 0 ? Math.max(open, 0) + (open >= 0 ? by : 0) : at + by;
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

const DEEDS = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.querySelector("#search").focus(),
  Escape: () => document.querySelector("#close")?.click(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, select, textarea");
  if (typing && event.key !== "Escape") return;
  if (typing) {
    event.target.blur();
    return;
  }
  const deed = DEEDS[event.key];
  if (deed) {
    event.preventDefault();
    deed();
  }
});

addEventListener("pagehide", () => sessionStorage.setItem(KEPT, `${list.scrollTop} ${scrollY}`));
const kept = sessionStorage.getItem(KEPT)?.split(" ").map(Number);
if (kept && document.referrer.startsWith(`${location.origin}/claims`)) {
  list.scrollTop = kept[0];
  scrollTo(0, kept[1]);
}
for (const select of document.querySelectorAll(".filters select, .filters input[type=date]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
document.body.dataset.ready = "yes";
