import { submit } from "../../../src/gpu/dispatch.ts";
import type { LatentNetworks } from "../../../src/model/latent/networks.ts";
import { conditionalChain, type ConditionalChainOptions, type RowData } from "../../../src/model/latent/posterior/conditional-chain.ts";

/** What chains end with by the general and by the fused way: positions, densities, gradients, changes of energy, statistics and derivatives. */
export async function bothWays(networks: LatentNetworks, data: RowData, options: Pick<ConditionalChainOptions, "rows" | "chainsPerRow" | "key" | "start">): Promise<Float32Array[][]> {
  const results = [];
  for (const path of ["general", "fused"] as const) {
    const chain = await conditionalChain(networks, data, { ...options, derivatives: true, path });
    submit(networks.gpu, chain.work);
    const { position, logDensity, gradient, energyChange, statistics, derivatives } = chain.hmc;
    results.push(await Promise.all([position, logDensity, gradient, energyChange, statistics, derivatives!].map((tensor) => tensor.read())));
    chain.destroy();
  }
  return results;
}
