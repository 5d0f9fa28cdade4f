import { CommanderError } from "commander";
import { TableError } from "../../data/index.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { UsageError } from "../usage-error.ts";

/** Exit codes: 2 for bad input, 1 for failure. */
export function exitCode(cause: unknown): number {
  if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : 2;
  return cause instanceof TableError || cause instanceof ModelFileError || cause instanceof UsageError || cause instanceof RangeError ? 2 : 1;
}

/** Prints the message alone, or with --debug the stack. */
export function reportError(cause: unknown, debug: boolean): void {
  if (cause instanceof CommanderError) return;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const text = debug ? (error.stack ?? error.message) : error.message;
  process.stderr.write(`${text}\n`);
}
