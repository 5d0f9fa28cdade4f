import { CommanderError } from "commander";
import { TableError, type Remedy } from "../../data/index.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { fileSentence } from "../../fetch/file-faults.ts";
import { UsageError } from "../usage-error.ts";

/** How the command line says what a table's error advises. */
const flags: Readonly<Record<Remedy, string>> = {
  missing: "--missing TEXT adds a missing token",
  keep: "--keep TEXT makes a text a value that is no hole",
  encoding: "--encoding NAME says how the letters are stored",
  dates: "--date COLUMN=PATTERN says how dates are written",
  bounds: "--bounds COLUMN=LOW:HIGH sets the numbers that a column's values lie between",
  sheet: "--sheet NAME reads another sheet",
  types: "--type COLUMN=TYPE sets a column's type, --type COLUMN=ignore leaves it out",
  schema: "`hhvaem schema TABLE -o FILE` writes a schema to edit, --schema FILE takes it",
  header: "--no-header reads the first line as data",
  size: "--size, --grey and --colour bring pictures to one shape",
};

/** Exit codes: 2 for bad input, 1 for failure. */
export function exitCode(cause: unknown): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
  return cause instanceof TableError || cause instanceof ModelFileError || cause instanceof UsageError || cause instanceof RangeError || fileSentence(cause) !== undefined ? 2 : 1;
}

/** Prints the message alone, or with --debug the stack; then the flags that help, if any. */
export function reportError(cause: unknown, debug: boolean): void {
  if (cause instanceof CommanderError) return;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const text = debug ? (error.stack ?? error.message) : (fileSentence(error) ?? error.message);
  const remedies = cause instanceof TableError ? [...new Set(cause.problems.flatMap((problem) => problem.remedies ?? []))] : [];
  process.stderr.write(`${[text, ...remedies.map((remedy) => `  ${flags[remedy]}`)].join("\n")}\n`);
}
