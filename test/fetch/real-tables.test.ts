import { createHash } from "node:crypto";
import { expect } from "vitest";
import { parseTable } from "../../src/data/index.ts";
import { convert } from "../../src/fetch/convert.ts";
import { sources } from "../../src/fetch/index.ts";
import { originals, reference } from "./originals.ts";
import { itShared as it } from "../shared.ts";

/** Half of the last decimal that UCI's own CSV keeps. */
const rounding: Readonly<Record<string, (column: number) => number>> = {
  energy: () => 0.005,
  concrete: (column) => (column === 7 ? 0 : column === 8 ? 0.005 : 0.05),
};
/** Texts whose exact bytes the values do not tell: blanks and digits are written freely in them. */
const inexact = ["wine", "yacht"];

// of diabetes the reference data has only what its conversion gives
it.each(Object.keys(originals))("%s: converted from its original form it has the reference table's header and values", async (name) => {
  const source = sources.find((candidate) => candidate.name === name)!;
  const expected = await reference(name);
  const files = originals[name](expected.rows);
  const blocks = inexact.includes(name) ? source.blocks.map((block) => block.map((part) => ({ ...part, sha256: null }))) : source.blocks;
  const table = parseTable(await convert({ ...source, blocks }, new Map(Object.entries(files))));
  expect(table.columns).toEqual(expected.columns);
  expect(table.rows).toBe(expected.rows.length);
  let wrong = 0;
  expected.rows.forEach((row, r) =>
    row.forEach((cell, c) => {
      const got = table.cell(r, c);
      const isNumber = source.columns[c].length === 3;
      wrong += Number(isNumber ? !(Math.abs(Number(got) - Number(cell)) <= (rounding[name]?.(c) ?? 0) + 1e-9) : got !== cell);
    }),
  );
  expect(wrong).toBe(0);
});

it.each(["energy", "concrete"])("%s: the stated checksum is that of the file rebuilt from the values", async (name) => {
  const [{ file, sha256, bytes }] = sources.find((candidate) => candidate.name === name)!.files;
  const content = originals[name]((await reference(name)).rows)[file];
  expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
  expect(bytes ?? content.length).toBe(content.length);
});

it("diabetes: the stated extremes are those of the reference table", async () => {
  const { columns, rows } = await reference("diabetes");
  const source = sources.find(({ name }) => name === "diabetes")!;
  expect(source.columns.map(([name]) => name)).toEqual(columns);
  source.columns.forEach(([, least, greatest], c) => {
    const values = rows.map((row) => Number(row[c]));
    expect([Math.min(...values), Math.max(...values)]).toEqual([least, greatest]);
  });
});
