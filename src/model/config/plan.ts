import type { FitOptions, Stage } from "../api.ts";
import type { ModelConfig } from "./config.ts";

/** A configuration and its schedule, and how many rows it is trained on: all that decides about the stages. */
export interface Training extends Pick<FitOptions, "config" | "schedule"> {
  /** Absent: many. */
  readonly rows?: number;
}

/** Tables of so many rows are small: of a tenth of them too few rows are held back to decide much. */
const smallTable = { least: 20, most: 400 } as const;

/** One stage of a training. */
export interface PlannedStage {
  readonly name: Stage;
  /** As people read it. */
  readonly label: string;
  /** Number of its first step; steps are numbered through all stages from 0. */
  readonly firstStep: number;
  /** Steps at most: completion networks may need fewer. */
  readonly steps: number;
  /** How much longer a step takes than one of the ELBO stage, before anything is measured; found on software adapters. */
  readonly cost: number;
  /** What is learned where the training is cut within the stage: all of its steps so far, or nothing of the stage. */
  readonly cut: "here" | "before";
  /** Share of its steps that a stage has as a rule: completion networks end by themselves. */
  readonly usual: number;
  /** How long the stage takes to its first step, compilation mostly, beside the ELBO stage; found on software adapters. */
  readonly opening: number;
  /** Steps without which the stage is no use, if it has as many. */
  readonly least: number;
  /** Whether there is a model without it, where time is short. */
  readonly optional: boolean;
}

/** Of tables of 300 to 6,500 rows most have their best completion network after an eighth of the steps, and learn that an eighth later. */
const usualCompletion = 1 / 4;

/** What is always so of a stage. */
const facts: Readonly<Record<Stage, Omit<PlannedStage, "name" | "firstStep" | "steps">>> = {
  // of several trainings each feature keeps its best, which is known in the end
  marginal: { label: "marginal VAEs", cost: 0.9, cut: "before", usual: 1, opening: 0.6, least: 60, optional: false },
  elbo: { label: "ELBO", cost: 1, cut: "here", usual: 1, opening: 1, least: 50, optional: false },
  hmc: { label: "HMC", cost: 7, cut: "here", usual: 1, opening: 2, least: 4, optional: true },
  completion: { label: "completion network", cost: 1.5, cut: "here", usual: usualCompletion, opening: 1, least: 50, optional: false },
  // the further networks are trained side by side: until the end all of them are unfinished, and the first, finished and tested on the rows held back, answers better without them
  ensemble: { label: "further completion networks", cost: 3, cut: "before", usual: usualCompletion, opening: 0.2, least: 50, optional: true },
  // a step is a whole training, see `crossCost`
  cross: { label: "cross-fitting", cost: 1, cut: "before", usual: 1, opening: 1, least: 1, optional: true },
};

/** How much longer a step of completion networks takes that look up training rows: of a few hundred, on software adapters. */
const lookUpCost = 2;

/** What is so of a stage under a configuration. */
function factsOf(name: Stage, { completion }: ModelConfig): Omit<PlannedStage, "name" | "firstStep" | "steps"> {
  const looks = (completion?.lookUp ?? 0) > 0 && (name === "completion" || name === "ensemble");
  return looks ? { ...facts[name], cost: lookUpCost * facts[name].cost } : facts[name];
}

/** Into how many parts a table's rows are divided, without each of which everything is trained once more; 0: none. */
export function crossFolds({ completion }: Pick<ModelConfig, "completion">, rows: number): number {
  const folds = completion?.crossFolds ?? 0;
  return folds > 1 && rows >= smallTable.least && rows < smallTable.most ? folds : 0;
}

/** What one training of cross-fitting takes, in steps of the ELBO stage. */
function crossCost({ config, schedule }: Training): number {
  const latent = config.generative ? facts.elbo.cost * schedule.viSteps + facts.hmc.cost * schedule.hmcSteps : 0;
  const { cost, usual } = factsOf("completion", config);
  return latent + cost * usual * schedule.completionSteps;
}

/** The stages of a training, in order; of those that a model has, some may have 0 steps to do. */
export function stagePlan(training: Training): PlannedStage[] {
  const { config, schedule, rows = Infinity } = training;
  const { generative, marginal, inference, completion } = config;
  const folds = crossFolds(config, rows);
  const stages: [Stage, boolean, number][] = [
    ["marginal", generative && marginal, schedule.marginalSteps * schedule.marginalRestarts],
    ["elbo", generative, schedule.viSteps],
    ["hmc", generative && inference === "hmc", schedule.hmcSteps],
    ["completion", completion !== undefined, schedule.completionSteps],
    ["ensemble", (completion?.members ?? 1) > 1, ensembleSteps(schedule.completionSteps, { all: 1, training: 1 - (completion?.heldBack ?? 0) })],
    // the latent variable model once more, on all rows
    ["cross", folds > 0, folds + Number(generative)],
  ];
  let firstStep = 0;
  return stages.flatMap(([name, present, steps]): PlannedStage[] => {
    if (!present) return [];
    const stage = { name, firstStep, steps, ...factsOf(name, config), ...(name === "cross" && { cost: crossCost(training) }) };
    firstStep += steps;
    return [stage];
  });
}

/** A stage's name for people. */
export function stageLabel(name: Stage): string {
  return facts[name].label;
}

/** Steps on all rows that make as many passes as `step` steps on the rows that were not held back, rounded up. */
export function ensembleSteps(step: number, rows: { all: number; training: number }): number {
  return Math.ceil((step * rows.all) / rows.training);
}

/** The same without further completion networks. */
export function firstNetworkAlone(config: ModelConfig): ModelConfig {
  const { completion } = config;
  return completion?.members === undefined ? config : { ...config, completion: { ...completion, members: 1 } };
}

/**
 * The same training, cut at a checkpoint of it, given by its step: `fit` that goes on from the checkpoint with it trains no step more and gives the model that was learned until
 * then. Of an ensemble that is not finished the first network remains.
 */
export function cutAt(training: Training, step: number): Training {
  const plan = stagePlan(training);
  const done = new Map(plan.map(({ name, firstStep, steps }) => [name, Math.min(steps, Math.max(0, step - firstStep))]));
  const { schedule } = training;
  // cross-fitting begins when all networks are there
  const whole = plan.some(({ name, firstStep }) => name === "cross" && step >= firstStep);
  return {
    ...training,
    config: withoutCross(whole ? training.config : firstNetworkAlone(training.config)),
    schedule: { ...schedule, viSteps: done.get("elbo") ?? schedule.viSteps, hmcSteps: done.get("hmc") ?? schedule.hmcSteps, completionSteps: done.get("completion") ?? schedule.completionSteps },
  };
}

/** The same without cross-fitting. */
function withoutCross(config: ModelConfig): ModelConfig {
  const { completion } = config;
  return completion?.crossFolds === undefined ? config : { ...config, completion: { ...completion, crossFolds: 0 } };
}
