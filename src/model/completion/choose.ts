import type { Column } from "../../data/index.ts";
import { isNumber, levelCount } from "../../likelihood/mixed.ts";
import { logAddExp } from "../../math/special.ts";
import { mean, standardError } from "../../math/statistics.ts";
import type { Calibration } from "../calibration/calibration.ts";
import { calibrationOf, type ToldCells, type ToldPart } from "../calibration/told-cells.ts";
import type { Gaussians } from "../gaussians/gaussians.ts";
import type { LatentNetworks } from "../latent/networks.ts";
import type { Chosen } from "../posterior/shares.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import type { CompletionGuess } from "./guess.ts";
import { scoreGuesses, targetLosses, type Guesses, type HeldBack } from "./held-back.ts";
import { jointShares } from "./joint-shares.ts";
import { coolLogits } from "./marginal-logits.ts";
import type { CompletionShape } from "./shape.ts";
import { completionTold, gaussianGuesses, latentGuesses, type PartGuesses } from "./part-guesses.ts";

/** Candidates: temperatures of the completion network's logits, and steps between two shares of the draws. */
const temperatures = [0.85, 1, 1.15, 1.35, 1.6, 1.9, 2.3, 2.8, 3.5, 4.5];
const shareSteps = 20;

/** What the rows held back decided, but for the steps of the completion network and the parts of the mixture of Gaussians. */
export type Decided = Omit<Chosen, "step" | "gaussians"> & { gaussians?: { weight: number; targetWeight: number } };

/** What a completion network says of the rows held back, at any temperature of its logits. */
export interface NetworkGuesses {
  guess(temperature: number): Promise<Guesses>;
  told(temperature: number): Promise<ToldCells>;
}

/** What the parts of a model say of the rows held back. */
export interface GuessesOfParts {
  network: NetworkGuesses;
  latent?: PartGuesses;
  gaussians?: PartGuesses;
  /** The completion network was not trained and has no say where another part has. */
  untrained?: boolean;
}

/** What answers beside the completion network. */
interface OtherParts {
  latent?: LatentNetworks;
  gaussians?: Gaussians;
  untrained?: boolean;
}

/** The shares of the completion network and of the mixture of Gaussians; what is left is the latent variable model's. */
interface Shares {
  completion: number;
  gaussians: number;
}

/** Chooses on the rows held back, which `looker` guesses (`decide`). The temperature, which draws the logits to `centre`, goes into the last layer's weights. columns: features and then targets. */
export async function chooseMixture(network: CompletionNetwork, looker: CompletionGuess, centre: Float32Array, others: OtherParts, columns: readonly Column[], heldBack: HeldBack, signal?: AbortSignal): Promise<Decided> {
  const { latent, gaussians, untrained } = others;
  const decided = await decide({
    network: networkGuesses(network, looker, columns, heldBack),
    ...(gaussians && { gaussians: gaussianGuesses(gaussians, columns, heldBack) }),
    ...(latent && { latent: await latentGuesses(latent, columns, heldBack, signal) }),
    untrained,
  }, network.shape, heldBack);
  await coolLogits(network, decided.temperature, centre);
  return decided;
}

/** What a network says by way of who guesses for it. */
export function networkGuesses(network: CompletionNetwork, looker: CompletionGuess, columns: readonly Column[], heldBack: HeldBack): NetworkGuesses {
  return { guess: (temperature) => looker.guess(temperature), told: (temperature) => completionTold(network, looker, temperature, columns, heldBack) };
}

/**
 * What the guesses of the rows held back decide: first the temperature by the likelihood, then the shares by the error, and the targets' own shares where their error asks for others; the shares of completed rows by how likely they make
 * what is hidden of a row together (`jointShares`); and the maps by which the answers of all parts together are calibrated. Where the completion network answers alone its weights are 1.
 */
export async function decide({ network, latent, gaussians, untrained = false }: GuessesOfParts, shape: CompletionShape, heldBack: HeldBack): Promise<Decided> {
  const numbers = shape.columns.map(isNumber);
  let temperature = 1;
  let own: Guesses | undefined;
  let leastNegative = Infinity;
  for (const candidate of untrained ? [1] : temperatures) {
    const guesses = await network.guess(candidate);
    const { negativeLogLikelihood } = scoreGuesses(guesses, heldBack, numbers);
    if (negativeLogLikelihood < leastNegative) [leastNegative, temperature, own] = [negativeLogLikelihood, candidate, guesses];
  }
  if (!own) return { temperature, weight: 1 };
  const told = await network.told(temperature);
  const alone: Shares = { completion: 1, gaussians: 0 };
  if (!latent && !gaussians) return { temperature, weight: 1, ...mapOf("calibration", [{ told }], [alone, alone], shape, heldBack) };
  const parts = [{ ...own, told }, gaussians, latent];
  const candidates = sharesOfThree(shareSteps, { latent: latent !== undefined, gaussians: gaussians !== undefined }).filter(({ completion }) => !untrained || completion === 0);
  const mixtures = candidates.map((shares) => mixed(parts, parts.map((_, m) => shareOfPart(shares, m))));
  const errors = mixtures.map((guesses) => scoreGuesses(guesses, heldBack, numbers).error);
  const at = errors.indexOf(Math.min(...errors));
  const losses = mixtures.map((guesses) => targetLosses(guesses, heldBack, numbers));
  const far = (i: number): number => Math.abs(candidates[i].completion - candidates[at].completion) + Math.abs(candidates[i].gaussians - candidates[at].gaussians);
  const [features, targets] = [candidates[at], candidates[nearestGood(losses, at, far)]];
  const [completion, ofGaussians] = jointShares(parts.map((part, m) => (m === 0 && untrained ? undefined : part?.joint)), 1, heldBack.originals);
  const together = { completion, gaussians: ofGaussians };
  const maps = { ...mapOf("calibration", parts, [features, targets], shape, heldBack), ...mapOf("jointCalibration", parts, [together, together], shape, heldBack) };
  return { temperature, weight: features.completion, targetWeight: targets.completion, joint: together, ...maps, ...(gaussians && { gaussians: { weight: features.gaussians, targetWeight: targets.gaussians } }) };
}

/** The maps of what the parts say together, with their shares for features and for targets; none where no rows were held back. */
function mapOf<Name extends string>(name: Name, parts: readonly (Pick<PartGuesses, "told"> | undefined)[], [ofFeatures, ofTargets]: readonly [Shares, Shares], { columns: own }: CompletionShape, heldBack: HeldBack): { [own in Name]?: Calibration } {
  if (!heldBack.apart) return {};
  const inShares = parts.flatMap((part, m): ToldPart[] => (part ? [{ told: part.told, features: shareOfPart(ofFeatures, m), targets: shareOfPart(ofTargets, m) }] : []));
  const columns = own.map((column) => ({ levels: isNumber(column) ? 1 : levelCount(column) }));
  return { [name]: calibrationOf(inShares, columns, heldBack) } as { [own in Name]?: Calibration };
}

/** Of the completion network, the mixture of Gaussians and the latent variable model, in this order. */
function shareOfPart({ completion, gaussians }: Shares, part: number): number {
  return [completion, gaussians, Math.max(0, 1 - completion - gaussians)][part];
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
