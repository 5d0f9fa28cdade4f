import type { Calibration } from "../calibration/calibration.ts";
import type { PartsChoice } from "../gaussians/choose-parts.ts";

/** The parts of a mixture: the latent variable model, the completion networks and the mixture of Gaussians. */
export const modelParts = ["proper", "conditional", "gaussians"] as const;
export type ModelPart = (typeof modelParts)[number];

/** What the held-back rows decided. */
export interface Chosen {
  /** Steps of the completion network. */
  step: number;
  /** Divides its logits; it is in the weights already. */
  temperature: number;
  /** Share of the draws that are its. */
  weight: number;
  /** The same of targets, where they are asked for alone; absent: as of features. */
  targetWeight?: number;
  /** Shares of completed rows, which are judged by all that is hidden of a row together; absent: as of features. What is left is the latent variable model's. */
  joint?: { completion: number; gaussians: number };
  /** How the mixture of Gaussians was fitted, and its shares. */
  gaussians?: PartsChoice & { weight: number; targetWeight: number };
  /** How predictive distributions are mapped, so that intervals hold what they say; absent where too few rows were held back. */
  calibration?: Calibration;
  /** The same of completed rows, whose shares are others; absent: as of single cells. */
  jointCalibration?: Calibration;
}

/** One part's share of the draws, of features and of targets; over all parts they sum to 1. */
export interface Shares {
  features: number;
  targets: number;
}

/** How many of S draws each part gives: in proportion to the weights, but at least one where a weight is above 0 and there are draws enough. */
export function drawCounts(draws: number, weights: readonly number[]): number[] {
  const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]);
  const counts = weights.map(() => 0);
  for (const part of order.slice(0, draws)) if (weights[part] > 0) counts[part] = 1;
  const total = weights.reduce((a, b) => a + b, 0);
  // one after another to the part that is furthest below its share
  for (let left = draws - counts.reduce((a, b) => a + b, 0); left > 0; left--) {
    const lacking = weights.map((weight, part) => (weight * draws) / total - counts[part]);
    counts[lacking.indexOf(Math.max(...lacking))]++;
  }
  return counts;
}

/** The draws of each part that features or targets need. */
export function drawCountsOfBoth(draws: number, weights: readonly Shares[]): number[] {
  const [x, y] = [drawCounts(draws, weights.map(({ features }) => features)), drawCounts(draws, weights.map(({ targets }) => targets))];
  return x.map((count, part) => Math.max(count, y[part]));
}

/** The same for completed rows. */
export function sharesOfCompletions(has: Readonly<Record<ModelPart, boolean>>, chosen: Pick<Chosen, "weight" | "targetWeight" | "gaussians" | "joint"> | undefined): Record<ModelPart, Shares> {
  const { joint, gaussians } = chosen ?? {};
  if (!joint) return sharesOfParts(has, chosen);
  return sharesOfParts(has, { weight: joint.completion, ...(gaussians && { gaussians: { ...gaussians, weight: joint.gaussians, targetWeight: joint.gaussians } }) });
}

/** Each part's share: as the held-back rows decided, what is left of it the latent variable model's; evenly where they decided nothing. */
export function sharesOfParts(has: Readonly<Record<ModelPart, boolean>>, chosen: Pick<Chosen, "weight" | "targetWeight" | "gaussians"> | undefined): Record<ModelPart, Shares> {
  const none = { features: 0, targets: 0 };
  if (!chosen) {
    const share = 1 / modelParts.filter((name) => has[name]).length;
    const own = (name: ModelPart): Shares => (has[name] ? { features: share, targets: share } : none);
    return { proper: own("proper"), conditional: own("conditional"), gaussians: own("gaussians") };
  }
  const conditional = { features: chosen.weight, targets: chosen.targetWeight ?? chosen.weight };
  const gaussians = chosen.gaussians ? { features: chosen.gaussians.weight, targets: chosen.gaussians.targetWeight } : none;
  const left = (of: (own: Shares) => number): number => Math.max(0, Number((1 - of(conditional) - of(gaussians)).toFixed(6)));
  return { proper: has.proper ? { features: left((own) => own.features), targets: left((own) => own.targets) } : none, conditional, gaussians };
}
