/** Whether an adapter runs on the processor (lavapipe, SwiftShader, Microsoft's). */
export function isSoftware({ vendor, architecture, device, description }: GPUAdapterInfo): boolean {
  return /llvmpipe|lavapipe|swiftshader|software|basic render/.test(`${vendor} ${architecture} ${device} ${description}`.toLowerCase());
}
