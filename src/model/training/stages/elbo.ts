import {
  add, div, foldIn, greater, logSumExp, maximum, minimum, mul, randomNormal, reshape, stopGradient, sub, sum, toFloat, where,
  type Tensor,
} from "../../../autodiff/index.ts";
import type { Schedule } from "../../config/config.ts";
import { logLikelihood, perChain } from "../../latent/density.ts";
import { logDensity, reparameterise, type Gaussian } from "../../latent/gaussian.ts";
import { anyObserved, type LatentNetworks } from "../../latent/networks.ts";
import type { TrainingBatch } from "../training-batch.ts";

interface Elbo {
  loss: Tensor;
  elbo: Tensor;
  /** KL per layer, mean over rows. [L] */
  kl: Tensor[];
  posterior: Gaussian;
  /** 1 for rows with something observed. [B] */
  counted: Tensor;
}

/** The bound of a batch, as the model's inference asks for it; mean over rows with something observed. */
export function recordElbo(networks: LatentNetworks, batch: TrainingBatch, options: BoundOptions): Elbo {
  const { z, counted, posterior } = encodeBatch(networks, batch);
  const rows = maximum(sum(counted), 1);
  const meanOverRows = (t: Tensor): Tensor => div(sum(where(counted, t, 0)), rows);
  const recorder = networks.shape.config.inference === "importance-weighted" ? importanceBound : evidenceBound;
  return { ...recorder(networks, { ...batch, z }, posterior, meanOverRows, options), posterior, counted };
}

/** What the encoder reads of a batch [B, D], which rows have something observed [B], and q(eps | x_O, y_O). */
export function encodeBatch(networks: LatentNetworks, { z: codes, x, observed, y, observedY }: TrainingBatch): Pick<Elbo, "posterior" | "counted"> & { z: Tensor } {
  const counted = observedY ? anyObserved(observed, observedY) : anyObserved(observed);
  const z = codes ?? x;
  return { z, counted, posterior: networks.encoder(z, observed, y, observedY) };
}

interface BoundOptions {
  key: Tensor;
  step: Tensor;
  firstStep: number;
  schedule: Schedule;
  /** Steps of the annealing, in place of the schedule's, where they are known only during the stage. [] */
  annealing?: Tensor;
}

type Bound = Pick<Elbo, "loss" | "elbo" | "kl">;
type Coded = TrainingBatch & { z: Tensor };

/** L_VI = E_q[log p(z_O | h_1) + log p(y_O | x_hat, h_1)] - sum_l w_l KL(q(eps_l) || p(eps_l)), one draw per row. */
function evidenceBound(networks: LatentNetworks, batch: Coded, posterior: Gaussian, meanOverRows: (t: Tensor) => Tensor, { key, step, firstStep, schedule, annealing }: BoundOptions): Bound {
  const noiseKey = foldIn(foldIn(key, step), 2);
  const eps = reparameterise(posterior, randomNormal(noiseKey, posterior.mean.shape));
  const noise = randomNormal(noiseKey, batch.x.shape);
  const likelihood = logLikelihood(networks, networks.generate(eps)[0], { ...batch, noise });
  const kl = networks.klPerLayer(posterior, eps).map(meanOverRows);
  const weights = klWeights(kl, networks.shape.config.latents, sub(toFloat(reshape(step, [])), firstStep), annealing ?? schedule.annealSteps);
  const penalty = kl.map((value, l) => mul(weights[l], value)).reduce((a, b) => add(a, b));
  const reconstruction = meanOverRows(likelihood);
  return { loss: sub(penalty, reconstruction), elbo: sub(reconstruction, kl.reduce((a, b) => add(a, b))), kl };
}

/**
 * L_IW = E_q log 1/K sum_k p(z_O, y_O | eps_k) (p(eps_k) / q(eps_k))^w, w annealed from 0 to 1 in the first steps; K draws per row.
 * (Burda et al. 2016; with missing entries: Mattei and Frellsen 2019)
 */
function importanceBound(networks: LatentNetworks, batch: Coded, posterior: Gaussian, meanOverRows: (t: Tensor) => Tensor, { key, step, firstStep, schedule, annealing }: BoundOptions): Bound {
  const samples = networks.shape.config.importanceSamples;
  const noiseKey = foldIn(foldIn(key, step), 2);
  const each = (t: Tensor): Tensor => perChain(t, samples);
  const q = { mean: each(posterior.mean), logVar: each(posterior.logVar) };
  const eps = reparameterise(q, randomNormal(noiseKey, q.mean.shape));
  const given = { z: each(batch.z), x: each(batch.x), observed: each(batch.observed), ...(batch.y && batch.observedY && { y: each(batch.y), observedY: each(batch.observedY) }) };
  const likelihood = logLikelihood(networks, networks.generate(eps)[0], { ...given, noise: randomNormal(noiseKey, given.x.shape) });
  const ratio = sub(networks.logPrior(eps), logDensity(eps, q));
  const bound = (weight: Tensor | number): Tensor => {
    const perDraw = reshape(add(likelihood, mul(weight, ratio)), [posterior.mean.shape[0], samples]);
    return meanOverRows(sub(logSumExp(perDraw, -1), Math.log(samples)));
  };
  const annealed = schedule.annealSteps > 0 ? minimum(div(sub(toFloat(reshape(step, [])), firstStep), annealing ?? schedule.annealSteps), 1) : 1;
  // the divergence of one of the draws, for the record
  const kl = networks.klPerLayer(posterior, reparameterise(posterior, randomNormal(foldIn(noiseKey, 1), posterior.mean.shape))).map(meanOverRows);
  return { loss: mul(-1, bound(annealed)), elbo: bound(1), kl };
}

/**
 * w_l = 1, but for the first steps: annealed linearly from 0 to 1, and with several layers balanced,
 * w_l = k_l mean KL_l / sum of the same over layers, as constants.
 */
function klWeights(kl: readonly Tensor[], latents: readonly number[], done: Tensor, annealSteps: Tensor | number): Tensor[] {
  if (typeof annealSteps === "number" && annealSteps <= 0) return kl.map((value) => value.tape.fill(1));
  const annealing = minimum(div(done, annealSteps), 1);
  if (kl.length === 1) return [annealing];
  const scores = kl.map((value, l) => mul(latents[l], stopGradient(value)));
  const total = maximum(scores.reduce((a, b) => add(a, b)), 1e-12);
  const balancing = greater(annealSteps, done);
  return scores.map((score) => where(balancing, mul(annealing, div(score, total)), 1));
}

