import { add, broadcastTo, compile, div, exp, foldIn, maximum, mul, randomNormal, reshape, sum, Tape, type DeviceTensor, type Tensor } from "../../../autodiff/index.ts";
import type { Encodable } from "../../../gpu/dispatch.ts";
import type { Schedule } from "../../config/config.ts";
import type { RowData } from "../../latent/posterior/conditional-chain.ts";
import { inflation } from "../../latent/posterior/posterior-start.ts";
import type { Gaussian } from "../../latent/gaussian.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import { drawBatch, type DeviceTable, type TrainingBatch } from "../training-batch.ts";
import { objectiveChains } from "./decoder-update.ts";
import { encodeBatch, recordElbo } from "./elbo.ts";
import { gradientOutputs } from "./gradient-outputs.ts";
import { annealStepsOnDevice, boundProgram, sharesBound } from "./shared-bound.ts";

/** A batch, the encoder's gradient by the ELBO, and where the chains of the batch start. */
export interface ChainStart {
  work: readonly Encodable[];
  data: RowData;
  /** Mean and deviation of the encoder's Gaussian [rows, K], 1 for rows with something observed [rows], their part in a mean over rows [rows], the chains' start [rows * chains, K], their key, the ELBO []. */
  made: Record<"mean" | "sigma" | "counted" | "share" | "start" | "chainKey" | "elbo", DeviceTensor>;
  destroy(): void;
}

export interface ChainStartInputs {
  networks: LatentNetworks;
  table: DeviceTable;
  key: DeviceTensor;
  step: DeviceTensor;
  /** The first step of the stage `elbo`. */
  elboFirst: number;
  schedule: Schedule;
}

/** Both ways give the same numbers; `shared` by default where compiling takes long. */
export function chainStart(inputs: ChainStartInputs, shared = sharesBound(inputs.networks)): Promise<ChainStart> {
  return shared ? afterBound(inputs) : inOneProgram(inputs);
}

async function inOneProgram({ networks, table, key, step, schedule }: ChainStartInputs): Promise<ChainStart> {
  const { gpu, parameters } = networks;
  const tape = new Tape();
  const [keyTensor, stepTensor] = [tape.read(key), tape.read(step)];
  const batch = drawBatch(tape, table, { key: keyTensor, step: stepTensor, schedule });
  const { loss, elbo, posterior, counted } = recordElbo(networks, batch, { key: keyTensor, step: stepTensor, firstStep: 0, schedule: { ...schedule, annealSteps: 0 } });
  const encoder = gradientOutputs(tape, parameters, loss, parameters.names("encoder/"));
  const starts = recordStarts(networks, { posterior, counted, key: keyTensor, step: stepTensor }, tape.nextStream());
  const program = await compile(gpu, { elbo, ...starts, ...rowsOf(batch), ...encoder.outputs } as Record<string, Tensor>, { into: encoder.into });
  return { work: [program], ...outputsOf(program.outputs, program.outputs.elbo), destroy: () => program.destroy() };
}

/**
 * The program of the stage `elbo`, whose annealing is over; it writes the gradients of the decoders too, which the chains' replace. Behind it the batch and
 * what the encoder says of it once more, so that a step of the stage `elbo` need not store them.
 */
async function afterBound({ networks, table, key, step, elboFirst, schedule }: ChainStartInputs): Promise<ChainStart> {
  const annealSteps = annealStepsOnDevice(networks, schedule);
  annealSteps?.write([1]);
  const { program, stream } = await boundProgram({ networks, table, key, step, firstStep: elboFirst, schedule, annealSteps });
  const tape = new Tape();
  const [keyTensor, stepTensor] = [tape.read(key), tape.read(step)];
  const batch = drawBatch(tape, table, { key: keyTensor, step: stepTensor, schedule });
  const starts = recordStarts(networks, { ...encodeBatch(networks, batch), key: keyTensor, step: stepTensor }, stream);
  const after = await compile(networks.gpu, { ...starts, ...rowsOf(batch) });
  return {
    work: [program, after],
    ...outputsOf(after.outputs, program.outputs.elbo),
    destroy: () => {
      program.destroy();
      after.destroy();
      annealSteps?.destroy();
    },
  };
}

/** What the chains are conditioned on. */
function rowsOf({ z, x, observed, y, observedY }: TrainingBatch): Record<string, Tensor> {
  return { z: z ?? x, x, observed, ...(y && observedY && { y, observedY }) };
}

function outputsOf(outputs: Readonly<Record<string, DeviceTensor>>, elbo: DeviceTensor): Pick<ChainStart, "made" | "data"> {
  const { mean, sigma, counted, share, start, chainKey, x, observed, z, y, observedY } = outputs;
  return { data: { x, observed, z, y, observedY }, made: { elbo, mean, sigma, counted, share, start, chainKey } };
}

interface StartInputs {
  posterior: Gaussian;
  counted: Tensor;
  key: Tensor;
  step: Tensor;
}

/** eps^(0) ~ N(mu, (s sigma)^2) for each chain of a row, and what the chains are told besides; the same numbers from one program or two by the same stream. */
function recordStarts(networks: LatentNetworks, { posterior: { mean, logVar }, counted, key, step }: StartInputs, stream: number): Record<"mean" | "sigma" | "counted" | "share" | "start" | "chainKey", Tensor> {
  const [rows, k] = mean.shape;
  const chains = objectiveChains(networks);
  const chainKey = foldIn(foldIn(key, step), 3);
  const sigma = exp(mul(0.5, logVar));
  const ofChains = (t: Tensor): Tensor => broadcastTo(reshape(t, [rows, 1, k]), [rows, chains, k]);
  const noise = randomNormal(foldIn(chainKey, 1), [rows, chains, k], stream);
  const start = reshape(add(ofChains(mean), mul(ofChains(mul(inflation(mean.tape, networks), sigma)), noise)), [rows * chains, k]);
  return { mean, sigma, counted, share: div(counted, maximum(sum(counted), 1)), start, chainKey };
}
