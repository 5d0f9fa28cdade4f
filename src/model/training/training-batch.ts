import {
  concat, exp, foldIn, gather, greater, iota, mul, add, randomNormal, randomUniform, shuffledRows, where, broadcastTo, deviceTensor,
  type DeviceTensor, type Tape, type Tensor,
} from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { leastLightRate, type Schedule } from "../config/config.ts";

/** The coded training table on the device. */
export interface DeviceTable {
  readonly rows: number;
  /** Part of the features' entries that is missing. */
  readonly missingRate: number;
  /** [N, D] coded features, 0 where missing; observed is 1 where seen. */
  readonly x: DeviceTensor;
  readonly observed: DeviceTensor;
  readonly y?: DeviceTensor;
  readonly observedY?: DeviceTensor;
  /** Further rows of the features, where one array cannot hold them all. */
  readonly further: readonly { x: DeviceTensor; observed: DeviceTensor }[];
  /** Mean and log-variance of q(z_d | x_d), once the marginal VAEs are frozen. */
  zMean?: DeviceTensor;
  zLogVar?: DeviceTensor;
}

export interface HostTable {
  rows: number;
  features: number;
  targets: number;
  x: ArrayLike<number>;
  observedX: ArrayLike<number>;
  y: ArrayLike<number>;
  observedY: ArrayLike<number>;
}

/** Uploads a coded table, the features in as many arrays as the device's limit for one asks for. */
export function uploadTable(gpu: Gpu, table: HostTable, limit = gpu.limits.maxStorageBufferBindingSize): DeviceTable {
  const { rows, features, targets } = table;
  const array = (width: number, data: ArrayLike<number>, label: string, first = 0, count = rows): DeviceTensor => {
    const values = Float32Array.from({ length: count * width }, (_, i) => data[first * width + i]);
    return deviceTensor(gpu, [count, width], values, { label });
  };
  const together = Math.max(1, Math.min(rows, Math.floor(limit / (4 * features))));
  const [head, ...further] = Array.from({ length: Math.ceil(rows / together) }, (_, part) => {
    const [first, count] = [part * together, Math.min(together, rows - part * together)];
    return { x: array(features, table.x, "x", first, count), observed: array(features, table.observedX, "observed x", first, count) };
  });
  let missing = 0;
  for (let i = 0; i < rows * features; i++) missing += Number(table.observedX[i] !== 1);
  const base = { rows, missingRate: missing / (rows * features), ...head, further };
  return targets === 0 ? base : { ...base, y: array(targets, table.y, "y"), observedY: array(targets, table.observedY, "observed y") };
}

/** Tag of the key that says which rows lose little. */
const lightKey = 5;

/** A batch with training masks: what is hidden counts as not observed. */
export interface TrainingBatch {
  x: Tensor;
  observed: Tensor;
  y?: Tensor;
  observedY?: Tensor;
  /** A draw of the marginal codes. */
  z?: Tensor;
}

/**
 * Draws a batch on the device from the step's key: rows in shuffled order, and for each row a missing rate
 * r ~ U(minMissingRate, maxMissingRate), or for the schedule's light share of rows r ~ U(0, light rate), at which every entry of x and y is hidden on top of what is missing; targets always at the heavier rate, since they are hidden wherever they are asked for. `features`: so many columns of x are features, the others targets; default: all. `known` is 1 where x is known, hidden or not; `rows` are the rows' numbers, u32 [B].
 */
export function drawBatch(tape: Tape, table: DeviceTable, options: { key: Tensor; step: Tensor; features?: number; schedule: Pick<Schedule, "batch" | "minMissingRate" | "maxMissingRate" | "lightShare"> }): TrainingBatch & { known: Tensor; rows: Tensor } {
  const { key, step, schedule } = options;
  const { batch, lightShare = 0 } = schedule;
  const stepKey = foldIn(key, step);
  const rows = shuffledRows(key, step, batch, table.rows);
  const take = (source: DeviceTensor, ...further: readonly DeviceTensor[]): Tensor => gather(further.length === 0 ? tape.read(source) : concat([source, ...further].map((part) => tape.read(part)), 0), rows);
  const { minMissingRate: least = 0, maxMissingRate: most } = schedule;
  const u = randomUniform(stepKey, [batch, 1]);
  const heavy = add(mul(most - least, u), least);
  const lightRate = Math.min(most, Math.max(leastLightRate, 2 * table.missingRate));
  const rate = lightShare === 0 ? heavy : where(greater(lightShare, randomUniform(foldIn(stepKey, lightKey), [batch, 1])), mul(lightRate, u), heavy);
  const hideAt = (own: Tensor, observed: Tensor): Tensor => where(greater(broadcastTo(own, observed.shape), randomUniform(stepKey, observed.shape)), 0, observed);
  const columns = table.x.shape[1];
  const { features = columns } = options;
  const ofColumn = lightShare === 0 || features === columns ? rate : where(greater(features, broadcastTo(iota(tape, [1, columns], 1), [batch, columns])), broadcastTo(rate, [batch, columns]), broadcastTo(heavy, [batch, columns]));
  const known = take(table.observed, ...table.further.map(({ observed }) => observed));
  const result: TrainingBatch & { known: Tensor; rows: Tensor } = { rows, x: take(table.x, ...table.further.map(({ x }) => x)), observed: hideAt(ofColumn, known), known };
  if (table.y && table.observedY) {
    result.y = take(table.y);
    result.observedY = hideAt(heavy, take(table.observedY));
  }
  if (table.zMean && table.zLogVar) {
    const noise = randomNormal(stepKey, result.x.shape);
    result.z = add(take(table.zMean), mul(exp(mul(0.5, take(table.zLogVar))), noise));
  }
  return result;
}
