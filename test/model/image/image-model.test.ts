import { describe, expect, it } from "vitest";
import { codeImages, drawMasks, imageSchema, randomMask, type PixelKind } from "../../../src/data/index.ts";
import { keyFromSeed } from "../../../src/math/key.ts";
import { fit, imageConfig, imagePreset, loadModel, presets, scheduleOf, type Architecture, type ModelConfig, type Schedule } from "../../../src/model/index.ts";
import { testDevice } from "../../device.ts";
import { bars } from "./small-pictures.ts";

function small(preset: string, architecture: Architecture, channels = 1): { config: ModelConfig; schedule: Schedule } {
  const image = imageConfig(architecture, { height: 9, width: 11, channels });
  const whole = imagePreset(presets[preset], { ...image, layers: image.layers.map((layer) => ({ ...layer, channels: Math.min(layer.channels, 8) })) });
  const config = { ...whole, hidden: 32, latents: whole.latents.length > 1 ? [6, 3] : [6], hmc: { ...whole.hmc, transitions: 4, leapfrogSteps: 3, sksdChains: 8 } };
  return { config, schedule: { ...scheduleOf(config), viSteps: 1000, hmcSteps: config.inference === "hmc" ? 10 : 0, batch: 64, annealSteps: 100, learningRate: 1e-3 } };
}

describe("convolutional models on pictures of bars", () => {
  it.each([
    ["HHVAE", "mnist", "binary"],
    ["MIWAE", "mnist", "categorical"],
    ["HMCVAE", "celeba", "gaussian"],
  ] as const)("%s with the networks for %s and %s pixels learns, fills, says which way, and is the same after saving", async (preset, architecture, pixels: PixelKind) => {
    const gpu = await testDevice();
    const training = bars(400, 1);
    const schema = imageSchema(training, { pixels, levels: 3 });
    const { config, schedule } = small(preset, architecture);
    const bounds: number[] = [];
    const model = await fit(gpu, codeImages(training, schema), schema, { config, schedule, seed: 2, onProgress: ({ stage, metrics }) => stage === "elbo" && bounds.push(metrics.elbo) });
    // the first is that of step 50, while the divergence hardly counts yet; a batch's bound scatters with its masks
    expect(bounds.slice(-3).reduce((a, b) => a + b) / 3).toBeGreaterThan(bounds[0] - 5);
    const test = codeImages(bars(60, 9), schema);
    const shown = drawMasks(randomMask(0.5), training, Array.from({ length: 60 }, (_, row) => row), keyFromSeed(4));
    const options = { draws: 40, seed: 3 };
    const result = await model.evaluate(test, shown, options);
    // three of nine or eleven lines are lit: calling every pixel dark is wrong in 0.3, and the mean's deviation is about 1
    expect(result.error_xu).toBeLessThan(pixels === "gaussian" ? 0.7 : 0.15);
    expect(result.error_rate!).toBeLessThan(0.15);
    const again = await loadModel(gpu, await model.files());
    expect(again.config.image).toEqual(config.image);
    expect(await again.evaluate(test, shown, options)).toEqual(result);
  });
});
