/** Stands in for the `webgpu` package in the browser bundle, where WebGPU is the browser's or is not there. */
export function create(): never {
  throw new Error("this browser has no WebGPU, or it is switched off");
}
