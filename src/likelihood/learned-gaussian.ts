import { add, clamp, exp, mul, neg, randomNormal, reshape, slice, square, sub, type Tensor } from "../autodiff/index.ts";
import { firstEntry } from "./gaussian.ts";
import type { Likelihood } from "./likelihood.ts";

/** Log-variances are kept in here: a deviation of a twentieth to seven times the column's own. */
export const learnedLogVarRange = [-6, 4] as const;

/** The log-variance that goes with a draw's parameters. */
function logVariance(theta: Tensor): Tensor {
  return clamp(reshape(slice(theta, -1, 1, 2), theta.shape.slice(0, -1)), ...learnedLogVarRange);
}

/** N(theta_0, exp(theta_1)), on the coded (standardised) scale: the variance of every entry is learned. */
export const learned: Likelihood = {
  kind: "learned",
  continuous: true,
  numParams: () => 2,
  // log N(x; m, v) = -1/2 (log 2 pi + log v + (x - m)^2 / v)
  logProb: (theta, x) => {
    const logVar = logVariance(theta);
    return mul(-0.5, add(add(logVar, Math.log(2 * Math.PI)), mul(square(sub(x, firstEntry(theta))), exp(neg(logVar)))));
  },
  sample: (theta, key) => add(firstEntry(theta), mul(exp(mul(0.5, logVariance(theta))), randomNormal(key, theta.shape.slice(0, -1)))),
  point: (theta) => firstEntry(theta),
};
