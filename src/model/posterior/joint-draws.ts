import type { DeviceTensor, Tape, Tensor } from "../../autodiff/index.ts";
import { foldIn as foldKey, type Key } from "../../math/key.ts";
import { logSumExp } from "../../math/special.ts";
import type { JointDraws } from "../answers/conditional.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import type { CellSummary } from "../answers/cell-summary.ts";
import { summarise } from "../answers/predictive.ts";
import type { CellMap } from "../calibration/calibration.ts";
import { cellDraws, type DrawsPart } from "./entry-draws.ts";

/** What stands for the draws of the targets where there are none. */
export function noTargets(tape: Tape, draws: number): Tensor {
  return tape.fill(0, [draws, 1]);
}

/** Joint draws with what they are made of. */
export interface PosteriorDraws extends JointDraws {
  /** Likelihood parameters of the targets, part by part: those of the features are absent. */
  targetParts(): Promise<DrawsPart[]>;
  /** log p(y | draw), summed over targets, for coded targets [rows, P]: [rows, any number of draws], whose mean is meant. */
  targetLogProb(truth: ArrayLike<number>): Promise<Float32Array>;
}

/** Tag of the key of the summaries' draws. */
const summariesKey = 3;

/** Joint draws from their tensors and the two questions that can be asked of them. */
export function posteriorDraws(
  sizes: { rows: number; draws: number; features: number },
  targets: ColumnSet,
  key: Key,
  given: { x: DeviceTensor; y: DeviceTensor; effective: Float64Array } & Pick<PosteriorDraws, "targetParts" | "targetLogProb" | "toldMasses">,
): PosteriorDraws {
  const { rows, draws, features } = sizes;
  return {
    rows,
    draws,
    ...given,
    predictions: (interval) => predictionsOf({ rows, targetParts: given.targetParts }, targets, features, key, interval),
    async logLikelihood(truth) {
      const values = await given.targetLogProb(truth);
      const each = values.length / rows;
      return Float64Array.from({ length: rows }, (_, r) => logSumExp(values.subarray(r * each, (r + 1) * each)) - Math.log(each));
    },
  };
}

/** Summaries of all targets of all rows, rows first, each calibrated by its map where there is one. */
export async function predictionsOf(draws: Pick<PosteriorDraws, "rows" | "targetParts">, { columns }: ColumnSet, features: number, key: Key, interval: number, mapOf?: (row: number, j: number) => CellMap): Promise<CellSummary[]> {
  const sample = { rows: draws.rows, parts: await draws.targetParts() };
  const summaryKey = foldKey(key, summariesKey);
  return Array.from({ length: draws.rows * columns.length }, (_, i) => {
    const [row, j] = [Math.floor(i / columns.length), i % columns.length];
    const { summary } = summarise(cellDraws(sample, "targets", row, j), columns[j], { key: foldKey(foldKey(summaryKey, row), j), interval, map: mapOf?.(row, j) });
    return { row, column: features + j, ...summary };
  });
}

/** A part that knows the targets' parameters alone. */
export function targetPart(draws: number, mixed: DrawsPart["targets"]["mixed"], variance: number, theta: Float32Array): DrawsPart {
  return { features: { draws, mixed: [], variance, theta: new Float32Array(0) }, targets: { draws, mixed, variance, theta } };
}
