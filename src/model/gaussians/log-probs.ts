import { codeValue, decodeValue } from "../../data/index.ts";
import { sigmoid } from "../../math/special.ts";
import { gaussianVariance } from "../answers/number-law.ts";
import { levelLaw } from "../answers/level-law.ts";
import type { Gaussians } from "./gaussians.ts";

/** log p(x_j | theta_j) of every column, nats: theta [C, params], x [C]. */
export function logProbs({ shape, places, params }: Gaussians, theta: Float32Array, x: ArrayLike<number>): Float64Array {
  return Float64Array.from(shape.columns, (column, j) => {
    const at = j * params;
    if (places.number[j] < 0) return Math.log(levelLaw(column)(theta, at)[x[j]]);
    if (column.kind === "count") {
      // P(k) = F(k + 1/2) - F(k - 1/2), F logistic on the coded scale
      const scale = { type: "count", ...column.scale! } as const;
      const k = decodeValue(scale, x[j]);
      const upTo = (value: number): number => (value < 0 ? 0 : sigmoid((codeValue(scale, value) - theta[at]) / Math.exp(theta[at + 1])));
      return Math.log(Math.max(1e-30, upTo(k + 0.5) - upTo(k - 0.5)));
    }
    const variance = gaussianVariance(column, 1)!(theta, at);
    return -0.5 * ((x[j] - theta[at]) ** 2 / variance + Math.log(2 * Math.PI * variance));
  });
}
