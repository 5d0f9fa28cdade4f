import type { DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { isNumber } from "../../likelihood/mixed.ts";
import { foldIn, type Key } from "../../math/key.ts";
import type { StepCounter } from "../../nn/step-counter.ts";
import type { FitOptions, Progress } from "../api.ts";
import { restoreParameters, type TrainingState } from "../checkpoint.ts";
import { runStage } from "../run-stage.ts";
import { uploadTable, type HostTable } from "../training-batch.ts";
import { CompletionNetwork } from "./completion-network.ts";
import { combinedTable, completionStage } from "./completion-stage.ts";
import { CompletionGuess } from "./guess.ts";
import { scoreGuesses, type HeldBack } from "./held-back.ts";
import type { CompletionShape } from "./shape.ts";

export interface CompletionSetting {
  key: DeviceTensor;
  counter: StepCounter;
  firstStep: number;
  options: FitOptions;
  resumed?: TrainingState;
  log: Progress[];
  initialisation: Key;
  /** The latent variable model's parameters, which a checkpoint of this stage keeps. */
  latent?: () => Promise<Float32Array>;
}

/** The best state so far, by the rows held back. */
interface Best {
  step: number;
  error: number;
  weights: Float32Array;
}

/**
 * Trains a completion network. What is returned are averaged weights as they were when the error on the rows held back was least, and who
 * guesses those rows by them; the training ends early when that error has not become less for the schedule's patience.
 */
export async function trainCompletion(gpu: Gpu, shape: CompletionShape, table: HostTable, heldBack: HeldBack, setting: CompletionSetting): Promise<{ network: CompletionNetwork; step: number; looker: CompletionGuess }> {
  const { key, counter, firstStep, options, resumed, log, initialisation, latent } = setting;
  const { schedule } = options;
  const network = new CompletionNetwork(gpu, shape);
  const average = new CompletionNetwork(gpu, shape);
  network.parameters.initialise(initialisation);
  average.parameters.initialise(initialisation);
  const stage = await completionStage(network, average, uploadTable(gpu, combinedTable(table)), { name: "completion", steps: schedule.completionSteps, key, counter, firstStep, schedule });
  const looker = await CompletionGuess.create(average, heldBack, foldIn(initialisation, 2));
  let best: Best = { step: 0, error: Infinity, weights: await average.parameters.values.read() };
  let done = firstStep;
  if (resumed && resumed.stage === "completion" && resumed.step > firstStep) {
    done = resumed.step;
    restoreParameters(network.parameters, resumed.parameters, "completion");
    restoreParameters(average.parameters, resumed.parameters, "average");
    best = { ...resumed.best!, weights: resumed.parameters.best };
    stage.optimizers.completion.restore(resumed.moments.completion);
  }
  const numbers = shape.columns.map(isNumber);
  const afterSteps = async (steps: number): Promise<boolean> => {
    if (steps % shape.config.lookEvery !== 0 && steps !== stage.steps) return false;
    const { error } = scoreGuesses(await looker.guess(), heldBack, numbers);
    // a bound that is no number is told by the next look
    if (error < best.error) best = { step: steps, error, weights: await average.parameters.values.read() };
    return steps - best.step >= schedule.completionPatience;
  };
  const state = async () => ({
    parameters: {
      ...(latent && { parameters: await latent() }),
      completion: await network.parameters.values.read(),
      average: await average.parameters.values.read(),
      best: best.weights,
    },
    best: { step: best.step, error: best.error },
  });
  try {
    // 0 steps were asked for, or the checkpoint is of the end
    if (done < firstStep + stage.steps) await runStage(stage, firstStep, done, { gpu, log, options, state, afterSteps });
  } catch (cause) {
    looker.destroy();
    throw cause;
  } finally {
    stage.destroy();
  }
  average.parameters.values.write(best.weights);
  return { network: average, step: best.step, looker };
}
