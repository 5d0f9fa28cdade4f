import { symmetricEigen } from "../../../math/eigen.ts";

/** Directions of greatest variance of some points in K dimensions, greatest first. */
export interface Basis {
  /** The points' mean [K]. */
  readonly origin: Float64Array;
  /** Unit vectors in rows [K, K]. */
  readonly vectors: Float64Array;
  /** Variance along each [K]. */
  readonly variances: Float64Array;
}

/** The principal axes of points [N, K]. */
export function principalAxes(points: ArrayLike<number>, dim: number): Basis {
  const count = points.length / dim;
  const origin = new Float64Array(dim);
  for (let i = 0; i < points.length; i++) origin[i % dim] += points[i] / count;
  const covariance = new Float64Array(dim * dim);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < dim; i++) {
      for (let j = 0; j < dim; j++) covariance[i * dim + j] += ((points[n * dim + i] - origin[i]) * (points[n * dim + j] - origin[j])) / Math.max(1, count - 1);
    }
  }
  const { values, vectors } = symmetricEigen(covariance, dim);
  return { origin, vectors, variances: values.map((value) => Math.max(0, value)) };
}
