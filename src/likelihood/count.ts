import { add, clamp, div, exp, expm1, floor, greater, log, log1p, maximum, minimum, mul, neg, randomUniform, reciprocal, reshape, slice, softplus, sub, where, type Tensor } from "../autodiff/index.ts";
import { firstEntry } from "./gaussian.ts";
import type { Likelihood, ScaleTensors } from "./likelihood.ts";

/** Log-scales are kept in here, on the coded scale. */
export const countLogScaleRange = [-4, 3] as const;
/** log(1 + k) at most: float32 counts no further. */
export const mostLogCount = 28;

/** 1 + the whole number nearest to a coded value. */
function onePlusWhole(coded: Tensor, { mean, std }: ScaleTensors): Tensor {
  return maximum(floor(add(exp(minimum(add(mean, mul(std, coded)), mostLogCount)), 0.5)), 1);
}

/** The coded whole number nearest to a coded value. */
export function wholeCoded(coded: Tensor, scale: ScaleTensors): Tensor {
  return div(sub(log(onePlusWhole(coded, scale)), scale.mean), scale.std);
}

/** How much of the coded scale is nearest to the whole number k: (log(k + 3/2) - log(k + 1/2)) / std. */
export function wholeWidth(coded: Tensor, scale: ScaleTensors): Tensor {
  return div(log1p(reciprocal(sub(onePlusWhole(coded, scale), 0.5))), scale.std);
}

function inverseScale(theta: Tensor): Tensor {
  return exp(neg(clamp(reshape(slice(theta, -1, 1, 2), theta.shape.slice(0, -1)), ...countLogScaleRange)));
}

/**
 * A whole number from 0 on: the one nearest to exp(t) - 1, t logistic on the coded scale with location theta_0 and scale exp(theta_1), so that
 * P(x <= k) = sigmoid((code(k + 1/2) - theta_0) / exp(theta_1)): cumulative logits whose cutpoints are the numbers' own. Mean and spread
 * are free of each other: Poisson and negative binomial are never narrower than Poisson, and what the other columns tell of a count often is.
 */
export const count: Likelihood = {
  kind: "count",
  continuous: true,
  numParams: () => 2,
  // as for ordered levels: sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - e^(a-b)); of k = 0 sigmoid(b) alone
  logProb: (theta, x, { scale }) => {
    const w = onePlusWhole(x, scale!);
    const inverse = inverseScale(theta);
    const place = (edge: Tensor): Tensor => mul(sub(div(sub(log(edge), scale!.mean), scale!.std), firstEntry(theta)), inverse);
    const width = mul(wholeWidth(x, scale!), inverse);
    const lower = sub(softplus(place(sub(w, 0.5))), log(neg(expm1(neg(width)))));
    return neg(add(softplus(neg(place(add(w, 0.5)))), where(greater(w, 1.5), lower, 0)));
  },
  sample: (theta, key, { scale }) => {
    const u = maximum(randomUniform(key, theta.shape.slice(0, -1)), 1e-7);
    return wholeCoded(add(firstEntry(theta), div(sub(log(u), log(sub(1, u))), inverseScale(theta))), scale!);
  },
  // the median, before it is rounded
  point: (theta) => firstEntry(theta),
};
