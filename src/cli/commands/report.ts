import { basename } from "node:path";
import { loadModel } from "../../model/index.ts";
import { checkOutputPath, writeOutput } from "../inputs/files.ts";
import { readModelAt } from "../models/model-paths.ts";
import { modelReport } from "../output/model-report.ts";
import { ProgressLine } from "../output/progress.ts";
import { featureNames, loadSplits, loadTable, readingOf, testRows, type SplitOptions, type TableOptions } from "../inputs/tables.ts";
import { withDevice } from "../with-device.ts";

export interface ReportOptions extends TableOptions, SplitOptions {
  output: string;
  draws: number;
  rows: number;
  seed: number;
  json?: boolean;
}

/** `hhvaem report`: one page about a model and a table: what is missing, what was filled in, and whether the intervals are right. */
export async function reportCommand(modelPath: string, path: string, options: ReportOptions): Promise<void> {
  checkOutputPath(options.output);
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
