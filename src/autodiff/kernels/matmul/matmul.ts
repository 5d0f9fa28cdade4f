import { rankedRegisterTiles } from "./matmul-cost.ts";
import { registerTileKernel, registerVariant, type RegisterTileVariant } from "./matmul-register.ts";
import { workgroupTileKernel, workgroupVariant, type WorkgroupTileVariant } from "./matmul-workgroup.ts";
import type { OperandBinding } from "./matmul-operand.ts";

export type { OperandBinding } from "./matmul-operand.ts";

/** out[batch, m, n] = a[batch, m, k] b[batch, k, n]. */
export interface MatmulShape {
  batch: number;
  m: number;
  n: number;
  k: number;
  /** a is stored [batch, k, m]. */
  transA: boolean;
  /** b is stored [batch, n, k]. */
  transB: boolean;
  /** False: the operand has no batch dimension and is shared by all batches. */
  batchA: boolean;
  batchB: boolean;
  /** b is stored as f16; products and sums are f32 all the same. */
  halfB?: boolean;
  /** Operands whose values a function of the caller finds in an array of so many floats: see Operand. */
  gathered?: { a?: number; b?: number };
}

export type MatmulVariant = RegisterTileVariant | WorkgroupTileVariant;

/** What the choice of a variant depends on besides the shape. */
export interface MatmulDevice {
  /** The adapter runs on the processor (Gpu.software). */
  software: boolean;
  /** Invocations of a subgroup, where the device has the feature "subgroups" and its adapter only this one size; else 0. */
  subgroupSize: number;
  /** The operands' buffers have UNIFORM usage. */
  uniformOperands: boolean;
}

export interface MatmulKernel {
  workgroupSize: [number, number, number];
  /** Workgroup counts, each at most 65,535. */
  dispatch: [number, number, number];
  /** Directives that must stand first in the module, like `enable subgroups;`; may be empty. */
  header: string;
  /** The caller declares these in any binding order and binds the operand's bytes [offset, offset + bytes) to each. */
  a: OperandBinding[];
  b: OperandBinding[];
  /** The shader calls `storeResult4` in place of `storeResult`. */
  vectorStore: boolean;
  /**
   * `@compute fn main`. For each finished element it calls once
   * `storeResult(index: u32, row: u32, col: u32, batch: u32, acc: f32)`, which the caller defines; index is linear in [batch, m, n].
   * With vectorStore it calls `storeResult4(..., acc: vec4f)` for four neighbouring columns; index is then a multiple of 4.
   */
  wgsl: string;
}

export interface MatmulOptions {
  /** The caller defines `storeResult4` too: four results at a time, where n and the tile allow it. */
  vectorStore?: boolean;
  /** A function to call in place of `storeResult`. */
  store?: string;
}

/** Generates the compute shader of a matrix product; the caller adds the bindings and `storeResult`. */
export function matmulKernel(shape: MatmulShape, variant: MatmulVariant, options: MatmulOptions = {}): MatmulKernel {
  const kernel = variant.kind === "register" ? registerTileKernel(shape, variant, options) : workgroupTileKernel(shape, variant, options);
  return shape.halfB ? { ...kernel, header: `enable f16;\n${kernel.header}` } : kernel;
}

/** The variant that is good without measuring. */
export function defaultVariant(shape: MatmulShape, device: MatmulDevice): MatmulVariant {
  return device.software ? rankedRegisterTiles(shape, device)[0] : fittingWorkgroupTile(shape);
}

/** Variants worth timing for a shape, the default first, then in the order in which they are worth it. All sum in the same order. */
export function candidateVariants(shape: MatmulShape, device: MatmulDevice): MatmulVariant[] {
  return [defaultVariant(shape, device), ...(device.software ? nextRegisterTiles(shape, device) : gpuTiles(device))].filter(
    (variant, index, all) => all.findIndex((other) => other.name === variant.name) === index,
  );
}

/** Compiling takes a software adapter long: the runner-up, the best with the other operand shared, the best of larger tiles. */
function nextRegisterTiles(shape: MatmulShape, device: MatmulDevice): MatmulVariant[] {
  const [best, ...others] = rankedRegisterTiles(shape, device);
  const [larger] = rankedRegisterTiles(shape, device, device.subgroupSize > 0 ? [32, 48] : [12, 16]);
  return [larger, others.find(({ lanes }) => lanes !== best.lanes)!, others[0]];
}

function gpuTiles({ subgroupSize, uniformOperands }: MatmulDevice): MatmulVariant[] {
  const tiles = subgroupSize > 0 ? [[16, 4], [8, 4], [16, 2]] : [[8, 4], [4, 4], [8, 1], [4, 1]];
  const registers = tiles.flatMap(([shared, own]) => (["columns", "rows"] as const).map((lanes) => registerVariant(lanes, subgroupSize, shared, own, uniformOperands)));
  return [...WORKGROUP_TILES, workgroupVariant(128, 64, 16, 8, 4), workgroupVariant(64, 32, 16, 4, 2), workgroupVariant(32, 64, 16, 2, 4), ...registers];
}

const WORKGROUP_TILES = [workgroupVariant(64, 64, 16, 4, 4), workgroupVariant(32, 32, 16, 2, 2), workgroupVariant(16, 16, 16, 1, 1)];

/** The largest workgroup tile that still gives a GPU enough workgroups to work on at once. */
function fittingWorkgroupTile({ batch, m, n }: MatmulShape): WorkgroupTileVariant {
  const groups = ({ tileM, tileN }: WorkgroupTileVariant): number => batch * Math.ceil(m / tileM) * Math.ceil(n / tileN);
  return WORKGROUP_TILES.find((tile) => groups(tile) >= 128) ?? WORKGROUP_TILES[2];
}
