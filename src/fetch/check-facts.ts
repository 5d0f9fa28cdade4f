import { FetchError } from "./fetch-error.ts";
import type { Source } from "./source.ts";

/** Relative to the number, or to 1; the stated extremes have nine digits. */
const tolerance = 1e-8;

/** Throws FetchError with all that is not as the source states: rows, fields of a row, extremes of numbers, levels of texts. */
export function checkFacts(source: Source, rows: readonly (readonly string[])[], columns: readonly (readonly string[])[]): void {
  const wrong: string[] = [];
  if (rows.length !== source.rows) wrong.push(`expected ${source.rows} rows, got ${rows.length}`);
  const width = source.layout.header?.length ?? Math.max(source.columns.length, ...(source.order ?? []).map((place) => place + 1));
  const ragged = rows.findIndex((row) => row.length !== width);
  if (ragged >= 0) wrong.push(`row ${ragged + 1}: expected ${width} fields, got ${rows[ragged].length}`);
  source.columns.forEach((fact, i) => {
    const [name] = fact;
    if (fact.length === 2) {
      const levels = new Set(columns[i]).size;
      if (levels !== fact[1]) wrong.push(`column "${name}": expected ${fact[1]} distinct texts, got ${levels}`);
      return;
    }
    const values = columns[i].map(Number);
    const extremes = [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
    if (!close(extremes[0], fact[1]) || !close(extremes[1], fact[2])) wrong.push(`column "${name}": expected values from ${fact[1]} to ${fact[2]}, got ${extremes[0]} to ${extremes[1]}`);
  });
  if (wrong.length === 0) return;
  const shown = wrong.slice(0, 10);
  const more = wrong.length > shown.length ? `\n  and ${wrong.length - shown.length} more` : "";
  throw new FetchError(`${source.name}: the table is not the one that was expected:\n${shown.map((line) => `  ${line}`).join("\n")}${more}`);
}

function close(got: number, expected: number): boolean {
  return Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected));
}
