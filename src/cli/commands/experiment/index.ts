import type { Command } from "commander";
import { experimentCoverageCommand } from "./coverage.ts";
import { experimentImagesCommand } from "./images.ts";
import { experimentReportCommand } from "./report.ts";
import { experimentSaiaCommand } from "./saia.ts";
import { experimentStatusCommand } from "./status.ts";
import { experimentTablesCommand } from "./tables.ts";

/** `hhvaem experiment ...`: trainings and acquisitions that are repeated over folds, presets and seeds, and scored. */
export function experimentCommands(program: Command): void {
  const experiment = program.command("experiment").description("experiments of the paper on a table of yours").showHelpAfterError("(see hhvaem experiment --help)");
  for (const declare of [experimentSaiaCommand, experimentTablesCommand, experimentImagesCommand, experimentCoverageCommand, experimentStatusCommand, experimentReportCommand]) declare(experiment);
}
