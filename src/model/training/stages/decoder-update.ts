import { add, broadcastTo, compile, gradients, mul, reshape, sum, Tape, where, type DeviceTensor, type Program, type Tensor } from "../../../autodiff/index.ts";
import type { Encodable } from "../../../gpu/dispatch.ts";
import { recordEntropy } from "../../../sampler/index.ts";
import { chainDensity, conditionalChain, type ConditionalChain, type RowData } from "../../latent/posterior/conditional-chain.ts";
import { exactConditionalChain } from "../../latent/research/exact-conditional-chain.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import { gradientOutputs } from "./gradient-outputs.ts";

/** Chains, objective, and the gradients of generative networks, decoder, predictor and step sizes. */
interface DecoderUpdate {
  work: Encodable[];
  chain: ConditionalChain;
  /** The objective E log p(z_O, y_O, eps^(T)), and H[q^(T)] where it is part of it; numbers. */
  measured: Record<string, DeviceTensor>;
  destroy(): void;
}

interface DecoderUpdateOptions {
  rows: number;
  key: DeviceTensor;
  /** Where the chains start [rows * objectiveChains, K]. */
  start: DeviceTensor;
  /** 1 for rows with something observed [rows]. */
  counted: DeviceTensor;
  /** The part of each of these rows in the mean over them [rows]. */
  share: DeviceTensor;
}

/** Parameters that the objective trains, besides the step sizes. */
const trained = ["generative/", "decoder/", "predictor/"];

/** Chains per row of the objective: one, or as many as the entropy is estimated from. */
export function objectiveChains({ shape }: LatentNetworks): number {
  const { entropy, entropyChains } = shape.config.hmc;
  return entropy ? entropyChains : 1;
}

/** Maximises the mean over rows of E log p(z_O, y_O, eps^(T)) [+ H[q^(T)]]. */
export function decoderUpdate(networks: LatentNetworks, data: RowData, options: DecoderUpdateOptions): Promise<DecoderUpdate> {
  return networks.shape.config.hmc.gradient === "exact" ? exactUpdate(networks, data, options) : frozenUpdate(networks, data, options);
}

/** Gradients inside the leapfrog constant: the derivatives by the step sizes have a closed form, which the chain returns. */
async function frozenUpdate(networks: LatentNetworks, data: RowData, options: DecoderUpdateOptions): Promise<DecoderUpdate> {
  const { gpu, parameters } = networks;
  const { rows, key, start } = options;
  const chain = await conditionalChain(networks, data, { rows, chainsPerRow: objectiveChains(networks), key, start, derivatives: true });
  const tape = new Tape();
  const { measured, loss, cotangent } = recordObjective(tape, networks, data, chain, options);
  const direct = gradientOutputs(tape, parameters, loss, parameters.names(...trained));
  // d objective / d log phi[t, i] = sum over chains of d objective / d eps^(T)_i  d eps^(T)_i / d log phi[t, i]
  const derivatives = tape.read(chain.hmc.derivatives!);
  const stepSizes = mul(-1, sum(mul(derivatives, broadcastTo(cotangent, derivatives.shape)), 1));
  const update: Program = await compile(gpu, { ...measured, ...direct.outputs, stepSizes }, { into: { ...direct.into, stepSizes: parameters.gradient("hmc/log_step_size") } });
  return {
    work: [...chain.work, update],
    chain,
    measured: pick(update, Object.keys(measured)),
    destroy: () => {
      update.destroy();
      chain.destroy();
    },
  };
}

/** Through the leapfrog: the objective's own gradient first, then what the reverse sweep adds to it. */
async function exactUpdate(networks: LatentNetworks, data: RowData, options: DecoderUpdateOptions): Promise<DecoderUpdate> {
  const { gpu, parameters } = networks;
  const { rows, key, start } = options;
  let addUp: Program | undefined;
  const chain = await exactConditionalChain(networks, data, { rows, chainsPerRow: objectiveChains(networks), key, start, afterSweep: () => addUp });
  const names = parameters.names(...trained);

  const tape = new Tape();
  const { measured, loss, cotangent } = recordObjective(tape, networks, data, chain, options);
  const direct = gradientOutputs(tape, parameters, loss, names);
  const objective: Program = await compile(gpu, { ...measured, ...direct.outputs, cotangent }, { into: { ...direct.into, cotangent: chain.exact.finalCotangent } });

  const ofTransition = new Tape();
  const through = gradientOutputs(ofTransition, parameters, mul(-1, chain.throughTransition(ofTransition)), names);
  const sums = Object.fromEntries(Object.entries(through.outputs).map(([name, gradient]) => [name, add(ofTransition.read(through.into[name]), gradient)]));
  addUp = await compile(gpu, sums, { into: through.into });

  const afterwards = new Tape();
  const stepSizes = await compile(gpu, { stepSizes: mul(-1, sum(afterwards.read(chain.exact.stepSizeCotangents), 1)) }, { into: { stepSizes: parameters.gradient("hmc/log_step_size") } });
  const programs = [objective, addUp, stepSizes];
  return {
    work: [...chain.work, objective, chain.exact.sweep, stepSizes],
    chain,
    measured: pick(objective, Object.keys(measured)),
    destroy: () => {
      for (const program of programs) program.destroy();
      chain.destroy();
    },
  };
}

interface Objective {
  measured: Record<string, Tensor>;
  /** Minus the objective, as a function of the parameters. [] */
  loss: Tensor;
  /** d (objective + entropy) / d eps^(T) [N, K]. */
  cotangent: Tensor;
}

/** The mean over rows with something observed, and over a row's chains, of log p(z_O, y_O, eps^(T)); and the entropy. */
function recordObjective(tape: Tape, networks: LatentNetworks, data: RowData, chain: ConditionalChain, { rows, counted, share }: DecoderUpdateOptions): Objective {
  const chainsPerRow = objectiveChains(networks);
  const perRow = tape.read(counted);
  const ofRow = tape.read(share);
  const seen = eachChain(perRow, chainsPerRow);
  const weight = mul(eachChain(ofRow, chainsPerRow), 1 / chainsPerRow);
  const position = tape.read(chain.hmc.position);
  const logDensity = chainDensity(networks, data, { chainsPerRow, noise: chain.noise })(position);
  const objective = sum(where(seen, mul(weight, logDensity), 0));
  const scores = tape.read(chain.hmc.gradient);
  const cotangent = mul(scores, broadcastTo(reshape(weight, [weight.shape[0], 1]), scores.shape));
  const loss = mul(-1, objective);
  if (!networks.shape.config.hmc.entropy) return { measured: { objective }, loss, cotangent };
  const samples = reshape(position, [rows, chainsPerRow, position.shape[1]]);
  const entropy = sum(where(perRow, mul(ofRow, recordEntropy(samples)), 0));
  return { measured: { objective, entropy }, loss, cotangent: add(cotangent, gradients(entropy, [position])[0]) };
}

/** A number per row as one per chain: [B] -> [B S]. */
function eachChain(x: Tensor, chains: number): Tensor {
  const [rows] = x.shape;
  return chains === 1 ? x : reshape(broadcastTo(reshape(x, [rows, 1]), [rows, chains]), [rows * chains]);
}

function pick(program: Program, names: readonly string[]): Record<string, DeviceTensor> {
  return Object.fromEntries(names.map((name) => [name, program.outputs[name]]));
}
