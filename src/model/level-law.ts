import { levelCount, type MixedColumn } from "../likelihood/mixed.ts";
import { sigmoid, softplus } from "../math/special.ts";

/** The probability of each level at one draw, from the parameters that stand at `at` in theta. */
export type LevelLaw = (theta: Float32Array, at: number) => number[];

/** How a column of levels is distributed: by one logit, by cumulative logits or by a softmax. */
export function levelLaw(mixed: MixedColumn): LevelLaw {
  const count = levelCount(mixed);
  if (mixed.kind === "bernoulli") return bernoulliLaw;
  return mixed.kind === "ordinal" ? ordinalLaw(count) : softmaxLaw(count);
}

const bernoulliLaw: LevelLaw = (theta, at) => {
  const positive = sigmoid(theta[at]);
  return [1 - positive, positive];
};

function softmaxLaw(count: number): LevelLaw {
  return (theta, at) => {
    const logits = Array.from(theta.subarray(at, at + count));
    const top = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - top));
    const total = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight) => weight / total);
  };
}

/** log p(k) = -softplus(-c_k) - softplus(c_(k-1)) - softplus(-theta_k), as likelihood/ordinal.ts has it. */
function ordinalLaw(count: number): LevelLaw {
  return (theta, at) => {
    let below = -Infinity;
    return Array.from({ length: count }, (_, k) => {
      const highest = k === count - 1;
      const cutpoint = highest ? Infinity : k === 0 ? theta[at] : below + softplus(theta[at + k]);
      const between = k === 0 || highest ? 0 : softplus(-theta[at + k]);
      const p = Math.exp(-softplus(-cutpoint) - softplus(below) - between);
      below = cutpoint;
      return p;
    });
  };
}
