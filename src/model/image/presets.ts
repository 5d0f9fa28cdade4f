import { defaultSchedule, type ModelConfig, type Schedule } from "../config/config.ts";
import type { Architecture, ImageConfig } from "./architecture.ts";

/** Latents (layer 1 first), batch and KL annealing of the authors' image experiments. (Peis et al. 2022) */
const settings = {
  mnist: { latents: [20, 10], batch: 100 },
  celeba: { latents: [32, 16], batch: 128 },
} as const satisfies Record<Architecture, object>;

const hidden = 512;
const learningRate = 2e-4;
const viSteps = 99_000;
const hmcSteps = 1_000;

/** A preset on pictures: its networks convolutional, its latents those of the architecture. Throws RangeError for presets with parts that read tables only. */
export function imagePreset(preset: ModelConfig, image: ImageConfig): ModelConfig {
  if (preset.marginal) throw new RangeError(`[images] the preset ${preset.preset} has a marginal VAE for every feature, and pixels need none; use VAE, MIWAE, HVAE, HMCVAE, HHVAE or proper.`);
  if (preset.completion) throw new RangeError(`[images] the preset ${preset.preset} has a completion network, which reads tables only; use VAE, MIWAE, HVAE, HMCVAE, HHVAE or proper.`);
  const { latents } = settings[image.architecture as Architecture];
  return { ...preset, latents: preset.latents.length === 1 ? latents.slice(0, 1) : latents, hidden, image };
}

/** The authors' schedule for pictures, its steps times `scale`; a preset without HMC trains by its bound all the while. */
export function imageSchedule({ inference, image }: ModelConfig, scale = 1): Schedule {
  const part = (steps: number): number => Math.max(1, Math.round(scale * steps));
  const hmc = inference === "hmc";
  return {
    ...defaultSchedule,
    viSteps: part(viSteps) + (hmc ? 0 : part(hmcSteps)),
    hmcSteps: hmc ? part(hmcSteps) : 0,
    batch: settings[image!.architecture as Architecture].batch,
    learningRate,
  };
}
