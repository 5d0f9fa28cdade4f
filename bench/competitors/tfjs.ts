import { contender, type Clock, type Contender } from "../measure.ts";

// biome-ignore lint/suspicious/noExplicitAny: the package is loaded when it is there, without its types
export type Library = any;

/** TensorFlow.js on its WebGPU backend, with a device of its own on the adapter that `navigator.gpu` gives. */
export class Tfjs {
  static readonly label = "TensorFlow.js";

  private constructor(readonly tf: Library, private readonly clock: Clock) {}

  static async load(clock: Clock, importer: (name: string) => Promise<Library>): Promise<Tfjs> {
    // made by scripts/bench.mjs --install, beside the bundle that this is in
    const tf = await importer("./tfjs.mjs");
    if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js found no WebGPU adapter");
    return new Tfjs(tf, clock);
  }

  tensor(data: Float32Array, shape: number[]): Library {
    return this.tf.tensor(data, shape);
  }

  /** `run` is tidied and its tensors are disposed: a WebGPU backend does the work all the same. */
  contender(run: () => unknown): Contender {
    const { tf } = this;
    const once = (): void => tf.tidy(() => void run());
    return contender(this.clock, Tfjs.label, once, () => this.wait());
  }

  private async wait(): Promise<void> {
    const backend = this.tf.backend();
    if (backend.commandEncoder) {
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
    await backend.queue.onSubmittedWorkDone();
  }
}
