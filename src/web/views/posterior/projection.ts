import type { RowPosterior } from "../../engine/posterior/posterior-part.ts";
import type { Gaussian3 } from "./space/ellipsoid.ts";
import type { Point } from "./space/view.ts";

/**
 * What the three axes are: of the draws' principal axes those where they are widest, or those about which the row says
 * most; or three latents by index.
 */
export type AxesChoice = "principal" | "telling" | readonly [number, number, number];

/** From latents [K] to three axes. */
export interface Projection {
  readonly titles: readonly string[];
  /** Share of the draws' variance that the axes show. */
  readonly share: number;
  /** The point of the latents that begin at `first`. */
  place(values: ArrayLike<number>, first?: number): Point;
  /** What a Gaussian of independent latents is on these axes. */
  gaussian(mean: ArrayLike<number>, standardDeviation: ArrayLike<number>): Gaussian3;
}

/** The chosen axes; with fewer than three latents the others are empty. */
export function project({ axes, names }: Pick<RowPosterior, "axes" | "names">, choice: AxesChoice): Projection {
  const dim = names.length;
  const { variances, vectors: all } = axes;
  const principal = (k: number): Float64Array => all.subarray(k * dim, (k + 1) * dim);
  const informations = Array.from(variances, (variance, k) => information(variance, dot(principal(k), axes.origin)));
  const order = informations.map((_, k) => k);
  if (choice === "telling") order.sort((a, b) => informations[b] - informations[a]);
  const chosen = typeof choice === "string" ? order.slice(0, 3) : [...choice];
  const vectors = [0, 1, 2].map((axis) => {
    if (axis >= chosen.length) return new Float64Array(dim);
    return typeof choice === "string" ? principal(chosen[axis]) : Float64Array.from({ length: dim }, (_, i) => Number(i === chosen[axis]));
  });
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  // v' C v with C = sum over axes of variance times axis axis'
  const shares = vectors.map((vector) => (total > 0 ? variances.reduce((sum, variance, k) => sum + variance * dot(vector, principal(k)) ** 2, 0) / total : 0));
  const titles = chosen.map((k, axis) => {
    if (choice === "telling") return `direction ${axis + 1} (${informations[k].toFixed(2)} nats)`;
    return choice === "principal" ? `direction ${axis + 1} (${Math.round(100 * shares[axis])} %)` : `ε ${names[k]}`;
  });
  const place = (values: ArrayLike<number>, first = 0): Point => vectors.map((vector) => dot(vector, values, first)) as unknown as Point;
  return {
    titles: [0, 1, 2].map((axis) => titles[axis] ?? ""),
    share: Math.min(1, shares.reduce((a, b) => a + b, 0)),
    place,
    gaussian: (mean, standardDeviation) => ({
      mean: place(mean),
      covariance: vectors.flatMap((a) => vectors.map((b) => a.reduce((sum, value, i) => sum + value * b[i] * standardDeviation[i] ** 2, 0))),
    }),
  };
}

/** KL(N(mean, variance) || N(0, 1)): how far what is known of a direction is from the prior, in nats. */
function information(variance: number, mean: number): number {
  return 0.5 * (variance + mean ** 2 - 1 - Math.log(Math.max(1e-12, variance)));
}

function dot(vector: Float64Array, values: ArrayLike<number>, first = 0): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * values[first + i];
  return sum;
}
