import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { formatSize, pixelKinds, selectImages, type ImageSet, type PixelKind } from "../../../data/index.ts";
import { comparisonText, runId, runName } from "../../../experiments/index.ts";
import { architectures, loadModel, presets, samplerOf, type Architecture } from "../../../model/index.ts";
import { withDevice } from "../../device.ts";
import { ExperimentFolder, experimentFiles } from "../../experiments/experiment-folder.ts";
import { imagesKind, type ImagesFolder } from "../../experiments/images-folder.ts";
import { writeImagesReport } from "../../experiments/images-report.ts";
import { parseFolds } from "../../experiments/pieces.ts";
import { runExperimentJobs, scoredRuns } from "../../experiments/run-experiment.ts";
import { list, positive, wholeFrom } from "../../flags/parsers.ts";
import { imageFlags, masksHelp } from "../../flags/pictures.ts";
import { examples, forceFlag, newCommand } from "../../flags/shared.ts";
import { filesOfImages, writePictures, type ImageOptions } from "../../images/index.ts";
import { inpainting } from "../../images/inpainting.ts";
import { loadMask } from "../../images/load-mask.ts";
import { suitingPixels, usualImageScale } from "../../images/picture-model.ts";
import { checkOutputPath, readModelFolder } from "../../inputs/files.ts";
import { loadSplit, methodSampler, type ImageExperiment, type ImageRunJob } from "../../jobs/image-run.ts";
import { isTrained } from "../../models/trained-model.ts";
import { checkPlaces } from "../../output/places.ts";
import { UsageError } from "../../usage-error.ts";

