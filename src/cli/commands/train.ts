import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { Option, type Command } from "commander";
import { codeTable, targetColumns } from "../../data/index.ts";
import { defaultSchedule, hmcGradients, levelRuleOf, presets, scheduleOf, type HmcGradient, type Inference, type ModelConfig } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import { duration, positive, sizes, wholeFrom } from "../flags/parsers.ts";
import { pictureModelFlags } from "../flags/pictures.ts";
import { examples, newCommand, schemaFlags, splitFlags, tableFlags, targetFlag } from "../flags/shared.ts";
import { filesOfImages, holdsImages } from "../images/index.ts";
import type { PictureModelOptions } from "../images/picture-model.ts";
import { trainImages } from "../images/train-images.ts";
import { writeOutput } from "../inputs/files.ts";
import { featureNames, loadDecisions, loadSchema, loadSplits, loadTable, readingOfSchema, trainingRows, type SchemaOptions, type SplitOptions, type TableOptions } from "../inputs/tables.ts";
import { filesInFolder, namesModelFile } from "../models/model-paths.ts";
import { trainInto, type AfterTraining, type TrainingOptions } from "../models/training-run.ts";
import { modelReport } from "../output/model-report.ts";
import { checkPlaces } from "../output/places.ts";
import { showNotes } from "../output/notes.ts";
import { timeSentence } from "../output/training-time.ts";
import { UsageError } from "../usage-error.ts";

interface TrainOptions extends TableOptions, SchemaOptions, SplitOptions, TrainingOptions, Omit<PictureModelOptions, "preset"> {
  target: string[];
  preset?: string;
  marginalSteps?: number;
  completionSteps?: number;
  /** false with --no-report. */
  report?: boolean;
  hmcGradient: HmcGradient;
  entropy?: boolean;
  lookUp?: number;
  crossFolds?: number;
  json?: boolean;
}

/** `hhvaem train`: trains a model and writes its folder; checkpoints on the way. */
export function trainCommand(program: Command): void {
  pictureModelFlags(splitFlags(schemaFlags(tableFlags(newCommand(program, "train <table>", "train a model on a table with missing cells, or on pictures: an IDX file, a folder of PNG and JPEG files")))))
    .addOption(targetFlag())
    .requiredOption("--out <dir>", "folder of the model")
    .addOption(new Option("--preset <name>", "which model: best mixes the proper model, completion networks and a mixture of Gaussians; paper (HHVAEM) and the rest of its family; proper; conditional (default: best; for pictures HHVAE)").choices(Object.keys(presets)))
    .addOption(new Option("--time <duration>", "train for so long, compilation included, and make the best of it: 90s, 2m, 1h, or full for the whole schedule (default: full; without a GPU 2m, unless steps are set)").argParser(duration))
    .option("--marginal-steps <n>", `steps of the marginal VAEs, presets that end in M (default: ${defaultSchedule.marginalSteps})`, wholeFrom(1))
    .option("--vi-steps <n>", `steps by the ELBO (default: ${defaultSchedule.viSteps}, without marginal VAEs ${scheduleOf(presets.best).viSteps})`, wholeFrom(1))
    .option("--hmc-steps <n>", `steps by HMC, presets with HMC (default: ${defaultSchedule.hmcSteps}, without marginal VAEs ${scheduleOf(presets.best).hmcSteps})`, wholeFrom(0))
    .option("--completion-steps <n>", `steps of the completion network at most, presets best and conditional (default: ${defaultSchedule.completionSteps})`, wholeFrom(0))
    .addOption(new Option("--hmc-gradient <kind>", "stage 3: gradients inside the leapfrog constant, as the authors do, or exact, several times slower").choices(hmcGradients).default("frozen"))
    .option("--entropy", "stage 3: the entropy of the chains' distribution in the objective, from 10 chains a row (the authors leave it out)")
    .option("--batch <n>", `rows of a step (default: ${defaultSchedule.batch})`, wholeFrom(1))
    .addOption(new Option("--latents <sizes>", "sizes of the latent layers, the one next to the data first, such as 10,5 (default: the preset's)").argParser(sizes))
    .option("--transitions <t>", "transitions of an HMC chain (default: the preset's)", wholeFrom(1))
    .option("--importance-samples <k>", "samples of the importance-weighted bound, presets MIWAE and MIWAEM (default: the preset's)", wholeFrom(1))
    .option("--cross-folds <k>", "presets best and conditional, tables under 400 rows: train everything once more without each k-th of the rows, so that all rows decide the mixture and the maps of intervals (5 is usual, and takes about five times as long; 0: a tenth of the rows decides) (default: the preset's)", wholeFrom(0))
    .option("--look-up <rows>", "presets best and conditional: completion networks look up so many training rows, at most (of more an even choice; 2048 is a good number), where near rows decide; the model's files then hold these rows (0: none; default: the preset's)", wholeFrom(0))
    .option("--no-report", "without DIR/report.html, a page about the model and its table (of pictures DIR/inpainted.png)")
    .option("--checkpoint-seconds <s>", "time between checkpoints", positive, 10)
    .option("--resume", "go on from the last checkpoint in the folder")
    .option("--force", "replace what the folder holds, even what is read")
    .addHelpText("after", examples("hhvaem train cars.csv --target 'economy (mpg)' --out model", "hhvaem train cars.csv --time 10m --out model", "hhvaem train boston.csv --target medv --splits splits.csv.gz --fold 0 --out boston", "hhvaem train train-images-idx3-ubyte.gz --pixels binary --out digits", "hhvaem train photos --size 64 --colour --out faces"))
    .action(run);
}

