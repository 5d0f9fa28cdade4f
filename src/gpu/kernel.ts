import { KernelCompileError } from "./errors.ts";
import type { Gpu } from "./device.ts";

/** A compute shader: where it comes from, its text, and how its bindings are used. */
export interface KernelSource {
  /** Shown in errors: "softplus", "adam". */
  name: string;
  /** Shown in errors as the file: "shaders/adam.wgsl"; generated kernels say "generated". */
  file: string;
  wgsl: string;
  /** One per @binding of group 0, in order. */
  bindings: readonly ("read" | "write" | "uniform")[];
}

export interface Kernel {
  readonly source: KernelSource;
  readonly pipeline: GPUComputePipeline;
}

const bindingTypes = { read: "read-only-storage", write: "storage", uniform: "uniform" } as const;

/** Compute pipelines by shader text: two programs with the same kernel share one pipeline. */
export class KernelCache {
  private readonly kernels = new Map<string, Promise<Kernel>>();

  constructor(private readonly gpu: Gpu) {}

  /** The compiled kernel. Throws KernelCompileError with file, line and text. */
  get(source: KernelSource): Promise<Kernel> {
    const key = `${source.bindings.join()}\n${source.wgsl}`;
    let kernel = this.kernels.get(key);
    if (!kernel) {
      kernel = this.compile(source);
      this.kernels.set(key, kernel);
      kernel.catch(() => this.kernels.delete(key));
    }
    return kernel;
  }

  private async compile(source: KernelSource): Promise<Kernel> {
    const { device } = this.gpu;
    this.gpu.made.pipelines++;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code: source.wgsl, label: source.name });
    const layout = device.createBindGroupLayout({
      entries: source.bindings.map((binding, index) => ({ binding: index, visibility: 4, buffer: { type: bindingTypes[binding] } })),
    });
    const invalid = device.popErrorScope();
    const messages = (await module.getCompilationInfo()).messages.filter((message) => message.type === "error");
    if (messages.length > 0) throw new KernelCompileError(describe(source, messages));
    const error = await invalid;
    if (error) throw new KernelCompileError(`kernel "${source.name}" did not compile\n  ${source.file}: ${error.message}`);
    try {
      const pipeline = await device.createComputePipelineAsync({
        label: source.name,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: "main" },
      });
      return { source, pipeline };
    } catch (cause) {
      throw new KernelCompileError(`kernel "${source.name}" has no valid pipeline\n  ${source.file}: ${(cause as Error).message}`);
    }
  }
}

function describe(source: KernelSource, messages: readonly GPUCompilationMessage[]): string {
  const lines = source.wgsl.split("\n");
  const places = messages.slice(0, 5).map((message) => {
    const text = (lines[message.lineNum - 1] ?? "").trim();
    return `  ${source.file}:${message.lineNum}:${message.linePos} ${message.message}\n    ${text}`;
  });
  return `kernel "${source.name}" did not compile\n${places.join("\n")}`;
}
