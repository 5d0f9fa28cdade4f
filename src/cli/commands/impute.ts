import type { Command } from "commander";
import type { ShiftedColumn } from "../../model/index.ts";
import { assumption } from "../../report/index.ts";
import { wholeFrom } from "../flags/parsers.ts";
import { examples, keepMissingFlag, newCommand, tableFlags } from "../flags/shared.ts";
import { parseShifts, shiftFlag, shiftedText } from "../flags/shifts.ts";
import { schemaOf } from "../inputs/tables.ts";
import { fillTable } from "../models/answers.ts";
import { readModelAt } from "../models/model-paths.ts";
import { writeLongTo } from "../output/long-table.ts";
import { numbered, outputName, say, writeColumnsTo, writeTableTo } from "../output/table-output.ts";
import { answerFile, answerFlags, type AnswerOptions } from "../stream/answer-file.ts";
import { partsText } from "../stream/answer-in-parts.ts";
import { UsageError } from "../usage-error.ts";

interface ImputeOptions extends AnswerOptions {
  /** Also write a line per imputed cell. */
  cells?: string;
  /** Fill missing targets too, jointly with the features. */
  targets?: boolean;
  /** Known targets do not inform the features' holes. */
  hideTargets?: boolean;
  /** Also write this many completed tables drawn from the posterior. */
  completions: number;
  /** And all of them in one file. */
  long?: string;
  /** How filled values differ from what the model says: COLUMN=BY. */
  shift?: string[];
}

/** `hhvaem impute`: fills the missing cells of the features, and of the targets if asked; observed cells come back byte for byte. */
export function imputeCommand(program: Command): void {
  answerFlags(tableFlags(newCommand(program, "impute <model> <table>", "fill the missing feature cells; observed cells come back byte for byte")))
    .addOption(keepMissingFlag())
    .option("--cells <file>", "also write a line per filled cell: value, deviation, interval, probabilities")
    .option("--targets", "fill missing cells of the target too, jointly with the features")
    .option("--hide-targets", "fill the features without a look at the target: for tables from which it is to be predicted (default: what is known of it informs the holes, as an analysis of the filled table needs)")
    .option("--completions <k>", "also write K completed tables, each a joint draw, for multiple imputation (OUT.1.csv, ...)", wholeFrom(0), 0)
    .option("--long <file>", "and the table with its holes and the K completed ones below each other in one file, as R's mice has them: .imp is 0, 1, ..., K and .id the row; numbers with a decimal point, holes NA")
    .addOption(shiftFlag())
    .addHelpText("after", examples("hhvaem impute model cars.csv -o filled.csv --cells cells.csv", "hhvaem impute model cars.csv -o filled.csv --completions 20 --long completed.csv", "hhvaem impute model survey.csv -o filled.csv --completions 20 --long lower.csv --shift income=-500 --shift smoker=yes+0.5") + `\n\n${assumption}`)
    .action(run);
}

async function run(modelPath: string, path: string, options: ImputeOptions): Promise<void> {
  const { draws, interval, seed, sampler, point, completions, targets, hideTargets, cells, long, shift } = options;
  if (long !== undefined && completions === 0) throw new UsageError(`--long ${long}: it holds completed tables; say how many with --completions, such as --completions 20.`);
  const tell = (summary: { rows: number; imputed: number; left: number; shifted?: ShiftedColumn[] }, how = ""): void => {
    if (options.json) return say(options.output, JSON.stringify({ ...summary, output: options.output }));
    const stay = summary.left === 0 ? "" : `, ${summary.left === 1 ? "1 hole stays" : `${summary.left} holes stay`}`;
    say(options.output, `filled ${summary.imputed} cells of ${summary.rows} rows${how}${stay}; ${outputName(options.output)}`);
    for (const moved of summary.shifted ?? []) say(options.output, shiftedText(moved, shift!, completions));
  };
  const files = await readModelAt(modelPath);
  const shifts = parseShifts(shift, schemaOf(files), targets === true);
  const settings = { draws, interval, seed, sampler, point, completions, targets, hideTargets, ...(long !== undefined && { long: true }), ...(shifts.length > 0 && { shifts }) };
  await answerFile(
    { task: "impute", model: modelPath, files, data: path, options, settings, cells, long },
    async (model, table, coded, line) => {
      const filled = await fillTable(model, table, coded, settings, { onProgress: (done, rows) => line.update("imputing rows", done, rows) });
      line.done();
      await writeTableTo(options.output, table, filled.fill);
      for (const [c, fill] of filled.completions.entries()) await writeTableTo(numbered(options.output, c + 1), table, fill);
      if (cells !== undefined) await writeColumnsTo(cells, filled.cells);
      if (long !== undefined) await writeLongTo(long, table, model.schema, filled.completions);
      tell(filled.summary);
    },
    (summary) => tell(summary, `, ${partsText(summary)}`),
  );
}
