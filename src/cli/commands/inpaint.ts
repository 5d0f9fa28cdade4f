import { basename } from "node:path";
import type { Command } from "commander";
import { selectImages, type ImageSet } from "../../data/index.ts";
import { loadModel } from "../../model/index.ts";
import { clock } from "../../report/clock.ts";
import { withDevice } from "../device.ts";
import { list, wholeFrom } from "../flags/parsers.ts";
import { imageFlags, masksHelp } from "../flags/pictures.ts";
import { examples, forceFlag, newCommand } from "../flags/shared.ts";
import { filesOfImages, loadImages, writePictures, type ImageOptions } from "../images/index.ts";
import { inpainting } from "../images/inpainting.ts";
import { checkOutputPath } from "../inputs/files.ts";
import { filesOfModel, readModelAt } from "../models/model-paths.ts";
import { checkPlaces } from "../output/places.ts";
import { ProgressLine } from "../output/progress.ts";
import { UsageError } from "../usage-error.ts";

interface InpaintOptions extends ImageOptions {
  mask: string;
  output: string;
  draws: number;
  posteriorDraws: number;
  pictures?: string[];
  count: number;
  seed: number;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem inpaint`: one picture of pictures with a part hidden, and what the model puts there. */
export function inpaintCommand(program: Command): void {
  imageFlags(newCommand(program, "inpaint <model> <images>", "hide a part of pictures and draw what the model puts there: originals, draws by HMC and by the encoder, mean and deviation"))
    .requiredOption("--mask <kind>", "what is hidden: one of the masks below, or a picture that is dark where pixels are hidden")
    .requiredOption("-o, --output <file>", "the picture, PNG")
    .addOption(forceFlag())
    .option("--draws <n>", "draws to show of each way", wholeFrom(1), 4)
    .option("--posterior-draws <n>", "draws behind mean and deviation", wholeFrom(1), 100)
    .option("--pictures <list>", "which pictures, by number from 0 or by name, separated by commas", list)
    .option("--count <n>", "else the first n", wholeFrom(1), 8)
    .addHelpText("after", masksHelp + "\n" + examples("hhvaem inpaint digits t10k-images-idx3-ubyte.gz --mask half:right -o digits.png", "hhvaem inpaint faces photos --size 64 --colour --mask strokes --draws 8 -o faces.png"))
    .action(run);
}

async function run(modelPath: string, path: string, options: InpaintOptions): Promise<void> {
  checkOutputPath(options.output);
  if (!/\.(png|svg)$/i.test(options.output)) throw new UsageError(`-o ${options.output}: expected a name that ends in .png or .svg.`);
  await checkPlaces({
    reads: { "one of the pictures": await filesOfImages(path), "the model itself": await filesOfModel(modelPath), "the file of --labels": options.labels, "the picture of --mask": options.mask },
    writes: { "--output": options.output },
    force: options.force,
  });
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
