import adamText from "../../shaders/adam.wgsl";
import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import { GPU_BUFFER, type Gpu } from "../gpu/device.ts";
import { gridFor, makeDispatch, type Dispatch, type Encodable } from "../gpu/dispatch.ts";
import type { ParameterRange, Parameters } from "./parameters.ts";

export interface AdamOptions {
  learningRate: number;
  /** L2 penalty added to the gradient. */
  weightDecay?: number;
  /** The value of the step counter at the first update. */
  firstStep?: number;
  /** Steps of the counter between two updates. */
  every?: number;
}

/** Four vectors for each of 64 invocations. */
const elementsPerWorkgroup = 1024;

/** The moments of an optimizer, for checkpoints. */
export interface Moments {
  m: Float32Array;
  v: Float32Array;
}

/** Adam over one range of the parameters: one dispatch an update. The step number is read from a counter on the device. */
export class Adam implements Encodable {
  private constructor(
    private readonly dispatch: Dispatch,
    private readonly m: DeviceTensor,
    private readonly v: DeviceTensor,
  ) {}

  static async create(gpu: Gpu, parameters: Parameters, range: ParameterRange, step: DeviceTensor, options: AdamOptions): Promise<Adam> {
    const count = range.end - range.start;
    const m = deviceTensor(gpu, [count], undefined, { label: "adam m" });
    const v = deviceTensor(gpu, [count], undefined, { label: "adam v" });
    const words = new ArrayBuffer(32);
    new Uint32Array(words).set([count, options.firstStep ?? 0, options.every ?? 1, 0]);
    new Float32Array(words, 16).set([options.learningRate, 0.9, 0.999, options.weightDecay ?? 0]);
    const params = gpu.createBuffer(32, GPU_BUFFER.UNIFORM | GPU_BUFFER.COPY_DST, "adam params");
    gpu.device.queue.writeBuffer(params, 0, words);
    const dispatch = await makeDispatch(
      gpu,
      { name: "adam", file: "shaders/adam.wgsl", wgsl: adamText, bindings: ["uniform", "read", "read", "write", "write", "write"] },
      [
        { buffer: params, offset: 0, bytes: 32 },
        step.storage,
        parameters.gradients.view(range.start, [count]).storage,
        parameters.values.view(range.start, [count]).storage,
        m.storage,
        v.storage,
      ],
      gridFor(count / 4, elementsPerWorkgroup / 4),
    );
    return new Adam(dispatch, m, v);
  }

  encode(pass: GPUComputePassEncoder): void {
    this.dispatch.encode(pass);
  }

  async moments(): Promise<Moments> {
    return { m: await this.m.read(), v: await this.v.read() };
  }

  restore(moments: Moments): void {
    this.m.write(moments.m);
    this.v.write(moments.v);
  }
}
