import { standardNormal, uniform, type Key } from "../../../src/math/key.ts";

/** The density of src/sampler/fused/spec.ts in float64, written from design/model.md; gradients by central differences. */
export interface HostMlp {
  kernel0: number[][];
  bias0: number[];
  kernel1: number[][];
  bias1: number[];
}

export interface HostColumn {
  kind: "gaussian" | "bernoulli" | "categorical";
  levels: number;
}

export interface HostModel {
  latents: number[];
  hidden: number;
  features: number;
  variance: number;
  generative: HostMlp[];
  decoder: HostMlp;
  /** What z follows where it is no code. */
  columns?: HostColumn[];
  predictor?: { mlp: HostMlp; targets: HostColumn[]; completion?: { mlps: HostMlp[]; columns: HostColumn[]; hidden: number } };
}

export interface HostRow {
  z: number[];
  observed: number[];
  x?: number[];
  y?: number[];
  observedY?: number[];
}

function runMlp({ kernel0, bias0, kernel1, bias1 }: HostMlp, input: number[]): number[] {
  const hidden = bias0.map((b, j) => Math.max(0, b + input.reduce((total, v, i) => total + v * kernel0[i][j], 0)));
  return bias1.map((b, o) => b + hidden.reduce((total, v, j) => total + v * kernel1[j][o], 0));
}

/** h_1 of latents eps, and what the decoder makes of it for each of D columns. */
export function hostDecoded(model: HostModel, eps: number[], columns: readonly HostColumn[]): { h: number[]; thetaZ: number[][] } {
  const { latents } = model;
  const layers = latents.map((size, l) => {
    const start = latents.slice(0, l).reduce((a, b) => a + b, 0);
    return eps.slice(start, start + size);
  });
  let h = layers[latents.length - 1];
  for (let l = latents.length - 2; l >= 0; l--) {
    const out = runMlp(model.generative[l], h);
    h = layers[l].map((e, i) => out[i] + Math.exp(Math.min(15, Math.max(-15, out[latents[l] + i])) / 2) * e);
  }
  const decoded = runMlp(model.decoder, h);
  const thetaZ = columns.map(({ levels }, d) => {
    const first = (d * decoded.length) / columns.length;
    return decoded.slice(first, first + levels);
  });
  return { h, thetaZ };
}

/** Numbers that follow the columns' distributions at latents eps; `draws` are the test's own. */
export function hostSimulated(model: HostModel, eps: number[], draws: Draws): number[] {
  const columns = model.columns!;
  return hostDecoded(model, eps, columns).thetaZ.map((theta, d) => {
    if (columns[d].kind === "gaussian") return Math.fround(theta[0] + Math.sqrt(model.variance) * draws.normal());
    if (columns[d].kind === "bernoulli") return draws.bit(1 / (1 + Math.exp(-theta[0])));
    // the first level whose cumulative probability passes a uniform number
    const total = theta.reduce((sum, t) => sum + Math.exp(t), 0);
    let left = draws.uniform() * total;
    return Math.max(0, theta.findIndex((t) => (left -= Math.exp(t)) < 0));
  });
}

export function hostLogDensity(model: HostModel, row: HostRow, eps: number[], noise?: number[]): number {
  const { variance: v } = model;
  const gaussian = (x: number, mean: number): number => -0.5 * (Math.log(2 * Math.PI * v) + (x - mean) ** 2 / v);
  const logProb = ({ kind }: HostColumn, x: number, theta: number[]): number => {
    if (kind === "gaussian") return gaussian(x, theta[0]);
    if (kind === "bernoulli") return x * theta[0] - Math.log1p(Math.exp(theta[0]));
    return theta[x] - Math.log(theta.reduce((sum, t) => sum + Math.exp(t), 0));
  };
  const point = ({ kind }: HostColumn, mean: number, theta: number[]): number =>
    kind === "gaussian" ? mean : kind === "bernoulli" ? Number(theta[0] > 0) : theta.indexOf(Math.max(...theta));
  const columns: HostColumn[] = model.columns ?? row.z.map(() => ({ kind: "gaussian", levels: 1 }));
  let total = eps.reduce((sum, e) => sum - 0.5 * (e * e + Math.log(2 * Math.PI)), 0);
  const { h, thetaZ } = hostDecoded(model, eps, columns);
  columns.forEach((column, d) => (total += row.observed[d] ? logProb(column, row.z[d], thetaZ[d]) : 0));
  const { predictor } = model;
  if (!predictor) return total;
  const completed = columns.map((column, d) => {
    if (row.observed[d]) return row.x![d];
    if (!predictor.completion) return point(column, thetaZ[d][0], thetaZ[d]);
    const z = thetaZ[d][0] + Math.sqrt(v) * (noise?.[d] ?? 0);
    const own = predictor.completion.columns[d];
    const theta = runMlp(predictor.completion.mlps[d], [z]).slice(0, own.levels);
    return point(own, theta[0], theta);
  });
  const theta = runMlp(predictor.mlp, [...h, ...completed, ...row.observed.map((o) => 1 - o)]);
  const params = theta.length / predictor.targets.length;
  predictor.targets.forEach((column, p) => {
    if (row.observedY![p]) total += logProb(column, row.y![p], theta.slice(p * params, p * params + column.levels));
  });
  return total;
}

/** Central differences of the float64 density: good to about 1e-8. */
export function hostGradient(density: (eps: number[]) => number, eps: number[]): number[] {
  const step = 1e-5;
  return eps.map((_, i) => {
    const at = (by: number): number => density(eps.map((e, j) => (j === i ? e + by : e)));
    return (at(step) - at(-step)) / (2 * step);
  });
}

/** A stream of test numbers, rounded to float32. */
export class Draws {
  private next = 0;
  constructor(private readonly key: Key) {}
  normal(scale = 1): number {
    return Math.fround(scale * standardNormal(this.key, [this.next++, 0]));
  }
  bit(probability: number): number {
    return uniform(this.key, 1, 1000 + this.next++)[0] < probability ? 1 : 0;
  }
  uniform(): number {
    return uniform(this.key, 1, 1000 + this.next++)[0];
  }
  many(n: number, scale = 1): number[] {
    return Array.from({ length: n }, () => this.normal(scale));
  }
  mlp(inputs: number, hidden: number, outputs: number): HostMlp {
    const matrix = (rows: number, cols: number): number[][] => Array.from({ length: rows }, () => this.many(cols, 1 / Math.sqrt(rows)));
    return { kernel0: matrix(inputs, hidden), bias0: this.many(hidden, 0.5), kernel1: matrix(hidden, outputs), bias1: this.many(outputs, 0.5) };
  }
}