async function run(path: string, given: TrainOptions): Promise<void> {
  const pictures = await holdsImages(path);
  await checkPlaces({
    reads: { ...(pictures ? { "one of the pictures": await filesOfImages(path) } : { "the table itself": path }), "the file of --schema": given.schema, "the file of --splits": given.splits, "the file of --labels": given.labels },
    writes: { "--out": [...filesInFolder(given.out), ...["report.html", "inpainted.png"].map((name) => join(given.out, name))] },
    clears: [join(given.out, "checkpoint")],
    force: given.force,
  });
  if (pictures) return trainImages(path, { ...given, preset: given.preset ?? "HHVAE" });
  refusePictureOptions(given);
  const options = { ...given, preset: given.preset ?? "best", levelRule: levelRuleOf(given.preset ?? "best") };
  const preset = presets[options.preset];
  if (!preset) throw new UsageError(`--preset ${options.preset}: there is no such preset; there are ${Object.keys(presets).join(", ")}.`);
  if (namesModelFile(options.out)) {
    throw new UsageError(`--out ${options.out}: a training writes a folder, with its checkpoints; train into one, and make it a file with \`hhvaem convert DIR -o ${options.out}\`.`);
  }
  const config = configured(preset, options);
  const table = await loadTable(path, { ...options, before: await readingOfSchema(options.schema) });
  const decisions = await loadDecisions(table, path, options.target, options);
  showNotes(decisions);
  const schemaOfAll = decisions.schema;
  const split = await loadSplits(featureNames(schemaOfAll), table.rows, options);
  const rows = split ? trainingRows(split.splits, split.fold) : undefined;
  const schema = rows && options.schema === undefined ? await loadSchema(table, path, options.target, options, rows) : schemaOfAll;
  const coded = codeTable(table, schema, { rows, source: path });
  for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);

  const { marginalSteps, viSteps, hmcSteps, completionSteps, batch } = options;
  const schedule = scheduleOf(config, { marginalSteps, viSteps, hmcSteps, completionSteps, batch });
  const stepsGiven = [marginalSteps, viSteps, hmcSteps, completionSteps].some((steps) => steps !== undefined);
  const identity = createHash("sha256").update(JSON.stringify({ config, schedule, schema, seed: options.seed, rows: rows ?? "all", time: options.time })).update(table.content).digest("hex");
  /** A page about the model beside it; the model is there already, so that nothing is lost where this fails. */
  const report: AfterTraining = async (model, files, adapter, line) => {
    if (options.report === false) return {};
    const place = join(options.out, "report.html");
    try {
      const settings = { name: basename(path), draws: 50, rows: 100, seed: options.seed, adapter, command: `hhvaem train ${basename(path)}` };
      await writeOutput(place, await modelReport(model, files, table, { ...settings, onProgress: (done, all) => line.update("report, testing rows", done, all) }));
      return { report: place };
    } catch (cause) {
      process.stderr.write(`warning: no report: ${(cause as Error).message}\n`);
      return {};
    }
  };
  const trained = await trainInto({ ...options, config, schedule, schema, stepsGiven, identity }, coded, report);
  if (!trained) return;
  const summary = { out: options.out, preset: options.preset, rows: coded.rows, features: coded.features, targets: targetColumns(schema).map((column) => column.name), ...trained };
  const kept = Math.min(config.completion?.lookUp ?? 0, coded.rows);
  if (kept > 0) process.stderr.write(`note: the model's files hold ${kept} of the training rows, which its networks look up; whoever has the files can read them.\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(`trained ${options.preset} on ${coded.rows} rows, ${coded.features} features in ${clock(trained.seconds)} (${trained.adapter})${trained.time ? `, ${timeSentence(trained.time)}` : ""}; the model is in ${options.out}${trained.report === undefined ? "" : `, a report in ${trained.report}`}\n`);
}

/** Options that only pictures have. */
const pictureOptions = ["labels", "size", "crop", "grey", "colour", "arch", "pixels", "levels", "rows", "scale"] as const satisfies readonly (keyof TrainOptions)[];

function refusePictureOptions(options: TrainOptions): void {
  const wrong = pictureOptions.filter((name) => options[name] !== undefined);
  if (wrong.length > 0) throw new UsageError(`${wrong.map((name) => `--${name}`).join(", ")}: only for pictures, and this is a table; leave ${wrong.length > 1 ? "them" : "it"} out.`);
}

/** The preset with what the options change. Throws UsageError for options that it has no use for. */
function configured(preset: ModelConfig, options: TrainOptions & { preset: string }): ModelConfig {
  const { latents = preset.latents, transitions = preset.hmc.transitions, importanceSamples = preset.importanceSamples, hmcGradient: gradient, entropy = false } = options;
  const others = (wanted: Inference): string => Object.keys(presets).filter((name) => presets[name].inference === wanted).join(", ");
  if (preset.inference !== "hmc" && (gradient !== "frozen" || entropy || options.transitions !== undefined)) {
    throw new UsageError(`--hmc-gradient, --entropy and --transitions: the preset ${options.preset} does not use HMC; leave them out, or choose ${others("hmc")}.`);
  }
  if (preset.inference !== "importance-weighted" && options.importanceSamples !== undefined) {
    throw new UsageError(`--importance-samples: the preset ${options.preset} has no importance-weighted bound; leave it out, or choose ${others("importance-weighted")}.`);
  }
  const { completion } = preset;
  const networks = { lookUp: options.lookUp, crossFolds: options.crossFolds };
  const given = Object.entries(networks).filter(([, value]) => value !== undefined);
  if (given.length > 0 && !completion) throw new UsageError(`--look-up and --cross-folds: the preset ${options.preset} has no completion networks; leave them out, or choose ${Object.keys(presets).filter((name) => presets[name].completion).join(", ")}.`);
  return { ...preset, latents, importanceSamples, hmc: { ...preset.hmc, transitions, gradient, entropy }, ...(completion && given.length > 0 && { completion: { ...completion, ...Object.fromEntries(given) } }) };
}
