import { codeValue, decodeValue } from "../../data/index.ts";
import { logSumExp, sigmoid } from "../../math/special.ts";
import { gaussianVariance } from "../answers/number-law.ts";
import { levelLaw } from "../answers/level-law.ts";
import type { Gaussians } from "./gaussians.ts";
import { levelAt, logWidthOf } from "./mixture-density.ts";

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
    const level = levelAt(places, j, x[j]);
    const logChoice = logChoiceOf(places.atoms[j].length, level, theta, at);
    if (level > 0) return logChoice - logWidthOf(places, j, level);
    const variance = gaussianVariance(column, 1)!(theta, at);
    return logChoice - 0.5 * ((x[j] - theta[at]) ** 2 / variance + Math.log(2 * Math.PI * variance));
  });
}

/** log of the probability of an atom (level - 1), or of none of them: 0 where there are none. */
function logChoiceOf(atoms: number, level: number, theta: Float32Array, at: number): number {
  if (atoms === 0) return 0;
  const logits = [0, ...theta.subarray(at + 2, at + 2 + atoms)];
  return logits[level] - logSumExp(logits);
}
