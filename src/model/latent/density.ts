import { add, broadcastTo, reshape, sum, where, type Tensor } from "../../autodiff/index.ts";
import type { LatentNetworks } from "./networks.ts";

/** One row per chain, or one per data row when chains are given: what the density is conditioned on. All [N, ...]. */
export interface Conditions {
  /** Marginal codes z_d, drawn once per row; without marginal VAEs the coded features. [N, D] */
  z: Tensor;
  observed: Tensor;
  /** Coded features. [N, D] */
  x: Tensor;
  /** Targets; absent where y is hidden for all rows: then the predictor is not evaluated. [N, P] */
  y?: Tensor;
  observedY?: Tensor;
  /** Noise of z_d inside x_hat, held over a trajectory so that the energy is a function. [N, D] */
  noise?: Tensor;
}

/** A tensor of data rows [B, C] as one row per chain [B S, C], the chains of a row side by side. */
export function perChain(rows: Tensor, chains: number): Tensor {
  const [b, width] = rows.shape;
  if (chains === 1) return rows;
  return reshape(broadcastTo(reshape(rows, [b, 1, width]), [b, chains, width]), [b * chains, width]);
}

/** All rows, that many times one after the other: [N, C] -> [copies N, C]. */
export function repeated(rows: Tensor, copies: number): Tensor {
  const [n, width] = rows.shape;
  if (copies === 1) return rows;
  return reshape(broadcastTo(reshape(rows, [1, n, width]), [copies, n, width]), [copies * n, width]);
}

/**
 * log p(z_O, y_O, eps) = log p(z_O | h_1) + log p(y_O | x_hat, h_1) + sum_l log N(eps_l; 0, I). A row with nothing
 * observed keeps only the last term: its posterior is the prior. eps [N, K] -> [N]
 */
export function logJoint(networks: LatentNetworks, eps: Tensor, given: Conditions): Tensor {
  return add(networks.logPrior(eps), logLikelihood(networks, networks.generate(eps)[0], given));
}

/** log p(z_O | h_1) + log p(y_O | x_hat, h_1): h_1 [N, k_1] -> [N]. */
export function logLikelihood(networks: LatentNetworks, h1: Tensor, given: Conditions): Tensor {
  const { z, observed, x, y, observedY } = given;
  const output = networks.decoder(h1);
  // log p(z_O | h_1) = sum_{d in O} log N(z_d; decoder(h_1)_d, v); without marginal VAEs log p(x_O | h_1)
  const features = sum(where(observed, networks.emission.logProb(output, z), 0), 1);
  if (!y || !observedY) return features;
  const completed = networks.complete(x, observed, output, given.noise);
  const theta = networks.predictor(h1, completed, observed);
  return add(features, sum(where(observedY, networks.targets.logProb(theta, y), 0), 1));
}
