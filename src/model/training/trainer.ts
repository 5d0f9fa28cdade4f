import { deviceTensor, type DeviceTensor } from "../../autodiff/index.ts";
import type { Column } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { foldIn, keyFromSeed, type Key } from "../../math/key.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import { StepCounter } from "../../nn/step-counter.ts";
import type { FitOptions, Progress, Stage as StageName, TrainingTime } from "../api.ts";
import { readCheckpoint, restoreParameters, type TrainingState } from "../files/checkpoint.ts";
import { chooseMixture } from "../completion/choose.ts";
import { marginalLogits } from "../completion/marginal-logits.ts";
import { CompletionNetwork } from "../completion/completion-network.ts";
import { HeldBack, splitRows } from "../completion/held-back.ts";
import { combinedTable } from "../completion/completion-stage.ts";
import { withMembers } from "../completion/shape.ts";
import type { CompletionSetting } from "../completion/open-training.ts";
import { trainCompletion } from "../completion/train-completion.ts";
import { withParametersOf, withRows } from "../completion/look-up-rows.ts";
import { trainEnsemble } from "../completion/train-ensemble.ts";
import { chooseParts, fitChosen, type PartsChoice } from "../gaussians/choose-parts.ts";
import type { MixtureRows } from "../gaussians/fit-mixture.ts";
import { Gaussians, gaussiansWeights, readGaussians, type GaussiansShape } from "../gaussians/gaussians.ts";
import { columnPlaces } from "../gaussians/mixture-density.ts";
import { trainMarginals } from "./marginal-restarts.ts";
import { LatentNetworks } from "../latent/networks.ts";
import type { Chosen } from "../posterior/shares.ts";
import { runStage, stateFiles, type Run } from "./run-stage.ts";
import { ensembleSteps, stagePlan, type PlannedStage } from "../config/plan.ts";
import type { ModelShape } from "../config/spec.ts";
import { elboStage } from "./stages/elbo-stage.ts";
import { hmcStage } from "./stages/hmc-stage.ts";
import { encodeTable } from "./stages/marginal-stage.ts";
import type { Stage } from "./stages/stage.ts";
import { TimeBudget } from "./time-budget.ts";
import { uploadTable, type DeviceTable, type HostTable } from "./training-batch.ts";

/** Tags of the keys derived from the seed. */
const keys = { initialisation: 1, training: 2, heldBack: 6 } as const;

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

/** What all stages share. */
interface Setting {
  key: DeviceTensor;
  counter: StepCounter;
  options: FitOptions;
  resumed?: TrainingState;
  log: Progress[];
  time?: TimeBudget;
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
  const plan = stagePlan(options);
  const { completion: wanted, generative, inference } = shape.config;
  const time = options.time && new TimeBudget(plan, { hmc: generative && inference === "hmc", chooses: wanted !== undefined, software: gpu.software }, options.time, resumed?.time);
  const setting: Setting = { key, counter, options, resumed, log: resumed ? [...resumed.log] : [], time };
  const { log } = setting;
  // what the rows held back decide is about rows that neither part has seen
  const split = wanted ? splitRows(table, wanted.heldBack, foldIn(seedKey, keys.heldBack)) : undefined;
  // with a time to keep to, what takes an unknown part of it comes first
  const parts = time && split && shape.gaussians && !resumed?.chosen ? await time.timeChoosing(partsOf(split.training, shape.gaussians, foldIn(foldIn(seedKey, keys.initialisation), 1), options)) : undefined;
  const networks = generative ? await trainLatent(gpu, shape, split?.training ?? table, plan, foldIn(seedKey, keys.initialisation), setting) : undefined;
  if (!split) return { networks, log, time: time?.report() };
  const heldBack = new HeldBack(split.heldBack, foldIn(seedKey, keys.heldBack), split.training !== split.heldBack);
  const stage = (name: StageName, tag: number): CompletionSetting => ({
    ...setting,
    firstStep: plan.find((one) => one.name === name)!.firstStep,
    initialisation: foldIn(foldIn(seedKey, keys.initialisation), tag),
    latent: networks && (() => networks.parameters.values.read()),
  });
  const { network, chosen } = await firstNetwork(gpu, shape, columns, split.training, heldBack, networks, stage("completion", 1), parts);
  const { members = 1 } = wanted!;
  time?.hasChosen();
  const steps = ensembleSteps(chosen.step, { all: table.rows, training: split.training.rows });
  // what is looked up in the end are all rows
  const whole = withRows(shape.completion!, table, options.schedule.batch, foldIn(foldIn(seedKey, keys.initialisation), 2));
  const alone = members === 1 || (time !== undefined && !time.opens("ensemble", steps));
  const all = alone ? network : await trainEnsemble(gpu, whole, network, table, chosen, steps, stage("ensemble", 2));
  const answering = time?.keepsEnsemble() === false ? network : all;
  const completion = answering === network ? await withParametersOf(network, withMembers(whole, 1)) : all;
  // as many parts as were chosen, now from all rows
  const gaussians = shape.gaussians && (await fittedGaussians(shape.gaussians, table, chosen.gaussians!, stage("completion", 3).initialisation));
  return { networks, completion, gaussians, chosen, log, time: time?.report() };
}

