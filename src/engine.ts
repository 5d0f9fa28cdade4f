// "hhvaem/engine": the compute engine by itself. Record a computation on a tape, take gradients, compile it to WGSL kernels, run it again and again.

// The device.
export { openDevice, type GpuProvider, type OpenDeviceOptions } from "./gpu/open-device.ts";
export type { Gpu } from "./gpu/device.ts";
export { DeviceError, KernelCompileError } from "./gpu/errors.ts";
export type { TuningOptions, TuningStore } from "./gpu/tuning.ts";

// The tape: arrays on the device, operations, gradients, programs.
export * from "./autodiff/index.ts";

// Kernels of one's own beside programs: WGSL, what it is bound to, how many workgroups.
export { gridFor, makeDispatch, submit, type Dispatch, type Encodable, type Storage } from "./gpu/dispatch.ts";
export type { Kernel, KernelSource } from "./gpu/kernel.ts";
export { uniformFor, uniformsFor, type UniformValues } from "./gpu/uniforms.ts";

// Networks: parameters in one buffer, layers, Adam, files of weights.
export { Adam } from "./nn/adam.ts";
export { batchNorm, batchNormInference, batchNormSpecs } from "./nn/batch-norm.ts";
export * from "./nn/conv.ts";
export { mlp, mlpSpecs } from "./nn/mlp.ts";
export { Parameters, type ParameterRange, type ParameterSpec } from "./nn/parameters.ts";
export { readSafetensors, writeSafetensors } from "./nn/safetensors.ts";
export { StepCounter } from "./nn/step-counter.ts";

/** Random numbers by key, the same here and on the device. */
export * as random from "./math/key.ts";
export { keyFromSeed, type Key } from "./math/key.ts";
