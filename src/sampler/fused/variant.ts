import type { Gpu } from "../../gpu/device.ts";
import { columnTable } from "./column-table.ts";
import { jacobianIsCheaper, type Sweep, type Team } from "./mlp-code.ts";
import { mlpSizes, type FusedSpec } from "./spec.ts";
import type { WeightLoads } from "./weight-access.ts";
import { passes, type PackedMlp, type WeightLayout } from "./weight-layout.ts";

/** What is chosen by the number of chains and the device. */
export interface FusedVariant {
  /** 1, 2 or 4 chains per invocation. */
  readonly chains: 1 | 2 | 4;
  /** Most hidden units per round of a sweep. */
  readonly units: number;
  readonly loads: WeightLoads;
  readonly sums: Sweep["sums"];
  /** Invocations of a subgroup where loads are shared. */
  readonly subgroupSize: number;
  readonly workgroup: number;
  /**
   * Whether the workgroup shares one chain: its invocations split the hidden units and add up over workgroup memory, or by
   * themselves where they are one subgroup of `subgroupSize`. chains and units are 1 then.
   */
  readonly shared?: boolean;
}

/** Chains of a workgroup. */
export function chainsOfWorkgroup({ chains, workgroup, shared }: FusedVariant): number {
  return shared ? 1 : chains * workgroup;
}

/** The invocations that share a chain. */
export function teamOf({ workgroup, subgroupSize, shared }: FusedVariant): Team | undefined {
  return shared ? { lanes: workgroup, subgroup: workgroup === subgroupSize } : undefined;
}

/**
 * Multiply-adds in one round of a sweep over hidden units, beyond which the kernel takes long to compile and runs no faster
 * (lavapipe: 2 s at 400, 40 s at 800).
 */
const roundSize = 448;

/** Entries of theta that the chains of an invocation keep together: 4 KiB of its private memory, of which WGSL promises 8. */
export const mostEntries = 1024;

/**
 * The variant for so many chains on this device. On a software adapter several chains of an invocation share each loaded
 * weight, though few chains then leave few invocations, and hidden units go by twos: what is kept between rounds of a loop is
 * copied there. On hardware each invocation has one chain, and its compiler has its way. Chains too few to fill the device are shared
 * by workgroups.
 */
export function chooseVariant(gpu: Pick<Gpu, "software" | "subgroupSize">, spec: FusedSpec, chains: number): FusedVariant {
  const lanes = sharingLanes(gpu, spec, chains);
  if (lanes > 0) return { chains: 1, units: 1, loads: "together", subgroupSize: gpu.subgroupSize, sums: "registers", workgroup: lanes, shared: true };
  if (!gpu.software) return { chains: 1, units: 1, loads: "together", subgroupSize: 0, sums: "registers", workgroup: 64 };
  const { subgroupSize } = gpu;
  const largest = Math.max(...mlpSizes(spec).map(({ inputs, taken }) => inputs + 1 + Math.ceil(taken.length / passes(taken.length))));
  const { entries } = columnTable(spec);
  const most = chains < 16 ? 1 : chains < 64 ? 2 : 4;
  return {
    chains: ([4, 2, 1] as const).find((count) => count === 1 || (count <= most && count * largest <= roundSize && count * entries <= mostEntries))!,
    units: 2,
    loads: subgroupSize > 0 ? "shared" : "together",
    subgroupSize,
    sums: "memory",
    workgroup: subgroupSize || 8,
  };
}

/**
 * Chains up to which workgroups share them. On lavapipe one chain of a table of 7 columns (T 10, L 5) takes a
 * subgroup 1.7 ms and an invocation 2.7 ms; three chains 3.2 ms, and three invocations side by side still 2.4. GPUs are not measured: eight thousand chains of one lane each
 * leave most of a large one idle, so that a chain's own length is the time they take.
 */
const mostShared = { software: 1, hardware: 8192 } as const;

/** How many invocations share a chain, 0 where none do: one subgroup where its size is known and suits, else by the number of hidden units. */
function sharingLanes({ software, subgroupSize }: Pick<Gpu, "software" | "subgroupSize">, { hidden }: FusedSpec, chains: number): number {
  if (chains > mostShared[software ? "software" : "hardware"]) return 0;
  const suits = software ? subgroupSize >= 8 : subgroupSize >= 32 && subgroupSize <= 64;
  const lanes = suits ? subgroupSize : software ? 0 : hidden >= 512 ? 128 : hidden >= 256 ? 64 : 32;
  return hidden >= 2 * lanes ? lanes : 0;
}

/** Hidden units of one round: as many as the variant wants, if they divide the MLP's and the round stays small. */
export function unitsOf({ hidden, stride }: PackedMlp, { units, chains }: FusedVariant): number {
  return [units, 4, 2, 1].find((count) => count === 1 || (count <= units && hidden % count === 0 && count * chains * stride <= roundSize))!;
}

/** Uniform buffers for the weights of MLPs that fit into them, else storage. */
export function weightSpaces(gpu: Gpu, { mlps }: WeightLayout): ("uniform" | "read")[] {
  // the chain's own parameters and key are uniforms too
  const left = gpu.limits.maxUniformBuffersPerShaderStage - 2;
  return mlps.map(({ size }, i) => (i < left && 4 * size <= gpu.limits.maxUniformBufferBindingSize ? "uniform" : "read"));
}

/** Multiply-adds that one log density and its gradient need: what the kernel computes again does not count. */
export function multiplyAdds(spec: FusedSpec): number {
  const own = mlpSizes(spec).reduce((total, { name, inputs, taken: { length: outputs } }) => {
    const wanted = name === "predictor" ? inputs - spec.features : inputs;
    const once = name === "predictor" && jacobianIsCheaper(inputs, outputs, wanted);
    return total + spec.hidden * (inputs + outputs + (once ? outputs * wanted : outputs + wanted));
  }, 0);
  const completion = spec.predictor?.completion;
  return own + (completion ? completion.hidden * completion.columns.reduce((total, { entries }) => total + 2 + entries, 0) : 0);
}

/** Chains of one dispatch, so that it takes less than about a second: some drivers stop longer ones. */
export function chainsPerDispatch(gpu: Gpu, { spec, variant, evaluations }: { spec: FusedSpec; variant: FusedVariant; evaluations: number }): number {
  const perSecond = gpu.software ? 1e10 : 1e12;
  const unit = chainsOfWorkgroup(variant);
  return unit * Math.max(1, Math.floor(perSecond / (2 * multiplyAdds(spec) * evaluations * unit)));
}
