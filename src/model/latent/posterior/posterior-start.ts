import { add, broadcastTo, concat, exp, foldIn, mul, randomNormal, reshape, slice, Tape, type DeviceTensor, type Tensor } from "../../../autodiff/index.ts";
import type { LatentNetworks } from "../networks.ts";

/** The inflation s_l of the encoder's deviation, repeated for each latent of its layer: [K]. */
export function inflation(tape: Tape, networks: LatentNetworks): Tensor {
  const { latents } = networks.shape.config;
  const logInflation = tape.read(networks.parameters.value("hmc/log_inflation"));
  return exp(concat(latents.map((size, l) => broadcastTo(reshape(slice(logInflation, 0, l, l + 1), [1]), [size])), 0));
}

/** What chains are started from: rows to condition on [rows, D] and the key; with `codesKey` the codes stay the same while the key changes. */
interface StartInputs {
  x: DeviceTensor;
  observed: DeviceTensor;
  /** Targets that are known too [rows, P]; absent: all are hidden. */
  y?: DeviceTensor;
  observedY?: DeviceTensor;
  key: DeviceTensor;
  codesKey?: DeviceTensor;
}

interface StartSizes {
  rows: number;
  /** Starts per row. */
  draws: number;
  /** Whether the encoder's deviations are inflated; default: where chains start from them. */
  inflated?: boolean;
}

/** A draw of the codes z_d per row and the starts eps^(0) ~ N(mu, (s sigma)^2) of S chains per row. */
export function recordStart(networks: LatentNetworks, inputs: StartInputs, sizes: StartSizes): Record<"z" | "start" | "chainKey", Tensor> {
  const { z, start, chainKey } = recordEncodedStart(networks, inputs, sizes);
  return { z, start, chainKey };
}

/** The same, and the encoder's Gaussian q(eps | x_O) itself: mean and deviation [rows, K]. */
export function recordEncodedStart(
  networks: LatentNetworks,
  inputs: StartInputs,
  { rows, draws, inflated = networks.shape.config.inference === "hmc" }: StartSizes,
): Record<"z" | "mean" | "standardDeviation" | "start" | "chainKey", Tensor> {
  const tape = new Tape();
  const key = tape.read(inputs.key);
  const x = tape.read(inputs.x);
  const observed = tape.read(inputs.observed);
  const z = networks.codes(x, observed, inputs.codesKey ? tape.read(inputs.codesKey) : key);
  const p = networks.shape.targets.length;
  const hidden = p > 0 ? tape.fill(0, [rows, p]) : undefined;
  const known = (tensor: DeviceTensor | undefined): Tensor | undefined => (tensor ? tape.read(tensor) : hidden);
  const q = networks.encoder(z, observed, known(inputs.y), known(inputs.observedY));
  const k = networks.latentSize;
  const full = [rows, draws, k];
  const perRow = (t: Tensor): Tensor => broadcastTo(reshape(t, [rows, 1, k]), full);
  const standardDeviation = exp(mul(0.5, q.logVar));
  const sigma = perRow(standardDeviation);
  const scale = inflated ? mul(sigma, inflation(tape, networks)) : sigma;
  const start = add(perRow(q.mean), mul(scale, randomNormal(foldIn(key, 1), full)));
  return { z, mean: q.mean, standardDeviation, start: reshape(start, [rows * draws, k]), chainKey: foldIn(key, 2) };
}
