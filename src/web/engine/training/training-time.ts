import type { FitOptions, ModelConfig, Progress, Stage } from "../../../model/index.ts";

/** The stages that a model is trained through, in order. */
export function stagesOf({ generative, marginal, inference, completion }: ModelConfig): Stage[] {
  const wanted: [Stage, boolean][] = [["marginal", generative && marginal], ["elbo", generative], ["hmc", generative && inference === "hmc"], ["completion", completion !== undefined], ["ensemble", (completion?.members ?? 1) > 1]];
  return wanted.filter(([, present]) => present).map(([stage]) => stage);
}

/** How much longer a step takes than one of the ELBO stage, before anything is measured; found on software adapters. */
const weights: Record<Stage, number> = { marginal: 0.9, elbo: 1, hmc: 7, completion: 1.5, ensemble: 3 };

/** The share of a training that is done and the seconds it has left, from how fast its steps have been. */
export function timeLeft({ config, schedule }: Pick<FitOptions, "config" | "schedule">, now: number) {
  const steps: Record<Stage, number> = {
    marginal: config.generative && config.marginal ? schedule.marginalSteps * schedule.marginalRestarts : 0,
    elbo: config.generative ? schedule.viSteps : 0,
    hmc: config.generative && config.inference === "hmc" ? schedule.hmcSteps : 0,
    completion: config.completion ? schedule.completionSteps : 0,
    // as many as were best, which is not known before
    ensemble: (config.completion?.members ?? 1) > 1 ? schedule.completionSteps : 0,
  };
  const stages = Object.keys(steps) as Stage[];
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
      if (progress.stage === "ensemble") steps.ensemble = progress.steps;
      if (progress.stage !== stage) {
        stage = progress.stage;
        since = at;
        from = done;
      }
      const gone = done - from;
      if (gone > 0) pace[stage] = (at - since) / 1000 / gone;
      const own = pace[stage];
      const unit = own === undefined ? undefined : own / weights[stage];
      const cost = (name: Stage): number => pace[name] ?? (unit ?? 1) * weights[name];
      const all = stages.reduce((total, name) => total + steps[name] * cost(name), 0);
      const here = stages.indexOf(stage);
      const left = stages.reduce((total, name, i) => total + (i < here ? 0 : (i === here ? steps[name] - done : steps[name]) * cost(name)), 0);
      return { share: all > 0 ? 1 - left / all : 1, ...(unit === undefined ? {} : { secondsLeft: left }) };
    },
  };
}
