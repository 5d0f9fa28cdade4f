import type { FitOptions, Progress, Stage } from "../../model/index.ts";

/** How much longer a step takes than one of the ELBO stage, before anything is measured; found on software adapters. */
const weights: Record<Stage, number> = { marginal: 0.9, elbo: 1, hmc: 7 };

/** The share of a training that is done and the seconds it has left, from how fast its steps have been. */
export function timeLeft({ config, schedule }: Pick<FitOptions, "config" | "schedule">, now: number) {
  const steps: Record<Stage, number> = {
    marginal: config.marginal ? schedule.marginalSteps * schedule.marginalRestarts : 0,
    elbo: schedule.viSteps,
    hmc: config.inference === "hmc" ? schedule.hmcSteps : 0,
  };
  const stages = Object.keys(steps) as Stage[];
  /** Seconds a step, measured. */
  const pace: Partial<Record<Stage, number>> = {};
  let stage: Stage | undefined;
  let since = now;
  let from = 0;
  const work = (name: Stage, of: (name: Stage) => number): number => steps[name] * of(name);
  return {
    /** Time that did not go into training, such as a pause. */
    skip(milliseconds: number): void {
      since += milliseconds;
    },
    at(progress: Progress, at: number): { share: number; secondsLeft?: number } {
      const done = doneSteps(progress, steps);
      if (progress.stage !== stage) {
        stage = progress.stage;
        since = at;
        from = done;
      }
      const gone = done - from;
      if (gone > 0) pace[stage] = (at - since) / 1000 / gone;
      const unit = pace[stage] === undefined ? undefined : pace[stage] / weights[stage];
      const cost = (name: Stage): number => pace[name] ?? (unit ?? 1) * weights[name];
      const all = stages.reduce((total, name) => total + work(name, cost), 0);
      const here = stages.indexOf(stage);
      const left = stages.reduce((total, name, i) => total + (i < here ? 0 : (i === here ? steps[name] - done : steps[name]) * cost(name)), 0);
      return { share: all > 0 ? 1 - left / all : 1, ...(unit === undefined ? {} : { secondsLeft: left }) };
    },
  };
}

/** Steps of the stage that are done; the marginal stage reports each of its trainings by itself. */
function doneSteps({ stage, step, steps: own }: Progress, steps: Record<Stage, number>): number {
  return stage === "marginal" && own < steps.marginal ? Math.min(step, steps.marginal) : step;
}
