import { codeImages, drawMasks, parseMask, pixelKinds, imageSchema, selectImages, type ImageSet, type PixelKind, type Schema, type Table } from "../../data/index.ts";
import type { TableResult, TableRunName } from "../../experiments/index.ts";
import { foldIn, keyFromSeed, permutation } from "../../math/key.ts";
import { architectures, presets, samplers, type Sampler } from "../../model/index.ts";
import { pictureModel, suitingPixels, type PictureModelOptions } from "../images/picture-model.ts";
import { filesOfImages, loadImages } from "../images/index.ts";
import { loadMask } from "../images/load-mask.ts";
import { trainedModel } from "../models/trained-model.ts";
import type { JobPlaces } from "./confine.ts";
import { between, fieldProblems, flag, oneOf, optional, path, record, text, texts, whole, type Field, type Fields } from "./fields.ts";
import type { Job, JobContext } from "./job.ts";
import { trainingPlaces } from "./table-run.ts";
import { shownValue } from "../../math/shown-value.ts";

/** Where the pictures of an experiment are and what is done with them. */
export interface ImageExperiment extends Omit<PictureModelOptions, "preset"> {
  /** Pictures to train on. */
  data: string;
  /** Pictures to test on; absent: held back from the others. */
  test?: string;
  testLabels?: string;
  testRows: number;
  /** What is hidden of a test picture, as for --mask. */
  mask: string;
  draws: number;
  pixels?: PixelKind;
  /** Labels that are targets; default: all. */
  targets?: readonly string[];
}

/** One run of `experiment images`, as plain JSON. */
export interface ImageRunSettings extends TableRunName {
  images: ImageExperiment;
  /** Folder of the model and its checkpoints. */
  model: string;
}

export type ImageRunJob = Job<ImageRunSettings> & { kind: "image-run" };

const steps = optional(whole(0, 1e9));
const sizes: Field = { expected: "a list of whole numbers from 1 to 1000000", fits: (value) => Array.isArray(value) && value.length <= 100 && value.every(whole(1, 1e6).fits) };

const fields: Fields<ImageRunSettings> = {
  table: text, fold: whole(0, 1e9), method: text, seed: whole(0, Number.MAX_SAFE_INTEGER), model: path,
  images: record<ImageExperiment>({
    data: path, test: optional(path), labels: optional(path), testLabels: optional(path), testRows: whole(1, 1e9), mask: text, draws: whole(1, 1e6), pixels: optional(oneOf(pixelKinds)), targets: optional(texts),
    size: optional(text), crop: optional(whole(1, 1e6)), grey: optional(flag), colour: optional(flag), arch: optional(oneOf(["auto", ...architectures])), levels: optional(whole(2, 256)), rows: optional(whole(1, 1e9)),
    scale: optional(between(0, 1e6)), viSteps: steps, hmcSteps: steps, batch: optional(whole(1, 1e6)), latents: optional(sizes), transitions: optional(whole(1, 1e6)), importanceSamples: optional(whole(1, 1e6)),
  }),
};

/** All that is wrong with the settings of a run, a sentence each. */
export function imageRunProblems(settings: unknown): string[] {
  const problems = fieldProblems(settings, fields, "settings");
  if (problems.length > 0) return problems;
  const { method } = settings as ImageRunSettings;
  const { preset, sampler } = methodSampler(method);
  const known = Object.hasOwn(presets, preset) && (sampler === undefined || samplers.includes(sampler)) && method.split(":").length <= 2;
  return known ? [] : [`settings.method: expected a preset, or PRESET:SAMPLER, got ${shownValue(method)}.`];
}

/** What a run reads and writes. */
export async function imageRunPlaces({ images, model }: ImageRunSettings): Promise<JobPlaces> {
  const { data, test, labels, testLabels, mask } = images;
  const given = [data, test, labels, testLabels, parseMask(mask) ? undefined : mask];
  // what lies there is looked at too: labels beside pictures may be links
  const beside = await Promise.all([data, test].map(async (own) => (own === undefined ? [] : filesOfImages(own).catch(() => []))));
  return { reads: [...given, ...beside.flat()].filter((path) => path !== undefined), writes: trainingPlaces(model) };
}

/** Tags of the keys that choose pictures and masks; masks are the same for all runs of an experiment. */
const keys = { pictures: 21, masks: 22 } as const;

/** Trains a preset on pictures and scores what it says of hidden pixels and labels of others; a training that was interrupted goes on. */
export async function imageRun(run: ImageRunSettings, context: JobContext): Promise<TableResult> {
  const { table, fold, method, seed, images } = run;
  const { preset, sampler } = methodSampler(method);
  const { training, test, schema } = await loadSplit(images);
  const { config, schedule } = pictureModel(training, { ...images, preset });
  const gpu = await context.gpu();
  const clock = (): number => performance.now() / 1000;
  const { model, seconds } = await trainedModel(gpu, { dir: run.model, run: context.run }, {
    table: () => codeImages(training, schema),
    schema,
    config,
    schedule,
    seed,
    signal: context.signal,
    onProgress: ({ stage, step, steps }) => context.onProgress(`training, ${stage}`, step / steps),
  });
  const trained = clock();
  const shown = await testMasks(images, test);
  const coded: Table = codeImages(test, schema);
  const scores = await model.evaluate(coded, shown, { draws: images.draws, seed, sampler, signal: context.signal, onProgress: (done, all) => context.onProgress("evaluating", done / all) });
  return { table, fold, method, seed, scores, trainSeconds: seconds ?? 0, evaluateSeconds: clock() - trained, adapter: gpu.name };
}

/** Pictures to train on, others to test on, and the schema that the former say. The same for all runs of an experiment. */
export async function loadSplit(images: ImageExperiment): Promise<{ training: ImageSet; test: ImageSet; schema: Schema }> {
  const all = await loadImages(images.data, images);
  const key = foldIn(keyFromSeed(0), keys.pictures);
  const order = Array.from(permutation(key, all.count));
  const inOrder = (rows: number[]): number[] => rows.sort((a, b) => a - b);
  const held = images.test === undefined ? Math.min(images.testRows, Math.floor(all.count / 2)) : 0;
  const training = selectImages(all, inOrder(order.slice(held, held + (images.rows ?? all.count))));
  const test = images.test === undefined ? selectImages(all, inOrder(order.slice(0, held))) : await loadTest(images, key);
  const schema = imageSchema(training, { pixels: images.pixels ?? suitingPixels(training), levels: images.levels, targets: images.targets });
  return { training, test, schema };
}

async function loadTest(images: ImageExperiment, key: ReturnType<typeof keyFromSeed>): Promise<ImageSet> {
  const others = await loadImages(images.test!, { ...images, labels: images.testLabels });
  return selectImages(others, Array.from(permutation(foldIn(key, 1), others.count).subarray(0, images.testRows)).sort((a, b) => a - b));
}

/** 1 where a pixel of a test picture may be seen. [rows, C H W] */
export async function testMasks(images: ImageExperiment, test: ImageSet): Promise<Float32Array> {
  const mask = await loadMask(images.mask, test);
  return drawMasks(mask, test, Array.from({ length: test.count }, (_, row) => row), foldIn(keyFromSeed(0), keys.masks));
}

/** "HHVAE" as a preset with its own sampler, "HHVAE:encoder" with another, from the same training. */
export function methodSampler(method: string): { preset: string; sampler?: Sampler } {
  const [preset, sampler] = method.split(":");
  return { preset, ...(sampler !== undefined && { sampler: sampler as Sampler }) };
}
