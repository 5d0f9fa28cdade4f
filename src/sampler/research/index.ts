// Research settings of the HMC objective, which no preset uses: hmc.gradient "exact" (gradients through whole chains) and hmc.entropy.
export { leastSamples, recordEntropy } from "./entropy.ts";
export { compileExactHmc, ExactChain, recordThroughChains, type ExactHmcOptions } from "./exact-chain.ts";
