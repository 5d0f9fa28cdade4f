import type { Stage, TrainingTime } from "../api.ts";

/** Seconds that a training has on an adapter where nothing else is asked for; undefined: its whole schedule. */
export function usualTime({ software }: { software: boolean }): number | undefined {
  return software ? 120 : undefined;
}

/** What became of a training within a time, for people to read. */
export interface TimeFacts {
  /** Whether all of the schedule fitted. Steps that a stage left of its own accord are none too few. */
  readonly complete: boolean;
  /** What it took of what the whole schedule takes, about, 1 to 99. */
  readonly percent: number;
  /** Stages that it had no time for. */
  readonly without: Stage[];
  /** Seconds in which the whole schedule would fit. */
  readonly enough: number;
}

/** How much of its schedule a training had, and what all of it would take. */
export function timeFacts({ seconds, spent, whole, stages }: TrainingTime): TimeFacts {
  return {
    complete: stages.every(({ steps, of }) => steps >= of),
    percent: Math.min(99, Math.max(1, Math.round((100 * spent) / whole))),
    without: stages.filter(({ steps }) => steps === 0).map(({ stage }) => stage),
    // the whole takes longer than was given, however short the rest is
    enough: Math.max(1.1 * whole, seconds + 1),
  };
}
