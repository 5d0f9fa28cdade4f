import type { TrainingTime } from "../../model/index.ts";

/** A time as --time takes it: whole seconds up to two minutes, then minutes, then hours; rounded up. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.max(1, Math.ceil(seconds))}s`;
  if (seconds <= 7200) return `${Math.ceil(seconds / 60)}m`;
  return `${Math.ceil(seconds / 3600)}h`;
}

/** What a training did with its time: how much of its schedule that was, and what all of it would take. Steps that a stage left of its own accord are none too few. */
export function timeSentence({ seconds, spent, whole, stages }: TrainingTime): string {
  const given = `--time ${durationText(seconds)}`;
  if (stages.every(({ steps, of }) => steps >= of)) return `the whole schedule within ${given}`;
  const left = stages.filter(({ steps }) => steps === 0).map(({ stage }) => stage);
  // the whole takes longer than was given, however short the rest is
  const enough = durationText(Math.max(1.1 * whole, seconds + 1));
  return `about ${Math.min(99, Math.max(1, Math.round((100 * spent) / whole)))} % of what the whole schedule takes${left.length > 0 ? `, without the stage${left.length > 1 ? "s" : ""} ${left.join(" and ")}` : ""}; --time ${enough} would run it all`;
}
