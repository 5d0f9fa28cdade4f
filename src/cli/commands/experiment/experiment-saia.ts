import { ExperimentFolder } from "../../experiments/experiment-folder.ts";
import { checkOutputPath } from "../../inputs/files.ts";
import { holdsImages } from "../../images/index.ts";
import { pictureData } from "../../saia/picture-data.ts";
import type { SaiaOptions } from "../../saia/saia-data.ts";
import { SaiaRun } from "../../saia/saia-run.ts";
import { tableData } from "../../saia/table-data.ts";
import { saiaKind } from "../../experiments/saia-folder.ts";
import { stopOnInterrupt } from "../../stop-on-interrupt.ts";
import { parsePieces } from "./experiment-pieces.ts";
import { writeReport, writeSummary } from "./experiment-report.ts";

export interface ExperimentSaiaOptions extends SaiaOptions {
  report?: string;
  json?: boolean;
}

/** `hhvaem experiment saia`: trains the models of every fold and acquires the values of its test rows, or pixels of test pictures. Goes on where it was interrupted. */
export async function experimentSaiaCommand(options: ExperimentSaiaOptions): Promise<void> {
  const data = await ((await holdsImages(options.data)) ? pictureData(options) : tableData(options));
  const pieces = parsePieces(data.folds, data.models, options.methods);
  if (options.report !== undefined) checkOutputPath(options.report);
  const folder = await ExperimentFolder.begin(options.out, data.identity, saiaKind);
  const stop = stopOnInterrupt();
  try {
    await new SaiaRun(folder, data, stop.signal).all(pieces);
  } finally {
    stop.release();
  }
  const summary = await writeSummary(folder);
  if (options.report !== undefined) await writeReport(options.report, [folder]);
  if (options.json) process.stdout.write(`${JSON.stringify({ out: options.out, pieces: folder.results.length, report: options.report })}\n`);
  else process.stdout.write(`\n${summary}\n${options.out}: table.md, table.csv, curves.csv, curves.svg, curves.png, results.jsonl${options.report === undefined ? "" : `; report: ${options.report}`}\n`);
}
