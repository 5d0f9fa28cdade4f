import { add, broadcastTo, compile, concat, foldIn, mul, randomNormal, reshape, slice, sum, Tape, type DeviceTensor } from "../../autodiff/index.ts";
import type { Encodable } from "../../gpu/dispatch.ts";
import { compileSksd, type Sksd } from "../../sampler/index.ts";
import { conditionalChain, type RowData } from "../conditional-chain.ts";
import type { Networks } from "../networks.ts";
import { inflation } from "../posterior-start.ts";

export interface InflationUpdate {
  /** Chains, discrepancy and the gradient of log s_l. */
  work: Encodable[];
  sksd: Sksd;
  destroy(): void;
}

/**
 * The gradient of SKSD(eps^(T), grad log p) by the log inflation: with the gradients inside the leapfrog constant,
 * d eps^(T) / d log s_l = s_l sigma noise = eps^(0) - mu in the dimensions of layer l.
 */
export async function inflationUpdate(
  networks: Networks,
  data: RowData,
  given: { mean: DeviceTensor; sigma: DeviceTensor; counted: DeviceTensor; chainKey: DeviceTensor; rows: number },
): Promise<InflationUpdate> {
  const { gpu, parameters, shape } = networks;
  const { rows } = given;
  const chains = shape.config.hmc.sksdChains;
  const k = networks.latentSize;
  const tape = new Tape();
  const key = foldIn(tape.read(given.chainKey), 11);
  const full = [rows, chains, k];
  const perRow = (tensor: DeviceTensor) => broadcastTo(reshape(tape.read(tensor), [rows, 1, k]), full);
  const spread = mul(mul(perRow(given.sigma), inflation(tape, networks)), randomNormal(foldIn(key, 1), full));
  const start = reshape(add(perRow(given.mean), spread), [rows * chains, k]);
  const prepare = await compile(gpu, { key, spread, start });
  const chain = await conditionalChain(networks, data, { rows, chainsPerRow: chains, key: prepare.outputs.key, start: prepare.outputs.start });
  const sksd = await compileSksd(gpu, { rows, samples: chains, dim: k, positions: chain.hmc.position, scores: chain.hmc.gradient, rowWeights: given.counted });

  const after = new Tape();
  const product = sum(reshape(mul(reshape(after.read(sksd.gradient), full), after.read(prepare.outputs.spread)), [rows * chains, k]), 0);
  let first = 0;
  const perLayer = shape.config.latents.map((size) => reshape(sum(slice(product, 0, first, (first += size))), [1]));
  const gradient = await compile(gpu, { inflation: concat(perLayer, 0) }, { into: { inflation: parameters.gradient("hmc/log_inflation") } });
  return {
    work: [prepare, ...chain.work, sksd, gradient],
    sksd,
    destroy: () => {
      for (const program of [prepare, gradient]) program.destroy();
      chain.destroy();
    },
  };
}
