export { compileHmc, HmcChain, type HmcChainOptions, type LogDensity } from "./hmc-chain.ts";
export { acceptCounter, hmcRandomWgsl, momentumCounter } from "./random-addresses.ts";
export { compileSksd, Sksd, type SksdOptions } from "./sksd.ts";
