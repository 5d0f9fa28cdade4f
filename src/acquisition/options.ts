import type { ConditionalSampler } from "../model/index.ts";
import { estimators, methods, type AcquisitionOptions } from "./api.ts";

export const defaultDraws = 1000;

/** Whether an answer needs draws whose entries belong together, not only each entry's own. */
export function needsJoint({ estimator: usual }: Pick<ConditionalSampler, "estimator">, { method = "mi", estimator = usual, batch = 1, kraskov = false }: AcquisitionOptions): boolean {
  return kraskov || method === "gaussian" || (method === "mi" && (estimator !== "told" || batch > 1));
}

/** Throws RangeError for options that make no sense for the sampler. */
export function checkOptions(sampler: ConditionalSampler, options: AcquisitionOptions): void {
  const { method = "mi", draws = defaultDraws, costs, budget, batch = 1, bins = 5, interval = 0.9, estimator } = options;
  const whole = (name: string, value: number, least: number): void => {
    if (!Number.isInteger(value) || value < least) throw new RangeError(`[acquire] expected ${name} to be a whole number of at least ${least}, got ${value}.`);
  };
  if (estimator !== undefined && !estimators.includes(estimator)) throw new RangeError(`[acquire] there is no estimator "${estimator}"; there are ${estimators.join(", ")}.`);
  if (!methods.includes(method)) throw new RangeError(`[acquire] there is no method "${method}"; there are ${methods.join(", ")}.`);
  if (sampler.targets.length === 0) throw new RangeError("[acquire] the model has no target; train a model with one.");
  whole("draws", draws, 2);
  whole("batch", batch, 1);
  whole("bins", bins, 2);
  if (!(interval > 0 && interval < 1)) throw new RangeError(`[acquire] expected the interval to be a number between 0 and 1, such as 0.9, got ${interval}.`);
  if (budget !== undefined && !(budget >= 0)) throw new RangeError(`[acquire] expected a budget of at least 0, got ${budget}.`);
  if (!costs) return;
  if (costs.length !== sampler.features.length) throw new RangeError(`[acquire] expected a cost for each of the ${sampler.features.length} features, got ${costs.length}.`);
  sampler.features.forEach(({ name }, i) => {
    if (!(costs[i] > 0 && Number.isFinite(costs[i]))) throw new RangeError(`[acquire] expected the cost of "${name}" to be above 0, got ${costs[i]}.`);
  });
}
