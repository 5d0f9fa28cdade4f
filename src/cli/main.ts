#!/usr/bin/env node
import { buildProgram } from "./program.ts";
import { exitCode, reportError } from "./output/report-errors.ts";

const program = buildProgram();
try {
  await program.parseAsync(process.argv);
} catch (cause) {
  reportError(cause, process.argv.includes("--debug"));
  process.exitCode = exitCode(cause);
}
