import { normalQuantile } from "../math/special.ts";

/** A column with fewer held-back cells says little by itself. */
export const fewCells = 30;

/** How many times as wide a column's 90 % intervals are by its map, whose values stand at the ends of 50, 80, 90 and 95 % intervals of normal scores. */
export function widening(values: readonly number[]): number {
  return values[2] / normalQuantile(0.95);
}

/** Where a truth stands in its predictive distribution: the share of draws below it, those equal counted half. */
export function placeAmong(draws: ArrayLike<number>, truth: number): number {
  let below = 0;
  for (let i = 0; i < draws.length; i++) below += draws[i] < truth ? 1 : draws[i] === truth ? 0.5 : 0;
  return below / draws.length;
}

/** Share of truths inside their central interval of each mass: those whose place is within half of it from the middle. */
export function coverage(places: readonly number[], masses: readonly number[]): number[] {
  return masses.map((mass) => places.filter((place) => Math.abs(place - 0.5) <= mass / 2).length / places.length);
}

/** How often what was given a probability of about p comes true, in bins of equal width that hold something. */
export function reliability(given: readonly { probability: number; happened: boolean }[], bins = 10): { probability: number; share: number; count: number }[] {
  return Array.from({ length: bins }, (_, b) => {
    const own = given.filter(({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)) === b);
    return { probability: own.reduce((total, { probability }) => total + probability, 0) / own.length, share: own.filter(({ happened }) => happened).length / own.length, count: own.length };
  }).filter(({ count }) => count > 0);
}
