import { describe, expect, it } from "vitest";
import { withQuantiles } from "../../src/data/index.ts";
import { modelShape } from "../../src/model/config/columns.ts";
import { fit, loadModel } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "./small-model.ts";

const small = smallConfig("proper");
const config = { ...small, outputs: "binned", hmc: { ...small.hmc, transitions: 1 } } as const;

describe("the latent variable model with numbers by their bins", () => {
  it("learns, beats the column means, and is the same after saving", async () => {
    const gpu = await testDevice();
    const table = smallTable(300);
    const shape = modelShape(config, withQuantiles(smallSchema, table));
    expect([...shape.features, ...shape.targets].map(({ kind, levels }) => `${kind} ${levels}`)).toEqual(["binned 24", "binned 24", "bernoulli 1", "categorical 3", "binned 24"]);
    const model = await fit(gpu, table, smallSchema, { config, schedule: { ...smallSchedule, viSteps: 1200, hmcSteps: 2, maxMissingRate: 0.7 }, seed: 3 });
    const test = smallTable(60, 9);
    const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 17 >= 7));
    const options = { draws: 40, seed: 2 };
    const result = await model.evaluate(test, shown, options);
    // the errors of means and modes are about 1 for numbers, 0.4 to 0.6 for levels; learned variances get 0.35
    expect(result.error_xu).toBeLessThan(0.5);
    expect(result.acceptance).toBeGreaterThan(0.5);
    const encoder = await model.evaluate(test, shown, { ...options, sampler: "encoder" });
    expect(encoder.acceptance).toBeNaN();
    expect(await (await loadModel(gpu, await model.files())).evaluate(test, shown, options)).toEqual(result);
  });

  it("needs the features themselves", () => {
    expect(() => modelShape({ ...config, marginal: true }, smallSchema)).toThrowErrorMatchingInlineSnapshot(`[RangeError: [fit] binned outputs are for models without marginal VAEs; set marginal to false, or outputs to "fixed".]`);
    expect(() => modelShape({ ...config, outputs: "wide" as never }, smallSchema)).toThrowErrorMatchingInlineSnapshot(`[RangeError: [fit] expected outputs to be one of fixed, learned, binned, got "wide".]`);
    expect(() => modelShape(config, smallSchema)).toThrowErrorMatchingInlineSnapshot(`[RangeError: [model] the column "a" has no bins in the schema; train the model anew.]`);
  });
});
