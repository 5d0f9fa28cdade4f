import { expect, it } from "vitest";
import { Rewards } from "../../src/acquisition/index.ts";
import { codeImages, imageSchema, targetColumns } from "../../src/data/index.ts";
import { acquireRows, CurveSums } from "../../src/experiments/acquire-rows.ts";
import { rowsAtOnce } from "../../src/experiments/rows-at-once.ts";
import { keyFromSeed } from "../../src/math/key.ts";
import { fit, imageConfig, imagePreset, presets, scheduleOf, type DrawSession } from "../../src/model/index.ts";
import { bars } from "../model/image/small-pictures.ts";
import { testDevice } from "../device.ts";

it("pixels of colour pictures come with all their channels, so many at a time and never twice; few pictures are drawn for together", async () => {
  const gpu = await testDevice();
  const set = bars(20, 1, 3);
  const schema = imageSchema(set, { pixels: "binary" });
  const image = imageConfig("mnist", set);
  // one layer of few channels: what compiles fast
  const config = { ...imagePreset(presets.VAE, { ...image, layers: [{ ...image.layers[0], channels: 2 }] }), latents: [2], hidden: 8 };
  const model = await fit(gpu, codeImages(set, schema), schema, { config, schedule: { ...scheduleOf(config), viSteps: 2, batch: 10 }, seed: 1 });
  const sampler = model.conditional();
  expect(rowsAtOnce(sampler, 100)).toBeLessThanOrEqual(sampler.chainsAtOnce! / 100);
  const [rows, draws, area] = [3, 20, 99];
  const session = await sampler.open({ rows, draws });
  const seen: Float32Array[] = [];
  const watched: DrawSession = { draw: (known, key) => (seen.push(known.observed.slice()), session.draw(known, key)), destroy: () => session.destroy() };
  const units = Array.from({ length: area }, (_, pixel) => [pixel, area + pixel, 2 * area + pixel]);
  const rewards = new Rewards(sampler);
  const sums = new CurveSums(3, area);
  await acquireRows(watched, rewards, codeImages(bars(rows, 2, 3), schema), 2, sums, { method: "mi", key: keyFromSeed(5), targets: targetColumns(schema), units, atOnce: 7, steps: 3 });
  rewards.destroy();
  watched.destroy();
  expect(seen.length).toBe(4);
  seen.forEach((observed, step) => {
    for (let row = 0; row < 2; row++) {
      const [red, green, blue] = [0, 1, 2].map((c) => observed.slice((3 * row + c) * area, (3 * row + c + 1) * area));
      expect(red.reduce((a, b) => a + b)).toBe(7 * step);
      expect([green, blue]).toEqual([red, red]);
      if (step > 0) expect(seen[step - 1].subarray(3 * row * area, 3 * (row + 1) * area).every((before, i) => before <= observed[3 * row * area + i])).toBe(true);
    }
  });
  // places 1 to 21, and 22 for each of the 78 pixels that a picture did not get
  const { error, position } = sums.curves(false);
  expect(error.length).toBe(4);
  expect(position.reduce((a, b) => a + b)).toBeCloseTo((21 * 22) / 2 + 78 * 22, 6);
});
