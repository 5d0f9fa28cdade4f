import { codeTable, decideSchema, formatSchema, parseSchema, parseTable, TableError, writeTableBytes } from "../../src/data/index.ts";
import { anyBytes } from "./odd-tables.ts";

/** What became of bytes that may be a table: "read", "refused" in words of ours, or what went wrong. */
export interface Outcome {
  kind: string;
  outcome: string;
  /** Of the processor. */
  seconds: number;
}

/** Reads the file of a seed, decides what its columns are, codes it, and writes it back. */
export function tryBytes(seed: number): Outcome {
  const { kind, bytes, options } = anyBytes(seed);
  const started = process.cpuUsage();
  const outcome = (() => {
    try {
      const table = parseTable(bytes, { ...options, source: "t.csv" });
      const written = writeTableBytes(table, () => undefined);
      if (Buffer.compare(written, bytes) !== 0) return "written back otherwise than it was read";
      const { schema } = decideSchema(table, { targets: [], source: "t.csv" });
      codeTable(table, parseSchema(formatSchema(schema)), { source: "t.csv" });
      return "read";
    } catch (cause) {
      if (!(cause instanceof TableError)) return `${(cause as Error).stack}`;
      return /\n\s+at |undefined|\[object|NaN(?!")/.test(cause.message.replace(/"(\\.|[^"\\])*"/g, '""')) ? `an odd message: ${cause.message}` : "refused";
    }
  })();
  const { user, system } = process.cpuUsage(started);
  return { kind, outcome, seconds: (user + system) / 1e6 };
}
