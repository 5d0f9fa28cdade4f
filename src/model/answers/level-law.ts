import { levelCount, type MixedColumn } from "../../likelihood/mixed.ts";
import { sigmoid, softplus } from "../../math/special.ts";

/** The probability of each level at one draw, from the parameters that stand at `at` in theta; the array is written anew by the next call. */
type LevelLaw = (theta: Float32Array, at: number) => Float64Array;

/** How a column of levels is distributed: by one logit, by cumulative logits or by a softmax. */
export function levelLaw(mixed: MixedColumn): LevelLaw {
  const p = new Float64Array(levelCount(mixed));
  if (mixed.kind === "bernoulli") return bernoulliLaw(p);
  return mixed.kind === "ordinal" ? ordinalLaw(p) : softmaxLaw(p);
}

function bernoulliLaw(p: Float64Array): LevelLaw {
  return (theta, at) => {
    p[1] = sigmoid(theta[at]);
    p[0] = 1 - p[1];
    return p;
  };
}

/** Softmax over as many parameters as `p` has entries, into `p`. */
export function softmaxLaw(p: Float64Array): LevelLaw {
  return (theta, at) => {
    let top = -Infinity;
    for (let k = 0; k < p.length; k++) top = Math.max(top, theta[at + k]);
    let total = 0;
    for (let k = 0; k < p.length; k++) total += p[k] = Math.exp(theta[at + k] - top);
    for (let k = 0; k < p.length; k++) p[k] /= total;
    return p;
  };
}

/** log p(k) = -softplus(-c_k) - softplus(c_(k-1)) - softplus(-theta_k), as likelihood/ordinal.ts has it. */
function ordinalLaw(p: Float64Array): LevelLaw {
  return (theta, at) => {
    let below = -Infinity;
    for (let k = 0; k < p.length; k++) {
      const highest = k === p.length - 1;
      const cutpoint = highest ? Infinity : k === 0 ? theta[at] : below + softplus(theta[at + k]);
      const between = k === 0 || highest ? 0 : softplus(-theta[at + k]);
      p[k] = Math.exp(-softplus(-cutpoint) - softplus(below) - between);
      below = cutpoint;
    }
    return p;
  };
}
