import type { Command } from "commander";
import { dataFetchCommand } from "./fetch.ts";
import { dataListCommand } from "./list.ts";

/** `hhvaem data ...`: public tables. */
export function dataCommands(program: Command): void {
  const data = program.command("data").description("the ten public tables of the paper").showHelpAfterError("(see hhvaem data --help)");
  for (const declare of [dataFetchCommand, dataListCommand]) declare(data);
}
