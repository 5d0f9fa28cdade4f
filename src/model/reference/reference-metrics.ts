import type { Column } from "../../data/index.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";
import { logSumExp } from "../../math/special.ts";
import { Metrics } from "../answers/evaluate.ts";
import { scoreRows } from "../answers/scored-rows.ts";
import type { RowDraws } from "../posterior/entry-draws.ts";
import { reference, type Comparison, type ReferenceConfig, type ReferenceTensors } from "./comparison.ts";

/** The test metrics, computed by the code behind `evaluate` from the file's likelihood parameters. */
export function metricsPieces(tensors: ReferenceTensors, config: ReferenceConfig, check: Comparison): void {
  const { shape, data: observed } = reference(tensors, "in/observed_x");
  const [rows, d] = shape;
  const draws = reference(tensors, "in/eps").shape[1];
  const x = reference(tensors, "out/x_coded").data;
  const y = reference(tensors, "out/y_coded").data;
  const p = y.length / rows;
  const { features, targets } = columnSets(tensors, config, p);
  const logProbX = reference(tensors, "out/feature_log_likelihood").data;
  const sample: RowDraws & { acceptance: number; divergences: number } = {
    firstRow: 0,
    rows,
    draws,
    parts: [{ features: { draws, mixed: features.mixed, variance: config.variance, theta: packedTheta(tensors, config, rows * draws) }, targets: { draws, mixed: targets.mixed, variance: config.variance, theta: reference(tensors, "out/predictor").data } }],
    logProbX,
    weightedLogProbX: logProbX,
    logProbY: reference(tensors, "out/target_log_likelihood").data,
    acceptance: Number.NaN,
    divergences: 0,
  };
  const everything = new Float32Array(rows * d).fill(1);
  const metrics = new Metrics(features, targets);
  const table = { x, observedX: everything, y, observedY: new Float32Array(rows * p).fill(1) };
  metrics.add(table, observed, scoreRows(table, observed, features, targets, sample));
  const result = metrics.result(rows, draws);
  check.add("out/metrics/ll_y", [result.ll_y]);
  check.add("out/metrics/ll_xu", [result.ll_xu_weighted]);
  check.add("out/metrics/ll_xo", [result.ll_xo_weighted]);
  check.add("out/metrics/mean_error_xu", [result.error_xu]);
  check.add("out/metrics/metrics_xu", metrics.featureErrorsByColumn());
  check.add("out/metrics/metric", [authorsTargetMetric(tensors, config, result.error_rate)]);
  for (const [name, seen] of [["ll_xu_d", 0], ["ll_xo_d", 1]] as const) {
    check.add(`out/metrics/${name}`, perFeature(logProbX, observed, { rows, draws, d, seen }));
  }
}

function columnSets(tensors: ReferenceTensors, config: ReferenceConfig, p: number): { features: MetricsColumns; targets: MetricsColumns } {
  const mean = reference(tensors, "norm/x_mean").data;
  const std = reference(tensors, "norm/x_std").data;
  const levels = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
  const columns = config.features.map(({ type, categories }, j): Column => ({ name: String(j), role: "feature", type, mean: mean[j], std: std[j], categories: levels(type === "binary" ? 2 : categories) }));
  const mixed = config.features.map(({ type, categories }): MixedColumn => ({ kind: type === "binary" ? "bernoulli" : type === "categorical" ? "categorical" : "gaussian", levels: type === "categorical" ? categories : 1, positiveWeight: 1 }));
  const outputs = reference(tensors, "out/predictor").shape[2];
  const types = { gaussian: "real", loggaussian: "positive", categorical: "categorical", bernoulli: "binary" } as const;
  const type = types[config.target];
  const yMean = reference(tensors, "norm/y_mean").data;
  const yStd = reference(tensors, "norm/y_std").data;
  const target = (j: number): Column => ({ name: `y${j}`, role: "target", type, mean: yMean[j], std: yStd[j], categories: levels(outputs) });
  const kind = type === "binary" ? "bernoulli" : type === "categorical" ? "categorical" : "gaussian";
  return {
    features: { columns, mixed },
    targets: { columns: Array.from({ length: p }, (_, j) => target(j)), mixed: Array.from({ length: p }, () => ({ kind, levels: kind === "categorical" ? outputs : 1, positiveWeight: 1 }) as MixedColumn) },
  };
}

type MetricsColumns = ConstructorParameters<typeof Metrics>[0];

/** The marginal decoders' outputs side by side, [draws, D, C]. */
function packedTheta(tensors: ReferenceTensors, config: ReferenceConfig, draws: number): Float32Array {
  const widths = config.features.map(({ type, categories }) => (type === "categorical" ? categories : 1));
  const c = Math.max(...widths);
  const d = widths.length;
  const packed = new Float32Array(draws * d * c);
  widths.forEach((width, j) => {
    const { data } = reference(tensors, `out/marginal_decoder/${j}`);
    for (let s = 0; s < draws; s++) for (let i = 0; i < width; i++) packed[(s * d + j) * c + i] = data[s * width + i];
  });
  return packed;
}

/** Their RMSE: of the mean over draws of exp(mean + std theta) - 1, without the variance's part of the mean. */
function authorsTargetMetric(tensors: ReferenceTensors, config: ReferenceConfig, errorRate: number | undefined): number {
  if (errorRate !== undefined) return errorRate;
  const theta = reference(tensors, "out/predictor").data;
  const truth = reference(tensors, "in/y");
  const mean = reference(tensors, "norm/y_mean").data;
  const std = reference(tensors, "norm/y_std").data;
  const [rows, p] = truth.shape;
  const draws = theta.length / (rows * p);
  let total = 0;
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < p; j++) {
      let sum = 0;
      for (let s = 0; s < draws; s++) {
        const value = mean[j] + std[j] * theta[(r * draws + s) * p + j];
        sum += config.target === "loggaussian" ? Math.expm1(value) : value;
      }
      total += (sum / draws - truth.data[r * p + j]) ** 2;
    }
  }
  return Math.sqrt(total / (rows * p));
}

/** Mean over rows of log of the mean over draws of p(x_d | draw), for rows where feature d is seen (1) or not (0). */
function perFeature(logProb: Float32Array, observed: ArrayLike<number>, of: { rows: number; draws: number; d: number; seen: 0 | 1 }): number[] {
  return Array.from({ length: of.d }, (_, j) => {
    let total = 0;
    let count = 0;
    for (let r = 0; r < of.rows; r++) {
      if (observed[r * of.d + j] !== of.seen) continue;
      total += logSumExp(Array.from({ length: of.draws }, (_, s) => logProb[(r * of.draws + s) * of.d + j])) - Math.log(of.draws);
      count++;
    }
    return total / count;
  });
}
