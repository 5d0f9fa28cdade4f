import {
  add, div, foldIn, greater, maximum, minimum, mul, randomNormal, reshape, slice, stopGradient, sub, sum, toFloat, where,
  type Tape, type Tensor,
} from "../../autodiff/index.ts";
import type { Schedule } from "../config.ts";
import { logLikelihood } from "../density.ts";
import { anyObserved, klToStandardNormal, reparameterise, type Gaussian, type Networks } from "../networks.ts";
import type { TrainingBatch } from "../training-batch.ts";

export interface Elbo {
  loss: Tensor;
  elbo: Tensor;
  /** KL per layer, mean over rows. [L] */
  kl: Tensor[];
  posterior: Gaussian;
  /** 1 for rows with something observed. [B] */
  counted: Tensor;
}

/**
 * L_VI = E_q[log p(z_O | h_1) + log p(y_O | x_hat, h_1)] - sum_l w_l KL(q(eps_l) || N(0, I)), mean over rows with
 * something observed; one draw per row.
 */
export function recordElbo(tape: Tape, networks: Networks, batch: TrainingBatch, options: { key: Tensor; step: Tensor; firstStep: number; schedule: Schedule }): Elbo {
  const { key, step, schedule } = options;
  const noiseKey = foldIn(foldIn(key, step), 2);
  const z = batch.z ?? batch.x;
  const posterior = networks.encoder(z, batch.observed, batch.y, batch.observedY);
  const eps = reparameterise(posterior, randomNormal(noiseKey, posterior.mean.shape));
  const noise = randomNormal(noiseKey, batch.x.shape);
  const likelihood = logLikelihood(networks, networks.generate(eps)[0], { ...batch, z, noise });

  const counted = batch.observedY ? anyObserved(batch.observed, batch.observedY) : anyObserved(batch.observed);
  const rows = maximum(sum(counted), 1);
  const meanOverRows = (t: Tensor): Tensor => div(sum(where(counted, t, 0)), rows);

  const { latents } = networks.shape.config;
  let start = 0;
  const kl = latents.map((size) => {
    const layer = { mean: slice(posterior.mean, 1, start, start + size), logVar: slice(posterior.logVar, 1, start, start + size) };
    start += size;
    return meanOverRows(klToStandardNormal(layer));
  });
  const weights = klWeights(kl, latents, sub(toFloat(reshape(step, [])), options.firstStep), schedule.annealSteps);
  const penalty = kl.map((value, l) => mul(weights[l], value)).reduce((a, b) => add(a, b));
  const reconstruction = meanOverRows(likelihood);
  const loss = sub(penalty, reconstruction);
  const elbo = sub(reconstruction, kl.reduce((a, b) => add(a, b)));
  return { loss, elbo, kl, posterior, counted };
}

/**
 * w_l = 1, but for the first steps: annealed linearly from 0 to 1, and with several layers balanced,
 * w_l = k_l mean KL_l / sum of the same over layers, as constants.
 */
function klWeights(kl: readonly Tensor[], latents: readonly number[], done: Tensor, annealSteps: number): Tensor[] {
  if (annealSteps <= 0) return kl.map((value) => value.tape.fill(1));
  const annealing = minimum(div(done, annealSteps), 1);
  if (kl.length === 1) return [annealing];
  const scores = kl.map((value, l) => mul(latents[l], stopGradient(value)));
  const total = maximum(scores.reduce((a, b) => add(a, b)), 1e-12);
  const balancing = greater(annealSteps, done);
  return scores.map((score) => where(balancing, mul(annealing, div(score, total)), 1));
}

