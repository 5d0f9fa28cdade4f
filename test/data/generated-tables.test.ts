import { expect, it } from "vitest";
import { codeTable, decideSchema, featureColumns, filledCells, parseTable, TableError, writeTableBytes } from "../../src/data/index.ts";
import { encodeText } from "../../src/data/text/encoding.ts";
import { oddTable } from "./odd-tables.ts";
import { tryBytes } from "./try-bytes.ts";
import { writtenTable } from "./written-table.ts";

it("4,000 odd tables: read or refused in words; written back byte for byte; what is there stays what it is when the holes are filled", () => {
  let coded = 0;
  for (let seed = 1; seed <= 4000; seed++) {
    const { text, encoding } = oddTable(seed);
    const bytes = encodeText(text, encoding);
    const where = `seed ${seed}: ${JSON.stringify(text)}`;
    try {
      const table = parseTable(bytes);
      expect(Buffer.compare(writeTableBytes(table, () => undefined), bytes), where).toBe(0);
      const { schema } = decideSchema(table, { targets: [] });
      const first = codeTable(table, schema);
      const columns = featureColumns(schema);
      const holes = Array.from(first.observedX.keys()).filter((i) => first.observedX[i] === 0).map((i) => ({ row: Math.floor(i / columns.length), column: i % columns.length }));
      const values = holes.map(({ column }) => (columns[column].categories ? 0 : columns[column].format?.date === undefined ? 12.5 : 19_000));
      const { encoding: same, delimiter, header } = schema.reading!;
      const second = codeTable(parseTable(writeTableBytes(table, filledCells(table, columns, holes, values)), { before: schema.reading, encoding: same, delimiter, header }), schema);
      const wrong = Array.from(first.x.keys()).filter((i) => first.observedX[i] === 1 && !(second.observedX[i] === 1 && Math.abs(second.x[i] - first.x[i]) <= 1e-5));
      expect({ rows: second.rows, wrong }, where).toEqual({ rows: first.rows, wrong: [] });
      coded++;
    } catch (cause) {
      if (!(cause instanceof TableError)) throw cause;
    }
  }
  // most of them are tables, for all that
  expect(coded).toBeGreaterThan(1500);
});

it("1,500 files of ten kinds, down to random bytes, are read or refused in words, none in more than a second", () => {
  const outcomes = new Map<string, number>();
  for (let seed = 1; seed <= 1500; seed++) {
    const { kind, outcome, seconds } = tryBytes(seed);
    expect(outcome, `seed ${seed}, ${kind}`).toMatch(/^(read|refused)$/);
    // of the processor, so that other work does not count
    expect(seconds, `seed ${seed}, ${kind}`).toBeLessThan(1);
    outcomes.set(`${kind}: ${outcome}`, (outcomes.get(`${kind}: ${outcome}`) ?? 0) + 1);
  }
  // both happen
  for (const what of ["random bytes: refused", "an odd table: read", "ragged rows: refused", "many columns: read", "a few bytes changed: read"]) expect(outcomes.get(what), what).toBeGreaterThan(25);
});

it("1,000 tables written in any dialect are read back cell by cell", () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const { names, rows, bytes, options, where } = writtenTable(seed);
    const table = parseTable(bytes, options);
    const read = Array.from({ length: table.rows }, (_, row) => table.columns.map((__, column) => table.cell(row, column)));
    expect({ names: table.columns, read }, where).toEqual({ names, read: rows });
    expect(table.reading, where).toMatchObject({ encoding: encodingName(options.encoding) ?? table.reading.encoding });
    expect(Buffer.compare(writeTableBytes(table, () => undefined), bytes), where).toBe(0);
  }
});

function encodingName(label: string | undefined): string | undefined {
  return label && new TextDecoder(label).encoding;
}
