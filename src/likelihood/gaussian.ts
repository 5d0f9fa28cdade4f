import { add, mul, randomNormal, slice, square, sub, reshape } from "../autodiff/index.ts";
import type { Tensor } from "../autodiff/index.ts";
import type { Likelihood } from "./likelihood.ts";

/** The first entry along the last axis, which is dropped. */
export function firstEntry(theta: Tensor): Tensor {
  return reshape(slice(theta, -1, 0, 1), theta.shape.slice(0, -1));
}

/** N(theta_0, v), on the coded (standardised) scale. */
export const gaussian: Likelihood = {
  kind: "gaussian",
  continuous: true,
  numParams: () => 1,
  // log N(x; m, v) = -1/2 (log 2 pi v + (x - m)^2 / v)
  logProb: (theta, x, { variance }) => add(mul(square(sub(x, firstEntry(theta))), -0.5 / variance), -0.5 * Math.log(2 * Math.PI * variance)),
  sample: (theta, key, { variance }) => add(firstEntry(theta), mul(Math.sqrt(variance), randomNormal(key, theta.shape.slice(0, -1)))),
  point: (theta) => firstEntry(theta),
};
