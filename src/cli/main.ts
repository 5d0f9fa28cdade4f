#!/usr/bin/env node
import { buildProgram } from "./program.ts";
import { exitCode, reportError } from "./output/report-errors.ts";

// who reads along may have seen enough: `hhvaem --help | head`
process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
  if (cause.code !== "EPIPE") throw cause;
  process.exit();
});

const program = buildProgram();
try {
  await program.parseAsync(process.argv);
} catch (cause) {
  reportError(cause, process.argv.includes("--debug"));
  process.exitCode = exitCode(cause);
}
