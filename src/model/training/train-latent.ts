import type { DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Key } from "../../math/key.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { FitOptions, Progress, Stage as StageName } from "../api.ts";
import { stagePlan, type PlannedStage } from "../config/plan.ts";
import type { ModelShape } from "../config/spec.ts";
import { restoreParameters, type TrainingState } from "../files/checkpoint.ts";
import { LatentNetworks } from "../latent/networks.ts";
import { trainMarginals } from "./marginal-restarts.ts";
import { runStage, stateFiles, type Run } from "./run-stage.ts";
import { elboStage } from "./stages/elbo-stage.ts";
import { hmcStage } from "./stages/hmc-stage.ts";
import { encodeTable } from "./stages/marginal-stage.ts";
import type { Stage } from "./stages/stage.ts";
import type { TimeBudget } from "./time-budget.ts";
import { uploadTable, type DeviceTable, type HostTable } from "./training-batch.ts";

/** The stages that train the latent variable model. */
const latentStages: ReadonlySet<StageName> = new Set(["marginal", "elbo", "hmc"]);

/** What all stages share. */
export interface TrainingSetting {
  key: DeviceTensor;
  counter: StepCounter;
  options: FitOptions;
  resumed?: TrainingState;
  log: Progress[];
  time?: TimeBudget;
}

/** The latent variable model through its three stages. */
export async function trainLatent(gpu: Gpu, shape: ModelShape, table: HostTable, plan: readonly PlannedStage[], initialisation: Key, setting: TrainingSetting): Promise<LatentNetworks> {
  const { key, counter, options, resumed, log, time } = setting;
  const networks = new LatentNetworks(gpu, shape);
  networks.parameters.initialise(initialisation);
  if (resumed) restoreParameters(networks.parameters, resumed.parameters, "parameters");
  const data = uploadTable(gpu, table);
  const run: Run = { gpu, log, options, time, state: async () => ({ parameters: { parameters: await networks.parameters.values.read() } }) };
  let codesReady = false;
  for (const { name, firstStep, steps } of plan.filter(({ name }) => latentStages.has(name))) {
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

function openStage(name: StageName, networks: LatentNetworks, data: DeviceTable, firstStep: number, { key, counter, options, time }: TrainingSetting): Promise<Stage> {
  if (name === "elbo") return elboStage(networks, data, key, counter, firstStep, options.schedule, time !== undefined);
  return hmcStage(networks, data, key, counter, firstStep, options.schedule, stagePlan(options).find((one) => one.name === "elbo")!.firstStep);
}
