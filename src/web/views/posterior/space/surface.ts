import type { PageDevice } from "./page-device.ts";

/** What a canvas is drawn through. */
export interface Surface {
  readonly format: GPUTextureFormat;
  /** What to draw into; undefined while the last picture is still under way: `onReady` is called when it has arrived. */
  target(width: number, height: number): GPUTextureView | undefined;
  /** Shows what was drawn. */
  present(): void;
  end(): void;
}

/** The canvas's own WebGPU context, or, on software adapters, a texture that is copied to it. */
export function surfaceOf(canvas: HTMLCanvasElement, page: PageDevice, onReady: () => void): Surface {
  return page.software ? new CopiedSurface(canvas, page.device, onReady) : new ContextSurface(canvas, page.device);
}

class ContextSurface implements Surface {
  readonly format = navigator.gpu.getPreferredCanvasFormat();
  private readonly context: GPUCanvasContext;

  constructor(canvas: HTMLCanvasElement, device: GPUDevice) {
    const context = canvas.getContext("webgpu");
    if (!context) throw new Error("the canvas gives no WebGPU context.");
    context.configure({ device, format: this.format, alphaMode: "premultiplied" });
    this.context = context;
  }

  target(width: number, height: number): GPUTextureView {
    const { canvas } = this.context;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    return this.context.getCurrentTexture().createView();
  }

  present(): void {
    // the browser does so when the frame ends
  }

  end(): void {
    this.context.unconfigure();
  }
}

/** Chromium without a GPU of its own loses its whole GPU process, and every device with it, when a canvas with a WebGPU context is shown. */
class CopiedSurface implements Surface {
  readonly format = "rgba8unorm";
  private readonly context: CanvasRenderingContext2D;
  private texture: GPUTexture | undefined;
  private pending = false;
  private ended = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly device: GPUDevice,
    private readonly onReady: () => void,
  ) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("the canvas gives no context to copy to.");
    this.context = context;
  }

  target(width: number, height: number): GPUTextureView | undefined {
    if (this.pending) return undefined;
    if (this.texture?.width !== width || this.texture.height !== height) {
      this.texture?.destroy();
      this.texture = this.device.createTexture({ size: [width, height], format: this.format, usage: attachment | copySource, label: "viewer picture" });
    }
    return this.texture.createView();
  }

  present(): void {
    this.pending = true;
    void this.copy()
      // a lost device is noticed elsewhere
      .catch(() => undefined)
      .finally(() => {
        this.pending = false;
        if (!this.ended) this.onReady();
      });
  }

  end(): void {
    this.ended = true;
    this.texture?.destroy();
  }

  private async copy(): Promise<void> {
    const { texture, device, canvas, context } = this;
    const { width, height } = texture!;
    const bytesPerRow = Math.ceil((4 * width) / 256) * 256;
    const buffer = device.createBuffer({ size: bytesPerRow * height, usage: copyTarget | mapRead, label: "viewer picture" });
    try {
      const encoder = device.createCommandEncoder({ label: "viewer picture" });
      encoder.copyTextureToBuffer({ texture: texture! }, { buffer, bytesPerRow }, [width, height]);
      device.queue.submit([encoder.finish()]);
      await buffer.mapAsync(1);
      if (this.ended) return;
      const image = new ImageData(width, height);
      const rows = new Uint8Array(buffer.getMappedRange());
      for (let row = 0; row < height; row++) image.data.set(rows.subarray(row * bytesPerRow, row * bytesPerRow + 4 * width), row * 4 * width);
      unpremultiply(image.data);
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      context.putImageData(image, 0, 0);
    } finally {
      buffer.destroy();
    }
  }
}

const [attachment, copySource, copyTarget, mapRead] = [0x10, 0x01, 0x08, 0x01];

/** Colours as they are without their alpha, as a 2-D canvas wants them. */
export function unpremultiply(pixels: Uint8ClampedArray): void {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
  for (let i = 0; i < words.length; i++) {
    if (words[i] === 0) continue;
    const alpha = pixels[4 * i + 3];
    if (alpha === 255) continue;
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = (pixels[4 * i + c] * 255) / alpha;
  }
}
