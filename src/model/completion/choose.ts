import { isNumber } from "../../likelihood/mixed.ts";
import { keyFromSeed } from "../../math/key.ts";
import { logAddExp, logSumExp } from "../../math/special.ts";
import type { Networks } from "../networks.ts";
import { codedMean } from "../predictive.ts";
import { Posterior } from "../posterior.ts";
import { cellDraws } from "../row-draws.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import type { CompletionGuess } from "./guess.ts";
import type { Chosen } from "../parse-model.ts";
import { scoreGuesses, targetLosses, type Guesses, type HeldBack } from "./held-back.ts";
import { outputNames } from "./shape.ts";

/** Candidates: temperatures of the completion network's logits, and its share beside the latent variable model. */
const temperatures = [0.85, 1, 1.15, 1.35, 1.6, 1.9, 2.3, 2.8];
const weights = Array.from({ length: 19 }, (_, i) => 0.05 * (i + 1));
/** Draws per row of the latent variable model. */
const draws = 50;

/**
 * Chooses on the rows held back, which `looker` guesses: first the temperature by the likelihood, then the weight by the error, and the targets' own weight where their error asks for another. The temperature
 * goes into the last layer's weights. Without a latent variable model the weights are 1.
 */
export async function chooseMixture(network: CompletionNetwork, looker: CompletionGuess, latent: Networks | undefined, heldBack: HeldBack, signal?: AbortSignal): Promise<Omit<Chosen, "step">> {
  const numbers = network.shape.columns.map(isNumber);
  let temperature = 1;
  let own: Guesses | undefined;
  let leastSurprise = Infinity;
  for (const candidate of temperatures) {
    const guesses = await looker.guess(candidate);
    const { surprise } = scoreGuesses(guesses, heldBack, numbers);
    if (surprise < leastSurprise) [leastSurprise, temperature, own] = [surprise, candidate, guesses];
  }
  await divideLogits(network, temperature);
  if (!latent || !own) return { temperature, weight: 1 };
  const other = await latentGuesses(latent, heldBack, signal);
  const mixtures = weights.map((weight) => mixed(other, own, weight));
  const errors = mixtures.map((guesses) => scoreGuesses(guesses, heldBack, numbers).error);
  const at = errors.indexOf(Math.min(...errors));
  const losses = mixtures.map((guesses) => targetLosses(guesses, heldBack, numbers));
  return { temperature, weight: weights[at], targetWeight: weights[nearestGood(losses, at)] };
}

/** The candidate nearest to the given one whose losses are not clearly above the least: by a standard error of their difference over rows. (One-standard-error rule, Breiman et al. 1984) */
export function nearestGood(losses: readonly Float64Array[], from: number): number {
  const rows = losses[0].length;
  if (rows < 2) return from;
  const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const totals = losses.map(total);
  const best = losses[totals.indexOf(Math.min(...totals))];
  const good = losses.map((own) => {
    const difference = own.map((loss, row) => loss - best[row]);
    const mean = total(difference) / rows;
    const variance = total(difference.map((value) => (value - mean) ** 2)) / (rows - 1);
    return mean <= Math.sqrt(variance / rows);
  });
  const away = (i: number): number => Math.abs(i - from);
  return [...good.keys()].filter((i) => good[i]).sort((i, j) => away(i) - away(j))[0];
}

/** (1 - w) a + w b, of means and of probabilities. */
function mixed(a: Guesses, b: Guesses, w: number): Guesses {
  return {
    mean: Float64Array.from(a.mean, (value, i) => (1 - w) * value + w * b.mean[i]),
    logProb: Float64Array.from(a.logProb, (value, i) => logAddExp(Math.log(1 - w) + value, Math.log(w) + b.logProb[i])),
  };
}

/** logits / T, in the weights of the last layer. */
export async function divideLogits({ parameters, shape }: CompletionNetwork, temperature: number): Promise<void> {
  for (const name of outputNames(shape)) {
    const value = parameters.value(name);
    value.write((await value.read()).map((weight) => weight / temperature));
  }
}

/** What the latent variable model says of the rows held back. */
async function latentGuesses(networks: Networks, heldBack: HeldBack, signal?: AbortSignal): Promise<Guesses> {
  const { rows, features: d, targets: p } = heldBack;
  const guesses = { mean: new Float64Array(rows * (d + p)), logProb: new Float64Array(rows * (d + p)) };
  const posterior = await Posterior.create(networks, { rows, draws });
  try {
    for await (const sample of posterior.sample({ rows, x: heldBack.x, observed: heldBack.shown, truthX: heldBack.x, truthY: heldBack.y }, keyFromSeed(2), signal)) {
      for (let r = 0; r < sample.rows; r++) {
        for (let j = 0; j < d + p; j++) {
          const i = (sample.firstRow + r) * (d + p) + j;
          if (heldBack.scored[i] !== 1) continue;
          const [of, at, width, logProb] = j < d ? (["features", j, d, sample.logProbX] as const) : (["targets", j - d, p, sample.logProbY] as const);
          const cell = cellDraws(sample, of, r, at);
          if (isNumber(cell[0].mixed)) guesses.mean[i] = codedMean(cell);
          guesses.logProb[i] = logSumExp(Array.from({ length: draws }, (_, s) => logProb[(r * draws + s) * width + at])) - Math.log(draws);
        }
      }
    }
  } finally {
    posterior.destroy();
  }
  return guesses;
}
