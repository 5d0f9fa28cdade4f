import lib from "../../../../../shaders/lib/viewer.wgsl";
import linesText from "../../../../../shaders/viewer-lines.wgsl";
import pointsText from "../../../../../shaders/viewer-points.wgsl";
import type { Mat4 } from "wgpu-matrix";
import { lineFloats, mostStyles, pointFloats, type Scene } from "./scene.ts";
import type { Range } from "./view.ts";

/** Red, green and blue, 0 to 1. */
export type Colour = readonly [number, number, number];

/** One picture of a scene. */
export interface Picture {
  readonly matrix: Mat4;
  readonly width: number;
  readonly height: number;
  /** Pixels per CSS pixel. */
  readonly scale: number;
  readonly now: number;
  readonly haze?: Range;
  /** The part that is drawn on, in CSS pixels: x, y, width, height. */
  readonly clip?: readonly [number, number, number, number];
}

/** How much of what is far away pales. */
const hazeShare = 0.62;
const frameBytes = 96;
const styleFloats = 8;

const usage = { copyDst: 0x8, vertex: 0x20, uniform: 0x40 } as const;

/** Draws scenes on a device: lines, then points, on a transparent ground. */
export class Renderer {
  private readonly frame: GPUBuffer;
  private readonly styles: GPUBuffer;
  private readonly bindGroup: GPUBindGroup;
  private readonly lines: Layer;
  private readonly points: Layer;
  private readonly runners: Layer;
  private scene: Scene | undefined;

  private constructor(
    private readonly device: GPUDevice,
    layout: GPUBindGroupLayout,
    private readonly pipelines: Readonly<Record<"lines" | "points", GPURenderPipeline>>,
  ) {
    this.frame = device.createBuffer({ size: frameBytes, usage: usage.uniform | usage.copyDst, label: "viewer frame" });
    this.styles = device.createBuffer({ size: 4 * styleFloats * mostStyles, usage: usage.uniform | usage.copyDst, label: "viewer styles" });
    this.bindGroup = device.createBindGroup({ layout, entries: [this.frame, this.styles].map((buffer, binding) => ({ binding, resource: { buffer } })) });
    this.lines = new Layer(device, lineFloats);
    this.points = new Layer(device, pointFloats);
    this.runners = new Layer(device, pointFloats);
  }

  /** Compiles the shaders. Throws if they do not fit the device. */
  static async create(device: GPUDevice, format: GPUTextureFormat): Promise<Renderer> {
    const visibility = 1 | 2;
    const layout = device.createBindGroupLayout({ entries: [0, 1].map((binding) => ({ binding, visibility, buffer: { type: "uniform" as const } })) });
    const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] });
    const make = (label: string, text: string, attributes: readonly GPUVertexFormat[]): Promise<GPURenderPipeline> => {
      const module = device.createShaderModule({ code: `${lib}\n${text}`, label });
      return device.createRenderPipelineAsync({
        label,
        layout: pipelineLayout,
        vertex: { module, entryPoint: "vertexMain", buffers: [instanceLayout(attributes)] },
        fragment: { module, entryPoint: "fragmentMain", targets: [{ format, blend: { color: over, alpha: over } }] },
        primitive: { topology: "triangle-list" },
      });
    };
    const [lines, points] = await Promise.all([make("viewer lines", linesText, ["float32x4", "float32x4", "float32"]), make("viewer points", pointsText, ["float32x4", "float32"])]);
    return new Renderer(device, layout, { lines, points });
  }

  /** Takes a scene, with the colours that its styles name. */
  show(scene: Scene, colourOf: (name: string) => Colour): void {
    this.scene = scene;
    this.lines.write(scene.lines);
    this.points.write(scene.points);
    this.paint(colourOf);
  }

  /** Sets the colours anew. */
  paint(colourOf: (name: string) => Colour): void {
    const words = new Float32Array(styleFloats * mostStyles);
    this.scene?.styles.forEach(({ colour, opacity, size, rest = 1, life = 1, ring = 0 }, i) => words.set([...colourOf(colour), opacity, size, rest, life, ring], styleFloats * i));
    this.device.queue.writeBuffer(this.styles, 0, words);
  }

  draw(target: GPUTextureView, { matrix, width, height, scale, now, haze, clip }: Picture): void {
    if (!this.scene) return;
    const words = new Float32Array(frameBytes / 4);
    words.set(matrix);
    words.set([width, height, scale, now, ...(haze ?? [0, 1]), haze ? hazeShare : 0], 16);
    this.device.queue.writeBuffer(this.frame, 0, words);
    this.runners.write(Float32Array.from(this.scene.runners.flatMap(({ at, style }) => [...at(now), -1, style])));

    const encoder = this.device.createCommandEncoder({ label: "viewer" });
    const pass = encoder.beginRenderPass({ colorAttachments: [{ view: target, clearValue: [0, 0, 0, 0], loadOp: "clear", storeOp: "store" }] });
    if (clip) {
      const [left, top] = [Math.max(0, Math.floor(clip[0] * scale)), Math.max(0, Math.floor(clip[1] * scale))];
      pass.setScissorRect(left, top, Math.max(0, Math.min(width - left, Math.ceil(clip[2] * scale))), Math.max(0, Math.min(height - top, Math.ceil(clip[3] * scale))));
    }
    pass.setBindGroup(0, this.bindGroup);
    pass.setPipeline(this.pipelines.lines);
    this.lines.draw(pass);
    pass.setPipeline(this.pipelines.points);
    this.points.draw(pass);
    this.runners.draw(pass);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  destroy(): void {
    for (const layer of [this.lines, this.points, this.runners]) layer.destroy();
    this.frame.destroy();
    this.styles.destroy();
  }
}

// colours are premultiplied
const over: GPUBlendComponent = { srcFactor: "one", dstFactor: "one-minus-src-alpha", operation: "add" };

function instanceLayout(formats: readonly GPUVertexFormat[]): GPUVertexBufferLayout {
  let offset = 0;
  const attributes = formats.map((format, shaderLocation) => {
    const attribute = { format, offset, shaderLocation };
    offset += format === "float32x4" ? 16 : 4;
    return attribute;
  });
  return { arrayStride: offset, stepMode: "instance", attributes };
}

/** Instances of one kind in a buffer that grows when needed. */
class Layer {
  private buffer: GPUBuffer | undefined;
  private count = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly floats: number,
  ) {}

  write(data: Float32Array): void {
    this.count = data.length / this.floats;
    if (this.count === 0) return;
    if (!this.buffer || this.buffer.size < data.byteLength) {
      this.buffer?.destroy();
      this.buffer = this.device.createBuffer({ size: data.byteLength, usage: usage.vertex | usage.copyDst, label: "viewer instances" });
    }
    this.device.queue.writeBuffer(this.buffer, 0, data as Float32Array<ArrayBuffer>);
  }

  draw(pass: GPURenderPassEncoder): void {
    if (!this.buffer || this.count === 0) return;
    pass.setVertexBuffer(0, this.buffer);
    pass.draw(6, this.count);
  }

  destroy(): void {
    this.buffer?.destroy();
  }
}
