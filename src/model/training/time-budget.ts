import type { FitOptions, Stage, TrainingTime } from "../api.ts";
import type { Schedule } from "../config/config.ts";
import type { PlannedStage } from "../config/plan.ts";
import { stepsWithin, type StageTime } from "../config/steps-within.ts";

/** What of a time is kept in a checkpoint: what was given, what was spent until then, the steps that each stage has had, and how many it wanted (earlier checkpoints do not say). */
export interface TimeState {
  seconds: number;
  spent: number;
  steps: Partial<Record<Stage, number>>;
  of?: Partial<Record<Stage, number>>;
}

/** How many steps a running stage may have. */
export interface StepLimit {
  /** Told when so many of its steps are finished; gives how many it may have in all. */
  after(finished: number): number;
  /** Steps to submit before the next look, of the usual number. */
  untilLook(usual: number): number;
  /** Told when the stage is over after so many steps; `byItself`: it wants no more. */
  ended(steps: number, byItself: boolean): void;
  /** Time that is not the training's, such as a pause. */
  pause(wait: Promise<void>): Promise<void>;
  /** Work between two steps that is no step, such as a look at the rows held back. */
  aside<T>(work: Promise<T>): Promise<T>;
}

/** Seconds between two looks at the device, and steps before the second. Before the first there is one: drivers compile when a kernel runs for the first time. */
const [secondsPerLook, secondLook] = [0.5, 5];
/** What compiling the ELBO stage takes on a software adapter, in steps of it: half a minute beside steps of 10 ms. */
const coldOpening = 3000;
/** Further networks that have had a smaller share of their steps are no help. */
const leastShare = 1 / 2;
/** What the rows held back decide, beside compiling the ELBO stage: chains are compiled for it. */
const choiceOpening = { hmc: 1.2, other: 0.3 } as const;
/** A mixture of Gaussians is fitted twice more, beside choosing its parts. */
const fitsBesideChoice = 0.2;

/**
 * The time that a training may take, from its beginning and with compilation, given out to its stages as their steps turn out to take: after every look the rest of the schedule is
 * planned anew. (`stepsWithin`)
 */
export class TimeBudget {
  private readonly seconds: number;
  private began: number;
  private readonly pace = new Map<Stage, number>();
  private readonly openings = new Map<Stage, number>();
  private readonly done: Map<Stage, number>;
  /** What a stage wants, where it is no longer what the schedule says. */
  private readonly wanted = new Map<Stage, number>();
  /** What each stage wanted of the training as it began: one that was cut reports by that. */
  private readonly of: Map<Stage, number>;
  private openedAt: number | undefined;
  /** Seconds that choosing the Gaussians' parts took, and whether what the rows held back decide is still to come. */
  private choosing = 0;
  private chosen = false;

  constructor(
    private readonly plan: readonly PlannedStage[],
    private readonly facts: { hmc: boolean; chooses: boolean; software: boolean },
    private readonly time: NonNullable<FitOptions["time"]>,
    before?: TimeState,
  ) {
    this.seconds = time.seconds;
    this.began = time.clock() - 1000 * (before?.spent ?? 0);
    this.done = new Map(Object.entries(before?.steps ?? {}) as [Stage, number][]);
    this.of = new Map(before?.of ? (Object.entries(before.of) as [Stage, number][]) : plan.map(({ name, steps }) => [name, steps]));
  }

  /** Seconds so far. */
  get spent(): number {
    return (this.time.clock() - this.began) / 1000;
  }

  /** Whether a stage that may be left out is to be opened, `certain`: where it is known by now how many steps it wants; its opening is timed from here. */
  opens(name: Stage, certain?: number): boolean {
    if (certain !== undefined) this.wants(name, certain);
    const wanted = this.wanted.get(name) ?? this.stage(name).steps;
    this.openedAt = this.time.clock();
    const least = name === "ensemble" ? wanted * leastShare : 1;
    const opens = !this.stage(name).optional || (this.stepsOf(name) ?? wanted) >= least;
    if (!opens) this.done.delete(name);
    return opens;
  }

  /** Whether as much training fits once more, so many times over, without further networks. */
  fitsAgain(trainings: number): boolean {
    const again = this.plan.filter(({ name }) => name !== "ensemble");
    const step = this.unit(this.pace, "cost");
    const steps = again.reduce((total, { name, cost }) => total + (this.done.get(name) ?? 0) * (this.pace.get(name) ?? step * cost), 0);
    // other rows are other kernels, compiled once for all trainings
    const openings = again.reduce((total, { name }) => total + (this.openings.get(name) ?? 0), 0);
    return trainings * steps + openings + this.toDecide() <= this.seconds - this.spent;
  }

  /** A schedule of the steps that there were. */
  scheduleHad(schedule: Schedule): Schedule {
    const viSteps = this.done.get("elbo") ?? schedule.viSteps;
    const annealSteps = schedule.viSteps === 0 ? schedule.annealSteps : Math.round((schedule.annealSteps * viSteps) / schedule.viSteps);
    return { ...schedule, viSteps, annealSteps, hmcSteps: this.done.get("hmc") ?? 0 };
  }

  /** Whether the further networks are to answer: not where compiling them took the time that they needed. */
  keepsEnsemble(): boolean {
    const keeps = (this.done.get("ensemble") ?? 0) >= (this.wanted.get("ensemble") ?? 0) * leastShare;
    if (!keeps) this.done.delete("ensemble");
    return keeps;
  }

