import { makeCopy } from "../../../autodiff/copy.ts";
import { add, broadcastTo, compile, concat, foldIn, mul, randomNormal, reshape, slice, sum, Tape, type DeviceTensor } from "../../../autodiff/index.ts";
import type { Encodable } from "../../../gpu/dispatch.ts";
import { compileSksd, type Sksd } from "../../../sampler/index.ts";
import { exactConditionalChain } from "../../latent/research/exact-conditional-chain.ts";
import { conditionalChain, type RowData } from "../../latent/posterior/conditional-chain.ts";
import type { LatentNetworks } from "../../latent/networks.ts";
import { inflation } from "../../latent/posterior/posterior-start.ts";

interface InflationUpdate {
  /** Chains, discrepancy and the gradient of log s_l. */
  work: Encodable[];
  sksd: Sksd;
  destroy(): void;
}

/**
 * The gradient of SKSD(eps^(T), grad log p) by the log inflation, scores and bandwidths constant:
 * d eps^(0) / d log s_l = s_l sigma noise = eps^(0) - mu in the dimensions of layer l, and d eps^(T) / d eps^(0) = 1 with
 * the gradients inside the leapfrog constant, else by the reverse sweep.
 */
export async function inflationUpdate(
  networks: LatentNetworks,
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
  const options = { rows, chainsPerRow: chains, key: prepare.outputs.key, start: prepare.outputs.start };
  const through = shape.config.hmc.gradient === "exact" ? await exactConditionalChain(networks, data, options) : undefined;
  const chain = through ?? (await conditionalChain(networks, data, options));
  const sksd = await compileSksd(gpu, { rows, samples: chains, dim: k, positions: chain.hmc.position, scores: chain.hmc.gradient, rowWeights: given.counted });

  // d SKSD / d eps^(0): with the gradients inside the leapfrog constant, that is d SKSD / d eps^(T)
  const back = through ? [await makeCopy(gpu, sksd.gradient, through.exact.finalCotangent), through.exact.sweep] : [];
  const after = new Tape();
  const product = sum(reshape(mul(reshape(after.read(through?.exact.startCotangent ?? sksd.gradient), full), after.read(prepare.outputs.spread)), [rows * chains, k]), 0);
  let first = 0;
  const perLayer = shape.config.latents.map((size) => reshape(sum(slice(product, 0, first, (first += size))), [1]));
  const gradient = await compile(gpu, { inflation: concat(perLayer, 0) }, { into: { inflation: parameters.gradient("hmc/log_inflation") } });
  return {
    work: [prepare, ...chain.work, sksd, ...back, gradient],
    sksd,
    destroy: () => {
      for (const program of [prepare, gradient]) program.destroy();
      chain.destroy();
    },
  };
}
