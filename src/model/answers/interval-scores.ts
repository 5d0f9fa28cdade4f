import type { IntervalFigures } from "../api.ts";
import { Mean } from "./mean.ts";
import { intervalScore, shareWithin } from "./proper-scores.ts";
import type { ScoredCells } from "./scored-rows.ts";

/** Masses of central intervals whose coverage is told. */
const coverages = { coverage_50: 0.5, coverage_80: 0.8, coverage_90: 0.9, coverage_95: 0.95 } as const;

/** How well distributions foretell, beyond their middle. */
export class IntervalScores {
  private readonly covered = Object.values(coverages).map(() => new Mean());
  private readonly crps = new Mean();
  private readonly width = new Mean();
  private readonly score = new Mean();
  private readonly sets = new Mean();
  private readonly sizes = new Mean();

  add({ low, high, crps, lower, upper, inSet, setSize }: ScoredCells, at: number, truth: number): void {
    if (!Number.isNaN(crps[at])) {
      Object.values(coverages).forEach((mass, i) => this.covered[i].add(shareWithin(mass, low[at], high[at])));
      this.crps.add(crps[at]);
      this.width.add(upper[at] - lower[at]);
      this.score.add(intervalScore(lower[at], upper[at], truth));
    }
    if (!Number.isNaN(inSet[at])) {
      this.sets.add(inSet[at]);
      this.sizes.add(setSize[at]);
    }
  }

  result(): IntervalFigures {
    const { crps, width, score, sets, sizes } = this;
    const ofNumbers = !Number.isNaN(crps.value) && { ...Object.fromEntries(Object.keys(coverages).map((name, i) => [name, this.covered[i].value])), crps: crps.value, interval_width: width.value, interval_score: score.value };
    return { ...ofNumbers, ...(!Number.isNaN(sets.value) && { set_coverage_90: sets.value, set_size_90: sizes.value }) };
  }
}
