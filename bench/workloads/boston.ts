import type { Gpu } from "../../src/gpu/device.ts";
import { deviceTensor, type DeviceTensor } from "../../src/autodiff/index.ts";
import type { MixedColumn } from "../../src/likelihood/mixed.ts";
import { withQuantiles, type Column } from "../../src/data/index.ts";
import type { ColumnSet } from "../../src/model/answers/column-set.ts";
import type { CompletionShape } from "../../src/model/completion/shape.ts";
import { modelShape } from "../../src/model/config/columns.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";
import type { Schedule } from "../../src/model/config/config.ts";
import { presets } from "../../src/model/config/presets.ts";
import { defaultSchedule } from "../../src/model/config/schedule.ts";
import { LatentNetworks } from "../../src/model/latent/networks.ts";
import type { ModelShape } from "../../src/model/config/spec.ts";
import { encodeTable } from "../../src/model/training/stages/marginal-stage.ts";
import { uploadTable, type DeviceTable, type HostTable } from "../../src/model/training/training-batch.ts";
import { StepCounter } from "../../src/nn/step-counter.ts";

const column = (kind: MixedColumn["kind"], levels = 1): MixedColumn => ({ kind, levels, positiveWeight: 1 });

/** A table of the shape of Boston housing: 11 numbers, a class of two and one of nine, and a number as target. */
const features: MixedColumn[] = [...new Array<MixedColumn>(11).fill(column("gaussian")), column("bernoulli"), column("categorical", 9)];
const targets: MixedColumn[] = [column("gaussian")];

export const trainingRows = 455;
export const testRows = 51;

export function bostonShape(preset = "HHVAEM", hmc = {}): ModelShape {
  return { config: { ...presets[preset], hmc: { ...presets[preset].hmc, ...hmc } }, features, targets };
}

/** Features and targets as questions about draws need them. */
export function bostonColumns(): Record<"features" | "targets", ColumnSet> {
  const all = schemaColumns();
  return { features: { columns: all.slice(0, features.length), mixed: features }, targets: { columns: all.slice(features.length), mixed: targets } };
}

function schemaColumns(): Column[] {
  return [...features, ...targets].map(({ kind, levels }, j): Column => {
    const [name, role] = [`c${j}`, j < features.length ? "feature" : "target"] as const;
    if (kind === "gaussian") return { name, role, type: "real", mean: 0, std: 1 };
    return { name, role, type: kind === "bernoulli" ? "binary" : "categorical", categories: Array.from({ length: kind === "bernoulli" ? 2 : levels }, (_, level) => String(level)), ...(kind === "bernoulli" && { positiveWeight: 1 }) };
  });
}

/** The columns of that table with the pieces and bins that its values give the networks of the preset best. */
export function bostonCompletion(rows = trainingRows): CompletionShape {
  const columns = schemaColumns();
  const { x, observedX, y, observedY, ...sizes } = bostonLike(rows);
  const table = { ...sizes, x: Float32Array.from(x), observedX: Float32Array.from(observedX), y: Float32Array.from(y), observedY: Float32Array.from(observedY), warnings: [] };
  return modelShape(presets.best, withQuantiles({ version: 1, columns }, table)).completion!;
}

/** Coded rows whose columns depend on three hidden numbers. */
export function bostonLike(rows: number): HostTable {
  const d = features.length;
  const key = keyFromSeed(11);
  const [hidden, noise, chance] = [normal(key, rows * 3), normal(foldIn(key, 1), rows * (d + 1)), uniform(foldIn(key, 2), rows * d)];
  const x = new Float32Array(rows * d);
  const y = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const [a, b, c] = hidden.subarray(3 * r, 3 * r + 3);
    features.forEach(({ kind, levels }, j) => {
      const value = 0.8 * [a, b, c, a - b][j % 4] + 0.4 * noise[r * (d + 1) + j];
      x[r * d + j] = kind === "gaussian" ? value : kind === "bernoulli" ? Number(value > 0.5) : Math.min(levels - 1, Math.floor(chance[r * d + j] * levels));
    });
    y[r] = 0.6 * a - 0.5 * b + 0.3 * noise[r * (d + 1) + d];
  }
  return { rows, features: d, targets: 1, x, observedX: new Float32Array(rows * d).fill(1), y, observedY: new Float32Array(rows).fill(1) };
}

interface Training {
  networks: LatentNetworks;
  data: DeviceTable;
  key: DeviceTensor;
  counter: StepCounter;
  schedule: Schedule;
}

/** Everything that the stages of training need, untrained; no annealing, as in most of their steps. */
export async function startTraining(gpu: Gpu, rows = trainingRows): Promise<Training> {
  const networks = new LatentNetworks(gpu, bostonShape());
  networks.parameters.initialise(keyFromSeed(1));
  const data = uploadTable(gpu, bostonLike(rows));
  await encodeTable(networks, data);
  return { networks, data, key: deviceTensor(gpu, [2], [1, 2], { dtype: "u32" }), counter: await StepCounter.create(gpu), schedule: { ...defaultSchedule, annealSteps: 0 } };
}
