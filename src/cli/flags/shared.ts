import { Option, type Command } from "commander";
import { estimators } from "../../acquisition/index.ts";
import { samplers } from "../../model/index.ts";
import { collect, positive, wholeFrom } from "./parsers.ts";

/** A command with the flags that most have: --json, --debug and, unless told otherwise, --seed. */
export function newCommand(program: Command, usage: string, description: string, { seed = true } = {}): Command {
  const made = program.command(usage).description(description).option("--json", "one JSON object instead of text");
  if (seed) made.addOption(new Option("--seed <n>", "same seed, same adapter: same bytes").argParser(wholeFrom(0)).default(0));
  return made.option("--debug", "show stacks of errors");
}

/** Examples at the end of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Flags of TableOptions. */
export function tableFlags(command: Command): Command {
  return command
    .option("--missing <token...>", "further texts that mean a missing cell: TOKEN, or COLUMN=TOKEN (besides empty, NA, N/A, NaN, null, ? and their kind)")
    .option("--keep <text...>", "texts that are values, though they usually mean a missing cell: TEXT, or COLUMN=TEXT (COLUMN= for its empty cells)")
    .option("--encoding <name>", "default: by the bytes: UTF-8, UTF-16 or Windows-1252")
    .option("--sheet <name>", "the sheet of a workbook, by its name or number (default: the first)")
    .addOption(new Option("--decimal <mark>", "decimal mark (default: by the columns of numbers)").choices([".", ","]))
    .addOption(new Option("--date <column=pattern>", "how a column's dates are written, such as visit=MM/dd/yyyy; may be repeated").argParser(collect))
    .option("--delimiter <character>", "default: comma, semicolon, tab, | or runs of blanks, whichever fits")
    .option("--header", "the first line names the columns (default: unless it looks like the rows below it)")
    .option("--no-header", "the first line is data");
}

/** Flags of SchemaOptions. */
export function schemaFlags(command: Command): Command {
  return command
    .option("--schema <file>", "a schema file that `hhvaem schema` wrote")
    .addOption(new Option("--type <column=type>", "real, positive, bounded (between two numbers), count (whole numbers from 0 on), binary, ordinal (levels in the order of their numbers), categorical or ignore; may be repeated").argParser(collect))
    .addOption(new Option("--bounds <column=low:high>", "numbers that no value of a column lies beyond, such as age=0:120; may be repeated").argParser(collect))
    .addOption(keepMissingFlag());
}

/** Holes that are not to be filled, of SchemaOptions and of what is answered. */
export function keepMissingFlag(): Option {
  return new Option("--keep-missing <columns...>", 'holes that mean "there is none" and are left as they are: COLUMN, or "COLUMN where OTHER=VALUE"');
}

/** Flags of SplitOptions. */
export function splitFlags(command: Command): Command {
  return command
    .option("--splits <file>", "folds and masks: a line per row with `fold` and 1 or 0 per feature")
    .addOption(new Option("--fold <k>", "the fold that is tested").argParser(wholeFrom(0)));
}

export function targetFlag(): Option {
  return new Option("--target <columns>", "column(s) to predict, separated by commas").argParser((text: string) => text.split(",").map((name) => name.trim())).default([], "none");
}

export function samplerFlag(): Option {
  return new Option("--sampler <kind>", "how draws are made: by HMC, from the encoder's Gaussian, or those weighted by importance (default: what the preset is trained for)").choices([...samplers]);
}

export function estimatorFlag(): Option {
  return new Option("--estimator <name>", "method mi: by what the model would answer once it is told a value, or as the paper does, by five bins of joint draws (default: told; for presets whose variances are fixed paper)").choices([...estimators]);
}

export function defaultCostFlag(): Option {
  return new Option("--default-cost <x>", "what features cost that --costs does not name (default: 1)").argParser(positive);
}

/** Of commands with --queue. */
export const passwordHelp = "The queue's password is read from HHVAEM_QUEUE_PASSWORD, its user from HHVAEM_QUEUE_USER, so that no command line shows them; rediss:// encrypts.";

/** Of commands that write: whether an output may be what is read, or two outputs one file. */
export function forceFlag(): Option {
  return new Option("--force", "outputs may overwrite what is read, and each other");
}
