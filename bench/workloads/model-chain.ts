import { deviceTensor, type DeviceTensor } from "../../src/autodiff/index.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { compileFusedHmc, type FusedChain } from "../../src/sampler/fused/fused-chain.ts";
import { dimOf, type FusedColumn, type FusedSpec, type MlpWeights } from "../../src/sampler/fused/spec.ts";
import { multiplyAdds } from "../../src/sampler/fused/variant.ts";
import { pseudo } from "../numbers.ts";

export interface ModelChainOptions {
  chains: number;
  transitions: number;
  leapfrogSteps: number;
  features: number;
  withTarget: boolean;
  /** Chains that the arrays hold; default: all. */
  chainsAtOnce?: number;
}

interface ModelChain {
  chain: FusedChain;
  /** Multiplications and additions of one run, each counted. */
  operations: number;
  /** Starting points of as many chains as the arrays hold. */
  start: Float32Array<ArrayBuffer>;
  destroy(): void;
}

/** Chains of a hierarchical model's density (latents 10 and 5, 256 hidden units) with random weights and at most 100 rows. */
export async function modelChain(gpu: Gpu, { chains, transitions, leapfrogSteps, features, withTarget, chainsAtOnce }: ModelChainOptions): Promise<ModelChain> {
  const made: DeviceTensor[] = [];
  const upload = (shape: readonly number[], data: Float32Array): DeviceTensor => {
    const tensor = deviceTensor(gpu, shape, data);
    made.push(tensor);
    return tensor;
  };
  const random = (count: number, scale: number): DeviceTensor => upload([count], pseudo(count, made.length, 1.5 * scale));
  const mlp = (inputs: number, hidden: number, outputs: number, groups = 1): MlpWeights => ({
    input: { kernel: random(groups * inputs * hidden, inputs ** -0.5), bias: random(groups * hidden, 0.3) },
    output: { kernel: random(groups * hidden * outputs, hidden ** -0.5), bias: random(groups * outputs, 0.3) },
  });
  const real: FusedColumn = { kind: "gaussian", entries: 1 };
  const hidden = 256;
  const spec: FusedSpec = {
    latents: [10, 5], hidden, features, variance: 0.1,
    generative: [mlp(5, hidden, 20)],
    decoder: mlp(10, hidden, features),
    ...(withTarget && {
      predictor: { weights: mlp(10 + 2 * features, hidden, 1), targets: [real], completion: { weights: mlp(1, 32, 1, features), hidden: 32, columns: new Array<FusedColumn>(features).fill(real) } },
    }),
  };
  const dim = dimOf(spec);
  const rows = Array.from({ length: 100 }, (_, i) => 100 - i).find((count) => chains % count === 0)!;
  const mask = (count: number): DeviceTensor => upload([count], pseudo(count, 60).map((value) => Number(value > -0.2)));
  const data = { z: random(rows * features, 1), observed: mask(rows * features), x: random(rows * features, 1), y: random(rows, 1), observedY: mask(rows) };
  const logStepSizes = upload([transitions, dim], new Float32Array(transitions * dim).fill(Math.log(0.02)));
  const noise = withTarget ? random(transitions * Math.ceil((chains * features) / 64) * 64, 1) : undefined;
  const chain = await compileFusedHmc(gpu, { spec, rows, chainsPerRow: chains / rows, transitions, leapfrogSteps, data, logStepSizes, noise, chainsAtOnce });
  const start = pseudo(chain.capacity * dim, 61, 1.5);
  chain.position.write(start);
  // with noise the density changes from transition to transition, and is evaluated anew
  const evaluations = transitions * (leapfrogSteps + (withTarget ? 1 : 0)) + 1;
  return {
    chain,
    start,
    operations: 2 * multiplyAdds(spec) * evaluations * chains,
    destroy: () => {
      chain.destroy();
      for (const tensor of made) tensor.destroy();
    },
  };
}
