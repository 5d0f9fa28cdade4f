import { createHash } from "node:crypto";
import { writeLines } from "../data/index.ts";
import { checkFacts } from "./check-facts.ts";
import { FetchError } from "./fetch-error.ts";
import { readRows } from "./read-rows.ts";
import type { Part, Source } from "./source.ts";
import { unpack } from "./unpack.ts";

/** The table as CSV with a header, from the downloaded files by name; checked against the source's facts. Throws FetchError. */
export async function convert(source: Source, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const rows: string[][] = [];
  for (const block of source.blocks) {
    const sides: string[][][] = [];
    for (const part of block) sides.push(await readPart(source, part, files));
    rows.push(...beside(source, block, sides));
  }
  const columns = source.columns.map(([name], i) => {
    const cells = rows.map((row) => row[source.order?.[i] ?? i] ?? "");
    // a fact of one number counts the levels of texts
    const isNumber = source.columns[i].length === 3;
    return isNumber ? numbers(source, name, cells) : cells;
  });
  checkFacts(source, rows, columns);
  return writeLines([source.columns.map(([name]) => name), ...rows.map((_, r) => columns.map((cells) => cells[r]))]);
}

async function readPart(source: Source, { file, member, sha256 }: Part, files: ReadonlyMap<string, Uint8Array>): Promise<string[][]> {
  const where = member ? `${file}/${member}` : file;
  const bytes = await unpack(files.get(file)!, file, member);
  if (sha256 !== null) {
    const got = createHash("sha256").update(bytes).digest("hex");
    if (got !== sha256) throw new FetchError(`${where} is not the text expected:\n  sha256 ${got} (${bytes.length} bytes), expected\n  sha256 ${sha256}.`);
  }
  return readRows(bytes, source.layout, where);
}

/** Rows of the parts of a block, joined side by side. */
function beside(source: Source, block: readonly Part[], sides: readonly string[][][]): string[][] {
  sides.forEach((side, i) => {
    const [here, first] = [i, 0].map((k) => block[k].member ?? block[k].file);
    if (side.length !== sides[0].length) throw new FetchError(`${source.name}: ${here} has ${side.length} rows and ${first} has ${sides[0].length}; they belong side by side.`);
  });
  return sides[0].map((_, r) => sides.flatMap((side) => side[r]));
}

/** Numbers in their shortest form, shifted or scaled as the source says. */
function numbers(source: Source, name: string, cells: readonly string[]): string[] {
  const values = cells.map((cell, r) => {
    const value = Number(cell);
    if (cell === "" || !Number.isFinite(value)) throw new FetchError(`${source.name}: row ${r + 1}, column "${name}": expected a number, got ${JSON.stringify(cell)}.`);
    return value + (source.add?.[name] ?? 0);
  });
  return (source.unitLength?.includes(name) ? toUnitLength(values) : values).map(String);
}

/** (x - mean) / |x - mean| */
function toUnitLength(values: readonly number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0));
  return values.map((x) => Number(((x - mean) / length).toPrecision(9)));
}
