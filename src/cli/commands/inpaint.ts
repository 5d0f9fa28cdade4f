import { basename } from "node:path";
import { maskHelp, selectImages, type ImageSet } from "../../data/index.ts";
import { loadModel } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import { checkOutputPath } from "../inputs/files.ts";
import { inpainting } from "../images/inpainting.ts";
import { loadImages, writePictures, type ImageOptions } from "../images/index.ts";
import { readModelAt } from "../models/model-paths.ts";
import { ProgressLine } from "../output/progress.ts";
import { UsageError } from "../usage-error.ts";
import { withDevice } from "../with-device.ts";

export interface InpaintOptions extends ImageOptions {
  mask: string;
  output: string;
  draws: number;
  posteriorDraws: number;
  pictures?: string[];
  count: number;
  seed: number;
  json?: boolean;
}

/** What --mask takes, for help texts. */
export const masksHelp = `\nMasks:\n${maskHelp.split("\n").map((line) => `  ${line}`).join("\n")}`;

/** `hhvaem inpaint`: one picture of pictures with a part hidden, and what the model puts there. */
export async function inpaintCommand(modelPath: string, path: string, options: InpaintOptions): Promise<void> {
  checkOutputPath(options.output);
  if (!/\.(png|svg)$/i.test(options.output)) throw new UsageError(`-o ${options.output}: expected a name that ends in .png or .svg.`);
  const files = await readModelAt(modelPath);
  const set = chosen(await loadImages(path, options), options);
  const line = new ProgressLine();
  await withDevice(async (gpu) => {
    const started = performance.now();
    const model = await loadModel(gpu, files);
    if (!model.config.image) throw new UsageError(`${modelPath} is a model of a table; \`hhvaem impute\` fills tables. Train on pictures first: \`hhvaem train IMAGES --out DIR\`.`);
    const { mask, draws, posteriorDraws, seed } = options;
    const title = `${basename(path)}, ${model.config.preset}`;
    const { grid, errors, acceptance } = await inpainting(model, set, { mask, draws, posteriorDraws: Math.max(draws, posteriorDraws), seed, title, labels: set.names, onProgress: (done, all) => line.update("drawing", done, all) });
    line.done();
    await writePictures(options.output, grid);
    const seconds = (performance.now() - started) / 1000;
    if (options.json) process.stdout.write(`${JSON.stringify({ output: options.output, pictures: set.count, mask, errors, acceptance, seconds, adapter: gpu.name })}\n`);
    else process.stdout.write(`${set.count} picture${set.count === 1 ? "" : "s"}, hidden: ${mask}; ${clock(seconds)} on ${gpu.name}\n${errorLines(errors)}written: ${options.output}\n`);
  });
}

function errorLines(errors: Readonly<Record<string, number>>): string {
  return Object.entries(errors)
    .map(([sampler, error]) => (Number.isNaN(error) ? "" : `  ${sampler.padEnd(12)} error of the mean in hidden pixels: ${error.toFixed(1)} of 255\n`))
    .join("");
}

/** The pictures that are asked for, by number from 0 or by name; else the first ones. */
function chosen(set: ImageSet, { pictures, count }: InpaintOptions): ImageSet {
  if (!pictures) return selectImages(set, Array.from({ length: Math.min(count, set.count) }, (_, row) => row));
  const rows = pictures.map((text) => {
    const named = set.names?.indexOf(text) ?? -1;
    const row = named >= 0 ? named : Number(text);
    if (!/^\d+$/.test(text) && named < 0) throw new UsageError(`--pictures ${text}: there is no picture of this name${set.names ? "" : "; these have numbers, from 0 on"}.`);
    if (row >= set.count) throw new UsageError(`--pictures ${text}: there are ${set.count} pictures, numbered from 0 on.`);
    return row;
  });
  return selectImages(set, rows);
}
