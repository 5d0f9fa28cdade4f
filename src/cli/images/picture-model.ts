import { selectImages, type ImageSet, type PixelKind } from "../../data/index.ts";
import { foldIn, keyFromSeed, permutation } from "../../math/key.ts";
import { imageConfig, imagePreset, presets, scheduleOf, suitingArchitecture, type Architecture, type ModelConfig, type Schedule } from "../../model/index.ts";
import { UsageError } from "../usage-error.ts";
import type { ImageOptions } from "./load-images.ts";

/** What makes a model for pictures of a set of pictures. */
export interface PictureModelOptions extends ImageOptions {
  preset: string;
  arch?: Architecture | "auto";
  pixels?: PixelKind;
  levels?: number;
  /** Pictures to train on, chosen by the seed; default: all. */
  rows?: number;
  /** Part of the authors' steps. */
  scale?: number;
  viSteps?: number;
  hmcSteps?: number;
  batch?: number;
  latents?: number[];
  transitions?: number;
  importanceSamples?: number;
}

/** Part of the authors' 100,000 steps that a training takes unless it is told otherwise. */
export const usualImageScale = 0.1;

/** Tag of the key that chooses pictures. */
const choiceKey = 8;

/** Configuration and schedule for pictures of this size. Throws UsageError. */
export function pictureModel(set: ImageSet, options: PictureModelOptions): { config: ModelConfig; schedule: Schedule } {
  const preset = presets[options.preset];
  if (!preset) throw new UsageError(`--preset ${options.preset}: there is no such preset; there are ${Object.keys(presets).join(", ")}.`);
  const { arch = "auto", scale = usualImageScale } = options;
  const architecture = arch === "auto" ? suitingArchitecture(set) : arch;
  let config: ModelConfig;
  try {
    config = imagePreset(preset, imageConfig(architecture, set));
  } catch (cause) {
    if (cause instanceof RangeError) throw new UsageError(`--preset ${options.preset}: ${cause.message.replace("[images] ", "")}`);
    throw cause;
  }
  const { latents = config.latents, transitions = config.hmc.transitions, importanceSamples = config.importanceSamples } = options;
  config = { ...config, latents, importanceSamples, hmc: { ...config.hmc, transitions } };
  const { viSteps, hmcSteps, batch } = options;
  const schedule = scheduleOf(config, { viSteps, hmcSteps: config.inference === "hmc" ? hmcSteps : 0, batch }, scale);
  return { config, schedule: { ...schedule, batch: batch ?? Math.min(schedule.batch, set.count) } };
}

/** So many pictures, chosen by the seed; in their order. */
export function chosenPictures(set: ImageSet, rows: number | undefined, seed: number): ImageSet {
  if (rows === undefined || rows >= set.count) return set;
  return selectImages(set, Array.from(permutation(foldIn(keyFromSeed(seed), choiceKey), set.count).subarray(0, rows)).sort((a, b) => a - b));
}

/** On or off where most pixels are nearly black or white, else grey levels. */
export function suitingPixels({ pixels, channels }: ImageSet): PixelKind {
  if (channels > 1) return "gaussian";
  const extreme = pixels.reduce((count, byte) => count + Number(byte < 32 || byte > 223), 0);
  return extreme > 0.8 * pixels.length ? "binary" : "gaussian";
}
