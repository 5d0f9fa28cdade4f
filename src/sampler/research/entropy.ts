import { add, broadcastTo, div, equal, iota, log, max, maximum, mul, reshape, sqrt, square, sub, sum, where, type Tensor } from "../../autodiff/index.ts";
import { digamma, logGamma } from "../../math/special.ts";

/** The neighbour whose distance is taken: the first has the least bias, the third much less noise. */
const neighbour = 3;

/** Samples a row needs. */
export const leastSamples = neighbour + 2;

/** Far beyond any squared distance between standardised points. */
const far = 1e30;

/**
 * Differential entropy of each row's distribution from its samples x [B, n, K] -> [B], nats, differentiable by x.
 *
 * Kozachenko & Leonenko (1987) with the k-th neighbour (k = 3) of the points standardised per row and dimension:
 *   H = psi(n) - psi(k) + log c_K + K/n sum_i log rho_i + sum_d log s_d
 * rho_i the distance to the k-th neighbour of x / s, s_d the deviation, c_K the volume of the unit ball. Standardised,
 * because then scaling a dimension by c changes the estimate by log c exactly, whatever n: the bias of few samples in many
 * dimensions does not reach the gradients by step sizes and inflations, which scale dimensions.
 */
export function recordEntropy(x: Tensor): Tensor {
  const [rows, n, dim] = x.shape;
  if (n < leastSamples) throw new RangeError(`[entropy] expected at least ${leastSamples} samples a row, got ${n}; use more chains a row.`);
  const mean = mul(sum(x, 1), 1 / n);
  const centred = sub(x, perSample(mean, n));
  const variance = maximum(mul(sum(square(centred), 1), 1 / (n - 1)), 1e-30);
  const standard = div(centred, perSample(sqrt(variance), n));
  // |u_i - u_j|^2, as differences: products would lose the digits of near neighbours
  const pairs = [rows, n, n, dim];
  const one = broadcastTo(reshape(standard, [rows, n, 1, dim]), pairs);
  const other = broadcastTo(reshape(standard, [rows, 1, n, dim]), pairs);
  const distances = sum(square(sub(one, other)), 3);
  const flat = [rows, n, n];
  const self = equal(iota(x.tape, flat, 1), iota(x.tape, flat, 2));
  const squared = nthSmallest(where(self, far, distances));
  // K/n sum_i log rho_i
  const spread = mul(sum(log(maximum(squared, 1e-30)), 1), (0.5 * dim) / n);
  const scale = mul(0.5, sum(log(variance), 1));
  const logBall = 0.5 * dim * Math.log(Math.PI) - logGamma(0.5 * dim + 1);
  return add(add(spread, scale), digamma(n) - digamma(neighbour) + logBall);
}

/** [B, K] for each of n samples: [B, n, K]. */
function perSample(x: Tensor, n: number): Tensor {
  const [rows, dim] = x.shape;
  return broadcastTo(reshape(x, [rows, 1, dim]), [rows, n, dim]);
}

/** The k-th smallest of the last axis, with the gradient to where it stands: [B, n, n] -> [B, n]. */
function nthSmallest(distances: Tensor): Tensor {
  let left = distances;
  for (let k = 1; ; k++) {
    const smallest = mul(-1, max(mul(-1, left), 2));
    if (k === neighbour) return smallest;
    left = where(equal(left, broadcastTo(reshape(smallest, [...smallest.shape, 1]), left.shape)), far, left);
  }
}
