// "hhvaem/sampler": Hamiltonian Monte Carlo for any log-density that is recorded on the tape, many chains at once.
export { hmc, type HmcOptions, type NamedHmcOptions } from "./sampler/hmc.ts";
export { interval, ordered, positive, real, simplex, type Parameter } from "./sampler/parameters/constraint.ts";
export type { NamedLogDensity } from "./sampler/parameters/named.ts";
export { HmcResult, type Diagnostics, type SamplingInfo } from "./sampler/hmc-result.ts";
export type { LogDensity } from "./sampler/hmc-chain.ts";

/** R-hat, effective sample sizes, standard errors (Vehtari et al. 2021), for chains of any origin. */
export * as diagnostics from "./math/diagnostics.ts";
export type { DrawsSummary } from "./math/diagnostics.ts";
/** Densities in the plane whose moments are known. */
export { planarTargets, type PlanarTarget, type PlanarTargetName } from "./sampler/targets.ts";
/** One transition after another on the device, for samplers of one's own. */
export { compileHmc, HmcChain, type HmcChainOptions } from "./sampler/hmc-chain.ts";

/** What densities are made of; all of it is in "hhvaem/engine". */
export * as autodiff from "./autodiff/index.ts";
export { openDevice, type GpuProvider, type OpenDeviceOptions } from "./gpu/open-device.ts";
export type { Gpu } from "./gpu/device.ts";
export { DeviceError, KernelCompileError } from "./gpu/errors.ts";
export { NonFiniteError } from "./math/non-finite-error.ts";
