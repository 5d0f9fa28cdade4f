import { timeFacts, type TrainingTime } from "../../model/index.ts";

/** A time as --time takes it: whole seconds up to two minutes, then minutes, then hours; rounded up. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.max(1, Math.ceil(seconds))}s`;
  if (seconds <= 7200) return `${Math.ceil(seconds / 60)}m`;
  return `${Math.ceil(seconds / 3600)}h`;
}

/** What a training did with its time: how much of its schedule that was, and what all of it would take. */
export function timeSentence(time: TrainingTime): string {
  const { complete, percent, without, enough } = timeFacts(time);
  if (complete) return `the whole schedule within --time ${durationText(time.seconds)}`;
  return `about ${percent} % of what the whole schedule takes${without.length > 0 ? `, without the stage${without.length > 1 ? "s" : ""} ${without.join(" and ")}` : ""}; --time ${durationText(enough)} would run it all`;
}
