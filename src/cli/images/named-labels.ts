import { basename } from "node:path";
import { labelsOf, LabelTable, readTableBytes, TableError, type RawTable, type TableProblem } from "../../data/index.ts";
import { readInput } from "../inputs/files.ts";

/** Labels of pictures by their files' names: the table's columns, less the one that holds the names. Throws TableError with all problems. */
export async function readNamedLabels(path: string, names: readonly string[]): Promise<RawTable> {
  const source = basename(path);
  const table = await readTableBytes(await readInput(path), { source });
  const numberOf = placesOf(names);
  const column = nameColumn(table, numberOf);
  if (column < 0) {
    throw new TableError([{ message: `no column holds the pictures' names, such as ${list(names, 1)}; the columns are ${list(table.columns, table.columns.length)}. Add one.` }], source);
  }
  const problems: TableProblem[] = [];
  const rowOf = new Array<number | undefined>(names.length);
  for (let row = 0; row < table.rows; row++) {
    const cell = table.cell(row, column);
    const place = numberOf.get(cell.trim());
    const where = { row: table.line(row), column: table.columns[column] };
    if (place === undefined) problems.push({ ...where, message: `there is no picture "${cell}"; correct the name, or take the row out.` });
    else if (rowOf[place] !== undefined) problems.push({ ...where, message: `"${cell}" stands twice, first in row ${table.line(rowOf[place])}; take one out.` });
    else rowOf[place] = row;
  }
  const without = names.filter((_, i) => rowOf[i] === undefined);
  if (without.length > 0) problems.push({ message: `${without.length} of ${names.length} pictures have no row: ${list(without, 3)}; add them, with empty cells where a label is unknown.` });
  if (problems.length > 0) throw new TableError(problems, source);
  return withoutColumn(labelsOf(table, rowOf), column);
}

/** The place of each picture by its name, and by its last part where that is the name of only one. */
function placesOf(names: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const twice = new Set<string>();
  names.forEach((name, i) => {
    const last = basename(name);
    if (places.has(last)) twice.add(last);
    places.set(last, i);
  });
  for (const last of twice) places.delete(last);
  names.forEach((name, i) => places.set(name, i));
  return places;
}

/** The column with the most names in it; -1 if none has one. */
function nameColumn(table: RawTable, numberOf: ReadonlyMap<string, number>): number {
  let [best, most] = [-1, 0];
  table.columns.forEach((_, j) => {
    let hits = 0;
    for (let row = 0; row < table.rows; row++) if (numberOf.has(table.cell(row, j).trim())) hits++;
    if (hits > most) [best, most] = [j, hits];
  });
  return best;
}

function withoutColumn(table: LabelTable, column: number): LabelTable {
  const kept = table.columns.map((_, j) => j).filter((j) => j !== column);
  return new LabelTable(
    kept.map((j) => table.columns[j]),
    kept.map((j) => Array.from({ length: table.rows }, (_, row) => table.cell(row, j))),
    table.rows,
  );
}

function list(texts: readonly string[], most: number): string {
  return `${texts.slice(0, most).map((text) => `"${text}"`).join(", ")}${texts.length > most && most > 1 ? ", ..." : ""}`;
}
