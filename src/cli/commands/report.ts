import { basename } from "node:path";
import type { Command } from "commander";
import { loadModel } from "../../model/index.ts";
import { withDevice } from "../device.ts";
import { wholeFrom } from "../flags/parsers.ts";
import { examples, forceFlag, newCommand, splitFlags, tableFlags } from "../flags/shared.ts";
import { checkOutputPath, writeOutput } from "../inputs/files.ts";
import { featureNames, loadSplits, loadTable, readingOf, testRows, type SplitOptions, type TableOptions } from "../inputs/tables.ts";
import { filesOfModel, readModelAt } from "../models/model-paths.ts";
import { modelReport } from "../output/model-report.ts";
import { checkPlaces } from "../output/places.ts";
import { ProgressLine } from "../output/progress.ts";

interface ReportOptions extends TableOptions, SplitOptions {
  output: string;
  draws: number;
  rows: number;
  seed: number;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem report`: one page about a model and a table: what is missing, what was filled in, and whether the intervals are right. */
export function reportCommand(program: Command): void {
  splitFlags(tableFlags(newCommand(program, "report <model> <table>", "one page to look at: what is missing, what was filled in, whether the intervals are right, how the training went")))
    .requiredOption("-o, --output <file>", "the page, HTML in one file")
    .addOption(forceFlag())
    .option("--draws <n>", "posterior draws per row", wholeFrom(10), 100)
    .option("--rows <n>", "rows to fill and to test at most", wholeFrom(1), 300)
    .addHelpText("after", examples("hhvaem report model cars.csv -o report.html", "hhvaem report boston boston.csv --splits splits.csv.gz --fold 0 -o boston.html"))
    .action(run);
}

async function run(modelPath: string, path: string, options: ReportOptions): Promise<void> {
  checkOutputPath(options.output);
  await checkPlaces({
    reads: { "the table itself": path, "the model itself": await filesOfModel(modelPath), "the file of --splits": options.splits },
    writes: { "--output": options.output },
    force: options.force,
  });
  const files = await readModelAt(modelPath);
  const table = await loadTable(path, { ...options, before: readingOf(files) });
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, files);
    const features = featureNames(model.schema);
    const split = await loadSplits(features, table.rows, options);
    const rows = split && testRows(split.splits, split.fold);
    const line = new ProgressLine();
    const page = await modelReport(model, files, table, {
      name: basename(path), draws: options.draws, rows: options.rows, seed: options.seed, adapter: gpu.name,
      command: `hhvaem report ${basename(modelPath)} ${basename(path)}`,
      ...(rows && { split: { rows, shown: rows.flatMap((row) => Array.from(split.splits.observed.subarray(row * features.length, (row + 1) * features.length))) } }),
      onProgress: (done, all) => line.update("testing rows", done, all),
    });
    line.done();
    await writeOutput(options.output, page);
    if (options.json) process.stdout.write(`${JSON.stringify({ output: options.output, bytes: Buffer.byteLength(page), rows: table.rows })}\n`);
    else process.stdout.write(`written: ${options.output}\n`);
  });
}
