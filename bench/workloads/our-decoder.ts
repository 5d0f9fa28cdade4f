import { deviceTensor, type DeviceTensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { compileFusedHmc, type FusedChain } from "../../src/sampler/fused/fused-chain.ts";
import type { FusedSpec } from "../../src/sampler/fused/spec.ts";
import { expectNear } from "../numbers.ts";
import { decoder, decoderDensity, decoderRow, decoderShapes, decoderStart, decoderWeights } from "./decoder.ts";

const { latents, hidden, features, variance, stepSize, leapfrogSteps } = decoder;

interface OurDecoder {
  chain: FusedChain;
  spec: FusedSpec;
  destroy(): void;
}

/** Our fused chain: without transitions it computes log-density and gradient, with one also momenta and the Metropolis test. */
export async function ourDecoder(gpu: Gpu, chains: number, transitions: number): Promise<OurDecoder> {
  const made: DeviceTensor[] = [];
  const upload = (data: Float32Array, shape: readonly number[]): DeviceTensor => {
    const tensor = deviceTensor(gpu, shape, data);
    made.push(tensor);
    return tensor;
  };
  const [w1, b1, w2, b2] = decoderWeights().map((weight, i) => upload(weight, decoderShapes[i]));
  const spec: FusedSpec = { latents: [latents], hidden, features, variance, generative: [], decoder: { input: { kernel: w1, bias: b1 }, output: { kernel: w2, bias: b2 } } };
  const { z, observed } = decoderRow();
  const data = { z: upload(z, [1, features]), observed: upload(observed, [1, features]) };
  const logStepSizes = upload(new Float32Array(transitions * latents).fill(Math.log(stepSize)), [transitions, latents]);
  const chain = await compileFusedHmc(gpu, { spec, rows: 1, chainsPerRow: chains, transitions, leapfrogSteps, data, logStepSizes });
  chain.position.write(decoderStart(chains).position);
  return {
    chain,
    spec,
    destroy: () => {
      chain.destroy();
      for (const tensor of made) tensor.destroy();
    },
  };
}

/** Our chain draws its own momenta: its density and gradient are checked where it ends, and that nearly all trajectories are accepted. */
export async function checkOurDecoder(chain: FusedChain, start: Float32Array, checked: readonly number[]): Promise<void> {
  const of = (array: Float32Array, at: number): Float32Array => array.subarray(at * latents, (at + 1) * latents);
  chain.run();
  const [position, gradient, logDensity, energyChange] = await Promise.all([chain.position.read(), chain.gradient.read(), chain.logDensity.read(), chain.energyChange.read()]);
  for (const at of checked) {
    const expected = decoderDensity(of(position, at));
    expectNear("ours, gradient", of(gradient, at), expected.gradient, { rtol: 1e-3, atol: 1e-2 });
    expectNear("ours, log-density", [logDensity[at]], [expected.logDensity], { rtol: 1e-5, atol: 1e-3 });
  }
  const acceptance = energyChange.reduce((total, change) => total + Math.min(1, Math.exp(-change)), 0) / energyChange.length;
  if (!(acceptance > 0.5 && acceptance <= 1)) throw new Error(`ours: the mean acceptance probability is ${acceptance}, expected more than 0.5.`);
  if (position.every((value, i) => value === start[i])) throw new Error("ours: no chain has moved.");
}
