import type { DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Key } from "../../math/key.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { FitOptions, Progress } from "../api.ts";
import { restoreParameters, type TrainingState } from "../files/checkpoint.ts";
import type { Stage } from "../training/stages/stage.ts";
import type { TimeBudget } from "../training/time-budget.ts";
import { uploadTable, type HostTable } from "../training/training-batch.ts";
import { CompletionNetwork } from "./completion-network.ts";
import { combinedTable, completionStage } from "./completion-stage.ts";
import type { CompletionShape } from "./shape.ts";

export interface CompletionSetting {
  key: DeviceTensor;
  counter: StepCounter;
  firstStep: number;
  options: FitOptions;
  resumed?: TrainingState;
  log: Progress[];
  time?: TimeBudget;
  initialisation: Key;
  /** The latent variable model's parameters, which checkpoints of these stages keep. */
  latent?: () => Promise<Float32Array>;
}

/** Completion networks ready to be trained. */
interface OpenTraining {
  stage: Stage;
  /** The running average of their weights, which is what answers. */
  average: CompletionNetwork;
  /** The step that a checkpoint of this stage has reached; else the first. */
  done: number;
  /** What is trained, for a checkpoint. */
  parameters(): Promise<Record<string, Float32Array>>;
}

/** Opens the training of completion networks on a table, where a checkpoint of the stage left off. */
export async function openTraining(gpu: Gpu, shape: CompletionShape, table: HostTable, { name, steps }: { name: "completion" | "ensemble"; steps: number }, setting: CompletionSetting): Promise<OpenTraining> {
  const { key, counter, firstStep, options, resumed, initialisation, latent } = setting;
  const [networks, average] = [new CompletionNetwork(gpu, shape), new CompletionNetwork(gpu, shape)];
  networks.parameters.initialise(initialisation);
  average.parameters.initialise(initialisation);
  const stage = await completionStage(networks, average, uploadTable(gpu, combinedTable(table)), { name, steps, key, counter, firstStep, schedule: options.schedule });
  let done = firstStep;
  if (resumed?.stage === name && resumed.step > firstStep) {
    done = resumed.step;
    restoreParameters(networks.parameters, resumed.parameters, "completion");
    restoreParameters(average.parameters, resumed.parameters, "average");
    stage.optimizers.completion.restore(resumed.moments.completion);
  }
  // the stage before may have ended early
  counter.set(done);
  return {
    stage,
    average,
    done,
    parameters: async () => ({
      ...(latent && { parameters: await latent() }),
      completion: await networks.parameters.values.read(),
      average: await average.parameters.values.read(),
    }),
  };
}
