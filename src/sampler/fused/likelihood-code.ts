import type { ColumnGroup } from "./column-table.ts";
import { float } from "./float.ts";
import type { FusedKind } from "./spec.ts";

interface ObservedGaussian {
  /** Names of the mean, and for its cotangent. */
  readonly mean: string;
  readonly cotangent: string;
  /** Expressions of the value, and of whether it was observed. */
  readonly value: string;
  readonly seen: string;
  /** Ends the names of what is needed in between. */
  readonly suffix: string;
  readonly variance: number;
}

/** WGSL that adds log N(value; mean, v), where observed, to `logLikelihood` and declares its gradient in the mean, else 0. */
export function gaussianCode({ mean, cotangent, value, seen, suffix, variance }: ObservedGaussian): string[] {
  const where = (expression: string): string => `select(V(0.0), ${expression}, ${seen})`;
  // -(log(2 pi v) + e^2 / v) / 2
  return [
    `let e${suffix} = ${value} - ${mean};`,
    `logLikelihood += ${where(`V(${float(-0.5 * Math.log(2 * Math.PI * variance))}) - ${float(0.5 / variance)} * e${suffix} * e${suffix}`)};`,
    `var ${cotangent} = ${where(`${float(1 / variance)} * e${suffix}`)};`,
  ];
}

/** Functions of shaders/lib/fused-likelihoods.wgsl: `score...` of every kind, and how the point that stands for it and its gradient are called. */
const names: Record<FusedKind, { score: string; point: string; slope: string }> = {
  gaussian: { score: "Gaussian", point: "First", slope: "First" },
  learned: { score: "Learned", point: "First", slope: "First" },
  spiked: { score: "Spiked", point: "Spiked", slope: "Spiked" },
  binned: { score: "Binned", point: "Binned", slope: "Binned" },
  count: { score: "Count", point: "First", slope: "First" },
  bernoulli: { score: "Bernoulli", point: "Bernoulli", slope: "Mode" },
  ordinal: { score: "Ordinal", point: "Ordinal", slope: "Ordinal" },
  categorical: { score: "Categorical", point: "Categorical", slope: "Mode" },
};

/** What becomes of theta where a column was not observed. */
export type Unseen = "cleared" | "kept" | "completed";

/**
 * WGSL that adds log p(value | theta), where observed, to `logLikelihood`, and puts its gradient in theta's place: kind after kind,
 * column after column, chain after chain. Where not observed, theta becomes 0, stays, or stays and has its point in `completed`.
 */
export function scoreCode({ kinds, start }: ColumnGroup, { evidence, seen }: { evidence: string; seen: string }, unseen: Unseen): string[] {
  return kinds.flatMap(({ kind, from, to }) =>
    eachChain(from, to, [
      `if (rowNumber(${seen}[column.place], c) > 0.0) {`,
      `  let own = score${names[kind].score}(at, column, vec3f(${[0, 1, 2].map((i) => `rowNumber(${evidence}[3u * (n - ${start}u) + ${i}u], c)`).join(", ")}));`,
      "  logLikelihood = withComponent(logLikelihood, c, component(logLikelihood, c) + own);",
      ...(unseen === "cleared" ? ["} else {", "  clearEntries(at, column.entries);"] : []),
      ...(unseen === "completed" ? ["} else {", `  completed[column.place * CHAINS + c] = point${names[kind].point}(at, column);`] : []),
      "}",
    ]),
  );
}

/** WGSL that replaces theta, where not observed, by the gradient of the column's point times the cotangent in `completed`. */
export function slopeCode({ kinds }: ColumnGroup, seen: string): string[] {
  return kinds.flatMap(({ kind, from, to }) =>
    eachChain(from, to, [`if (rowNumber(${seen}[column.place], c) <= 0.0) { slope${names[kind].slope}(at, column, completed[column.place * CHAINS + c]); }`]),
  );
}

/** Lines for each of the table's columns and each chain: rolled loops. */
function eachChain(from: number, to: number, lines: readonly string[]): string[] {
  return [
    `for (var n = ${from}u; n < ${to}u * params.one; n++) {`,
    "  let column = columnAt(n);",
    "  for (var c = 0u; c < CHAINS * params.one; c++) {",
    "    let at = column.first * CHAINS + c;",
    ...lines.map((line) => `    ${line}`),
    "  }",
    "}",
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
