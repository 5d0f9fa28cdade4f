import { describe, expect, it } from "vitest";
import { fit, type Model } from "../../../src/model/index.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";
import { smallConfig, smallSchedule, smallSchema, smallTable } from "../small-model.ts";

/** Every number in an answer, in order; NaN of what is not there. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Float64Array);
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(numbersIn) : [];
}

/** Numbers of the same answer made on the device and on the host. */
function expectSame(device: unknown, host: unknown): void {
  const [got, expected] = [numbersIn(device), numbersIn(host)];
  expect(got.map(Number.isNaN)).toEqual(expected.map(Number.isNaN));
  const there = [...expected.keys()].filter((i) => !Number.isNaN(expected[i]));
  expect(there.length).toBeGreaterThan(10);
  expectClose(there.map((i) => got[i]), there.map((i) => expected[i]), { atol: 1e-4, rtol: 1e-4 });
}

const schedule = { ...smallSchedule, marginalSteps: 5, marginalRestarts: 1, viSteps: 10, hmcSteps: 2 };
const table = smallTable(40, 9);
const shown = Float32Array.from(table.observedX, (_, i) => Number((i * 7919) % 10 >= 4));

async function expectSums(model: Model, options: object): Promise<void> {
  // 65 draws: more than a workgroup has lanes
  const on = (sums: "device" | "host") => ({ draws: 65, seed: 2, targets: true, hideTargets: true, cellDraws: 2, interval: 0.8, ...options, sums });
  expectSame(await model.evaluate(table, shown, on("device")), await model.evaluate(table, shown, on("host")));
  expectSame(await model.impute(table, on("device")), await model.impute(table, on("host")));
  expectSame(await model.predict(table, on("device")), await model.predict(table, on("host")));
}

describe("answers are the same whether the device or the host sums up the draws", () => {
  it("of chains, with completions", async () => {
    await expectSums(await fit(await testDevice(), smallTable(60), smallSchema, { config: smallConfig("paper"), schedule, seed: 3 }), { completions: 3 });
  });

  it("of weighted draws, of rows in several batches, and of a row in parts", async () => {
    const model = await fit(await testDevice(), smallTable(60), smallSchema, { config: smallConfig("MIWAE"), schedule, seed: 3 });
    expect(model.rowsTogether(700)).toBeLessThan(40);
    await expectSums(model, { draws: 700 });
    expect(model.rowsTogether(9000)).toBe(1);
    const few = smallTable(3, 9);
    const on = (sums: "device" | "host") => model.evaluate(few, shown.subarray(0, 12), { draws: 9000, sums });
    expectSame(await on("device"), await on("host"));
  });

  it("of a mixture, and of its parts that say nothing of what is seen", async () => {
    const config = smallConfig("best");
    const model = await fit(await testDevice(), smallTable(60), smallSchema, {
      config: { ...config, completion: { ...config.completion!, hidden: 16, latent: 3, blocks: 1, members: 1 }, gaussians: { parts: 2 } }, schedule: { ...schedule, completionSteps: 20 }, seed: 3,
    });
    for (const part of [undefined, "conditional", "gaussians"] as const) await expectSums(model, { part });
  });
});
