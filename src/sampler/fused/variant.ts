import type { Gpu } from "../../gpu/device.ts";
import type { FusedVariant } from "./kernel.ts";
import { mlpSizes, type FusedSpec } from "./spec.ts";
import type { WeightLayout } from "./weight-layout.ts";

/**
 * The variant for so many chains on this device. Many chains share each loaded weight among four of an invocation; few chains
 * need all invocations, and a kernel that compiles quickly.
 */
export function chooseVariant(gpu: Gpu, { layout, chains }: { layout: WeightLayout; chains: number }): FusedVariant {
  const { subgroupSize } = gpu;
  const fits = layout.mlps.every(({ size }) => 4 * size <= gpu.limits.maxUniformBufferBindingSize);
  const uniforms = layout.mlps.length + 1 <= gpu.limits.maxUniformBuffersPerShaderStage;
  const weights = !fits || !uniforms ? "storage" : gpu.software && subgroupSize > 0 ? "lanes" : "uniform";
  const most = chains <= 200 ? 1 : chains <= 1000 ? 2 : 4;
  return { chains: gpu.software ? most : 1, units: 1, weights, sums: "registers", subgroupSize, workgroup: gpu.software ? Math.max(8, subgroupSize) : 64 };
}

/** Multiply-adds of one log density and gradient: each weight once forward, and once more backward, and W1 a third time. */
export function multiplyAdds(spec: FusedSpec): number {
  const completion = spec.predictor?.completion;
  const own = mlpSizes(spec).reduce((total, { inputs, outputs }) => total + spec.hidden * (3 * inputs + 2 * outputs), 0);
  return own + (completion ? completion.hidden * completion.columns.reduce((total, { levels }) => total + 2 + levels, 0) : 0);
}

/** Chains of one dispatch, so that it takes less than about a second: some drivers stop longer ones. */
export function chainsPerDispatch(gpu: Gpu, { spec, variant, evaluations }: { spec: FusedSpec; variant: FusedVariant; evaluations: number }): number {
  const perSecond = gpu.software ? 1e10 : 1e12;
  const unit = variant.workgroup * variant.chains;
  return unit * Math.max(1, Math.floor(perSecond / (2 * multiplyAdds(spec) * evaluations * unit)));
}
