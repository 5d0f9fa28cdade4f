import { float } from "./float.ts";
import type { FusedColumn } from "./spec.ts";

interface ObservedColumn {
  readonly column: FusedColumn;
  /** Names of the column's parameters, as many as it has: mean, logit, or a logit per level. */
  readonly theta: readonly string[];
  /** Names for their cotangents. */
  readonly cotangents: readonly string[];
  /** Expressions of the value, and of whether it was observed. */
  readonly value: string;
  readonly seen: string;
  /** Ends the names of what is needed in between. */
  readonly suffix: string;
  readonly variance: number;
}

/** WGSL that adds log p(value | theta), where observed, to `logLikelihood` and declares its gradient in theta, else 0. */
export function likelihoodCode({ column, theta, cotangents, value, seen, suffix, variance }: ObservedColumn): string[] {
  const where = (expression: string): string => `select(V(0.0), ${expression}, ${seen})`;
  const [first] = theta;
  if (column.kind === "gaussian") {
    // -(log(2 pi v) + e^2 / v) / 2
    return [
      `let e${suffix} = ${value} - ${first};`,
      `logLikelihood += ${where(`V(${float(-0.5 * Math.log(2 * Math.PI * variance))}) - ${float(0.5 / variance)} * e${suffix} * e${suffix}`)};`,
      `var ${cotangents[0]} = ${where(`${float(1 / variance)} * e${suffix}`)};`,
    ];
  }
  if (column.kind === "bernoulli") {
    // y l - softplus(l)
    return [
      `let tail${suffix} = exp(-abs(${first}));`,
      `logLikelihood += ${where(`${value} * ${first} - max(${first}, V(0.0)) - log1pOf(tail${suffix})`)};`,
      `var ${cotangents[0]} = ${where(`${value} - select(tail${suffix}, V(1.0), ${first} >= V(0.0)) / (1.0 + tail${suffix})`)};`,
    ];
  }
  // theta_y - logsumexp(theta)
  return [
    `let most${suffix} = ${theta.reduce((a, b) => `max(${a}, ${b})`)};`,
    `let total${suffix} = ${theta.map((name) => `exp(${name} - most${suffix})`).join(" + ")};`,
    ...theta.map((_, c) => `let is${suffix}_${c} = V(${value}) == V(${c}.0);`),
    `logLikelihood += ${where(`${theta.map((name, c) => `select(V(0.0), ${name}, is${suffix}_${c})`).join(" + ")} - most${suffix} - log(total${suffix})`)};`,
    ...theta.map((name, c) => `var ${cotangents[c]} = ${where(`select(V(0.0), V(1.0), is${suffix}_${c}) - exp(${name} - most${suffix}) / total${suffix}`)};`),
  ];
}

/** WGSL that declares `${name}`, the smallest index of the largest of the logits. */
export function modeCode(name: string, logits: readonly string[]): string[] {
  const lines = [`var ${name} = V(0.0);`, `var ${name}Top = ${logits[0]};`];
  logits.slice(1).forEach((logit, c) => {
    lines.push(`${name} = select(${name}, V(${c + 1}.0), ${logit} > ${name}Top);`, `${name}Top = max(${name}Top, ${logit});`);
  });
  return lines;
}