interface ExperimentImagesOptions extends ImageOptions {
  data: string;
  test?: string;
  testLabels?: string;
  name?: string;
  presets: string[];
  encoder?: boolean;
  seeds: string;
  arch?: Architecture | "auto";
  pixels?: PixelKind;
  levels?: number;
  rows?: number;
  testRows: number;
  scale: number;
  hmcSteps?: number;
  mask: string;
  draws: number;
  shown: number;
  out: string;
  report?: string;
  queue?: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem experiment images`: trains presets on pictures and scores what they say of hidden pixels and labels. Goes on where it was interrupted. */
export function experimentImagesCommand(experiment: Command): void {
  imageFlags(newCommand(experiment, "images", "train presets on pictures and score hidden pixels and labels, by HMC and by the encoder; the same command goes on after an interruption", { seed: false }))
    .requiredOption("--data <images>", "pictures to train on: an IDX file or a folder")
    .option("--test <images>", "pictures to test on (default: some are held back)")
    .option("--test-labels <file>", "their labels")
    .option("--name <text>", "what the set is called (default: the file's name)")
    .option("--presets <list>", "presets, separated by commas: VAE, MIWAE, HVAE, HMCVAE, HHVAE, proper", list, ["VAE", "MIWAE", "HVAE", "HMCVAE", "HHVAE"])
    .option("--no-encoder", "without the encoder's draws beside those by HMC or importance")
    .option("--seeds <list>", "seeds of the trainings, such as 0-2", "0")
    .addOption(new Option("--arch <name>", "the paper's networks for MNIST or for CelebA, at any size (default: by size)").choices(["auto", ...architectures]))
    .addOption(new Option("--pixels <kind>", "on or off, grey levels on a scale, or one of --levels (default: by what they look like)").choices(pixelKinds))
    .option("--levels <k>", "grey levels of categorical pixels (default: 8)", wholeFrom(2))
    .option("--rows <n>", "pictures to train on (default: all)", wholeFrom(1))
    .option("--test-rows <n>", "pictures to test on", wholeFrom(1), 200)
    .option("--scale <x>", "part of the authors' 100,000 steps", positive, usualImageScale)
    .option("--hmc-steps <n>", "steps of the HMC stage, if others than that part", wholeFrom(0))
    .option("--mask <kind>", "what is hidden of test pictures: one of the masks below, or a picture that is dark where pixels are hidden", "random:0.5")
    .option("--draws <n>", "posterior draws per picture", wholeFrom(2), 100)
    .option("--shown <n>", "test pictures to draw", wholeFrom(1), 8)
    .requiredOption("--out <dir>", "folder of models, results, tables and pictures")
    .option("--report <file>", "also write a report in Markdown, with CSV and pictures beside it")
    .option("--queue <url>", "let the workers of this queue run them: redis://host:6379; pictures and --out are on a disk that all share")
    .addOption(forceFlag())
    .addHelpText("after", masksHelp + "\n" + examples("hhvaem experiment images --data train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz --pixels binary --name mnist --out mnist"))
    .action(run);
}

async function run(options: ExperimentImagesOptions): Promise<void> {
  for (const name of options.presets) if (!presets[name]) throw new UsageError(`--presets: there is no preset "${name}"; for pictures there are VAE, MIWAE, HVAE, HMCVAE, HHVAE and proper.`);
  if (options.report !== undefined) checkOutputPath(options.report);
  const seeds = parseFolds(options.seeds, Array.from({ length: 1000 }, (_, seed) => seed));
  const absolute = (path: string | undefined): string | undefined => path && resolve(path);
  const { size, crop, grey, colour, arch, levels, rows, testRows, scale, hmcSteps, mask, draws } = options;
  const images: ImageExperiment = {
    data: resolve(options.data), test: absolute(options.test), labels: absolute(options.labels), testLabels: absolute(options.testLabels),
    size, crop, grey, colour, arch, levels, rows, testRows, scale, hmcSteps, mask, draws, pixels: options.pixels,
  };
  const name = options.name ?? basename(options.data).replace(/[-.].*$/, "");
  await checkPlaces({
    reads: { "one of the pictures": [...(await filesOfImages(images.data)), ...(images.test === undefined ? [] : await filesOfImages(images.test))], "the file of --labels": images.labels, "the file of --test-labels": images.testLabels, "the picture of --mask": mask },
    writes: experimentFiles(options.out, ["images.md", "images.csv", "pictures.png"], options.report, [".csv", `-${name}.png`]),
    clears: [join(options.out, "models")],
    force: options.force,
  });
  const { training, test } = await loadSplit(images);
  images.pixels ??= suitingPixels(training);
  await loadMask(mask, test);
  const contents = createHash("sha256").update(training.pixels).update(test.pixels).digest("hex");
  const settings = Object.fromEntries(Object.entries({ size, crop, grey, colour, arch, levels, scale, hmcSteps, mask, draws, pixels: images.pixels }).filter(([, value]) => value !== undefined)) as Record<string, string | number>;
  const folder = await ExperimentFolder.begin(options.out, { version: 1 as const, experiment: "images" as const, name, training: `${training.count} pictures of ${formatSize(training)}`, test: test.count, settings, contents, command: commandLine(options) }, imagesKind);
  const jobs = planJobs(folder, images, seeds, options);
  const failed = await runExperimentJobs(folder, jobs, scoredRuns, options.queue);
  const against = options.presets.at(-1)!;
  await drawPictures(folder, test, seeds[0], options);
  await writeImagesReport(join(folder.dir, "images.md"), [folder], against);
  if (options.report !== undefined) await writeImagesReport(options.report, [folder], against);
  const summary = comparisonText(against, folder.results);
  if (options.json) process.stdout.write(`${JSON.stringify({ out: options.out, runs: folder.results.length, failed, report: options.report })}\n`);
  else process.stdout.write(`\n${summary}\n${options.out}: images.md, images.csv, pictures.png, results.jsonl${options.report === undefined ? "" : `; report: ${options.report}`}\n`);
  if (failed.length > 0) throw new Error(`${failed.length} run${failed.length === 1 ? "" : "s"} failed: ${failed.join("; ")}. The same command tries them again.`);
}

/** Every preset with its own sampler, then with the encoder alone where that is another. */
function planJobs(folder: ImagesFolder, images: ImageExperiment, seeds: readonly number[], options: ExperimentImagesOptions): ImageRunJob[] {
  const done = new Set(folder.results.map(runName));
  const table = folder.identity.name;
  const methods = options.presets.flatMap((preset) => (options.encoder === false || samplerOf(presets[preset]) === "encoder" ? [preset] : [preset, `${preset}:encoder`]));
  return seeds.flatMap((seed) =>
    methods.flatMap((method): ImageRunJob[] => {
      const run = { table, fold: 0, method, seed };
      if (done.has(runName(run))) return [];
      const model = resolve(folder.model(runId({ ...run, method: methodSampler(method).preset })));
      return [{ id: runId({ ...run, method: method.replace(":", "-") }), kind: "image-run", settings: { ...run, images, model } }];
    }),
  );
}

/** Some test pictures, filled by the last preset. */
async function drawPictures(folder: ImagesFolder, test: ImageSet, seed: number, { presets: wanted, shown, mask, draws }: ExperimentImagesOptions): Promise<void> {
  const preset = wanted.at(-1)!;
  const dir = folder.model(runId({ table: folder.identity.name, fold: 0, method: preset, seed }));
  if (!isTrained(dir)) return;
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, await readModelFolder(dir));
    const few = selectImages(test, Array.from({ length: Math.min(shown, test.count) }, (_, row) => row));
    const { grid } = await inpainting(model, few, { mask, draws: 4, posteriorDraws: Math.min(draws, 100), seed, title: `${folder.identity.name}, ${preset}` });
    await writePictures(join(folder.dir, "pictures.png"), grid);
  });
}

/** The command to repeat. */
function commandLine(options: ExperimentImagesOptions): string {
  const { size, crop, arch, pixels, levels, rows, scale, mask, draws, seeds } = options;
  const given: [string, string | number | boolean | undefined][] = [
    ["data", options.data], ["test", options.test], ["labels", options.labels], ["test-labels", options.testLabels], ["name", options.name], ["size", size], ["crop", crop], ["grey", options.grey], ["colour", options.colour],
    ["presets", options.presets.join(",")], ["seeds", seeds], ["arch", arch], ["pixels", pixels], ["levels", levels], ["rows", rows], ["test-rows", options.testRows], ["scale", scale], ["hmc-steps", options.hmcSteps],
    ["mask", mask], ["draws", draws], ["out", options.out],
  ];
  return `hhvaem experiment images ${given.filter(([, value]) => value !== undefined).map(([name, value]) => (value === true ? `--${name}` : `--${name} ${value}`)).join(" ")}`;
}
