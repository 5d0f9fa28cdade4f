import { isSoftware } from "../../../../gpu/software.ts";

export interface PageDevice {
  readonly device: GPUDevice;
  /** Whether the adapter runs on the processor. */
  readonly software: boolean;
}

let open: Promise<PageDevice> | undefined;

/** The page's own device for drawing; a new one where the last was lost. Throws where there is none. */
export function pageDevice(): Promise<PageDevice> {
  open ??= request().catch((cause: unknown) => {
    open = undefined;
    throw cause;
  });
  return open;
}

async function request(): Promise<PageDevice> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("there is no WebGPU adapter for drawing.");
  const device = await adapter.requestDevice();
  void device.lost.then(() => (open = undefined));
  return { device, software: isSoftware(adapter.info) };
}
