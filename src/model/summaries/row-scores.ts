import shader from "../../../shaders/row-scores.wgsl";
import { deviceTensor, type DeviceTensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { gridFor, makeDispatch, type Dispatch, type Encodable, type Storage } from "../../gpu/dispatch.ts";
import { uniformFor } from "../../gpu/uniforms.ts";
import type { DeviceColumns } from "../posterior/device-draws.ts";
import { scoreTasks } from "./row-results.ts";

/** log-likelihoods of rows under the draws of all parts: one dispatch a part. */
export class RowScores implements Encodable {
  private constructor(
    private readonly state: DeviceTensor,
    private readonly results: readonly DeviceTensor[],
    private readonly dispatches: readonly Dispatch[],
  ) {}

  /** together: a row's columns count as one observation, whose log p is their sum; else as their mean. */
  static async create(gpu: Gpu, rows: number, parts: readonly DeviceColumns[], together: boolean): Promise<RowScores> {
    const columns = parts[0].mixed.length;
    const width = scoreTasks.columns + columns;
    const state = deviceTensor(gpu, [rows, columns], undefined, { label: "what is scored" });
    const results = parts.map(() => deviceTensor(gpu, [rows, width], undefined, { label: "scores of rows" }));
    const source = { name: "row scores", file: "shaders/row-scores.wgsl", wgsl: shader, bindings: ["uniform", "read", "read", "read", "write"] as const };
    const dispatches = await Promise.all(
      parts.map(({ made, draws, logProb, weightedLogProb }, p) => {
        const params = uniformFor(gpu, shader, { rows, made, draws, columns, together: Number(together) }, "row scores params");
        return makeDispatch(gpu, source, [params, logProb.storage, weightedLogProb.storage, state.storage, results[p].storage], gridFor(rows * width, 1));
      }),
    );
    return new RowScores(state, results, dispatches);
  }

  /** Loads what each column of the first rows is: one of `scoreStates` [rows, columns]; of other rows nothing is scored. */
  write(state: Float32Array): void {
    const all = new Float32Array(this.state.size);
    all.set(state);
    this.state.write(all);
  }

  encode(pass: GPUComputePassEncoder): void {
    for (const dispatch of this.dispatches) dispatch.encode(pass);
  }

  /** The results of each part [rows, 4 + columns]. */
  get storages(): Storage[] {
    return this.results.map(({ storage }) => storage);
  }

  destroy(): void {
    for (const tensor of [this.state, ...this.results]) tensor.destroy();
  }
}
