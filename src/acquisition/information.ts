import type { JointCounts } from "./histograms.ts";

export interface Estimate {
  /** Nats. */
  readonly gain: number;
  readonly standardError: number;
}

/** Mutual information of a table of counts [bins, cells], nats: sum p_ab log(p_ab / (p_a p_b)). */
export function informationOfCounts(counts: ArrayLike<number>, bins: number, cells: number): number {
  const rows = new Float64Array(bins);
  const columns = new Float64Array(cells);
  let total = 0;
  for (let a = 0; a < bins; a++) {
    for (let b = 0; b < cells; b++) {
      const n = counts[a * cells + b];
      rows[a] += n;
      columns[b] += n;
      total += n;
    }
  }
  let sum = 0;
  for (let a = 0; a < bins; a++) {
    for (let b = 0; b < cells; b++) {
      const n = counts[a * cells + b];
      if (n > 0) sum += n * Math.log((n * total) / (rows[a] * columns[b]));
    }
  }
  return total > 0 ? sum / total : 0;
}

/** What a histogram adds to the mutual information on average: (occupied cells - rows - columns + 1) / 2n. (Miller 1955, Madow) */
export function millerMadowBias(counts: ArrayLike<number>, bins: number, cells: number): number {
  const rows = new Set<number>();
  const columns = new Set<number>();
  let joint = 0;
  let total = 0;
  for (let a = 0; a < bins; a++) {
    for (let b = 0; b < cells; b++) {
      const n = counts[a * cells + b];
      total += n;
      if (n === 0) continue;
      joint++;
      rows.add(a);
      columns.add(b);
    }
  }
  return total > 0 ? (joint - rows.size - columns.size + 1) / (2 * total) : 0;
}

/** The estimate from all draws, and its standard error by leaving out one group of draws after another. (Efron & Stein 1981) */
export function estimateInformation(counts: JointCounts, options: { biasCorrection?: boolean } = {}): Estimate {
  const { bins, cells, groups } = counts;
  const of = (table: ArrayLike<number>): number => informationOfCounts(table, bins, cells) - (options.biasCorrection ? millerMadowBias(table, bins, cells) : 0);
  const total = new Float64Array(bins * cells);
  for (const group of groups) for (let c = 0; c < total.length; c++) total[c] += group[c];
  const gain = of(total);
  if (groups.length < 2) return { gain, standardError: Number.NaN };
  // without[g] from all draws but group g; se^2 = (G - 1) / G sum_g (without[g] - mean)^2
  const rest = new Float64Array(total.length);
  const without = groups.map((group) => {
    for (let c = 0; c < total.length; c++) rest[c] = total[c] - group[c];
    return of(rest);
  });
  const mean = without.reduce((a, b) => a + b, 0) / groups.length;
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { gain, standardError: Math.sqrt(((groups.length - 1) / groups.length) * squares) };
}
