import type { Column, Schema, Table } from "../../src/data/index.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import { defaultSchedule, presets, type ModelConfig, type Schedule } from "../../src/model/index.ts";

/** A configuration whose kernels compile fast. */
export function smallConfig(preset: string): ModelConfig {
  const config = presets[preset];
  return { ...config, latents: config.latents.map((size) => Math.ceil(size / 4)), hidden: 16, marginalHidden: 8, hmc: { ...config.hmc, transitions: 3, leapfrogSteps: 2, sksdChains: 5, inflationEvery: 2 } };
}

export const smallSchedule: Schedule = { ...defaultSchedule, marginalSteps: 40, marginalRestarts: 2, viSteps: 60, hmcSteps: 6, batch: 20, annealSteps: 20, learningRate: 5e-3 };

const column = (name: string, rest: Partial<Column>): Column => ({ name, role: "feature", type: "real", mean: 0, std: 1, ...rest });

export const smallSchema: Schema = {
  version: 1,
  columns: [
    column("a", {}),
    column("b", { type: "positive", mean: 1, std: 0.5 }),
    column("c", { type: "binary", categories: ["no", "yes"], positiveWeight: 2 }),
    column("d", { type: "categorical", categories: ["x", "y", "z"] }),
    column("t", { role: "target" }),
  ],
};

/** Rows whose columns all depend on one hidden number, with a fifth of the cells missing. */
export function smallTable(rows: number, seed = 1): Table {
  const key = keyFromSeed(seed);
  const hidden = normal(key, rows, 0);
  const noise = normal(key, rows * 5, 1);
  const missing = uniform(foldIn(key, 1), rows * 5);
  const x = new Float32Array(rows * 4);
  const observedX = new Float32Array(rows * 4);
  const y = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const h = hidden[r];
    const values = [h + 0.3 * noise[5 * r], -h + 0.3 * noise[5 * r + 1], Number(h > 0.2), h < -0.5 ? 0 : h < 0.5 ? 1 : 2];
    values.forEach((value, d) => {
      const seen = missing[5 * r + d] > 0.2;
      observedX[4 * r + d] = Number(seen);
      x[4 * r + d] = seen ? value : 0;
    });
    y[r] = 0.8 * h + 0.2 * noise[5 * r + 4];
  }
  return { rows, features: 4, targets: 1, x, observedX, y, observedY: new Float32Array(rows).fill(1), warnings: [] } as Table;
}
