import { deviceTensor } from "../../autodiff/index.ts";
import type { Column } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { foldIn, keyFromSeed } from "../../math/key.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { StepCounter } from "../../nn/step-counter.ts";
import type { FitOptions, Progress, Stage as StageName, TrainingTime } from "../api.ts";
import { chooseMixture } from "../completion/choose.ts";
import { CompletionNetwork } from "../completion/completion-network.ts";
import { HeldBack, splitRows } from "../completion/held-back.ts";
import { withParametersOf, withRows } from "../completion/look-up-rows.ts";
import { marginalLogits } from "../completion/marginal-logits.ts";
import type { CompletionSetting } from "../completion/open-training.ts";
import { withMembers, type CompletionShape } from "../completion/shape.ts";
import { trainCompletion } from "../completion/train-completion.ts";
import { trainEnsemble } from "../completion/train-ensemble.ts";
import { crossFolds, ensembleSteps, stagePlan } from "../config/plan.ts";
import type { ModelShape } from "../config/spec.ts";
import { readCheckpoint, restoreParameters, type TrainingState } from "../files/checkpoint.ts";
import type { PartsChoice } from "../gaussians/choose-parts.ts";
import { fittedGaussians, partsOf } from "../gaussians/fitted.ts";
import type { Gaussians } from "../gaussians/gaussians.ts";
import type { LatentNetworks } from "../latent/networks.ts";
import type { Chosen } from "../posterior/shares.ts";
import { crossFit } from "./cross-fit.ts";
import { TimeBudget } from "./time-budget.ts";
import { trainLatent, type TrainingSetting } from "./train-latent.ts";
import type { HostTable } from "./training-batch.ts";

/** Tags of the keys derived from the seed. */
const keys = { initialisation: 1, training: 2, heldBack: 6, cross: 7 } as const;

export interface Trained {
  networks?: LatentNetworks;
  completion?: CompletionNetwork;
  gaussians?: Gaussians;
  /** What the held-back rows decided. */
  chosen?: Chosen;
  /** One line per look: stage, step and metrics. */
  log: Progress[];
  /** Of a training that was given a time. */
  time?: TrainingTime;
}

/**
 * Trains through all stages: the latent variable model, then the completion network, then what the rows held back decide. Everything random
 * follows from the seed and the step number, so a run that goes on from a checkpoint ends with the weights of an unbroken one.
 */
export async function train(gpu: Gpu, shape: ModelShape, columns: readonly Column[], table: HostTable, options: FitOptions): Promise<Trained> {
  const seedKey = keyFromSeed(options.seed);
  const resumed = options.resume ? readCheckpoint(options.resume) : undefined;
  const counter = await StepCounter.create(gpu);
  if (resumed) counter.set(resumed.step);
  const key = deviceTensor(gpu, [2], foldIn(seedKey, keys.training), { dtype: "u32", label: "training key" });
  const plan = stagePlan({ ...options, rows: table.rows });
  const { completion: wanted, generative, inference } = shape.config;
  // what is left of a time in the end is for cross-fitting, if there is enough
  const time = options.time && new TimeBudget(plan.filter(({ name }) => name !== "cross"), { hmc: generative && inference === "hmc", chooses: wanted !== undefined, software: gpu.software }, options.time, resumed?.time);
  const setting: TrainingSetting = { key, counter, options, resumed, log: resumed ? [...resumed.log] : [], time };
  const { log } = setting;
  // what the rows held back decide is about rows that neither part has seen
  const split = wanted ? splitRows(table, wanted.heldBack, foldIn(seedKey, keys.heldBack)) : undefined;
  const initialisation = foldIn(seedKey, keys.initialisation);
  // with a time to keep to, what takes an unknown part of it comes first
  const parts = time && split && shape.gaussians && !resumed?.chosen ? await time.timeChoosing(partsOf(split.training, shape.gaussians, foldIn(initialisation, 1), options.signal)) : undefined;
  const networks = generative ? await trainLatent(gpu, shape, split?.training ?? table, plan, initialisation, setting) : undefined;
  if (!split) return { networks, log, time: time?.report() };
  const stage = (name: StageName, tag: number): CompletionSetting => ({
    ...setting,
    firstStep: plan.find((one) => one.name === name)!.firstStep,
    initialisation: foldIn(initialisation, tag),
    latent: networks && (() => networks.parameters.values.read()),
  });
  // what is looked up in the end are all rows
  const whole = withRows(shape.completion!, table, options.schedule.batch, foldIn(initialisation, 2));
  const { completion, chosen } =
    resumed?.stage === "cross"
      ? { completion: restoredNetworks(gpu, whole, resumed), chosen: resumed.chosen! }
      : await trainNetworks(gpu, shape, whole, columns, table, split, new HeldBack(split.heldBack, foldIn(seedKey, keys.heldBack), split.training !== split.heldBack), networks, stage, parts);
  // as many parts as were chosen, now from all rows
  const gaussians = shape.gaussians && (await fittedGaussians(shape.gaussians, table, chosen.gaussians!, foldIn(initialisation, 3)));
  const trained = { networks, completion, gaussians, chosen, log };
  const crossStage = plan.find(({ name }) => name === "cross");
  if (!crossStage || (time && resumed?.stage !== "cross" && !time.fitsAgain(crossStage.steps))) return { ...trained, time: time?.report() };
  const schedule = time ? time.scheduleHad(options.schedule) : options.schedule;
  const crossed = await crossFit(gpu, shape, columns, table, { networks, completion, chosen, firstRows: split.training.rows, schedule, folds: crossFolds(shape.config, table.rows) }, foldIn(seedKey, keys.cross), setting, crossStage.firstStep);
  return { ...trained, ...crossed, time: time?.report() };
}

