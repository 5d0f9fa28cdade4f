import { join } from "node:path";
import type { Command } from "commander";
import { methods } from "../../../acquisition/index.ts";
import { defaultSchedule, presets } from "../../../model/index.ts";
import { ExperimentFolder, experimentFiles } from "../../experiments/experiment-folder.ts";
import { parsePieces } from "../../experiments/pieces.ts";
import { saiaKind } from "../../experiments/saia-folder.ts";
import { writeSaiaReport, writeSaiaSummary } from "../../experiments/saia-report.ts";
import { list, wholeFrom } from "../../flags/parsers.ts";
import { pictureModelFlags } from "../../flags/pictures.ts";
import { examples, forceFlag, newCommand, schemaFlags, tableFlags, targetFlag } from "../../flags/shared.ts";
import { filesOfImages, holdsImages } from "../../images/index.ts";
import { checkOutputPath } from "../../inputs/files.ts";
import { checkPlaces } from "../../output/places.ts";
import { pictureData } from "../../saia/picture-data.ts";
import type { SaiaOptions } from "../../saia/saia-data.ts";
import { SaiaRun } from "../../saia/saia-run.ts";
import { tableData } from "../../saia/table-data.ts";
import { stopOnInterrupt } from "../../stop-on-interrupt.ts";

interface ExperimentSaiaOptions extends SaiaOptions {
  report?: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem experiment saia`: trains the models of every fold and acquires the values of its test rows, or pixels of test pictures. Goes on where it was interrupted. */
export function experimentSaiaCommand(experiment: Command): void {
  pictureModelFlags(schemaFlags(tableFlags(newCommand(experiment, "saia", "acquire values of test rows, or pixels of test pictures, a few at a time: error and log-likelihood of the target after each time; the same command goes on after an interruption"))))
    .requiredOption("--data <file>", "a table, or pictures: an IDX file or a folder")
    .addOption(targetFlag())
    .option("--splits <file>", "tables: folds, a line per row with `fold` and 1 or 0 per feature")
    .option("--folds <list>", "tables: folds to test, such as 0-9 or 0,3 (default: all)")
    .option("--test <images>", "pictures to test on (default: some are held back)")
    .option("--test-labels <file>", "their labels")
    .option("--test-rows <n>", "pictures to test on (default: 50)", wholeFrom(1))
    .option("--models <list>", `presets, separated by commas: ${Object.keys(presets).join(", ")} (default: HHVAEM,VAEM; pictures: HHVAE,VAE)`, list)
    .option("--methods <list>", `${methods.join(", ")}; MODEL:METHOD for one model alone`, list, ["mi", "random"])
    .requiredOption("--out <dir>", "folder of models, results, tables and plots")
    .option("--at-once <k>", "values to acquire before new draws are made: the highest rewards, ranked singly as the authors do (default: 1; pictures: 10)", wholeFrom(1))
    .option("--steps <n>", "how often values are acquired (default: until all are; pictures: 20)", wholeFrom(1))
    .option("--marginal-steps <n>", `tables: steps of stage 1, the marginal VAEs (default: each preset's own)`, wholeFrom(1))
    .option("--vi-steps <n>", `steps of stage 2, by the bound (default: each preset's own; pictures: by --scale)`, wholeFrom(1))
    .option("--hmc-steps <n>", `steps of stage 3, by HMC (presets with HMC; default: each preset's own; pictures: by --scale)`, wholeFrom(0))
    .option("--batch <n>", `rows of a training step (default: ${defaultSchedule.batch})`, wholeFrom(1))
    .option("--draws <n>", "posterior draws per row", wholeFrom(2), 200)
    .option("--random-orders <n>", "orders that the method random is averaged over (default: 3; pictures: 1)", wholeFrom(1))
    .option("--report <file>", "also write a report in Markdown, with its plot beside it")
    .addOption(forceFlag())
    .addHelpText("after", `
Pixels are acquired to predict the label. A pixel comes with all its channels, at the reward of its most telling one.
The method gaussian runs the encoder for every pixel in turn, which takes long.
` + examples("hhvaem experiment saia --data boston.csv --target medv --splits splits.csv.gz --folds 0-1 \\", "    --models HHVAEM,VAEM --methods mi,HHVAEM:random,VAEM:gaussian --out saia-boston --report saia.md",
      "hhvaem experiment saia --data train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz --pixels binary --at-once 10 --out saia-mnist"))
    .action(run);
}

async function run(options: ExperimentSaiaOptions): Promise<void> {
  const pictures = await holdsImages(options.data);
  await checkPlaces({
    reads: {
      ...(pictures ? { "one of the pictures": [...(await filesOfImages(options.data)), ...(options.test === undefined ? [] : await filesOfImages(options.test))] } : { "the table itself": options.data }),
      "the file of --splits": options.splits, "the file of --schema": options.schema, "the file of --labels": options.labels, "the file of --test-labels": options.testLabels,
    },
    writes: experimentFiles(options.out, ["table.md", "table.csv", "curves.csv", "curves.svg", "curves.png"], options.report, [".svg", ".png"]),
    clears: [join(options.out, "models")],
    force: options.force,
  });
  const data = await (pictures ? pictureData(options) : tableData(options));
  const pieces = parsePieces(data.folds, data.models, options.methods);
  if (options.report !== undefined) checkOutputPath(options.report);
  const folder = await ExperimentFolder.begin(options.out, data.identity, saiaKind);
  const stop = stopOnInterrupt();
  try {
    await new SaiaRun(folder, data, stop.signal).all(pieces);
  } finally {
    stop.release();
  }
  const summary = await writeSaiaSummary(folder);
  if (options.report !== undefined) await writeSaiaReport(options.report, [folder]);
  if (options.json) process.stdout.write(`${JSON.stringify({ out: options.out, pieces: folder.results.length, report: options.report })}\n`);
  else process.stdout.write(`\n${summary}\n${options.out}: table.md, table.csv, curves.csv, curves.svg, curves.png, results.jsonl${options.report === undefined ? "" : `; report: ${options.report}`}\n`);
}
