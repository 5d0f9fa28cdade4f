import chainText from "../../../shaders/fused-hmc.wgsl";
import columnsText from "../../../shaders/lib/fused-columns.wgsl";
import likelihoods from "../../../shaders/lib/fused-likelihoods.wgsl";
import numerics from "../../../shaders/lib/numerics.wgsl";
import type { KernelSource } from "../../gpu/kernel.ts";
import { hmcRandomWgsl } from "../random-addresses.ts";
import { columnTable, columnWidth } from "./column-table.ts";
import { evaluateCode, loadRowCode } from "./density-code.ts";
import { float } from "./float.ts";
import { sumsAtOnce, type Sweep } from "./mlp-code.ts";
import { rowLayout } from "./row-layout.ts";
import { dimOf, type FusedSpec } from "./spec.ts";
import { teamOf, unitsOf, type FusedVariant } from "./variant.ts";
import { declareWeights } from "./weight-access.ts";
import { layOut, type PackedMlp, type WeightLayout } from "./weight-layout.ts";

interface FusedKernelOptions {
  readonly variant: FusedVariant;
  /** Whether x_hat holds draws, else means. */
  readonly noise: boolean;
  /** Whether all chains of an invocation belong to one row. */
  readonly oneRow: boolean;
  /** Where each MLP's weights are bound. */
  readonly weightSpaces: readonly ("uniform" | "read")[];
}

const firstWeightBinding = 8;

/** The whole chain as one kernel: shaders/fused-hmc.wgsl around the density generated from the spec. */
export function fusedKernel(spec: FusedSpec, options: FusedKernelOptions, layout: WeightLayout = layOut(spec)): KernelSource {
  const { variant, noise, oneRow, weightSpaces } = options;
  const access = { loads: variant.loads, subgroupSize: variant.subgroupSize };
  const team = teamOf(variant);
  const sweepOf = (mlp: PackedMlp): Sweep => ({ access, units: unitsOf(mlp, variant), sums: variant.sums, team });
  const shared = variant.loads === "shared";
  const table = columnTable(spec);
  const { features } = table;
  const completes = features.stored && spec.predictor !== undefined && !spec.predictor.completion;
  const wgsl = [
    shared || team?.subgroup ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);" : "",
    `const DIM = ${dimOf(spec)}u;\nconst FEATURES = ${spec.features}u;\nconst WORKGROUP = ${variant.workgroup}u;`,
    `const NOISE = ${noise};\nconst SHARED = ${team !== undefined};`,
    `const COLUMN_WIDTH = ${columnWidth}u;\nconst VARIANCE = ${float(spec.variance)};`,
    hmcRandomWgsl,
    numerics,
    chainTypes(variant.chains, oneRow),
    layout.mlps.map((mlp, i) => declareWeights(mlp, firstWeightBinding + i, weightSpaces[i])).join("\n"),
    shared ? `var<private> lane: u32;` : "",
    columnsText,
    table.entries > 0 ? `${storedCode("theta", table.entries, "Theta")}\n${likelihoods}` : "",
    completes ? storedCode("completed", spec.features, "Completed") : "",
    team && !team.subgroup ? addUpCode(team.lanes) : "",
    loadRowCode(rowLayout(spec, table)),
    evaluateCode(spec, layout, table, sweepOf),
    chainText
      .replace("  setLane();\n", shared ? "  lane = subgroupLane;\n" : "")
      .replace(" LANE\n", shared ? " @builtin(subgroup_invocation_id) subgroupLane: u32,\n" : "\n"),
  ].join("\n");
  return {
    name: "fused hmc",
    file: "shaders/fused-hmc.wgsl",
    wgsl,
    bindings: ["uniform", "uniform", "read", "read", "read", "write", "write", "write", ...weightSpaces],
  };
}

/** WGSL that adds up what each of the workgroup's invocations has: part after part, so the order is always the same. */
function addUpCode(lanes: number): string {
  return `var<workgroup> parts: array<f32, ${lanes * sumsAtOnce}>;
var<workgroup> totals: array<f32, ${sumsAtOnce}>;

fn addUp(count: u32) {
  workgroupBarrier();
  for (var n = member; n < count; n += ${lanes}u) {
    var total = 0.0;
    for (var lane = 0u; lane < ${lanes}u; lane++) { total += parts[lane * count + n]; }
    totals[n] = total;
  }
  workgroupBarrier();
}
`;
}

/** WGSL of numbers that each chain keeps in memory, one chain's beside the next one's, and of how all chains' are read and written at once. */
function storedCode(name: string, entries: number, called: string): string {
  return `var<private> ${name}: array<f32, ${entries}u * CHAINS>;
fn store${called}(n: u32, v: V) { for (var c = 0u; c < CHAINS; c++) { ${name}[n * CHAINS + c] = component(v, c); } }
fn load${called}(n: u32) -> V {
  var v: V;
  for (var c = 0u; c < CHAINS; c++) { v = withComponent(v, c, ${name}[n * CHAINS + c]); }
  return v;
}
`;
}

/** V, a float for each chain of an invocation, and R, a number of the data row: one for all chains if they share it. */
function chainTypes(chains: number, oneRow: boolean): string {
  const vector = chains > 1;
  const [v, b, u] = vector ? [`vec${chains}f`, `vec${chains}<bool>`, `vec${chains}u`] : ["f32", "bool", "u32"];
  const components = [..."xyzw"].slice(0, chains);
  const each = (text: (c: number) => string): string => components.map((_, c) => text(c)).join(", ");
  return `alias V = ${v};
alias B = ${b};
alias R = ${oneRow ? "f32" : "V"};
const CHAINS = ${chains}u;

fn component(v: V, c: u32) -> f32 { return ${vector ? "v[c]" : "v"}; }
fn withComponent(v: V, c: u32, x: f32) -> V { ${vector ? "var w = v; w[c] = x; return w;" : "return x;"} }
fn nonFinite(v: V) -> B { return (bitcast<${u}>(v) & ${u}(0x7f800000u)) == ${u}(0x7f800000u); }
fn rowNumber(r: R, c: u32) -> f32 { return ${vector && !oneRow ? "r[c]" : "r"}; }

// Field i of the chains' rows.
fn rowValue(width: u32, i: u32) -> R {
  ${oneRow
    ? "return rows[(params.offset + chainOf(0u)) / params.chainsPerRow * width + i];"
    : `return V(${each((c) => `rows[(params.offset + chainOf(${c}u)) / params.chainsPerRow * width + i]`)});`}
}
`;
}
