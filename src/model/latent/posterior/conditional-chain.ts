import { deviceTensor, type DeviceTensor } from "../../../autodiff/index.ts";
import type { Encodable } from "../../../gpu/dispatch.ts";
import { makeCopy } from "../../../autodiff/copy.ts";
import { compileFusedHmc } from "../../../sampler/fused/fused-chain.ts";
import type { FusedVariant } from "../../../sampler/fused/variant.ts";
import { compileHmc, type HmcChain, type LogDensity } from "../../../sampler/index.ts";
import { logJoint, perChain, repeated, type Conditions } from "../density.ts";
import { fusedFits, fusedSpec } from "../fused-spec.ts";
import { heldNoise, type HeldNoise } from "../held-noise.ts";
import type { LatentNetworks } from "../networks.ts";

/** What the posterior of a batch of rows is conditioned on, on the device. y absent: hidden for all rows. */
export interface RowData {
  x: DeviceTensor;
  observed: DeviceTensor;
  z: DeviceTensor;
  y?: DeviceTensor;
  observedY?: DeviceTensor;
}

export interface ConditionalChainOptions {
  rows: number;
  chainsPerRow: number;
  /** u32 [2]; must differ from run to run. */
  key: DeviceTensor;
  /** Starting points [rows * chainsPerRow, K], the chains of a row side by side. */
  start: DeviceTensor;
  derivatives?: boolean;
  /** Only the last so many transitions, by their own step sizes [T', K]: to move draws that are nearly right. Fused path, y hidden. */
  last?: { transitions: number; logStepSizes: DeviceTensor };
  /** "fused": the whole chain in one kernel (default where the model fits it); "general": leapfrog kernels between replays of the gradient program. */
  path?: "fused" | "general";
  /** Of the fused kernel; default: chosen by the number of chains and the device. */
  variant?: FusedVariant;
}

/** What both ways to run HMC have in common. */
type Chain = Pick<HmcChain, "encode" | "position" | "logDensity" | "gradient" | "statistics" | "derivatives" | "energyChange" | "destroy">;

/** HMC chains on log p(z_O, y_O, eps) of a batch of rows. */
export interface ConditionalChain {
  hmc: Chain;
  /** The noise of the codes in x_hat of the last trajectory; absent where y is hidden, and without marginal VAEs. */
  noise?: DeviceTensor;
  work: Encodable[];
  destroy(): void;
}

/** Compiles the chains; both paths give the same chains for the same key, to float32 precision. */
export async function conditionalChain(networks: LatentNetworks, data: RowData, options: ConditionalChainOptions): Promise<ConditionalChain> {
  const { gpu, shape } = networks;
  const { rows, chainsPerRow, key, start, path = fusedFits(shape, data.y !== undefined) ? "fused" : "general" } = options;
  const { transitions } = shape.config.hmc;
  const noise = data.y && shape.config.marginal ? heldNoise(gpu, key, { chains: rows * chainsPerRow, width: shape.features.length, transitions }) : undefined;
  const { hmc, prepare } = path === "fused" ? await fusedChain(networks, data, options, noise) : await generalChain(networks, data, options, noise);
  const begin = noise ? await noise.draw({ from: start, into: hmc.position }) : await makeCopy(gpu, start, hmc.position);
  return {
    hmc,
    noise: noise?.of(transitions - 1),
    work: [begin, ...prepare, hmc],
    destroy: () => hmc.destroy(),
  };
}

interface CompiledChain {
  hmc: Chain;
  prepare: Encodable[];
}

async function fusedChain(networks: LatentNetworks, data: RowData, options: ConditionalChainOptions, noise: HeldNoise | undefined): Promise<CompiledChain> {
  const { rows, chainsPerRow, key, derivatives, last, variant } = options;
  const { leapfrogSteps } = networks.shape.config.hmc;
  const transitions = last?.transitions ?? networks.shape.config.hmc.transitions;
  const hmc = await compileFusedHmc(networks.gpu, {
    spec: fusedSpec(networks, data.y !== undefined),
    rows,
    chainsPerRow,
    transitions,
    leapfrogSteps,
    data,
    logStepSizes: last?.logStepSizes ?? networks.parameters.value("hmc/log_step_size"),
    key,
    noise: noise?.all,
    derivatives,
    variant,
  });
  return { hmc, prepare: [] };
}

async function generalChain(networks: LatentNetworks, data: RowData, options: ConditionalChainOptions, noise: HeldNoise | undefined): Promise<CompiledChain> {
  const { derivatives } = options;
  const { current, place } = await noiseInTurn(networks, noise, options);
  const hmc = await compileHmc(networks.gpu, {
    ...generalSizes(networks, options),
    derivatives,
    beforeTransition: place && ((t) => place[t]),
    logDensity: chainDensity(networks, data, { chainsPerRow: options.chainsPerRow, noise: current }),
  });
  return { hmc, prepare: place ? [place[0]] : [] };
}

/** What the general sampler is told besides the density. */
export function generalSizes({ latentSize, parameters, shape }: LatentNetworks, { rows, chainsPerRow, key }: ConditionalChainOptions) {
  const { transitions, leapfrogSteps } = shape.config.hmc;
  return { chains: rows * chainsPerRow, dim: latentSize, transitions, leapfrogSteps, key, logStepSizes: parameters.value("hmc/log_step_size") };
}

/** An array for the noise of one transition, which the density reads, and the copy that fills it for each transition. */
export async function noiseInTurn({ gpu, shape }: LatentNetworks, noise: HeldNoise | undefined, { rows, chainsPerRow }: ConditionalChainOptions): Promise<{ current?: DeviceTensor; place?: Encodable[] }> {
  if (!noise) return {};
  const current = deviceTensor(gpu, [rows * chainsPerRow, shape.features.length], undefined, { label: "noise of the trajectory" });
  const place = await Promise.all(Array.from({ length: shape.config.hmc.transitions }, (_, t) => makeCopy(gpu, noise.of(t), current)));
  return { current, place };
}

/** log p(z_O, y_O, eps) of all chains; with `copies`, of that many positions per chain, all chains side by side in each. */
export function chainDensity(networks: LatentNetworks, data: RowData, { chainsPerRow, noise, copies = 1 }: { chainsPerRow: number; noise?: DeviceTensor; copies?: number }): LogDensity {
  return (position) => {
    const { tape } = position;
    const read = (tensor: DeviceTensor) => repeated(perChain(tape.read(tensor), chainsPerRow), copies);
    const given: Conditions = { z: read(data.z), x: read(data.x), observed: read(data.observed) };
    if (data.y && data.observedY) Object.assign(given, { y: read(data.y), observedY: read(data.observedY), ...(noise && { noise: repeated(tape.read(noise), copies) }) });
    return logJoint(networks, position, given);
  };
}

/** Mean acceptance probability over chains and transitions, and the number of divergent trajectories. */
export async function acceptance(statistics: DeviceTensor, chains: number): Promise<{ acceptance: number; divergences: number }> {
  return acceptanceOf(await statistics.read(), chains);
}

/** The same from the statistics of each transition: the sum of acceptance probabilities and the divergent trajectories. */
export function acceptanceOf(values: Float32Array, chains: number): { acceptance: number; divergences: number } {
  const transitions = values.length / 2;
  let accepted = 0;
  let divergences = 0;
  for (let t = 0; t < transitions; t++) {
    accepted += values[2 * t];
    divergences += values[2 * t + 1];
  }
  return { acceptance: accepted / (transitions * chains), divergences };
}
