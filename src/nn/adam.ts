import adamText from "../../shaders/adam.wgsl";
import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { gridFor, makeDispatch, type Dispatch, type Encodable } from "../gpu/dispatch.ts";
import { uniformFor } from "../gpu/uniforms.ts";
import type { ParameterRange, Parameters } from "./parameters.ts";

interface AdamOptions {
  learningRate: number;
  /** L2 penalty added to the gradient. */
  weightDecay?: number;
  /** The value of the step counter at the first update. */
  firstStep?: number;
  /** Steps of the counter between two updates. */
  every?: number;
}

/** Four vectors for each of 64 invocations. */
export const elementsPerWorkgroup = 1024;

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
    /** The first of its parameters. */
    private readonly start: number,
  ) {}

  static async create(gpu: Gpu, parameters: Parameters, range: ParameterRange, step: DeviceTensor, options: AdamOptions): Promise<Adam> {
    const count = range.end - range.start;
    const m = deviceTensor(gpu, [count], undefined, { label: "adam m" });
    const v = deviceTensor(gpu, [count], undefined, { label: "adam v" });
    const { learningRate: rate, weightDecay: decay = 0, firstStep: first = 0, every = 1 } = options;
    const params = uniformFor(gpu, adamText, { count, first, every, rate, b1: 0.9, b2: 0.999, decay }, "adam params");
    const dispatch = await makeDispatch(
      gpu,
      { name: "adam", file: "shaders/adam.wgsl", wgsl: adamText, bindings: ["uniform", "read", "read", "write", "write", "write"] },
      [
        params,
        step.storage,
        parameters.gradients.view(range.start, [count]).storage,
        parameters.values.view(range.start, [count]).storage,
        m.storage,
        v.storage,
      ],
      gridFor(count / 4, elementsPerWorkgroup / 4),
    );
    return new Adam(dispatch, m, v, range.start);
  }

  /** The optimizer of a range within this one's: one dispatch updates both, each keeps its moments apart. */
  part({ start, end }: ParameterRange): Adam {
    const [m, v] = [this.m, this.v].map((moments) => moments.view(start - this.start, [end - start]));
    return new Adam(this.dispatch, m, v, start);
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
