/** No usable WebGPU adapter, or the device was lost. */
export class DeviceError extends Error {
  override name = "DeviceError";
}

/** A kernel that the shader compiler or the pipeline validation refused; the message quotes file, line and text. */
export class KernelCompileError extends Error {
  override name = "KernelCompileError";
}
