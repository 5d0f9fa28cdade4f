import { add, mul, slice, square, sub, sum, type Tensor } from "../../src/autodiff/index.ts";
import type { HostDensity } from "./reference-hmc.ts";

/** Independent standard normals. */
export function gaussian(position: Tensor): Tensor {
  return mul(sum(square(position), 1), -0.5);
}

/** log p = -sum_i (x_i^2 / 2 + x_i^4 / 8) - x_0 x_1 / 2: not quadratic, curvature of order 1. */
export function quartic(x: Tensor): Tensor {
  const cross = mul(slice(x, 1, 0, 1), slice(x, 1, 1, 2));
  return sub(sum(add(mul(square(x), -0.5), mul(square(square(x)), -0.125)), 1), mul(sum(cross, 1), 0.5));
}

/** `quartic` in float64. */
export const hostQuartic: HostDensity = (x) => ({
  logDensity: -x.reduce((total, v) => total + v ** 2 / 2 + v ** 4 / 8, 0) - (x[0] * x[1]) / 2,
  gradient: x.map((v, i) => -v - v ** 3 / 2 - (i === 0 ? x[1] / 2 : i === 1 ? x[0] / 2 : 0)),
});
