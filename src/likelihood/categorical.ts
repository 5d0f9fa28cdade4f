import { add, broadcastTo, equal, iota, keepAxes, log, logSumExp, max, maximum, mul, neg, randomUniform, reshape, stopGradient, sub, sum, where, type Tensor } from "../autodiff/index.ts";
import type { Likelihood } from "./likelihood.ts";

/** Logits with those of levels the column does not have at -1e9, which softmax turns into 0. */
export function allowedLogits(theta: Tensor, allowed: Tensor): Tensor {
  return where(broadcastTo(allowed, theta.shape), theta, -1e9);
}

/** 1 at the entry of the last axis that x names: x [...] -> [..., C]. */
export function oneHot(x: Tensor, levels: number): Tensor {
  const shape = [...x.shape, levels];
  return equal(broadcastTo(reshape(x, [...x.shape, 1]), shape), iota(x.tape, shape, shape.length - 1));
}

/** Categorical with softmax logits theta; x is the index of a level. */
export const categorical: Likelihood = {
  kind: "categorical",
  continuous: false,
  numParams: (levels) => levels,
  // log p = theta_x - logsumexp(theta)
  logProb: (theta, x, { allowed }) => {
    const logits = allowedLogits(theta, allowed);
    const chosen = sum(mul(logits, oneHot(x, theta.shape[theta.shape.length - 1])), -1);
    return sub(chosen, logSumExp(logits, -1));
  },
  sample: (theta, key, { allowed }) => levelAt(theta, randomUniform(key, theta.shape), allowed),
  point: (theta, { allowed }) => indexOfLargest(stopGradient(allowedLogits(theta, allowed))),
};

/** The level drawn by uniform numbers u, one for each of theta's entries: the largest logit + g, g = -log(-log u) (Gumbel). */
export function levelAt(theta: Tensor, u: Tensor, allowed: Tensor): Tensor {
  return indexOfLargest(add(allowedLogits(theta, allowed), neg(log(neg(log(maximum(u, 1e-7)))))));
}

/** The index of the largest entry along the last axis; the smallest index at a tie. */
function indexOfLargest(values: Tensor): Tensor {
  const last = values.shape.length - 1;
  const top = keepAxes(max(values, -1), values, [last]);
  const index = iota(values.tape, values.shape, last);
  return sub(0, max(where(equal(values, top), sub(0, index), -1e9), -1));
}
