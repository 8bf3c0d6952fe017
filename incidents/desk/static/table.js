// The reports shown, as a table for other programs (RFC 4180), without positions of observers.

const COLUMNS = ["number", "title", "start", "end", "sector", "from", "tier", "processing", "received", "incident"];
const FORMULA = /^[=+\-@\t\r]/;

/** A value that no spreadsheet takes for a formula. */
function cell(value) {
  const text = value === null || value === undefined ? "" : String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function tableOf(rows) {
  return [COLUMNS, ...rows.map((row) => COLUMNS.map((name) => row[name]))].map((line) => line.map(cell).join(",")).join("\r\n");
}

export function saveRows(rows) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", tableOf(rows), "\r\n"], { type: "text/csv" }));
  link.download = "reports.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
