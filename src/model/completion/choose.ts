import { codeValue, decodeValue } from "../../data/index.ts";
import { isNumber, type MixedColumn } from "../../likelihood/mixed.ts";
import { keyFromSeed } from "../../math/key.ts";
import { logAddExp, logSumExp } from "../../math/special.ts";
import { mean, standardError } from "../../math/statistics.ts";
import type { LatentNetworks } from "../latent/networks.ts";
import { numberLaw } from "../answers/number-law.ts";
import { codedMean } from "../answers/predictive.ts";
import { LatentPosterior } from "../latent/posterior/latent-posterior.ts";
import { entriesByRows } from "../posterior/posterior.ts";
import { cellDraws } from "../posterior/entry-draws.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import type { CompletionGuess } from "./guess.ts";
import type { Gaussians } from "../gaussians/gaussians.ts";
import { entriesOf } from "../gaussians/row-draws.ts";
import { logProbs } from "../gaussians/log-probs.ts";
import type { Chosen } from "../posterior/shares.ts";
import { jointShares } from "./joint-shares.ts";
import { coolLogits } from "./marginal-logits.ts";
import { scoreGuesses, targetLosses, type Guesses, type HeldBack } from "./held-back.ts";

/** Candidates: temperatures of the completion network's logits, and steps between two shares of the draws. */
const temperatures = [0.85, 1, 1.15, 1.35, 1.6, 1.9, 2.3, 2.8, 3.5, 4.5];
const shareSteps = 20;
/** Draws per row of the latent variable model. */
const draws = 50;

/** What answers beside the completion network. */
interface OtherParts {
  latent?: LatentNetworks;
  gaussians?: Gaussians;
  /** The completion network was not trained and has no say where another part has. */
  untrained?: boolean;
}

/** The shares of the completion network and of the mixture of Gaussians; what is left is the latent variable model's. */
interface Shares {
  completion: number;
  gaussians: number;
}

/**
 * Chooses on the rows held back, which `looker` guesses: first the temperature by the likelihood, then the shares by the error, and the targets' own shares where their error asks for others; the shares of completed rows by how likely they make
 * what is hidden of a row together (`jointShares`). The temperature, which draws the logits to `centre`,
 * goes into the last layer's weights. Where the completion network answers alone its weights are 1.
 */
export async function chooseMixture(network: CompletionNetwork, looker: CompletionGuess, centre: Float32Array, others: OtherParts, heldBack: HeldBack, signal?: AbortSignal): Promise<Pick<Chosen, "temperature" | "weight" | "targetWeight" | "joint"> & { gaussians?: { weight: number; targetWeight: number } }> {
  const numbers = network.shape.columns.map(isNumber);
  let temperature = 1;
  let own: Guesses | undefined;
  let leastNegative = Infinity;
  const { latent, gaussians, untrained = false } = others;
  for (const candidate of untrained ? [1] : temperatures) {
    const guesses = await looker.guess(candidate);
    const { negativeLogLikelihood } = scoreGuesses(guesses, heldBack, numbers);
    if (negativeLogLikelihood < leastNegative) [leastNegative, temperature, own] = [negativeLogLikelihood, candidate, guesses];
  }
  await coolLogits(network, temperature, centre);
  if (!own || (!latent && !gaussians)) return { temperature, weight: 1 };
  const parts = [own, gaussians && gaussianGuesses(gaussians, heldBack), latent && (await latentGuesses(latent, heldBack, signal))];
  const candidates = sharesOfThree(shareSteps, { latent: latent !== undefined, gaussians: gaussians !== undefined }).filter(({ completion }) => !untrained || completion === 0);
  const mixtures = candidates.map((shares) => mixed(parts, [shares.completion, shares.gaussians, 1 - shares.completion - shares.gaussians]));
  const errors = mixtures.map((guesses) => scoreGuesses(guesses, heldBack, numbers).error);
  const at = errors.indexOf(Math.min(...errors));
  const losses = mixtures.map((guesses) => targetLosses(guesses, heldBack, numbers));
  const far = (i: number): number => Math.abs(candidates[i].completion - candidates[at].completion) + Math.abs(candidates[i].gaussians - candidates[at].gaussians);
  const [features, targets] = [candidates[at], candidates[nearestGood(losses, at, far)]];
  const [completion, ofGaussians] = jointShares(parts.map((part, m) => (m === 0 && untrained ? undefined : part?.joint)), 1, heldBack.originals);
  return { temperature, weight: features.completion, targetWeight: targets.completion, joint: { completion, gaussians: ofGaussians }, ...(gaussians && { gaussians: { weight: features.gaussians, targetWeight: targets.gaussians } }) };
}

/** All shares in steps of 1/n. */
function sharesOfThree(n: number, has: { latent: boolean; gaussians: boolean }): Shares[] {
  const shares: Shares[] = [];
  for (let completion = 0; completion <= n; completion++) {
    for (let gaussians = 0; completion + gaussians <= n; gaussians++) {
      if ((!has.gaussians && gaussians > 0) || (!has.latent && completion + gaussians < n)) continue;
      shares.push({ completion: completion / n, gaussians: gaussians / n });
    }
  }
  return shares;
}

