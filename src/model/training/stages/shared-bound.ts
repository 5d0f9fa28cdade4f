import { compile, deviceTensor, reshape, Tape, type DeviceTensor, type Program, type Tensor } from "../../../autodiff/index.ts";
import type { Schedule } from "../../config/config.ts";
import { BatchNorms } from "../../image/norms.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import { drawBatch, type DeviceTable } from "../training-batch.ts";
import { recordElbo } from "./elbo.ts";
import { gradientOutputs } from "./gradient-outputs.ts";

/** What the bound of a step is about. */
export interface BoundInputs {
  networks: LatentNetworks;
  table: DeviceTable;
  key: DeviceTensor;
  step: DeviceTensor;
  /** Of the annealing. */
  firstStep: number;
  schedule: Schedule;
  /** Steps of the annealing, in place of the schedule's [1]. */
  annealSteps?: DeviceTensor;
}

/** What the parameters are called that the bound trains. */
export const boundPrefixes = ["encoder/", "generative/", "decoder/", "predictor/"];

/**
 * Whether the stage `hmc` runs the very program of the stage `elbo`: on software adapters, where compiling two dozen kernels takes longer than the gradients
 * of the decoders that are not asked for. Not of pictures: there only the stage `elbo` normalises by the batch.
 */
export function sharesBound({ gpu, shape }: LatentNetworks): boolean {
  return gpu.software && shape.config.inference === "hmc" && !shape.config.image;
}

/** A batch's bound and the gradients of all that the bound trains. `stream`: the next one of random draws. */
export async function boundProgram({ networks, table, key, step, firstStep, schedule, annealSteps }: BoundInputs): Promise<{ program: Program; measured: string[]; stream: number }> {
  const { gpu, parameters } = networks;
  const tape = new Tape();
  const keyTensor = tape.read(key);
  const stepTensor = tape.read(step);
  const batch = drawBatch(tape, table, { key: keyTensor, step: stepTensor, schedule });
  const norms = new BatchNorms(parameters);
  const annealing = annealSteps && reshape(tape.read(annealSteps), []);
  const { loss, elbo, kl } = recordElbo(networks.withNorms(norms), batch, { key: keyTensor, step: stepTensor, firstStep, schedule, annealing });
  const { outputs, into } = gradientOutputs(tape, parameters, loss, parameters.names(...boundPrefixes));
  const measured: Record<string, Tensor> = { elbo, ...Object.fromEntries(kl.map((value, l) => [`kl_${l + 1}`, value])) };
  return { program: await compile(gpu, { ...measured, ...outputs, ...norms.outputs }, { into: { ...into, ...norms.into } }), measured: Object.keys(measured), stream: tape.nextStream() };
}

/** The steps of the annealing as a number on the device, so that the program's text does not depend on it; absent where there is none. */
export function annealStepsOnDevice({ gpu }: LatentNetworks, { annealSteps }: Schedule): DeviceTensor | undefined {
  return annealSteps > 0 ? deviceTensor(gpu, [1], [annealSteps], { label: "steps of the annealing" }) : undefined;
}
