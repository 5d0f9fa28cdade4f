import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { foldIn, keyFromSeed } from "../math/key.ts";
import { StepCounter } from "../nn/step-counter.ts";
import type { FitOptions, Progress, Stage as StageName } from "./api.ts";
import { readCheckpoint, restoreParameters, type TrainingState } from "./checkpoint.ts";
import { chooseMixture } from "./completion/choose.ts";
import { CompletionNetwork } from "./completion/completion-network.ts";
import { HeldBack, splitRows } from "./completion/held-back.ts";
import { withMembers, type CompletionShape } from "./completion/shape.ts";
import type { CompletionSetting } from "./completion/open-training.ts";
import { trainCompletion } from "./completion/train-completion.ts";
import { ensembleSteps, trainEnsemble } from "./completion/train-ensemble.ts";
import { trainMarginals } from "./marginal-restarts.ts";
import { Networks } from "./networks.ts";
import type { Chosen } from "./parse-model.ts";
import { runStage, stateFiles, type Run } from "./run-stage.ts";
import type { ModelShape } from "./spec.ts";
import { elboStage } from "./stages/elbo-stage.ts";
import { hmcStage } from "./stages/hmc-stage.ts";
import { encodeTable } from "./stages/marginal-stage.ts";
import type { Stage } from "./stages/stage.ts";
import { uploadTable, type DeviceTable, type HostTable } from "./training-batch.ts";

/** Tags of the keys derived from the seed. */
const keys = { initialisation: 1, training: 2, heldBack: 6 } as const;

export interface Trained {
  networks?: Networks;
  completion?: CompletionNetwork;
  /** What the held-back rows decided. */
  chosen?: Chosen;
  /** One line per look: stage, step and metrics. */
  log: Progress[];
}

/** What all stages share. */
interface Setting {
  key: DeviceTensor;
  counter: StepCounter;
  options: FitOptions;
  resumed?: TrainingState;
  log: Progress[];
}

/**
 * Trains through all stages: the latent variable model, then the completion network, then what the rows held back decide. Everything random
 * follows from the seed and the step number, so a run that goes on from a checkpoint ends with the weights of an unbroken one.
 */
export async function train(gpu: Gpu, shape: ModelShape, table: HostTable, options: FitOptions): Promise<Trained> {
  const seedKey = keyFromSeed(options.seed);
  const resumed = options.resume ? readCheckpoint(options.resume) : undefined;
  const counter = await StepCounter.create(gpu);
  if (resumed) counter.set(resumed.step);
  const key = deviceTensor(gpu, [2], foldIn(seedKey, keys.training), { dtype: "u32", label: "training key" });
  const setting: Setting = { key, counter, options, resumed, log: resumed ? [...resumed.log] : [] };
  const { log } = setting;
  const { completion: wanted, generative } = shape.config;
  // what the rows held back decide is about rows that neither part has seen
  const split = wanted ? splitRows(table, wanted.heldBack, foldIn(seedKey, keys.heldBack)) : undefined;
  const plan = stagePlan(options);
  const networks = generative ? await trainLatent(gpu, shape, split?.training ?? table, plan, foldIn(seedKey, keys.initialisation), setting) : undefined;
  if (!split) return { networks, log };
  const heldBack = new HeldBack(split.heldBack, foldIn(seedKey, keys.heldBack));
  const stage = (name: StageName, tag: number): CompletionSetting => ({
    ...setting,
    firstStep: plan.find((one) => one.name === name)!.firstStep,
    initialisation: foldIn(foldIn(seedKey, keys.initialisation), tag),
    latent: networks && (() => networks.parameters.values.read()),
  });
  const { network, chosen } = await firstNetwork(gpu, withMembers(shape.completion!, 1), split.training, heldBack, networks, stage("completion", 1));
  const { members = 1 } = wanted!;
  const steps = ensembleSteps(chosen.step, { all: table.rows, training: split.training.rows });
  const completion = members === 1 ? network : await trainEnsemble(gpu, shape.completion!, network, table, chosen, steps, stage("ensemble", 2));
  return { networks, completion, chosen, log };
}

