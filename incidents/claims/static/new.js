// The claimants of the chosen party are offered, and a place without coordinates is not located.

const form = document.querySelector("#statement");
const offered = document.querySelector("#claimants");

form.elements.claimant_party.addEventListener("change", (event) => {
  const codes = (event.target.selectedOptions[0]?.dataset.claimants || "").split(" ").filter(Boolean);
  offered.replaceChildren(...codes.map((code) => Object.assign(document.createElement("option"), { value: code })));
  if (codes.length === 1) form.elements.claimant.value = codes[0];
});

function placed() {
  const is = form.elements.lat.value.trim() !== "" || form.elements.lon.value.trim() !== "";
  form.elements.uncertainty_m.disabled = !is;
  const { geo_precision: known } = form.elements;
  if (!is) known.value = "L7";
  else if (known.value === "L7") known.value = "L4";
}
for (const name of ["lat", "lon"]) form.elements[name].addEventListener("input", placed);
placed();
