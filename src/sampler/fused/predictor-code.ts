import { float } from "./density-code.ts";
import { backwardSweep, forwardSweep, jacobianIsCheaper, jacobianSweep, loop, range, type Sweep } from "./mlp-code.ts";
import { targetParams, type FusedCompletion, type FusedSpec } from "./spec.ts";
import { loadRun } from "./weight-access.ts";
import type { PackedMlp, WeightLayout } from "./weight-layout.ts";

/**
 * WGSL of x_hat: `x${d}`, the coded value where observed, else mean or mode at z_d = m_d + sqrt(v) noise_d, and its derivative
 * `dx${d}` in m_d, 0 where observed and for modes. One input each, so the derivative goes forward with the value.
 */
export function completionCode(spec: FusedSpec, layout: WeightLayout, sweepOf: (mlp: PackedMlp) => Sweep): string[] {
  const completion = spec.predictor!.completion;
  const lines = range(spec.features).map((d) => `let c${d} = select(m${d}, fma(V(${float(Math.sqrt(spec.variance))}), codeNoise[${d}], m${d}), NOISE);`);
  if (!completion) {
    for (const d of range(spec.features)) lines.push(`let x${d} = select(c${d}, V(rowX[${d}]), seen${d});`, `let dx${d} = select(V(1.0), V(0.0), seen${d});`);
    return lines;
  }
  const mlp = layout.mlps.find(({ name }) => name === "completion")!;
  lines.push(...marginalSweep(mlp, completion, sweepOf(mlp)));
  completion.columns.forEach((column, d) => {
    const point = { gaussian: `t${d}_0`, bernoulli: `select(V(0.0), V(1.0), t${d}_0 > V(0.0))`, categorical: `mode${d}` }[column.kind];
    if (column.kind === "categorical") {
      // the smallest index of the largest logit
      lines.push(`var mode${d} = V(0.0);`, `var top${d} = t${d}_0;`);
      for (const c of range(column.levels).slice(1)) {
        lines.push(`mode${d} = select(mode${d}, V(${c}.0), t${d}_${c} > top${d});`, `top${d} = max(top${d}, t${d}_${c});`);
      }
    }
    lines.push(`let x${d} = select(${point}, V(rowX[${d}]), seen${d});`);
    lines.push(`let dx${d} = ${column.kind === "gaussian" ? `select(s${d}, V(0.0), seen${d})` : "V(0.0)"};`);
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
  const params = targetParams(targets);
  const features = range(spec.features);
  const inputs = [...h, ...features.map((d) => `x${d}`), ...features.map((d) => `hidden${d}`)];
  const lines = features.map((d) => `let hidden${d} = select(V(1.0), V(0.0), seen${d});`);
  // the mask has no gradient
  const wanted = h.length + spec.features;
  const once = jacobianIsCheaper(mlp.inputs, mlp.outputs, wanted);
  lines.push(...(once ? jacobianSweep(mlp, inputs, "o", "jo", wanted, sweep) : forwardSweep(mlp, inputs, "o", sweep)));
  targets.forEach(({ kind, levels }, p) => {
    const theta = (c: number): string => `o${p * params + c}`;
    const seen = (value: string): string => `select(V(0.0), ${value}, seenY${p})`;
    lines.push(`let seenY${p} = rowSeenY[${p}] > R(0.0);`);
    const unused = kind === "categorical" ? levels : 1;
    if (kind === "gaussian") {
      lines.push(
        `let ey${p} = rowY[${p}] - ${theta(0)};`,
        `logLikelihood += ${seen(`V(${float(-0.5 * Math.log(2 * Math.PI * spec.variance))}) - ${float(0.5 / spec.variance)} * ey${p} * ey${p}`)};`,
        `let d${theta(0)} = ${seen(`${float(1 / spec.variance)} * ey${p}`)};`,
      );
    } else if (kind === "bernoulli") {
      // y l - softplus(l)
      lines.push(
        `let tail${p} = exp(-abs(${theta(0)}));`,
        `logLikelihood += ${seen(`rowY[${p}] * ${theta(0)} - max(${theta(0)}, V(0.0)) - log1pOf(tail${p})`)};`,
        `let d${theta(0)} = ${seen(`rowY[${p}] - select(tail${p}, V(1.0), ${theta(0)} >= V(0.0)) / (1.0 + tail${p})`)};`,
      );
    } else {
      const all = range(levels).map(theta);
      // theta_y - logsumexp(theta)
      lines.push(
        `let most${p} = ${all.reduce((a, b) => `max(${a}, ${b})`)};`,
        `let total${p} = ${all.map((name) => `exp(${name} - most${p})`).join(" + ")};`,
        ...all.map((name, c) => `let is${p}_${c} = V(rowY[${p}]) == V(${c}.0);`),
        `logLikelihood += ${seen(`${all.map((name, c) => `select(V(0.0), ${name}, is${p}_${c})`).join(" + ")} - most${p} - log(total${p})`)};`,
        ...all.map((name, c) => `let d${name} = ${seen(`select(V(0.0), V(1.0), is${p}_${c}) - exp(${name} - most${p}) / total${p}`)};`),
      );
    }
    for (const c of range(params).slice(unused)) lines.push(`let d${theta(c)} = V(0.0);`);
  });
  const outputs = range(mlp.outputs);
  if (once) lines.push(...range(wanted).map((i) => `let dp${i} = ${outputs.map((o) => `do${o} * jo${o}_${i}`).join(" + ")};`));
  else lines.push(...backwardSweep(mlp, inputs, outputs.map((o) => `do${o}`), "dp", wanted, sweep));
  lines.push(...features.map((d) => `dm${d} += dp${h.length + d} * dx${d};`));
  return lines;
}