/** The network that finds out when to stop, and what the rows held back decide by it. */
async function firstNetwork(gpu: Gpu, shape: CompletionShape, training: HostTable, heldBack: HeldBack, networks: Networks | undefined, setting: CompletionSetting): Promise<{ network: CompletionNetwork; chosen: Chosen }> {
  const { resumed, options } = setting;
  if (resumed?.stage === "ensemble") {
    const network = new CompletionNetwork(gpu, shape);
    restoreParameters(network.parameters, resumed.parameters, "first");
    return { network, chosen: resumed.chosen! };
  }
  const { network, step, looker } = await trainCompletion(gpu, shape, training, heldBack, setting);
  try {
    // a network that was not trained has no say
    const chosen = step === 0 && networks ? { temperature: 1, weight: 0 } : await chooseMixture(network, looker, networks, heldBack, options.signal);
    return { network, chosen: { step, ...chosen } };
  } finally {
    looker.destroy();
  }
}

/** The stages with steps to do, numbered through from 0. */
function stagePlan({ config, schedule }: FitOptions): { name: StageName; firstStep: number; steps: number }[] {
  const { generative } = config;
  const wanted: [StageName, number][] = [
    ["marginal", generative && config.marginal ? schedule.marginalSteps * schedule.marginalRestarts : 0],
    ["elbo", generative ? schedule.viSteps : 0],
    ["hmc", generative && config.inference === "hmc" ? schedule.hmcSteps : 0],
    ["completion", config.completion ? schedule.completionSteps : 0],
    // at most so many
    ["ensemble", (config.completion?.members ?? 1) > 1 ? ensembleSteps(schedule.completionSteps, { all: 1, training: 1 - config.completion!.heldBack }) : 0],
  ];
  let firstStep = 0;
  return wanted.map(([name, steps]) => {
    const stage = { name, firstStep, steps };
    firstStep += steps;
    return stage;
  });
}

/** The latent variable model through its three stages. */
async function trainLatent(gpu: Gpu, shape: ModelShape, table: HostTable, plan: ReturnType<typeof stagePlan>, initialisation: ReturnType<typeof foldIn>, setting: Setting): Promise<Networks> {
  const { key, counter, options, resumed, log } = setting;
  const networks = new Networks(gpu, shape);
  networks.parameters.initialise(initialisation);
  if (resumed) restoreParameters(networks.parameters, resumed.parameters, "parameters");
  const data = uploadTable(gpu, table);
  const run: Run = { gpu, log, options, state: async () => ({ parameters: { parameters: await networks.parameters.values.read() } }) };
  let codesReady = false;
  for (const { name, firstStep, steps } of plan.filter(({ name }) => name !== "completion" && name !== "ensemble")) {
    const lastStep = firstStep + steps;
    const done = resumed?.step ?? 0;
    if (steps === 0 || done >= lastStep) continue;
    if (name !== "marginal" && shape.config.marginal && !codesReady) {
      await encodeTable(networks, data);
      codesReady = true;
    }
    if (name === "marginal") {
      // short and deterministic: a run killed here starts anew, and the first checkpoint is at its end
      const { onCheckpoint, ...quiet } = options;
      await trainMarginals(networks, { data, key, counter, schedule: options.schedule, initialisation }, (stage, from) => runStage(stage, from, from, { ...run, options: quiet }));
      if (onCheckpoint) await onCheckpoint(await stateFiles(name, lastStep, {}, run));
      continue;
    }
    const stage = await openStage(name, networks, data, firstStep, setting);
    if (resumed && done > firstStep) {
      for (const [optimizer, moments] of Object.entries(resumed.moments)) stage.optimizers[optimizer]?.restore(moments);
    }
    await runStage(stage, firstStep, Math.max(done, firstStep), run);
    stage.destroy();
  }
  return networks;
}

function openStage(name: StageName, networks: Networks, data: DeviceTable, firstStep: number, { key, counter, options }: Setting): Promise<Stage> {
  if (name === "elbo") return elboStage(networks, data, key, counter, firstStep, options.schedule);
  return hmcStage(networks, data, key, counter, firstStep, options.schedule);
}
