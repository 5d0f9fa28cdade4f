import { makeCopy } from "../../../autodiff/copy.ts";
import type { Tape, Tensor } from "../../../autodiff/index.ts";
import type { Encodable } from "../../../gpu/dispatch.ts";
import { compileExactHmc, recordThroughChains, type ExactChain } from "../../../sampler/index.ts";
import { chainDensity, generalSizes, noiseInTurn, type ConditionalChain, type ConditionalChainOptions, type RowData } from "../posterior/conditional-chain.ts";
import { heldNoise } from "../held-noise.ts";
import type { LatentNetworks } from "../networks.ts";

/** HMC chains on log p(z_O, y_O, eps) through which gradients flow exactly. */
interface ExactConditionalChain extends ConditionalChain {
  exact: ExactChain;
  /** What the parameters' gradients through one transition come from; to be compiled and added up in `afterSweep`. */
  throughTransition(tape: Tape): Tensor;
}

/** Compiles the chains; for the same key they are those of `conditionalChain`, to float32 precision. */
export async function exactConditionalChain(
  networks: LatentNetworks,
  data: RowData,
  options: Omit<ConditionalChainOptions, "derivatives" | "path"> & { afterSweep?: () => Encodable | undefined },
): Promise<ExactConditionalChain> {
  const { gpu, shape } = networks;
  const { rows, chainsPerRow, key, start, afterSweep } = options;
  const { transitions, leapfrogSteps } = shape.config.hmc;
  const noise = data.y ? heldNoise(gpu, key, { chains: rows * chainsPerRow, width: shape.features.length, transitions }) : undefined;
  const { current, place } = await noiseInTurn(networks, noise, options);
  const exact = await compileExactHmc(gpu, {
    ...generalSizes(networks, options),
    beforeTransition: place && ((t) => place[t]),
    logDensity: chainDensity(networks, data, { chainsPerRow, noise: current }),
    afterSweep,
  });
  const toStart = await makeCopy(gpu, start, exact.chain.position);
  return {
    hmc: exact.chain,
    exact,
    noise: noise?.of(transitions - 1),
    work: [toStart, ...(noise ? [await noise.draw()] : []), ...(place ? [place[0]] : []), exact.chain],
    throughTransition: (tape) => recordThroughChains(tape, exact, chainDensity(networks, data, { chainsPerRow, noise: current, copies: leapfrogSteps })),
    destroy: () => exact.destroy(),
  };
}
