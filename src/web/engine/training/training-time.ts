import { stagePlan, type Training } from "../../../model/config/plan.ts";
import type { Progress, Stage } from "../../../model/index.ts";

/** What a training may take, and has taken before, in seconds. */
export interface TimeGiven {
  seconds: number;
  spent: number;
}

/** The share of a training that is done and the seconds it has left: of the time that it was given, or of its schedule from how fast its steps have been, whichever is over first. */
export function timeLeft(training: Training, now: number, given?: TimeGiven) {
  const stages = stagePlan(training).map(({ name, steps, cost }) => ({ name, steps, cost }));
  /** Seconds a step, measured. */
  const pace: Partial<Record<Stage, number>> = {};
  let began = now - 1000 * (given?.spent ?? 0);
  let stage: Stage | undefined;
  let since = now;
  let from = 0;
  let restart = 0;
  let lastStep = 0;
  /** Of the whole schedule. */
  const atPace = (progress: Progress, at: number): { share: number; secondsLeft?: number } => {
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
  };
  return {
    /** Time that did not go into training, such as a pause. */
    skip(milliseconds: number): void {
      since += milliseconds;
      began += milliseconds;
    },
    at(progress: Progress, at: number): { share: number; secondsLeft?: number } {
      const whole = atPace(progress, at);
      if (!given) return whole;
      const spent = (at - began) / 1000;
      const left = Math.max(0, Math.min(given.seconds - spent, whole.secondsLeft ?? Infinity));
      return { share: spent / (spent + left), secondsLeft: left };
    },
  };
}
