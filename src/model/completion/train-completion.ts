import type { Gpu } from "../../gpu/device.ts";
import { isNumber } from "../../likelihood/mixed.ts";
import { foldIn } from "../../math/key.ts";
import { runStage } from "../training/run-stage.ts";
import type { HostTable } from "../training/training-batch.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { CompletionGuess } from "./guess.ts";
import { scoreGuesses, type HeldBack } from "./held-back.ts";
import { marginalLogits } from "./marginal-logits.ts";
import { openTraining, type CompletionSetting } from "./open-training.ts";
import type { CompletionShape } from "./shape.ts";

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
  const { firstStep, options, resumed, log, initialisation, time } = setting;
  const { schedule } = options;
  const { stage, average, done, parameters } = await openTraining(gpu, shape, table, { name: "completion", steps: schedule.completionSteps }, setting);
  const looker = await CompletionGuess.create(average, heldBack, marginalLogits(shape, table), foldIn(initialisation, 2));
  let best: Best = done > firstStep ? { ...resumed!.best!, weights: resumed!.parameters.best } : { step: 0, error: Infinity, weights: await average.parameters.values.read() };
  const numbers = shape.columns.map(isNumber);
  const afterSteps = async (steps: number, last: boolean, told = true): Promise<boolean> => {
    if (steps % shape.config.lookEvery !== 0 && !last) return false;
    const { error } = scoreGuesses(await looker.guess(), heldBack, numbers);
    if (told && Number.isFinite(error)) {
      const look = { stage: "completion" as const, step: steps, steps: stage.steps, metrics: { heldBack: error } };
      log.push(look);
      options.onProgress?.(look);
    }
    // a bound that is no number is told by the next look
    if (error < best.error) best = { step: steps, error, weights: await average.parameters.values.read() };
    return steps - best.step >= schedule.completionPatience;
  };
  const state = async () => ({ parameters: { ...(await parameters()), best: best.weights }, best: { step: best.step, error: best.error } });
  try {
    // else 0 steps were asked for, or the checkpoint is of the end: of one that a training was cut at, nobody has looked at the last steps
    if (done < firstStep + stage.steps) await runStage(stage, firstStep, done, { gpu, log, options, time, state, afterSteps });
    else if (done > firstStep) await afterSteps(stage.steps, true, false);
  } catch (cause) {
    looker.destroy();
    throw cause;
  } finally {
    stage.destroy();
  }
  average.parameters.values.write(best.weights);
  return { network: average, step: best.step, looker };
}
