import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { codeImages, formatSize, imageSchema, selectImages, targetColumns } from "../../data/index.ts";
import { clock } from "../../report/clock.ts";
import { inpainting } from "./inpainting.ts";
import { loadImages, writePictures } from "./index.ts";
import { chosenPictures, pictureModel, suitingPixels, type PictureModelOptions } from "./picture-model.ts";
import { namesModelFile } from "../models/model-paths.ts";
import { parseTypes } from "../inputs/tables.ts";
import { trainInto, type AfterTraining, type TrainingOptions } from "../models/training-run.ts";
import { timeSentence } from "../output/training-time.ts";
import { UsageError } from "../usage-error.ts";

interface TrainImagesOptions extends PictureModelOptions, TrainingOptions {
  target: string[];
  type?: string[];
  report?: boolean;
  json?: boolean;
}

/** `hhvaem train` on pictures: an IDX file, a folder of PNG and JPEG files, or one picture. */
export async function trainImages(path: string, options: TrainImagesOptions): Promise<void> {
  if (namesModelFile(options.out)) throw new UsageError(`--out ${options.out}: a training writes a folder, with its checkpoints; train into one, and make it a file with \`hhvaem convert DIR -o ${options.out}\`.`);
  const set = chosenPictures(await loadImages(path, options), options.rows, options.seed);
  const { target } = options;
  const schema = imageSchema(set, { pixels: options.pixels ?? suitingPixels(set), levels: options.levels, ...(target.length > 0 && { targets: target }), types: parseTypes(options.type ?? []), source: basename(path) });
  const { config, schedule } = pictureModel(set, options);
  const coded = codeImages(set, schema, undefined, basename(path));
  for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
  const stepsGiven = [options.scale, options.viSteps, options.hmcSteps].some((given) => given !== undefined);
  const identity = createHash("sha256").update(JSON.stringify({ config, schedule, schema, seed: options.seed, rows: set.count, time: options.time })).update(set.pixels).digest("hex");
  const few = Array.from({ length: Math.min(6, set.count) }, (_, row) => row);
  /** Some of the pictures, half hidden and filled: how well it went, at a glance. */
  const report: AfterTraining = async (model, _, __, line) => {
    if (options.report === false) return {};
    const place = join(options.out, "inpainted.png");
    try {
      const { grid } = await inpainting(model, selectImages(set, few), { mask: "random:0.5", draws: 3, posteriorDraws: 50, seed: options.seed, onProgress: (done, all) => line.update("filling pictures", done, all) });
      await writePictures(place, grid);
      return { report: place };
    } catch (cause) {
      process.stderr.write(`warning: no picture: ${(cause as Error).message}\n`);
      return {};
    }
  };
  const trained = await trainInto({ ...options, config, schedule, schema, stepsGiven, identity }, coded, report);
  if (!trained) return;
  const { pixels } = schema.image!;
  const summary = { out: options.out, preset: options.preset, pictures: set.count, size: formatSize(set), pixels, architecture: config.image!.architecture, targets: targetColumns(schema).map(({ name }) => name), ...trained };
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else process.stdout.write(`trained ${options.preset} (${summary.architecture}, ${pixels} pixels) on ${set.count} pictures of ${summary.size} in ${clock(trained.seconds)} (${trained.adapter})${trained.time ? `, ${timeSentence(trained.time)}` : ""}; the model is in ${options.out}${trained.report === undefined ? "" : `, some pictures it filled in ${trained.report}`}\n`);
}
