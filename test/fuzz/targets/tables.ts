import fc from "fast-check";
import { readTableBytes, writeTableBytes, codeTable, decideSchema, decodeValue, formatOfName, formatSchema, parseSchema, TableError, gzip, type RawTable } from "../../../src/data/index.ts";
import { tryBytes } from "../../data/try-bytes.ts";
import { workbook } from "../../data/workbook.ts";
import { damaged, damages } from "../damage.ts";
import { expectNamed, target } from "../target.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const small = "id,age,day,group,smoker\nP1,41,2024-01-05,a,true\nP2,,2024-02-06,b,false\nP3,38.5,,,true\nP4,29,2023-12-31,b,\n";

/** Seconds of the processor that a file of a few hundred bytes may take. */
const mostSeconds = 5;

const endings = ["csv", "csv.gz", "xlsx", "workbook", "arrow", "arrows", "json", "jsonl", "parquet"] as const;
const whole = new Map<string, Promise<Uint8Array>>();

/** The same table in each format. */
function fileOf(ending: (typeof endings)[number]): Promise<Uint8Array> {
  const write = async (): Promise<Uint8Array> => {
    if (ending === "csv") return bytesOf(small);
    if (ending === "csv.gz") return gzip(bytesOf(small));
    if (ending === "workbook") return workbook(6);
    return formatOfName(`t.${ending}`).write(await readTableBytes(bytesOf(small)), [() => undefined], undefined, `t.${ending}`);
  };
  if (!whole.has(ending)) whole.set(ending, write());
  return whole.get(ending)!;
}

async function timed(work: () => Promise<void>): Promise<void> {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  if (seconds > mostSeconds) throw new Error(`it took ${seconds.toFixed(1)} s of the processor, at most ${mostSeconds} s were expected`);
}

/** Everything that a table's file goes through before a model sees it. */
function described(table: RawTable): void {
  try {
    const { schema } = decideSchema(table, { targets: [], source: "t" });
    codeTable(table, parseSchema(formatSchema(schema)), { source: "t" });
  } catch (cause) {
    expectNamed(cause, ["TableError", "SchemaError"]);
  }
}

const cell = fc.oneof(fc.constantFrom("", "NA", "1", "2.5", "-1e5", "a", "é", " b ", '"', "x,y", "x;y", "two\nlines", "12:30", "2024-01-05", "😀", "0", "1,5", "__proto__"), fc.string({ maxLength: 6 }).map((text) => text.replaceAll("\0", "")), fc.double({ noNaN: true }).map(String));

export const tableTargets = [
  target({
    name: "odd-tables",
    about: "files from odd tables to random bytes are read and written back byte for byte, or refused in our words",
    inputs: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    few: 300,
    check: (seed) => {
      const { outcome, seconds } = tryBytes(seed);
      if (outcome !== "read" && outcome !== "refused") throw new Error(outcome);
      if (seconds > mostSeconds) throw new Error(`it took ${seconds.toFixed(1)} s`);
    },
  }),
  target({
    name: "damaged-tables",
    about: "a damaged file of any format is read or refused, soon",
    inputs: fc.record({ ending: fc.constantFrom(...endings), damage: damages }),
    few: 400,
    check: ({ ending, damage }) =>
      timed(async () => {
        const bytes = damaged(await fileOf(ending), damage);
        let table: RawTable;
        try {
          table = await readTableBytes(bytes, { source: "t" });
        } catch (cause) {
          return expectNamed(cause, [TableError.name]);
        }
        described(table);
      }),
  }),
  target({
    name: "cells-kept",
    about: "cells of any text come back from the file that they are written to, and numbers from their code",
    inputs: fc.integer({ min: 1, max: 5 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 })),
    few: 200,
    check: async (rows) => {
      const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
      const header = rows[0].map((_, i) => `c${i}`);
      const text = [header, ...rows].map((row) => row.map(quoted).join(",")).join("\n");
      const bytes = bytesOf(`${text}\n`);
      let table: RawTable;
      try {
        table = await readTableBytes(bytes, { source: "t", header: true, delimiter: "," });
      } catch (cause) {
        return expectNamed(cause, [TableError.name]);
      }
      const written = writeTableBytes(table, () => undefined);
      if (Buffer.compare(written, bytes) !== 0) throw new Error("written back otherwise than it was read");
      described(table);
      returnsNumbers(table);
    },
  }),
];

/** Throws where a number that is coded and decoded is another one. */
function returnsNumbers(table: RawTable): void {
  let coded: ReturnType<typeof codeTable>;
  let schema: ReturnType<typeof decideSchema>["schema"];
  try {
    ({ schema } = decideSchema(table, { targets: [], source: "t" }));
    coded = codeTable(table, schema, { source: "t" });
  } catch {
    return; // `described` has looked at the error
  }
  const features = schema.columns.filter(({ role }) => role === "feature");
  features.forEach((column, j) => {
    if (column.categories || column.format !== undefined) return;
    for (let row = 0; row < table.rows; row++) {
      const at = row * features.length + j;
      if (coded.observedX[at] !== 1) continue;
      const value = decodeValue(column, coded.x[at]);
      const [low, high] = column.range ?? [value, value];
      // float32 on the coded scale
      const slack = 1e-4 * Math.max(1e-30, Math.abs(low), Math.abs(high), high - low);
      if (!(value >= low - slack && value <= high + slack)) throw new Error(`column ${column.name}, row ${row}: coded and decoded to ${value}, beyond [${low}, ${high}] of the column`);
    }
  });
}
