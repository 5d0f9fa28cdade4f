import { broadcastTo, greater, iota, matmul, mul, neg, randomUniform, reshape, sigmoid, sizeOf, softplus, sub, sum, where, type Tensor } from "../autodiff/index.ts";
import { oneHot } from "./categorical.ts";
import type { Likelihood } from "./likelihood.ts";

/** The way from one cutpoint to the next, the first from 0: theta_0, then softplus(theta_k) > 0. */
function steps(theta: Tensor): Tensor {
  return where(greater(iota(theta.tape, theta.shape, theta.shape.length - 1), 0), softplus(theta), theta);
}

/** P(x > k) = 1 - sigmoid(c_k) at all K - 1 cutpoints, 0 at entries that the column does not have. */
function exceeding(theta: Tensor, allowed: Tensor): Tensor {
  const { tape, shape } = theta;
  const count = shape[shape.length - 1];
  // c_k = sum of the steps up to k
  const upTo = sub(1, greater(iota(tape, [count, count], 0), iota(tape, [count, count], 1)));
  const cutpoints = reshape(matmul(reshape(steps(theta), [sizeOf(shape) / count, count]), upTo), shape);
  return where(broadcastTo(allowed, shape), sigmoid(neg(cutpoints)), 0);
}

/**
 * Ordered levels by cumulative logits: P(x <= k) = sigmoid(c_k) with K - 1 ascending cutpoints for K levels, c_0 = theta_0 and
 * c_k = c_(k-1) + softplus(theta_k). Neighbours share a cutpoint, so that what is learned of one level tells of the next. (McCullagh 1980)
 */
export const ordinal: Likelihood = {
  kind: "ordinal",
  continuous: false,
  numParams: (levels) => levels - 1,
  // sigmoid(c_x) - sigmoid(c_(x-1)) = sigmoid(c_x) sigmoid(-c_(x-1)) (1 - e^-step), and 1 - e^-softplus(t) = sigmoid(t): no difference is left
  // log p = -softplus(-c_x) - softplus(c_(x-1)) - softplus(-theta_x); the lowest level has the first term alone, the highest the second
  logProb: (theta, x, { allowed }) => {
    const { tape, shape } = theta;
    const index = iota(tape, shape, shape.length - 1);
    const value = broadcastTo(reshape(x, [...x.shape, 1]), shape);
    const step = steps(theta);
    const below = sum(where(greater(value, index), step, 0), -1);
    const above = sum(where(greater(index, value), 0, step), -1);
    const own = mul(oneHot(x, shape[shape.length - 1]), broadcastTo(allowed, shape));
    const notHighest = sum(own, -1);
    const notLowest = greater(x, 0);
    const between = sum(where(own, softplus(neg(theta)), 0), -1);
    const upper = where(notHighest, softplus(neg(above)), 0);
    const lower = where(notLowest, softplus(below), 0);
    return sub(sub(neg(upper), lower), where(mul(notHighest, notLowest), between, 0));
  },
  // the number of cutpoints beneath: x > k where u > sigmoid(c_k)
  sample: (theta, key, { allowed }) => {
    const u = reshape(randomUniform(key, theta.shape.slice(0, -1)), [...theta.shape.slice(0, -1), 1]);
    return sum(greater(exceeding(theta, allowed), broadcastTo(u, theta.shape)), -1);
  },
  // the mean level, sum_k P(x > k): unlike a mode it lets gradients through
  point: (theta, { allowed }) => sum(exceeding(theta, allowed), -1),
};
