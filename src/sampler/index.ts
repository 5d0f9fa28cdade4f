export { compileHmc, HmcChain, type HmcChainOptions, type LogDensity } from "./hmc-chain.ts";
export { hmcKernel, type HmcInfo, type HmcKernel, type HmcKernelOptions, type HmcState } from "./hmc-kernel.ts";
export { HmcResult, type Diagnostics, type SamplingInfo } from "./hmc-result.ts";
export { recordEntropy } from "./entropy.ts";
export { compileExactHmc, ExactChain, recordThroughChains, type ExactHmcOptions } from "./exact-chain.ts";
export { hmc, type HmcOptions } from "./hmc.ts";
export { NonFiniteError } from "../math/non-finite-error.ts";
export { acceptCounter, hmcRandomWgsl, momentumCounter } from "./random-addresses.ts";
export { compileSksd, Sksd, type SksdOptions } from "./sksd.ts";
