/** Where a quantile lies among n draws in order: at or after a rank, so far on the way to the next. */
export interface QuantilePlace {
  readonly rank: number;
  readonly next: number;
  readonly between: number;
}

/** The place of the p-quantile as math/statistics.ts has it. */
export function quantilePlace(n: number, p: number): QuantilePlace {
  const place = p * (n - 1);
  const rank = Math.floor(place);
  return { rank, next: Math.min(n - 1, rank + 1), between: place - rank };
}

/** Quantiles between which the median is looked for. */
export const aroundMedian = [0.35, 0.65] as const;

/** Ranks of the draws about the median that shaders/cell-summaries.wgsl finds: the middle one, and those about the median; and how far the latter's quantiles lie between theirs. */
export function ranksOf(n: number): { ranks: number[]; between: number[] } {
  const places = aroundMedian.map((p) => quantilePlace(n, p));
  return { ranks: [Math.floor(n / 2), ...places.flatMap(({ rank, next }) => [rank, next])], between: places.map(({ between }) => between) };
}
