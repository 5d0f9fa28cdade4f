import type { ModelConfig, Schedule } from "../config/config.ts";
import type { Architecture, ImageConfig } from "./architecture.ts";

/** Latents (layer 1 first), batch and KL annealing of the authors' image experiments. (Peis et al. 2022) */
const settings = {
  mnist: { latents: [20, 10], batch: 100 },
  celeba: { latents: [32, 16], batch: 128 },
} as const satisfies Record<Architecture, object>;

const hidden = 512;

/** A preset on pictures: its networks convolutional, its latents those of the architecture. Throws RangeError for presets with parts that read tables only. */
export function imagePreset(preset: ModelConfig, image: ImageConfig): ModelConfig {
  if (preset.marginal) throw new RangeError(`[images] the preset ${preset.preset} has a marginal VAE for every feature, and pixels need none; use VAE, MIWAE, HVAE, HMCVAE, HHVAE or proper.`);
  if (preset.completion) throw new RangeError(`[images] the preset ${preset.preset} has a completion network, which reads tables only; use VAE, MIWAE, HVAE, HMCVAE, HHVAE or proper.`);
  const { latents } = settings[image.architecture as Architecture];
  return { ...preset, latents: preset.latents.length === 1 ? latents.slice(0, 1) : latents, hidden, image };
}

/** What the authors' schedule for pictures has of its own. */
export function pictureSchedule({ architecture }: ImageConfig): Pick<Schedule, "viSteps" | "hmcSteps" | "batch" | "learningRate"> {
  return { viSteps: 99_000, hmcSteps: 1_000, batch: settings[architecture as Architecture].batch, learningRate: 2e-4 };
}
