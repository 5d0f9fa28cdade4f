let device: Promise<GPUDevice> | undefined;

/** The page's own device for drawing; a new one where the last was lost. Throws where there is none. */
export function pageDevice(): Promise<GPUDevice> {
  device ??= request().catch((cause: unknown) => {
    device = undefined;
    throw cause;
  });
  return device;
}

async function request(): Promise<GPUDevice> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("there is no WebGPU adapter for drawing.");
  const made = await adapter.requestDevice();
  void made.lost.then(() => (device = undefined));
  return made;
}
