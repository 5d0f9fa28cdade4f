interface ReferenceTensor {
  shape: readonly number[];
  data: Float32Array;
}
export type ReferenceTensors = ReadonlyMap<string, ReferenceTensor>;

/** What the metadata key `config` of a reference file says. */
export interface ReferenceConfig {
  features: { type: "real" | "positive" | "binary" | "categorical"; categories: number }[];
  latent_dims: number[];
  variance: number;
  T: number;
  L: number;
  target: "gaussian" | "loggaussian" | "categorical" | "bernoulli";
}

/** One piece of the model compared: the largest error over the largest absolute value of the reference. */
export interface Piece {
  name: string;
  error: number;
  tolerance: number;
}

/** Collects pieces; tolerances of reference/README.md: 1e-4 everywhere, 2e-3 for the energy change. */
export class Comparison {
  readonly pieces: Piece[] = [];

  constructor(readonly tensors: ReferenceTensors) {}

  add(name: string, got: ArrayLike<number>): void {
    const expected = this.tensors.get(name);
    if (!expected) throw new Error(`[verify-reference] the file has no tensor "${name}".`);
    const tolerance = name.endsWith("energy_change") ? 2e-3 : 1e-4;
    this.pieces.push({ name, error: relativeError(got, expected.data), tolerance });
  }
}

/** Largest absolute difference over the largest absolute value; infinite for NaN or a wrong number of elements. */
function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Infinity;
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i] - expected[i]);
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return largest === 0 ? 0 : largest / Math.max(scale, Number.MIN_VALUE);
}

/** A tensor of the file. Throws if it is not there. */
export function reference(tensors: ReferenceTensors, name: string): ReferenceTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`[verify-reference] the file has no tensor "${name}"; see the layout in docs/reference-files.md.`);
  return tensor;
}
