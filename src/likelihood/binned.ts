import { add, broadcastTo, exp, greater, log, logSumExp, maximum, mul, randomUniform, reshape, square, sub, sum, where, type Tensor } from "../autodiff/index.ts";
import { allowedLogits, levelAt, oneHot } from "./categorical.ts";
import type { Likelihood } from "./likelihood.ts";

/** Share and deviation of the broad Gaussian beneath the bins: a value that training never saw is unlikely, not impossible. */
export const [tailShare, tailDeviation] = [0.01, 2] as const;

/** A number by its bin: p(x) = (1 - e) softmax(theta)_b / width_b + e N(x; 0, s^2), x in bin b, on the coded scale. */
export const binned: Likelihood = {
  kind: "binned",
  continuous: true,
  numParams: (levels) => levels,
  logProb: (theta, x, { allowed, bins }) => {
    const { low, high, logWidth } = bins!;
    const logits = allowedLogits(theta, allowed);
    const spread = (t: Tensor): Tensor => broadcastTo(t, theta.shape);
    const value = broadcastTo(reshape(x, [...x.shape, 1]), theta.shape);
    // 1 in the bin that holds x: low <= x < high
    const inside = mul(sub(1, greater(spread(low), value)), mul(greater(spread(high), value), spread(allowed)));
    const chosen = sub(sum(mul(inside, sub(logits, spread(logWidth))), -1), logSumExp(logits, -1));
    const body = add(where(sum(inside, -1), chosen, -1e9), Math.log(1 - tailShare));
    const tail = sub(mul(square(x), -0.5 / tailDeviation ** 2), 0.5 * Math.log(2 * Math.PI) + Math.log(tailDeviation / tailShare));
    const top = maximum(body, tail);
    return add(top, log(add(exp(sub(body, top)), exp(sub(tail, top)))));
  },
  // a bin, and a place in it; of atoms the value itself
  sample: (theta, key, { allowed, bins }) => {
    const { start, length } = bins!;
    const chosen = oneHot(levelAt(theta, randomUniform(key, theta.shape), allowed), theta.shape[theta.shape.length - 1]);
    const pick = (t: Tensor): Tensor => sum(mul(chosen, broadcastTo(t, theta.shape)), -1);
    return add(pick(start), mul(pick(length), randomUniform(key, theta.shape.slice(0, -1))));
  },
  // the mean: sum_b p_b mean_b
  point: (theta, { allowed, bins }) => {
    const logits = allowedLogits(theta, allowed);
    const last = theta.shape.length - 1;
    const normaliser = broadcastTo(reshape(logSumExp(logits, -1), [...theta.shape.slice(0, last), 1]), theta.shape);
    return sum(mul(exp(sub(logits, normaliser)), broadcastTo(bins!.mean, theta.shape)), -1);
  },
};
