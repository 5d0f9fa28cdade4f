import { greater, mul, neg, randomBernoulli, sigmoid, softplus, stopGradient, sub } from "../autodiff/index.ts";
import type { Likelihood } from "./likelihood.ts";
import { firstEntry } from "./gaussian.ts";

/** Bernoulli with logit theta_0. */
export const bernoulli: Likelihood = {
  kind: "bernoulli",
  continuous: false,
  numParams: () => 1,
  // log p = x log sigmoid(l) + (1 - x) log sigmoid(-l) = x l - softplus(l); the positive class may weigh w
  logProb: (theta, x, { positiveWeight }) => {
    const logit = firstEntry(theta);
    if (!positiveWeight) return sub(mul(x, logit), softplus(logit));
    const positive = mul(mul(positiveWeight, x), softplus(neg(logit)));
    return neg(sub(positive, mul(sub(x, 1), softplus(logit))));
  },
  sample: (theta, key) => randomBernoulli(key, sigmoid(firstEntry(theta))),
  point: (theta) => stopGradient(greater(firstEntry(theta), 0)),
};
