import { broadcastTo, deviceTensor, equal, gather, reshape, transpose, where, type DeviceTensor, type Tensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import type { MixedColumn } from "../likelihood/mixed.ts";
import { entries } from "./spec.ts";

/** Coded features as an encoder reads them: numbers as they are, levels one-hot, 0 where not observed. */
export class FeatureInputs {
  /** For each input: the feature it belongs to, the level it stands for, and whether that is a level at all. [J] */
  private readonly feature: DeviceTensor;
  private readonly level: DeviceTensor;
  private readonly isLevel: DeviceTensor;

  constructor(gpu: Gpu, features: readonly MixedColumn[]) {
    const inputs = features.flatMap((column, d) => Array.from({ length: entries(column) }, (_, level) => ({ d, level, isLevel: Number(column.kind === "categorical") })));
    this.feature = deviceTensor(gpu, [inputs.length], inputs.map(({ d }) => d), { dtype: "u32", label: "feature of input" });
    this.level = deviceTensor(gpu, [inputs.length], inputs.map(({ level }) => level), { label: "level of input" });
    this.isLevel = deviceTensor(gpu, [inputs.length], inputs.map(({ isLevel }) => isLevel), { label: "input is a level" });
  }

  /** x, observed [B, D] -> [B, J] */
  of(x: Tensor, observed: Tensor): Tensor {
    const { tape } = x;
    const spread = (t: Tensor): Tensor => transpose(gather(transpose(t, [1, 0]), tape.read(this.feature)), [1, 0]);
    const value = spread(x);
    const each = (t: DeviceTensor): Tensor => broadcastTo(reshape(tape.read(t), [1, t.size]), value.shape);
    return where(spread(observed), where(each(this.isLevel), equal(value, each(this.level)), value), 0);
  }
}
