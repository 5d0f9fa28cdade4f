import type { ColumnTable } from "./column-table.ts";
import { float } from "./float.ts";
import { gaussianCode, modeCode, scoreCode, slopeCode } from "./likelihood-code.ts";
import { addedUp, backwardStored, backwardSweep, forwardStored, forwardSweep, jacobianIsCheaper, jacobianSweep, loop, ofFirst, range, type Sweep } from "./mlp-code.ts";
import type { FusedColumn, FusedCompletion, FusedSpec } from "./spec.ts";
import { loadRun } from "./weight-access.ts";
import type { PackedMlp, WeightLayout } from "./weight-layout.ts";

/**
 * WGSL of x_hat: `x${d}`, the coded value where observed, else what stands for the feature: with marginal decoders its point at
 * z_d = m_d + sqrt(v) noise_d, else its point by the decoder's own parameters; and, but for points that lie in `completed`, its
 * derivative `dx${d}` in m_d, 0 where observed and for modes.
 */
export function completionCode(spec: FusedSpec, layout: WeightLayout, table: ColumnTable, sweepOf: (mlp: PackedMlp) => Sweep): string[] {
  const completion = spec.predictor!.completion;
  const completed = (d: number, point: string, slope: string): string[] => [
    `let x${d} = select(${point}, V(rowX[${d}]), seen${d});`,
    `let dx${d} = select(${slope}, V(0.0), seen${d});`,
  ];
  if (!completion) {
    return range(spec.features).flatMap((d) => (table.features.stored ? [`let x${d} = select(loadCompleted(${d}u), V(rowX[${d}]), seen${d});`] : completed(d, `m${d}`, "V(1.0)")));
  }
  const mlp = layout.mlps.find(({ name }) => name === "completion")!;
  return [
    // one input each, so the derivative goes forward with the value
    ...range(spec.features).map((d) => `let c${d} = select(m${d}, fma(V(${float(Math.sqrt(spec.variance))}), codeNoise[${d}], m${d}), NOISE);`),
    ...marginalSweep(mlp, completion, sweepOf(mlp)),
    ...completion.columns.flatMap((column, d) => {
      const { lines, point, slope } = marginalPoint(column, d, table.scratch);
      return [...lines, ...completed(d, point, slope)];
    }),
  ];
}

/** The point of a marginal decoder's parameters t_dc and its derivative in the code, from theirs s_dc. */
function marginalPoint({ kind, entries }: FusedColumn, d: number, scratch: number): { lines: string[]; point: string; slope: string } {
  const theta = range(entries).map((c) => `t${d}_${c}`);
  switch (kind) {
    case "bernoulli":
      return { lines: [], point: `select(V(0.0), V(1.0), ${theta[0]} > V(0.0))`, slope: "V(0.0)" };
    case "categorical":
      return { lines: modeCode(`mode${d}`, theta), point: `mode${d}`, slope: "V(0.0)" };
    case "ordinal": {
      const at = (c: number): string => `${scratch + c}u`;
      const column = `Column(${scratch}u, ${entries}u * params.one, 0u, 0u, 0.0, 0.0, 0u)`;
      const lines = [
        ...theta.map((name, c) => `storeTheta(${at(c)}, ${name});`),
        `var point${d} = V(0.0);`,
        "for (var c = 0u; c < CHAINS * params.one; c++) {",
        `  point${d} = withComponent(point${d}, c, pointOrdinal(${scratch}u * CHAINS + c, ${column}));`,
        `  slopeOrdinal(${scratch}u * CHAINS + c, ${column}, 1.0);`,
        "}",
        `let slope${d} = ${theta.map((_, c) => `loadTheta(${at(c)}) * s${d}_${c}`).join(" + ")};`,
      ];
      return { lines, point: `point${d}`, slope: `slope${d}` };
    }
    default:
      // means of Gaussians, medians of counts
      return { lines: [], point: theta[0], slope: `s${d}_0` };
  }
}

/** How many of t_d0, t_d1, ... the point's derivative needs. */
function slopesOf({ kind, entries }: FusedColumn): number {
  if (kind === "bernoulli" || kind === "categorical") return 0;
  return kind === "ordinal" ? entries : 1;
}

