import { add, exp, mul, square, sub, sum, type Tensor } from "../../autodiff/index.ts";

/** A Gaussian with diagonal covariance. */
export interface Gaussian {
  mean: Tensor;
  logVar: Tensor;
}

/** KL(N(mean, exp(logVar)) || N(0, 1)) summed over the last axis. */
export function klToStandardNormal({ mean, logVar }: Gaussian): Tensor {
  return mul(-0.5, sum(sub(add(1, logVar), add(square(mean), exp(logVar))), -1));
}

/** KL(p || q) of diagonal Gaussians, summed over the last axis. */
export function klBetween(p: Gaussian, q: Gaussian): Tensor {
  // 1/2 sum(log var_q - log var_p + (var_p + (mu_p - mu_q)^2) / var_q - 1)
  const ratio = mul(add(exp(p.logVar), square(sub(p.mean, q.mean))), exp(mul(-1, q.logVar)));
  return mul(0.5, sum(sub(add(sub(q.logVar, p.logVar), ratio), 1), -1));
}

/** log N(x; mean, exp(logVar)) summed over the last axis. */
export function logDensity(x: Tensor, { mean, logVar }: Gaussian): Tensor {
  // -1/2 sum(log 2 pi + log var + (x - mu)^2 / var)
  const squares = mul(square(sub(x, mean)), exp(mul(-1, logVar)));
  return mul(-0.5, sum(add(add(logVar, Math.log(2 * Math.PI)), squares), -1));
}

/** mean + exp(logVar / 2) noise. */
export function reparameterise({ mean, logVar }: Gaussian, noise: Tensor): Tensor {
  return add(mean, mul(exp(mul(0.5, logVar)), noise));
}

/** log N(x; mean, v) elementwise. */
export function gaussianLogProb(x: Tensor, mean: Tensor, variance: number): Tensor {
  return add(mul(-0.5 / variance, square(sub(x, mean))), -0.5 * Math.log(2 * Math.PI * variance));
}
