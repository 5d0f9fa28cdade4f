import { ModelFileError } from "../../nn/model-file-error.ts";
import type { ParameterSpec, WeightTensor } from "../../nn/parameters.ts";
import { paramsOf, type MixedColumn } from "../../likelihood/mixed.ts";
import { countLogScaleRange } from "../../likelihood/count.ts";
import type { GaussiansConfig } from "../config/config.ts";
import { columnPlaces, MixtureDensity, type ColumnPlaces, type MixtureParameters, type RowConditional } from "./mixture-density.ts";

/** Everything that fixes the shapes of a mixture of Gaussians: features and then targets, all alike. */
export interface GaussiansShape {
  readonly config: GaussiansConfig;
  /** D + P columns, each with the likelihood that says how it is distributed within a part. */
  readonly columns: readonly MixedColumn[];
  /** D, how many of them are features. */
  readonly features: number;
}

/** log-variance of what is known: as good as exact. */
const knownLogVar = -20;

/** A fitted mixture of Gaussians over features and targets, on the host: what is known of a row says everything else in closed form. */
export class Gaussians {
  readonly places: ColumnPlaces;
  readonly density: MixtureDensity;
  /** Likelihood parameters per column. */
  readonly params: number;

  constructor(readonly shape: GaussiansShape, readonly parameters: MixtureParameters) {
    this.places = columnPlaces(shape.columns);
    this.density = new MixtureDensity(parameters, this.places);
    this.params = Math.max(...shape.columns.map(paramsOf));
  }

  /** The likelihood parameters of all columns of one row in each part: theta [C, params]. */
  thetaOfParts(row: RowConditional): Float32Array[] {
    return Array.from({ length: this.density.parts }, (_, part) => {
      const theta = new Float32Array(this.shape.columns.length * this.params);
      this.writeTheta(row, part, theta, 0);
      return theta;
    });
  }

  /** Writes the likelihood parameters of all columns of one row in one part: theta [C, params] from place `at` on. */
  writeTheta(row: RowConditional, part: number, theta: Float32Array, at: number): void {
    const { pattern, mean } = row;
    const { hidden } = pattern;
    const { covariance } = pattern.regressions[part];
    const { places, params, parameters } = this;
    this.shape.columns.forEach(({ kind, levels }, j) => {
      const start = at + j * params;
      const number = places.number[j];
      const p = (level: number): number => parameters.levels[part * places.levels + places.firstLevel[j] + level];
      if (number < 0) {
        if (kind === "bernoulli") theta[start] = Math.log(p(1) / p(0));
        else for (let level = 0; level < levels; level++) theta[start + level] = Math.log(p(level));
        return;
      }
      const h = hidden.indexOf(number);
      for (let a = 0; a < places.atoms[j].length; a++) theta[start + 2 + a] = Math.log(p(a + 1) / p(0));
      const logVar = h < 0 ? knownLogVar : Math.log(covariance[h * hidden.length + h]);
      theta[start] = h < 0 ? 0 : mean[part * hidden.length + h];
      // a logistic of the same variance stands for a count: s = sd sqrt(3) / pi
      theta[start + 1] = kind === "count" ? Math.min(countLogScaleRange[1], Math.max(countLogScaleRange[0], 0.5 * logVar + Math.log(Math.sqrt(3) / Math.PI))) : logVar;
    });
  }
}

/** All parameters by name and shape, those of unused parts too. */
export function gaussiansSpecs({ config, columns }: GaussiansShape): Omit<ParameterSpec, "low" | "high">[] {
  const { numbers, levels } = columnPlaces(columns);
  const [k, n] = [config.parts, numbers.length];
  return [
    { name: "gaussians/weight", shape: [k] },
    ...(n > 0 ? [{ name: "gaussians/mean", shape: [k, n] }, { name: "gaussians/covariance", shape: [k, n, n] }] : []),
    ...(levels > 0 ? [{ name: "gaussians/levels", shape: [k, levels] }] : []),
  ];
}

/** The parameters as tensors of a weight file: unused parts have weight 0. */
export function gaussiansWeights({ shape, parameters }: Gaussians): Map<string, WeightTensor> {
  const values: Record<string, Float64Array> = { weight: parameters.weights, mean: parameters.mean, covariance: parameters.covariance, levels: parameters.levels };
  return new Map(
    gaussiansSpecs(shape).map(({ name, shape: dims }) => {
      const data = new Float32Array(dims.reduce((a, b) => a * b));
      data.set(values[name.slice("gaussians/".length)]);
      return [name, { shape: dims, data }];
    }),
  );
}

/** Reads the parameters from named tensors of the right shapes. Throws ModelFileError for weights that are no distribution, and covariances that are none. */
export function readGaussians(shape: GaussiansShape, named: ReadonlyMap<string, { data: ArrayLike<number> }>, source: string): Gaussians {
  const all = (name: string): ArrayLike<number> => named.get(`gaussians/${name}`)?.data ?? [];
  const fail = (name: string, expected: string): never => {
    throw new ModelFileError({ where: `${source}, tensor "gaussians/${name}"`, expected, got: "others", remedy: "the file is damaged, or belongs to another model; train again or restore it from a backup" });
  };
  const weights = Float64Array.from(all("weight"));
  const used = [...weights.keys()].filter((k) => weights[k] > 0);
  const total = weights.reduce((a, b) => a + b, 0);
  if (weights.some((weight) => !(weight >= 0)) || !(Math.abs(total - 1) < 1e-3)) fail("weight", "shares that sum to 1");
  const of = (name: string): Float64Array => {
    const data = all(name);
    const width = data.length / weights.length;
    return Float64Array.from(used.flatMap((k) => Array.from({ length: width }, (_, i) => data[k * width + i])));
  };
  const levels = of("levels");
  if (levels.some((p) => !(p > 0 && p <= 1))) fail("levels", "probabilities above 0");
  const parameters = { weights: Float64Array.from(used, (k) => weights[k] / total), mean: of("mean"), covariance: of("covariance"), levels };
  const gaussians = new Gaussians(shape, parameters);
  try {
    gaussians.density.condition(new Float64Array(shape.columns.length), new Float64Array(shape.columns.length).fill(1));
  } catch {
    fail("covariance", "positive definite matrices");
  }
  return gaussians;
}
