import { expect, it } from "vitest";
import { codeTable, decideSchema, featureColumns, filledCells, parseTable, TableError, writeTableBytes } from "../../src/data/index.ts";
import { encodeText } from "../../src/data/text/encoding.ts";

/** Numbers in [0, 1) from a linear congruential generator, so that a failure can be repeated. */
const generator = (seed: number): (() => number) => () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;

const oddCells = [
  "", "NA", "-", ".", "1", "2.5", "1,5", "1.234,5", "1,234.5", "33%", "$12", "2024-01-05", "05/01/2024", "1/2/24", "007", "a", "A ", "yes", "No", "unknown", "-999", "é", "#x", '"', "\t", " ", "😀", "<0.05", "inf", "None", "1e5",
  "12:30", "12'000", "x;y", "x|y", "# c", "__proto__", "constructor", "\u00a0", "1 234",
];

/** A table such as nobody should write, and some do. */
function odd(seed: number): { text: string; encoding: string } {
  const next = generator(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)];
  const whole = (below: number): number => Math.floor(next() * below);
  const [mark, lineBreak, width] = [pick([",", ";", "\t", "|", " "]), pick(["\n", "\r\n", "\r"]), 1 + whole(5)];
  const column = (): (() => string) => {
    const few = Array.from({ length: 1 + whole(4) }, () => pick(oddCells));
    return pick([() => pick(few), () => String(whole(1000) / 10), () => (next() < 0.9 ? String(whole(90)) : pick(oddCells)), () => (next() < 0.8 ? `${1 + whole(28)}/${1 + whole(12)}/20${10 + whole(20)}` : pick(oddCells))]);
  };
  const columns = Array.from({ length: width }, column);
  const quoted = (cell: string): string => (cell.includes(mark) || /["\r\n]/.test(cell) || next() < 0.05 ? `"${cell.replaceAll('"', '""')}"` : cell);
  const header = columns.map((_, i) => pick(["", "a", "b", `c${i}`, `c${i}`, `c${i}`, "1", "id"]));
  const rows = Array.from({ length: whole(20) }, () => columns.map((cell) => cell()));
  const before = next() < 0.2 ? [pick(["# comment", "Title", `Title${mark}`, "sep=;", ""])] : [];
  let text = [...before, ...[header, ...rows].map((row) => row.map(quoted).join(mark))].join(lineBreak) + pick(["", lineBreak]);
  const at = whole(text.length);
  if (next() < 0.1) text = text.slice(0, at) + pick(oddCells) + text.slice(at);
  const encoding = pick(["utf-8", "utf-8", "utf-16le", "windows-1252"]);
  return encoding === "windows-1252" && /😀/u.test(text) ? { text, encoding: "utf-8" } : { text: encoding === "utf-16le" ? `\ufeff${text}` : text, encoding };
}

it("4,000 odd tables: read or refused in words; written back byte for byte; what is there stays what it is when the holes are filled", () => {
  let coded = 0;
  for (let seed = 1; seed <= 4000; seed++) {
    const { text, encoding } = odd(seed);
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
