import { reshape, sum, Tape, where, type DeviceTensor, type Tensor } from "../../../autodiff/index.ts";
import { noTargets } from "../../posterior/joint-draws.ts";
import { perChain } from "../density.ts";
import type { LatentNetworks } from "../networks.ts";

/** What a latent posterior reads, on the device: rows [rows, D] and [rows, P], and keys. */
export interface LatentInputs {
  x: DeviceTensor;
  observed: DeviceTensor;
  /** What is scored. */
  truthX: DeviceTensor;
  truthY: DeviceTensor;
  key: DeviceTensor;
  /** Of the noise in the marginal codes: a row keeps its codes while draws are carried on, and for all parts of its draws. */
  codesKey: DeviceTensor;
  cellsKey: DeviceTensor;
  /** Targets that are conditioned on. */
  y?: DeviceTensor;
  observedY?: DeviceTensor;
}

/** Likelihood parameters of features and targets at each draw, and the log-probabilities of what is known. */
export function recordEntries(networks: LatentNetworks, inputs: LatentInputs, eps: DeviceTensor, draws: number): Record<string, Tensor> {
  const tape = new Tape();
  const position = reshape(tape.read(eps), [eps.size / networks.latentSize, networks.latentSize]);
  const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), draws);
  const h1 = networks.generate(position)[0];
  const output = networks.decoder(h1);
  const thetaX = networks.emission.parameters(output);
  const truth = each(inputs.truthX);
  const outputs: Record<string, Tensor> = {
    thetaX,
    logProbX: networks.features.logProb(thetaX, truth),
    weightedLogProbX: networks.features.logProb(thetaX, truth, { weighted: true }),
  };
  if (networks.shape.targets.length === 0) return outputs;
  const observed = each(inputs.observed);
  const completed = networks.complete(each(inputs.x), observed, output);
  outputs.thetaY = networks.predictor(h1, completed, observed);
  outputs.logProbY = networks.targets.logProb(outputs.thetaY, each(inputs.truthY));
  return outputs;
}

/** Draws, and likelihood parameters of the targets where there are some. */
export type DrawnEntries = Record<"x" | "y", DeviceTensor> & Partial<Record<"thetaY", DeviceTensor>>;

/**
 * A draw of every unknown cell and target at each posterior draw; known cells keep their value. The predictor is shown what the decoder expects of hidden features, so that features and
 * targets depend on each other through the latents alone: the authors' joint draws, and everybody's draws of single entries.
 */
export function recordDraws(networks: LatentNetworks, inputs: LatentInputs, eps: DeviceTensor, { rows, draws }: { rows: number; draws: number }): Record<string, Tensor> {
  const tape = new Tape();
  const each = (tensor: DeviceTensor): Tensor => perChain(tape.read(tensor), draws);
  const key = tape.read(inputs.cellsKey);
  const h1 = networks.generate(reshape(tape.read(eps), [rows * draws, networks.latentSize]))[0];
  const output = networks.decoder(h1);
  const [known, observed] = [each(inputs.x), each(inputs.observed)];
  const x = where(observed, known, networks.emission.sample(output, key));
  if (networks.shape.targets.length === 0) return { x, y: noTargets(tape, rows * draws) };
  const thetaY = networks.predictor(h1, networks.complete(known, observed, output), observed);
  const y = networks.targets.sample(thetaY, key);
  return { x, y: inputs.y && inputs.observedY ? where(each(inputs.observedY), each(inputs.y), y) : y, thetaY };
}

/** log p(y | draw), summed over targets. */
export function recordScore(networks: LatentNetworks, inputs: LatentInputs, thetaY: DeviceTensor, draws: number): Record<"logProbY", Tensor> {
  const tape = new Tape();
  return { logProbY: sum(networks.targets.logProb(tape.read(thetaY), perChain(tape.read(inputs.truthY), draws)), 1) };
}
