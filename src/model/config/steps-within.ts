import type { Stage } from "../api.ts";

/** What is known of a stage that is running or still to come. */
export interface StageTime {
  readonly name: Stage;
  /** Its steps by the schedule, those it has as a rule, and those without which it is no use. */
  readonly steps: number;
  readonly usual: number;
  readonly least: number;
  /** Steps it has had already. */
  readonly done: number;
  /** Seconds until its first step: compilation; 0 once it is open. */
  readonly opening: number;
  /** The same at worst, if nothing of it is in a driver's cache. Default: as `opening`. */
  readonly openingAtWorst?: number;
  readonly secondsPerStep: number;
  /** Whether it may be left out. */
  readonly optional: boolean;
}

/** Share of the time left that an optional stage may take to be compiled. */
const mostOpening = 1 / 5;

/**
 * How many steps in all each stage may have so that the rest takes `seconds`: the same share of the steps that it has as a rule, neither less than its least nor more than its schedule's.
 * An optional stage has 0 where compiling it may take too much of the time, or where even the least of all stages does not fit: the last first. What remains takes longer than `seconds` only
 * where the least of the stages does that cannot be left out.
 */
export function stepsWithin(stages: readonly StageTime[], seconds: number): number[] {
  const left = new Set(stages.filter(({ optional, done, opening, openingAtWorst = opening }) => optional && done === 0 && openingAtWorst > mostOpening * seconds));
  const at = (share: number): number[] => stages.map((stage) => (left.has(stage) ? 0 : stepsAt(stage, share)));
  const takes = (steps: readonly number[]): number => stages.reduce((total, stage, i) => total + (left.has(stage) ? 0 : stage.opening + (steps[i] - stage.done) * stage.secondsPerStep), 0);
  for (const stage of stages.toReversed()) {
    if (takes(at(0)) <= seconds) break;
    if (stage.optional && stage.done === 0) left.add(stage);
  }
  // beyond 1 only stages go on that end by themselves as a rule
  let [low, high] = [0, Math.max(1, ...stages.map(({ steps, usual }) => steps / Math.max(usual, 1)))];
  if (takes(at(high)) <= seconds) return at(high);
  for (let halving = 0; halving < 40; halving++) {
    const middle = (low + high) / 2;
    if (takes(at(middle)) <= seconds) low = middle;
    else high = middle;
  }
  return at(low);
}

function stepsAt({ steps, usual, least, done }: StageTime, share: number): number {
  return Math.max(done, Math.min(steps, Math.max(least, Math.floor(share * usual))));
}
