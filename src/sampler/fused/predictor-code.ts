import { float } from "./float.ts";
import { likelihoodCode, modeCode } from "./likelihood-code.ts";
import { backwardSweep, forwardSweep, jacobianIsCheaper, jacobianSweep, loop, range, type Sweep } from "./mlp-code.ts";
import { columnsOf, paramsOf, type FusedCompletion, type FusedSpec } from "./spec.ts";
import { loadRun } from "./weight-access.ts";
import type { PackedMlp, WeightLayout } from "./weight-layout.ts";

/**
 * WGSL of x_hat: `x${d}`, the coded value where observed, else mean or mode, of the feature's decoder at z_d = m_d + sqrt(v)
 * noise_d or without one of the decoder itself (a mean then with sqrt(v) noise_d); and its derivative `dx${d}` in m_d, 0 where
 * observed and for modes. One input each, so the derivative goes forward with the value.
 */
export function completionCode(spec: FusedSpec, layout: WeightLayout, sweepOf: (mlp: PackedMlp) => Sweep): string[] {
  const completion = spec.predictor!.completion;
  const own = columnsOf(spec);
  const params = paramsOf(own);
  const lines = range(spec.features).map((d) => `let c${d} = select(m${d * params}, fma(V(${float(Math.sqrt(spec.variance))}), codeNoise[${d}], m${d * params}), NOISE);`);
  if (completion) {
    const mlp = layout.mlps.find(({ name }) => name === "completion")!;
    lines.push(...marginalSweep(mlp, completion, sweepOf(mlp)));
  }
  (completion?.columns ?? own).forEach(({ kind, levels }, d) => {
    const theta = (c: number): string => (completion ? `t${d}_${c}` : `m${d * params + c}`);
    if (kind === "categorical") lines.push(...modeCode(`mode${d}`, range(levels).map(theta)));
    const mean = completion ? theta(0) : `c${d}`;
    const point = { gaussian: mean, bernoulli: `select(V(0.0), V(1.0), ${theta(0)} > V(0.0))`, categorical: `mode${d}` }[kind];
    const slope = completion ? `s${d}` : "V(1.0)";
    lines.push(`let x${d} = select(${point}, V(rowX[${d}]), seen${d});`, `let dx${d} = ${kind === "gaussian" ? `select(${slope}, V(0.0), seen${d})` : "V(0.0)"};`);
  });
  return lines;
}

/** t_dc = b'_dc + sum_j v_djc ReLU(w_dj c_d + b_dj), and for means s_d = d t_d0 / d c_d. */
function marginalSweep(mlp: PackedMlp, { columns }: FusedCompletion, { access }: Sweep): string[] {
  const bias = loadRun(mlp, `${mlp.hidden * mlp.stride}u`, mlp.outputs, "_tb", access);
  const lines = [...bias.lines];
  let output = 0;
  columns.forEach(({ kind, levels }, d) => {
    for (const c of range(levels)) lines.push(`var t${d}_${c} = V(${bias.at(output++)});`);
    if (kind === "gaussian") lines.push(`var s${d} = V(0.0);`);
  });
  lines.push(
    ...loop(mlp, 1, ({ lines: load, units: [run] }) => {
      const body = [...load];
      let at = 0;
      columns.forEach(({ kind, levels }, d) => {
        const slope = run.at(at++);
        const offset = run.at(at++);
        body.push(`let a${d} = fma(V(${slope}), c${d}, V(${offset}));`, `let r${d} = max(a${d}, V(0.0));`);
        const first = at;
        for (const c of range(levels)) body.push(`t${d}_${c} = fma(V(${run.at(at++)}), r${d}, t${d}_${c});`);
        if (kind === "gaussian") body.push(`s${d} += select(V(0.0), V(${run.at(first)} * ${slope}), a${d} > V(0.0));`);
      });
      return body;
    }, access),
  );
  return lines;
}

/**
 * WGSL of log p(y_O | x_hat, h_1), added to `logLikelihood`, and of its gradient: `dp${i}` in h_1, and what reaches the decoder
 * through x_hat, added to `dm${d}`.
 */
export function predictorCode(spec: FusedSpec, mlp: PackedMlp, sweep: Sweep, h: readonly string[]): string[] {
  const { targets } = spec.predictor!;
  const params = paramsOf(targets);
  const stride = paramsOf(columnsOf(spec));
  const features = range(spec.features);
  const inputs = [...h, ...features.map((d) => `x${d}`), ...features.map((d) => `hidden${d}`)];
  const lines = features.map((d) => `let hidden${d} = select(V(1.0), V(0.0), seen${d});`);
  // the mask has no gradient
  const wanted = h.length + spec.features;
  const once = jacobianIsCheaper(mlp.inputs, mlp.outputs, wanted);
  lines.push(...(once ? jacobianSweep(mlp, inputs, "o", "jo", wanted, sweep) : forwardSweep(mlp, inputs, "o", sweep)));
  targets.forEach((column, p) => {
    const theta = range(params).map((c) => `o${p * params + c}`);
    lines.push(
      `let seenY${p} = rowSeenY[${p}] > R(0.0);`,
      ...likelihoodCode({ column, theta: theta.slice(0, column.levels), cotangents: theta.map((name) => `d${name}`), value: `rowY[${p}]`, seen: `seenY${p}`, suffix: `Y${p}`, variance: spec.variance }),
      ...theta.slice(column.levels).map((name) => `let d${name} = V(0.0);`),
    );
  });
  const outputs = range(mlp.outputs);
  if (once) lines.push(...range(wanted).map((i) => `let dp${i} = ${outputs.map((o) => `do${o} * jo${o}_${i}`).join(" + ")};`));
  else lines.push(...backwardSweep(mlp, inputs, outputs.map((o) => `do${o}`), "dp", wanted, sweep));
  lines.push(...features.map((d) => `dm${d * stride} += dp${h.length + d} * dx${d};`));
  return lines;
}
