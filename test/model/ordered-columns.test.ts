import { describe, expect, it } from "vitest";
import { codeTable, inferSchema, parseTable, type ColumnType, type Schema, type Table } from "../../src/data/index.ts";
import { keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { fit, loadModel, presets, type ModelConfig } from "../../src/model/index.ts";
import { testDevice } from "../device.ts";
import { smallConfig, smallSchedule } from "./small-model.ts";

const types = { grade: "ordinal", visits: "count", stage: "ordinal", calls: "count" } as const;
const d = 5;

/** Rows that follow one hidden number: a number, ordered columns of 4 and 2 levels and two counts; a fifth of the cells missing. */
function csv(rows: number, seed: number): string {
  const key = keyFromSeed(seed);
  const [hidden, noise, hole] = [normal(key, rows, 0), normal(key, d * rows, 1), uniform(keyFromSeed(seed + 100), d * rows)];
  const lines = Array.from(hidden, (h, r) => {
    const e = (j: number): number => 0.2 * noise[d * r + j];
    const cells = [(h + e(0)).toFixed(2), 1 + Math.min(3, Math.max(0, Math.floor(2 + 1.2 * h + e(1)))), Math.round(Math.exp(1.2 + h + e(2))), Number(h + e(3) > 0), Math.round(20 * Math.exp(-0.7 * h + e(4)))];
    return [...cells.map((cell, j) => (hole[d * r + j] < 0.2 ? "" : cell)), Math.round(4 * Math.exp(0.5 * h))].join(",");
  });
  return `a,grade,visits,stage,calls,y\n${lines.join("\n")}\n`;
}

function coded(y: ColumnType): { schema: Schema; training: Table; test: Table } {
  const table = parseTable(csv(300, 1));
  const schema = inferSchema(table, { targets: ["y"], types: { ...types, y } });
  return { schema, training: codeTable(table, schema), test: codeTable(parseTable(csv(80, 2)), schema) };
}

const completion = { ...presets.conditional.completion!, latent: 3, hidden: 32, lookEvery: 100 };
const hmc = { ...smallConfig("HMCVAEM").hmc, transitions: 1 };
const schedule = { ...smallSchedule, marginalSteps: 150, viSteps: 400, hmcSteps: 2, completionSteps: 400, maxMissingRate: 0.7 };

describe("ordinal and count columns", () => {
  // one of each way: marginal VAEs with HMC, the decoder's own parameters, and both parts of the mixture
  it.each<[string, ColumnType, Partial<ModelConfig>]>([
    ["HMCVAEM", "count", { hmc }],
    ["proper", "ordinal", { inference: "elbo" }],
    ["best", "count", { inference: "elbo", completion }],
  ])("%s learns them, %s target included, beats the column means, answers in whole numbers and levels, and is the same after saving", async (preset, type, changes) => {
    const gpu = await testDevice();
    const { schema, training, test } = coded(type);
    const config = { ...smallConfig(preset), ...changes };
    const model = await fit(gpu, training, schema, { config, schedule, seed: 3 });
    const shown = Float32Array.from(test.observedX, (_, i) => Number((i * 7919) % 17 >= 7));
    const options = { draws: 100, seed: 2 };
    const result = await model.evaluate(test, shown, options);
    const simple = errorOfMeans(schema, training, test, shown);
    expect(result.error_xu).toBeLessThan(0.9 * simple.features);
    expect(type === "count" ? result.rmse! : result.error_rate!).toBeLessThan(0.9 * simple.target);
    // log probabilities of levels and whole numbers
    expect(result.ll_y).toBeLessThan(0);
    const again = await loadModel(gpu, await model.files());
    expect(await again.evaluate(test, shown, options)).toEqual(result);

    const { cells, completed: draws } = await model.impute(test, { ...options, completions: 3, targets: true });
    for (const { value, lower, upper } of cells.filter(({ column }) => column === 2 || column === 4)) {
      expect([value, lower!, upper!].every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
      expect(lower).toBeLessThanOrEqual(value);
      expect(upper).toBeGreaterThanOrEqual(value);
    }
    for (const list of draws) cells.forEach(({ column }, i) => column > 0 && expect(Number.isInteger(list[i])).toBe(true));
    for (const { value, lower, upper, probabilities } of cells.filter(({ column }) => column === 1 || column === 3)) {
      expect(probabilities!.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(probabilities![value]).toBe(Math.max(...probabilities!));
      expect(lower).toBeLessThanOrEqual(upper!);
    }
  });

  it("are ranked for acquisition: levels as they are, counts in bins", async () => {
    const gpu = await testDevice();
    const { schema, training, test } = coded("ordinal");
    const model = await fit(gpu, training, schema, { config: { ...smallConfig("proper"), inference: "elbo" }, schedule: { ...schedule, viSteps: 20 }, seed: 3 });
    const sampler = model.conditional();
    expect([...sampler.features, ...sampler.targets].map(({ levels }) => levels)).toEqual([1, 4, 1, 2, 1, schema.columns[d].categories!.length]);
    expect(sampler.features[2].units!(test.x[2])).toBe(Math.round(sampler.features[2].units!(test.x[2])));
    const session = await sampler.open({ rows: 1, draws: 200 });
    const joint = await session.draw({ rows: 1, x: new Float32Array(d), observed: new Float32Array(d) }, keyFromSeed(5));
    const x = await joint.x.read();
    for (let i = 0; i < x.length; i += d) {
      expect([0, 1, 2, 3]).toContain(x[i + 1]);
      const { mean = 0, std = 1 } = schema.columns[2];
      expect(Math.abs(Math.expm1(mean + std * x[i + 2]) - sampler.features[2].units!(x[i + 2]))).toBeLessThan(1e-3);
    }
    session.destroy();
  });
});

/** The errors of the training means and modes. */
function errorOfMeans(schema: Schema, training: Table, test: Table, shown: Float32Array): { features: number; target: number } {
  const errors = schema.columns.slice(0, d).map(({ type, categories = [] }, j) => {
    const seen = Array.from({ length: training.rows }, (_, r) => d * r + j).filter((i) => training.observedX[i] === 1).map((i) => training.x[i]);
    const hidden = Array.from({ length: test.rows }, (_, r) => d * r + j).filter((i) => test.observedX[i] === 1 && shown[i] === 0).map((i) => test.x[i]);
    if (type === "ordinal") {
      const counts = categories.map((_, k) => seen.filter((level) => level === k).length);
      return hidden.filter((k) => k !== counts.indexOf(Math.max(...counts))).length / hidden.length;
    }
    const mean = seen.reduce((a, b) => a + b) / seen.length;
    return Math.sqrt(hidden.reduce((total, value) => total + (value - mean) ** 2, 0) / hidden.length);
  });
  const features = errors.reduce((a, b) => a + b) / d;
  const [{ type, mean = 0, std = 1, categories }] = schema.columns.slice(d);
  if (type === "ordinal") {
    const counts = categories!.map((_, k) => training.y.filter((value) => value === k).length);
    const mode = counts.indexOf(Math.max(...counts));
    return { features, target: test.y.filter((k) => k !== mode).length / test.rows };
  }
  const units = (y: Float32Array): number[] => Array.from(y, (value) => Math.expm1(mean + std * value));
  const center = units(training.y).reduce((a, b) => a + b) / training.rows;
  return { features, target: Math.sqrt(units(test.y).reduce((total, value) => total + (value - center) ** 2, 0) / test.rows) };
}
