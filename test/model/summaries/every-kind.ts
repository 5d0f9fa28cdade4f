import { withQuantiles, type Column, type Schema } from "../../../src/data/index.ts";
import type { MixedColumn } from "../../../src/likelihood/mixed.ts";
import { paramsOf } from "../../../src/likelihood/mixed.ts";
import { foldIn, keyFromSeed, normal, uniform } from "../../../src/math/key.ts";
import { modelShape } from "../../../src/model/config/columns.ts";
import { presets } from "../../../src/model/config/presets.ts";
import type { ColumnSet } from "../../../src/model/answers/column-set.ts";

const feature = (name: string, rest: Partial<Column>): Column => ({ name, role: "feature", type: "real", mean: 0, std: 1, ...rest });
const labels = (count: number): string[] => Array.from({ length: count }, (_, i) => `level ${i}`);

/** One column of every kind that is coded, scaled or written in a way of its own. */
const columns: Column[] = [
  feature("plain", { mean: 5, std: 2, range: [-2, 12] }),
  feature("far from 0", { mean: 20_000, std: 3, range: [19_990, 20_011], decimals: 2 }),
  feature("whole", { mean: 1e6 + 0.3, std: 20, range: [999_930, 1_000_080], decimals: 0 }),
  feature("atom at an end", { mean: 1, std: 1, range: [0, 4], atoms: [{ value: 0, low: -0.05, high: 0.05, share: 0.4 }] }),
  feature("atoms within", { mean: 0, std: 1, range: [-3, 3], atoms: [{ value: -0.5, low: -0.51, high: -0.49, share: 0.2 }, { value: 1, low: 0.99, high: 1.01, share: 0.2 }] }),
  feature("positive", { type: "positive", mean: 1.2, std: 0.7, range: [0, 20] }),
  feature("positive, one-sided", { type: "positive", mean: 0.3, std: 0.5, range: [0, 3] }),
  feature("bounded", { type: "bounded", mean: 0.2, std: 1.1, bounds: [10, 60], range: [10, 60] }),
  feature("count", { type: "count", mean: 1.1, std: 0.8, range: [0, 200], decimals: 0 }),
  feature("large count", { type: "count", mean: 7, std: 1.2, range: [0, 50_000], decimals: 0 }),
  feature("few values", { mean: 0, std: 1, range: [-1, 1] }),
  feature("binary", { type: "binary", categories: labels(2), positiveWeight: 2 }),
  feature("ordinal", { type: "ordinal", categories: labels(5) }),
  feature("two in order", { type: "ordinal", categories: labels(2) }),
  feature("categorical", { type: "categorical", categories: labels(37) }),
  { ...feature("target", { mean: -3, std: 0.5, range: [-5, -1] }), role: "target" },
];
const d = columns.length - 1;

/** A coded value of a column from a standard normal and a uniform number. */
function codedValue({ type, categories, name, atoms, mean = 0, std = 1 }: Column, z: number, u: number): number {
  if (categories) return Math.floor(u * categories.length);
  if (name === "few values") return Math.floor(3 * u) - 1;
  if (atoms && u < 0.4) return (atoms[Math.floor((u / 0.4) * atoms.length)].value - mean) / std;
  if (type === "count") return (Math.log1p(Math.round(Math.max(0, Math.expm1(mean + std * z)))) - mean) / std;
  return type === "positive" ? Math.max(z, -mean / std) : z;
}

const trainingRows = 150;
const [z, u] = [normal(keyFromSeed(1), trainingRows * columns.length), uniform(keyFromSeed(2), trainingRows * columns.length)];
const value = (r: number, j: number): number => codedValue(columns[j], z[r * columns.length + j], u[r * columns.length + j]);
const each = (first: number, count: number): Float32Array => Float32Array.from({ length: trainingRows * count }, (_, i) => value(Math.floor(i / count), first + (i % count)));
const ones = (count: number): Float32Array => new Float32Array(trainingRows * count).fill(1);

/** Rows of these columns, nothing missing, coded. */
export const everyKindTable = { rows: trainingRows, features: d, targets: 1, x: each(0, d), observedX: ones(d), y: each(d, 1), observedY: ones(1), warnings: [] };

const schema: Schema = withQuantiles({ version: 1, columns }, everyKindTable);
const best = modelShape(presets.best, schema);
const paper = modelShape(presets.paper, schema);
const described = schema.columns;

/** The columns' likelihoods in each part of the preset best, and where all variances are fixed; features first, then the target. */
export const likelihoodsOf: Readonly<Record<"proper" | "conditional" | "gaussians" | "paper", readonly MixedColumn[]>> = {
  proper: [...best.features, ...best.targets], conditional: best.completion!.columns, gaussians: best.gaussians!.columns, paper: [...paper.features, ...paper.targets],
};
export type PartName = keyof typeof likelihoodsOf;

/** Features and targets as a posterior of some part has them. */
export function columnSets(part: PartName): { features: ColumnSet; targets: ColumnSet } {
  const mixed = likelihoodsOf[part];
  return { features: { columns: described.slice(0, d), mixed: mixed.slice(0, d) }, targets: { columns: described.slice(d), mixed: mixed.slice(d) } };
}

/** Parameters of columns at N draws, [N, columns, C], of the size that trained networks give. */
export function randomTheta(mixed: readonly MixedColumn[], count: number, seed: number): Float32Array {
  const params = Math.max(...mixed.map(paramsOf));
  const noise = normal(foldIn(keyFromSeed(3), seed), count * mixed.length * params);
  return Float32Array.from(noise, (own, i) => {
    const column = mixed[Math.floor(i / params) % mixed.length];
    const entry = i % params;
    // log-variances and log-scales below 0
    if (entry === 1 && (column.kind === "learned" || column.kind === "spiked" || column.kind === "count")) return -1.5 + 0.7 * own;
    return (entry === 0 ? 0.8 : 1.5) * own;
  });
}
