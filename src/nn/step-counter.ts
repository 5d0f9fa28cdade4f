import advanceText from "../../shaders/advance.wgsl";
import { deviceTensor, type DeviceTensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { makeDispatch, type Dispatch, type Encodable } from "../gpu/dispatch.ts";

/** The number of training steps done, on the device; encoding it adds one. Batches, masks, noise and Adam depend on it alone. */
export class StepCounter implements Encodable {
  private constructor(
    /** u32 [1] */
    readonly tensor: DeviceTensor,
    private readonly dispatch: Dispatch,
  ) {}

  static async create(gpu: Gpu): Promise<StepCounter> {
    const tensor = deviceTensor(gpu, [1], undefined, { dtype: "u32", label: "step" });
    const dispatch = await makeDispatch(
      gpu,
      { name: "advance", file: "shaders/advance.wgsl", wgsl: advanceText, bindings: ["write"] },
      [tensor.storage],
      [1, 1, 1],
    );
    return new StepCounter(tensor, dispatch);
  }

  set(step: number): void {
    this.tensor.write([step]);
  }

  encode(pass: GPUComputePassEncoder): void {
    this.dispatch.encode(pass);
  }
}