/** The candidate nearest to the given one whose losses are not clearly above the least: by a standard error of their difference over rows. (One-standard-error rule, Breiman et al. 1984) */
export function nearestGood(losses: readonly Float64Array[], from: number, away: (i: number) => number = (i) => Math.abs(i - from)): number {
  if (losses[0].length < 2) return from;
  const means = losses.map(mean);
  const best = losses[means.indexOf(Math.min(...means))];
  const good = losses.map((own) => {
    const difference = own.map((loss, row) => loss - best[row]);
    return mean(difference) <= standardError(difference);
  });
  return [...good.keys()].filter((i) => good[i]).sort((i, j) => away(i) - away(j))[0];
}

/** sum_m w_m a_m, of means and of probabilities. */
function mixed(parts: readonly (Guesses | undefined)[], weights: readonly number[]): Omit<Guesses, "joint"> {
  const used = parts.flatMap((part, m) => (part && weights[m] > 1e-9 ? [{ part, weight: weights[m] }] : []));
  const size = used[0].part.mean.length;
  return {
    mean: Float64Array.from({ length: size }, (_, i) => used.reduce((total, { part, weight }) => total + weight * part.mean[i], 0)),
    logProb: Float64Array.from({ length: size }, (_, i) => used.reduce((total, { part, weight }) => logAddExp(total, Math.log(weight) + part.logProb[i]), -Infinity)),
  };
}

/** What the latent variable model says of the rows held back. */
async function latentGuesses(networks: LatentNetworks, heldBack: HeldBack, signal?: AbortSignal): Promise<Guesses> {
  const { rows, features: d, targets: p } = heldBack;
  const guesses = { mean: new Float64Array(rows * (d + p)), logProb: new Float64Array(rows * (d + p)), joint: new Float64Array(rows) };
  const posterior = await LatentPosterior.openEntries(networks, { rows, draws });
  try {
    for await (const sample of entriesByRows(posterior, heldBack, { rows, x: heldBack.x, observed: heldBack.shown, truthX: heldBack.x, truthY: heldBack.y }, keyFromSeed(2), signal)) {
      for (let r = 0; r < sample.rows; r++) {
        const together = new Float64Array(draws);
        for (let j = 0; j < d + p; j++) {
          const i = (sample.firstRow + r) * (d + p) + j;
          if (heldBack.scored[i] !== 1) continue;
          const [of, at, width, logProb] = j < d ? (["features", j, d, sample.logProbX] as const) : (["targets", j - d, p, sample.logProbY] as const);
          const cell = cellDraws(sample, of, r, at);
          if (isNumber(cell[0].mixed)) guesses.mean[i] = codedMean(cell);
          const perDraw = Array.from({ length: draws }, (_, s) => logProb[(r * draws + s) * width + at]);
          perDraw.forEach((own, s) => (together[s] += own));
          guesses.logProb[i] = logSumExp(perDraw) - Math.log(draws);
        }
        guesses.joint[sample.firstRow + r] = logSumExp(together) - Math.log(draws);
      }
    }
  } finally {
    posterior.destroy();
  }
  return guesses;
}

/** log of how much of the coded scale is nearest to a count, whose probability other parts give; 0 for other columns. */
function logWidthOfCount({ kind, scale }: MixedColumn, coded: number): number {
  if (kind !== "count") return 0;
  const column = { type: "count", ...scale! } as const;
  const k = decodeValue(column, coded);
  return Math.log(codeValue(column, k + 0.5) - codeValue(column, k - 0.5));
}

/** What the mixture of Gaussians says of the rows held back. */
function gaussianGuesses(gaussians: Gaussians, heldBack: HeldBack): Guesses {
  const { rows, features: d, targets: p } = heldBack;
  const { density, params, shape } = gaussians;
  const columns = d + p;
  const guesses = { mean: new Float64Array(rows * columns), logProb: new Float64Array(rows * columns).fill(-Infinity), joint: new Float64Array(rows) };
  const theta = new Float32Array(columns * params);
  const laws = shape.columns.map((column) => (isNumber(column) ? numberLaw(column, 1) : undefined));
  for (let row = 0; row < rows; row++) {
    const { x, observed } = entriesOf({ x: heldBack.x, observed: heldBack.shown }, row, d, p);
    const truth = entriesOf({ x: heldBack.x, observed: heldBack.shown, y: heldBack.y }, row, d, p).x;
    const conditional = density.condition(x, observed);
    const isScored = (j: number): boolean => heldBack.scored[row * columns + j] === 1;
    const all = density.condition(truth, observed.map((seen, j) => Number(seen === 1 || isScored(j))));
    guesses.joint[row] = all.logDensity - conditional.logDensity + shape.columns.reduce((total, column, j) => total + (isScored(j) ? logWidthOfCount(column, truth[j]) : 0), 0);
    for (let part = 0; part < density.parts; part++) {
      const logWeight = conditional.logWeights[part];
      if (logWeight < -40) continue;
      gaussians.writeTheta(conditional, part, theta, 0);
      const logProb = logProbs(gaussians, theta, truth);
      for (let j = 0; j < columns; j++) {
        const i = row * columns + j;
        if (heldBack.scored[i] !== 1) continue;
        const law = laws[j];
        // of a count its median
        if (law) guesses.mean[i] += Math.exp(logWeight) * (shape.columns[j].kind === "count" ? theta[j * params] : law.mean(theta, j * params));
        guesses.logProb[i] = logAddExp(guesses.logProb[i], logWeight + logProb[j]);
      }
    }
  }
  return guesses;
}
