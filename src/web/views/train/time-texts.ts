import { stageLabel } from "../../../model/config/plan.ts";
import { timeFacts } from "../../../model/config/training-time.ts";
import type { TrainingTime } from "../../../model/index.ts";

/** "45 seconds", "2 minutes", "3 hours": seconds below a minute, hours from two hours on. */
export function durationWords(seconds: number): string {
  const [size, unit] = seconds < 60 ? [1, "second"] : seconds <= 7200 ? [60, "minute"] : [3600, "hour"];
  const number = Number((seconds / size).toPrecision(3));
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/** What a model's training did with its time. */
export function timeText(time: TrainingTime): string {
  const { complete, percent, without, enough } = timeFacts(time);
  const given = durationWords(time.seconds);
  if (complete) return `Its training had ${given}, and the whole schedule fitted.`;
  // rounded up, so that it does suffice
  const size = enough <= 7200 ? 60 : 3600;
  return `Its training had ${given}: about ${percent} % of what the whole schedule takes${without.length > 0 ? `, without ${without.map(stageLabel).join(" and ")}` : ""}. ${durationWords(size * Math.ceil(enough / size))} would be enough for all of it.`;
}
