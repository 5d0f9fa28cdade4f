import { stagePlan, type Training } from "../../../model/config/plan.ts";
import type { Progress, Stage } from "../../../model/index.ts";

/** The share of a training that is done and the seconds it has left, from how fast its steps have been. */
export function timeLeft(training: Training, now: number) {
  const stages = stagePlan(training).map(({ name, steps, cost }) => ({ name, steps, cost }));
  /** Seconds a step, measured. */
  const pace: Partial<Record<Stage, number>> = {};
  let stage: Stage | undefined;
  let since = now;
  let from = 0;
  let restart = 0;
  let lastStep = 0;
  return {
    /** Time that did not go into training, such as a pause. */
    skip(milliseconds: number): void {
      since += milliseconds;
    },
    at(progress: Progress, at: number): { share: number; secondsLeft?: number } {
      // the marginal stage counts each of its trainings from 0
      if (progress.stage === "marginal" && progress.step < lastStep) restart++;
      lastStep = progress.step;
      const done = progress.stage === "marginal" ? restart * progress.steps + progress.step : progress.step;
      if (progress.stage !== stage) {
        stage = progress.stage;
        since = at;
        from = done;
      }
      const gone = done - from;
      if (gone > 0) pace[stage] = (at - since) / 1000 / gone;
      const own = pace[stage];
      const here = stages.findIndex(({ name }) => name === stage);
      // as many steps as were best, which is not known before
      if (stage === "ensemble") stages[here].steps = progress.steps;
      const unit = own === undefined ? undefined : own / stages[here].cost;
      const seconds = (steps: number, { name, cost }: (typeof stages)[number]): number => steps * (pace[name] ?? (unit ?? 1) * cost);
      const all = stages.reduce((total, each) => total + seconds(each.steps, each), 0);
      const left = stages.slice(here).reduce((total, each, i) => total + seconds(each.steps - (i === 0 ? done : 0), each), 0);
      return { share: all > 0 ? 1 - left / all : 1, ...(unit === undefined ? {} : { secondsLeft: left }) };
    },
  };
}
