import { broadcastTo, equal, iota, keepAxes, logSumExp, max, mul, reshape, stopGradient, sub, sum, where, type Tensor } from "../autodiff/index.ts";
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
  numParams: (levels) => levels,
  // log p = theta_x - logsumexp(theta)
  logProb: (theta, x, { allowed }) => {
    const logits = allowedLogits(theta, allowed);
    const chosen = sum(mul(logits, oneHot(x, theta.shape[theta.shape.length - 1])), -1);
    return sub(chosen, logSumExp(logits, -1));
  },
  // index of the largest logit; the smallest index at a tie
  point: (theta, { allowed }) => {
    const logits = stopGradient(allowedLogits(theta, allowed));
    const last = theta.shape.length - 1;
    const top = keepAxes(max(logits, -1), logits, [last]);
    const index = iota(theta.tape, theta.shape, last);
    const best = max(where(equal(logits, top), sub(0, index), -1e9), -1);
    return sub(0, best);
  },
};
