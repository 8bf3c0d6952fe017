// The reports that the filter lets through, as a file for other programs. The server makes it, so that it is whole
// also where the map draws more reports than it knows the words of.

import { getBytes } from "./api.js";

export const KINDS = { csv: "text/csv", geojson: "application/geo+json" };

/** Fetches `/desk/reports.<kind>` and hands it to the person; a refusal is a Problem. */
export async function saveReports(kind, parameters) {
  const content = await getBytes(`/desk/reports.${kind}?${parameters}`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: KINDS[kind] }));
  link.download = `reports.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