/** All networks as a checkpoint has them that was made after their training; where time was short the first one alone. */
function restoredNetworks(gpu: Gpu, whole: CompletionShape, { parameters }: TrainingState): CompletionNetwork {
  const all = new CompletionNetwork(gpu, whole);
  const network = all.parameters.values.size === parameters.all?.length ? all : new CompletionNetwork(gpu, withMembers(whole, 1));
  restoreParameters(network.parameters, parameters, "all");
  return network;
}

/** The completion networks, and what the rows held back decide by the first one. */
async function trainNetworks(gpu: Gpu, shape: ModelShape, whole: CompletionShape, columns: readonly Column[], table: HostTable, { training }: { training: HostTable }, heldBack: HeldBack, latent: LatentNetworks | undefined, stage: (name: StageName, tag: number) => CompletionSetting, parts?: PartsChoice): Promise<{ completion: CompletionNetwork; chosen: Chosen }> {
  const first = stage("completion", 1);
  const { time } = first;
  const { network, chosen } = await firstNetwork(gpu, shape, columns, training, heldBack, latent, first, parts);
  const { members = 1 } = shape.completion!.config;
  time?.hasChosen();
  const steps = ensembleSteps(chosen.step, { all: table.rows, training: training.rows });
  const alone = members === 1 || (time !== undefined && !time.opens("ensemble", steps));
  const all = alone ? network : await trainEnsemble(gpu, whole, network, table, chosen, steps, stage("ensemble", 2));
  const answering = time?.keepsEnsemble() === false ? network : all;
  return { completion: answering === network ? await withParametersOf(network, withMembers(whole, 1)) : all, chosen };
}

/** The network that finds out when to stop, and what the rows held back decide by it. */
async function firstNetwork(gpu: Gpu, shape: ModelShape, columns: readonly Column[], training: HostTable, heldBack: HeldBack, latent: LatentNetworks | undefined, setting: CompletionSetting, parts?: PartsChoice): Promise<{ network: CompletionNetwork; chosen: Chosen }> {
  const { resumed, options, initialisation, time } = setting;
  const own = withRows(withMembers(shape.completion!, 1), training, options.schedule.batch, initialisation);
  if (resumed?.stage === "ensemble") {
    const network = new CompletionNetwork(gpu, own);
    restoreParameters(network.parameters, resumed.parameters, "first");
    if (shape.gaussians && !resumed.chosen?.gaussians) {
      throw new ModelFileError({ where: "checkpoint.json", expected: "the choice of a mixture of Gaussians", got: "none", remedy: "the checkpoint is from before there was one; train without `resume`" });
    }
    return { network, chosen: resumed.chosen! };
  }
  time?.opens("completion");
  const { network, step, looker } = await trainCompletion(gpu, own, training, heldBack, setting);
  try {
    const choice = shape.gaussians && (parts ?? (await partsOf(training, shape.gaussians, initialisation, options.signal)));
    const gaussians = choice && (await fittedGaussians(shape.gaussians!, training, choice, initialisation));
    const { gaussians: shares, ...chosen } = await chooseMixture(network, looker, marginalLogits(own, training), { latent, gaussians, untrained: step === 0 }, columns, heldBack, options.signal);
    return { network, chosen: { step, ...chosen, ...(choice && { gaussians: { ...choice, ...shares! } }) } };
  } finally {
    looker.destroy();
  }
}
