import type { Method } from "../acquisition/index.ts";
import { meanAndError, meanCurve, meanHeight } from "../report/index.ts";
import type { SaiaResult } from "./saia-results.ts";

export interface Estimate {
  mean: number;
  /** Over folds; NaN for one fold. */
  standardError: number;
}

/** A model and a method over its folds. */
export interface SaiaSeries {
  model: string;
  method: Method;
  name: string;
  folds: number[];
  error: { mean: number[]; standardError: number[] };
  logLikelihood: { mean: number[]; standardError: number[] };
  /** Area under the curve over its length, that is, its mean height. */
  errorArea: Estimate;
  logLikelihoodArea: Estimate;
  /** Mean of the steps from 1 and from 0 on, for comparison with figures that are given so. */
  errorFromOne: Estimate;
  errorFromZero: Estimate;
  /** Mean position of each feature, 1 = first; one behind the last where it was not acquired. */
  position: number[];
  /** What acquisitions were expected to tell and what they told, step by step: means over folds; the error is that of the difference over all rows. */
  claims?: { claimed: number[]; realised: number[]; standardError: number[] };
}

/** How much smaller the error's area is than with the random order of the same model and folds. */
export interface AgainstRandom {
  model: string;
  method: Method;
  /** random minus method: above 0 the method is better. */
  gain: Estimate;
  better: number;
  folds: number;
}

export const methodNames: Readonly<Record<Method, string>> = { mi: "mutual information", gaussian: "Gaussian reward", random: "random order", variance: "variance" };

/** One series per model and method, in the order of their first appearance. */
export function summariseResults(results: readonly SaiaResult[]): SaiaSeries[] {
  return [...groups(results).values()].map((own) => {
    const over = (measure: (result: SaiaResult) => number): Estimate => meanAndError(own.map(measure));
    return {
      model: own[0].model,
      method: own[0].method,
      name: `${own[0].model}, ${methodNames[own[0].method]}`,
      folds: own.map((result) => result.fold),
      error: meanCurve(own.map((result) => result.error)),
      logLikelihood: meanCurve(own.map((result) => result.logLikelihood)),
      errorArea: over((result) => meanHeight(result.error)),
      logLikelihoodArea: over((result) => meanHeight(result.logLikelihood)),
      errorFromOne: over((result) => meanAndError(result.error.slice(1)).mean),
      errorFromZero: over((result) => meanAndError(result.error).mean),
      position: own[0].position.map((_, d) => meanAndError(own.flatMap((result) => result.position[d] ?? [])).mean),
      ...claimsOf(own),
    };
  });
}

/** Claims and what came of them, over folds: of a difference's error over folds' rows the mean square, over their number. */
function claimsOf(own: readonly SaiaResult[]): Pick<SaiaSeries, "claims"> {
  const claims = own.flatMap((result) => result.claims ?? []);
  if (claims.length === 0) return {};
  const each = (of: (values: number[]) => number, name: keyof (typeof claims)[number]): number[] => claims[0][name].map((_, step) => of(claims.map((one) => one[name][step]).filter((value): value is number => value !== null)));
  const average = (values: number[]): number => meanAndError(values).mean;
  return { claims: { claimed: each(average, "claimed"), realised: each(average, "realised"), standardError: each((values) => Math.sqrt(values.reduce((total, value) => total + value * value, 0)) / values.length, "standardError") } };
}

/** Each method against the random order, fold by fold, where a model has both. */
export function againstRandom(results: readonly SaiaResult[]): AgainstRandom[] {
  return [...groups(results).values()].flatMap((own) => {
    const { model, method } = own[0];
    if (method === "random") return [];
    const gains = own.flatMap((result) => {
      const random = results.find((other) => other.model === model && other.method === "random" && other.fold === result.fold);
      return random ? [meanHeight(random.error) - meanHeight(result.error)] : [];
    });
    return gains.length === 0 ? [] : [{ model, method, gain: meanAndError(gains), better: gains.filter((gain) => gain > 0).length, folds: gains.length }];
  });
}

function groups(results: readonly SaiaResult[]): Map<string, SaiaResult[]> {
  const found = new Map<string, SaiaResult[]>();
  for (const result of results) {
    const name = `${result.model} ${result.method}`;
    found.set(name, [...(found.get(name) ?? []), result]);
  }
  return found;
}
