/** What a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r]/;
const quotable = /[",\r\n]/;

/**
 * A line of a CSV file as RFC 4180 has it. A text that a spreadsheet would run as a formula is defused with an
 * apostrophe; numbers stay numbers, and null is empty.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(toCell).join(',')}\r\n`;
}

function toCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = formula.test(value) ? `'${value}` : value;
  return quotable.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