/** The parts of a mixture of Gaussians, by cross-validation. */
function partsOf(training: HostTable, { columns, config }: GaussiansShape, key: Key, { signal }: FitOptions): Promise<PartsChoice> {
  return chooseParts(mixtureRows(training), columnPlaces(columns), config.parts, key, signal);
}

/** A mixture of Gaussians fitted to rows. */
async function fittedGaussians(shape: GaussiansShape, table: HostTable, choice: PartsChoice, key: Key): Promise<Gaussians> {
  const fitted = new Gaussians(shape, await fitChosen(mixtureRows(table), columnPlaces(shape.columns), choice, key));
  // as a weight file keeps them, so that answers are the same from there
  return readGaussians(shape, gaussiansWeights(fitted), "training");
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
    const choice = shape.gaussians && (parts ?? (await partsOf(training, shape.gaussians, initialisation, options)));
    const gaussians = choice && (await fittedGaussians(shape.gaussians!, training, choice, initialisation));
    const { gaussians: shares, ...chosen } = await chooseMixture(network, looker, marginalLogits(own, training), { latent, gaussians, untrained: step === 0 }, columns, heldBack, options.signal);
    return { network, chosen: { step, ...chosen, ...(choice && { gaussians: { ...choice, ...shares! } }) } };
  } finally {
    looker.destroy();
  }
}

function mixtureRows(table: HostTable): MixtureRows {
  const { rows, x, observedX: observed } = combinedTable(table);
  return { rows, x, observed };
}

/** The latent variable model through its three stages. */
async function trainLatent(gpu: Gpu, shape: ModelShape, table: HostTable, plan: readonly PlannedStage[], initialisation: Key, setting: Setting): Promise<LatentNetworks> {
  const { key, counter, options, resumed, log, time } = setting;
  const networks = new LatentNetworks(gpu, shape);
  networks.parameters.initialise(initialisation);
  if (resumed) restoreParameters(networks.parameters, resumed.parameters, "parameters");
  const data = uploadTable(gpu, table);
  const run: Run = { gpu, log, options, time, state: async () => ({ parameters: { parameters: await networks.parameters.values.read() } }) };
  let codesReady = false;
  for (const { name, firstStep, steps } of plan.filter(({ name }) => name !== "completion" && name !== "ensemble")) {
    const lastStep = firstStep + steps;
    const done = resumed?.step ?? 0;
    if (steps === 0 || done >= lastStep || time?.opens(name) === false) continue;
    if (name !== "marginal" && shape.config.marginal && !codesReady) {
      await encodeTable(networks, data);
      codesReady = true;
    }
    if (name === "marginal") {
      // short and deterministic: a run killed here starts anew, and the first checkpoint is at its end
      const { onCheckpoint, ...quiet } = options;
      await trainMarginals(networks, { data, key, counter, schedule: options.schedule, initialisation }, (stage, from, number) => {
        counter.set(from);
        return runStage(stage, from, from, { ...run, options: quiet, trainings: { number, of: options.schedule.marginalRestarts } });
      });
      if (onCheckpoint) await onCheckpoint(await stateFiles(name, lastStep, {}, run));
      continue;
    }
    const stage = await openStage(name, networks, data, firstStep, setting);
    if (resumed && done > firstStep) {
      for (const [optimizer, moments] of Object.entries(resumed.moments)) stage.optimizers[optimizer]?.restore(moments);
    }
    const from = Math.max(done, firstStep);
    // the stage before may have ended early
    counter.set(from);
    await runStage(stage, firstStep, from, run);
    stage.destroy();
  }
  return networks;
}

function openStage(name: StageName, networks: LatentNetworks, data: DeviceTable, firstStep: number, { key, counter, options, time }: Setting): Promise<Stage> {
  if (name === "elbo") return elboStage(networks, data, key, counter, firstStep, options.schedule, time !== undefined);
  return hmcStage(networks, data, key, counter, firstStep, options.schedule, stagePlan(options).find((one) => one.name === "elbo")!.firstStep);
}