  /** Times the choice of the Gaussians' parts. */
  async timeChoosing<T>(choice: Promise<T>): Promise<T> {
    const before = this.time.clock();
    const result = await choice;
    this.choosing = (this.time.clock() - before) / 1000;
    return result;
  }

  /** The rows held back have decided: no time need be kept for that. */
  hasChosen(): void {
    this.chosen = true;
  }

  /** The limit of a stage that begins, `trainings`: of a stage that trains several times over, which of how many begins. */
  limit(name: Stage, trainings = { number: 0, of: 1 }): StepLimit {
    /** When the first steps were finished, later by what was no step since, and how many. */
    let first: { at: number; steps: number } | undefined;
    let submitted = false;
    const before = trainings.number === 0 ? 0 : (this.done.get(name) ?? 0);
    return {
      after: (finished) => {
        const now = this.time.clock();
        if (first) this.pace.set(name, (now - first.at) / 1000 / (finished - first.steps));
        else if (trainings.number === 0 && this.openedAt !== undefined) this.openings.set(name, (now - this.openedAt) / 1000);
        first ??= { at: now, steps: finished };
        this.done.set(name, before + finished);
        const inAll = this.stepsOf(name) ?? this.wanted.get(name) ?? this.stage(name).steps;
        return Math.max(1, Math.floor((inAll - before) / (trainings.of - trainings.number)));
      },
      untilLook: (usual) => {
        const pace = this.pace.get(name);
        const steps = !submitted ? 1 : pace === undefined ? secondLook : Math.round(secondsPerLook / pace);
        submitted = true;
        return Math.max(1, Math.min(usual, steps));
      },
      ended: (steps, byItself) => {
        this.done.set(name, before + steps);
        if (byItself) this.wants(name, before + steps);
      },
      pause: async (wait) => {
        const since = this.time.clock();
        await wait;
        const waited = this.time.clock() - since;
        this.began += waited;
        if (first) first.at += waited;
      },
      aside: async (work) => {
        const since = this.time.clock();
        const result = await work;
        if (first) first.at += this.time.clock() - since;
        return result;
      },
    };
  }

  /** For a checkpoint. */
  state(): TimeState {
    return { seconds: this.seconds, spent: this.spent, steps: Object.fromEntries(this.done), of: Object.fromEntries(this.of) };
  }

  /** For the model. */
  report(): TrainingTime {
    const stages = [...this.of].filter(([, of]) => of > 0).map(([stage, of]) => ({ stage, steps: this.done.get(stage) ?? 0, of }));
    const more = this.times(this.plan.map((stage) => ({ ...stage, steps: Math.max(stage.steps, this.of.get(stage.name) ?? 0) }))).reduce((total, { done, steps, usual, secondsPerStep, opening }) => total + (done < steps ? opening + ((done < usual ? usual : steps) - done) * secondsPerStep : 0), 0);
    const { spent } = this;
    return { seconds: this.seconds, spent: round(spent), whole: round(spent + more), stages };
  }

  private wants(name: Stage, steps: number): void {
    this.wanted.set(name, steps);
    this.of.set(name, steps);
  }

  private stage(name: Stage): PlannedStage {
    return this.plan.find((stage) => stage.name === name)!;
  }

  /** The steps that a stage may have; undefined before anything is measured. */
  private stepsOf(name: Stage): number | undefined {
    if (this.pace.size === 0) return undefined;
    const stages = this.plan.slice(this.plan.indexOf(this.stage(name)));
    return stepsWithin(this.times(stages), this.seconds - this.spent - this.toDecide())[0];
  }

  /** What will be spent on other things than stages. */
  private toDecide(): number {
    if (this.chosen || !this.facts.chooses) return fitsBesideChoice * this.choosing;
    return 2 * fitsBesideChoice * this.choosing + (this.facts.hmc ? choiceOpening.hmc : choiceOpening.other) * this.unit(this.openings, "opening");
  }

  private times(stages: readonly PlannedStage[]): StageTime[] {
    const [step, opening] = [this.unit(this.pace, "cost"), this.unit(this.openings, "opening")];
    return stages.map((stage) => {
      const { name, optional } = stage;
      const steps = this.wanted.get(name) ?? stage.steps;
      const done = this.done.get(name) ?? 0;
      return {
        name,
        steps,
        // what it wants is certain once that is less than the schedule has
        usual: steps < stage.steps ? steps : Math.round(steps * stage.usual),
        least: Math.min(steps, stage.least),
        done,
        opening: done > 0 || this.pace.has(name) ? 0 : opening * stage.opening,
        // that other stages were in the driver's cache does not tell that this one is, the longest to compile
        ...(name === "hmc" && this.facts.software && { openingAtWorst: Math.max(opening, coldOpening * step) * stage.opening }),
        secondsPerStep: this.pace.get(name) ?? step * stage.cost,
        optional,
      };
    });
  }

  /** What the ELBO stage takes, from the last stage that was measured; a step of a training that only had to end, from all that was spent. */
  private unit(measured: ReadonlyMap<Stage, number>, fact: "cost" | "opening"): number {
    const last = [...measured].at(-1);
    if (last) return last[1] / this.stage(last[0])[fact];
    const steps = this.plan.reduce((total, { name, cost }) => total + cost * (this.done.get(name) ?? 0), 0);
    return fact === "cost" && steps > 0 ? this.spent / steps : 0;
  }
}

function round(seconds: number): number {
  return Number(seconds.toFixed(1));
}