/** t_dc = b'_dc + sum_j v_djc ReLU(w_dj c_d + b_dj), and s_dc = d t_dc / d c_d. */
function marginalSweep(mlp: PackedMlp, { columns }: FusedCompletion, { access, team }: Sweep): string[] {
  const bias = loadRun(mlp, `${mlp.hidden * mlp.stride}u`, mlp.outputs, "_tb", access);
  const lines = [...bias.lines];
  const sums: string[] = [];
  let output = 0;
  columns.forEach((column, d) => {
    for (const c of range(column.entries)) lines.push(`var t${d}_${c} = ${ofFirst(`V(${bias.at(output++)})`, team)};`);
    for (const c of range(slopesOf(column))) lines.push(`var s${d}_${c} = V(0.0);`);
    sums.push(...range(column.entries).map((c) => `t${d}_${c}`), ...range(slopesOf(column)).map((c) => `s${d}_${c}`));
  });
  lines.push(
    ...loop(mlp, { access, units: 1, team }, ({ lines: load, units: [run] }) => {
      const body = [...load];
      let at = 0;
      columns.forEach((column, d) => {
        const slope = run.at(at++);
        const offset = run.at(at++);
        body.push(`let a${d} = fma(V(${slope}), c${d}, V(${offset}));`, `let r${d} = max(a${d}, V(0.0));`);
        const first = at;
        for (const c of range(column.entries)) body.push(`t${d}_${c} = fma(V(${run.at(at++)}), r${d}, t${d}_${c});`);
        for (const c of range(slopesOf(column))) body.push(`s${d}_${c} += select(V(0.0), V(${run.at(first + c)} * ${slope}), a${d} > V(0.0));`);
      });
      return body;
    }),
    ...addedUp(sums, team),
  );
  return lines;
}

/**
 * WGSL of log p(y_O | x_hat, h_1), added to `logLikelihood`, and of its gradient: `dp${i}` in h_1, and what reaches the decoder
 * through x_hat, added to `dm${d}` or put into theta.
 */
export function predictorCode(spec: FusedSpec, table: ColumnTable, mlp: PackedMlp, sweep: Sweep, h: readonly string[]): string[] {
  const features = range(spec.features);
  const inputs = [...h, ...features.map((d) => `x${d}`), ...features.map((d) => `hidden${d}`)];
  return [
    ...features.map((d) => `let hidden${d} = select(V(1.0), V(0.0), seen${d});`),
    // the mask has no gradient
    ...targetCode(spec, table, mlp, sweep, inputs, h.length + spec.features),
    ...completedCotangents(spec, table, h.length),
  ];
}

/** The predictor's own part: `dp${i}` in the first `wanted` inputs. */
function targetCode(spec: FusedSpec, { targets }: ColumnTable, mlp: PackedMlp, sweep: Sweep, inputs: readonly string[], wanted: number): string[] {
  const outputs = range(mlp.outputs);
  const seen = range(targets.columns.length).map((p) => `let seenY${p} = rowSeenY[${p}] > R(0.0);`);
  const scores = targets.stored
    ? scoreCode(targets, { evidence: "rowY", seen: "rowSeenY" }, "cleared")
    : [...seen, ...outputs.flatMap((p) => gaussianCode({ mean: `o${p}`, cotangent: `do${p}`, value: `rowY[${p}]`, seen: `seenY${p}`, suffix: `Y${p}`, variance: spec.variance }))];
  if (mlp.blocks === 1 && jacobianIsCheaper(mlp.inputs, mlp.outputs, wanted)) {
    return [
      ...jacobianSweep(mlp, inputs, "o", "jo", wanted, sweep),
      ...(targets.stored ? outputs.map((o) => `storeTheta(${targets.first + o}u, o${o});`) : []),
      ...scores,
      ...(targets.stored ? outputs.map((o) => `let do${o} = loadTheta(${targets.first + o}u);`) : []),
      ...range(wanted).map((i) => `let dp${i} = ${outputs.map((o) => `do${o} * jo${o}_${i}`).join(" + ")};`),
    ];
  }
  if (targets.stored) return [...forwardStored(mlp, inputs, targets.first, sweep), ...scores, ...backwardStored(mlp, inputs, targets.first, "dp", wanted, sweep)];
  return [...forwardSweep(mlp, inputs, "o", sweep), ...scores, ...backwardSweep(mlp, inputs, outputs.map((o) => `do${o}`), "dp", wanted, sweep)];
}

/** What reaches the decoder through x_hat, whose cotangents are `dp${from + d}`. */
function completedCotangents(spec: FusedSpec, { features }: ColumnTable, from: number): string[] {
  const all = range(spec.features);
  if (!features.stored) return all.map((d) => `dm${d} += dp${from + d} * dx${d};`);
  // codes, one entry each
  if (spec.predictor!.completion) return all.map((d) => `storeTheta(${features.first + d}u, select(dp${from + d} * dx${d}, loadTheta(${features.first + d}u), seen${d}));`);
  return [...all.map((d) => `storeCompleted(${d}u, dp${from + d});`), ...slopeCode(features, "rowSeen")];
}
