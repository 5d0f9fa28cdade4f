import { stagePlan, type Training } from "../../../model/config/plan.ts";
import type { Progress, Stage } from "../../../model/index.ts";
import { timeLeft, type TimeGiven } from "./training-time.ts";

/** What a training is at: kernels are compiled for a stage, its steps are done, or the model is asked for rows held back. */
export type Doing = "preparing" | "training" | "checking";

/** How far a training is, all of its work counted. */
export interface Beat {
  doing: Doing;
  /** The stage that runs, or that is being prepared. */
  stage: Stage;
  step: number;
  steps: number;
  /** Share of all work, which never falls. */
  share: number;
  secondsLeft?: number;
}

/** Seconds that compiling a stage and checking a model take, about, on software adapters and on others. */
const opening: Record<"software" | "other", number> = { software: 12, other: 2 };
const checking: Record<"software" | "other", number> = { software: 20, other: 4 };

/** Where a training is at any moment: between two looks at the device by the clock, so that it never seems to stand still. */
export class ProgressBeat {
  private readonly stages: { name: Stage; steps: number }[];
  private readonly time: ReturnType<typeof timeLeft>;
  private readonly kind: "software" | "other";
  private last: Progress | undefined;
  private at: number;
  private began: number;
  private left: number | undefined;
  private share = 0;
  private checked: number | undefined;

  /** checks: whether the model will be checked after its training. */
  constructor(training: Training, now: number, private readonly facts: { software: boolean; checks: boolean; given?: TimeGiven }) {
    this.stages = stagePlan(training).filter(({ steps }) => steps > 0);
    this.kind = facts.software ? "software" : "other";
    this.time = timeLeft(training, now, facts.given);
    this.at = this.began = now;
    this.began -= 1000 * (facts.given?.spent ?? 0);
    if (facts.given) this.left = Math.max(0, facts.given.seconds - facts.given.spent);
  }

  /** Time that did not go into training. */
  skip(milliseconds: number): void {
    this.time.skip(milliseconds);
    this.began += milliseconds;
    this.at += milliseconds;
  }

  /** Told what the device has reached. */
  hear(progress: Progress, now: number): void {
    this.last = progress;
    this.at = now;
    const { secondsLeft } = this.time.at(progress, now);
    if (secondsLeft === undefined) return;
    // a time that was given holds compilation; a schedule's steps do not
    const ahead = this.stages.length - 1 - this.stages.findIndex(({ name }) => name === progress.stage);
    this.left = secondsLeft + (this.facts.given ? 0 : ahead * opening[this.kind]);
  }

  /** Told how much of the check is done. */
  check(share: number, now: number): void {
    this.checked = share;
    this.at = now;
  }

  beat(now: number): Beat {
    const { last, stages, checked, kind, facts } = this;
    const after = facts.checks ? checking[kind] : 0;
    const since = (now - this.at) / 1000;
    const spent = (now - this.began) / 1000;
    // what is late is nearly done, again and again
    const late = (seconds: number): number => (seconds > since + 1 ? seconds - since : Math.max(0.2, Math.min(1, seconds)));
    const left = checked !== undefined ? late((1 - checked) * after) : this.left === undefined ? undefined : late(this.left) + after;
    const guess = left ?? 4 * (opening[kind] + spent / 4) + after;
    this.share = Math.max(this.share, spent + guess > 0 ? spent / (spent + guess) : 0);
    const share = Math.min(0.995, this.share);
    const secondsLeft = left === undefined ? {} : { secondsLeft: left };
    if (checked !== undefined) return { doing: "checking", stage: stages.at(-1)?.name ?? "elbo", step: 0, steps: 0, share, ...secondsLeft };
    if (!last) return { doing: "preparing", stage: stages[0]?.name ?? "elbo", step: 0, steps: stages[0]?.steps ?? 0, share, ...secondsLeft };
    const at = stages.findIndex(({ name }) => name === last.stage);
    const over = last.step >= last.steps && since > 1;
    const next = stages[at + 1];
    if (over && next) return { doing: "preparing", stage: next.name, step: 0, steps: next.steps, share, ...secondsLeft };
    return { doing: "training", stage: last.stage, step: last.step, steps: last.steps, share, ...secondsLeft };
  }
}
