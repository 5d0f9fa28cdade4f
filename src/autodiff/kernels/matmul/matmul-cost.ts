import type { ProductDevice } from "../product.ts";
import { fitsUniform, operandsOf, type Operand } from "./matmul-operand.ts";
import { ownVectors, sharedVectors } from "./matmul-register-loads.ts";
import type { MatmulShape } from "./matmul-shape.ts";
import { registerVariant, workgroupLanes, type RegisterTileVariant } from "./matmul-variant.ts";

/**
 * Instructions of one subgroup on Mesa's lavapipe, counted in its machine code. A load of a different address by each invocation
 * becomes as many scalar loads; in a storage buffer each is checked and branched around, in a uniform buffer not.
 */
const LOAD = { uniform: 25, storageVector: 40, storageScalar: 60, gathered: 110 };
const BROADCAST = 1.5;
const MULTIPLY_ADD = 2;
/** Taking an accumulator out of the stack and back, once per block of four k. */
const SPILL = 2;
const STORE = 60;
const START = 600;
/** Small products prefer small code: an instruction of the block costs as much to compile as it costs to run this often. */
const COMPILE = 40;

/** Register tiles, those with the fewest instructions by the counts above first. */
export function rankedRegisterTiles(shape: MatmulShape, device: ProductDevice, sharedSizes = device.subgroupSize > 0 ? [4, 8, 12, 16, 20, 24] : [1, 2, 4, 8]): RegisterTileVariant[] {
  const { subgroupSize, uniformOperands } = device;
  const variants = (["columns", "rows"] as const).flatMap((lanes) =>
    [1, 2, 4].flatMap((own) => sharedSizes.map((shared) => registerVariant(lanes, subgroupSize, shared, own, uniformOperands))),
  );
  const cost = new Map(variants.map((variant) => [variant, instructions(shape, variant)]));
  return variants.sort((a, b) => cost.get(a)! - cost.get(b)!);
}

function instructions(shape: MatmulShape, variant: RegisterTileVariant): number {
  const { a, b } = operandsOf(shape);
  const [ownOperand, sharedOperand] = variant.lanes === "columns" ? [b, a] : [a, b];
  const { own, shared, subgroupSize } = variant;
  const lanes = workgroupLanes(variant);
  const tiles = Math.ceil(ownOperand.count / (own * lanes)) * Math.ceil(sharedOperand.count / shared) * shape.batch;
  const sharedLoads = subgroupSize > 0 ? Math.ceil(shared / subgroupSize) : shared;
  // per block of four k and subgroup
  const block =
    4 * own * loadCost(ownOperand, variant, ownVectors(ownOperand, own)) +
    4 * sharedLoads * loadCost(sharedOperand, variant, sharedVectors(sharedOperand, shared)) +
    4 * shared * ((subgroupSize > 0 ? BROADCAST : 0) + own * MULTIPLY_ADD) +
    shared * own * SPILL;
  const each = START + (shape.k / 4) * block + shared * own * STORE;
  // the last round of tiles leaves processors idle
  const rounds = Math.ceil(tiles / 2) * 2;
  return rounds * each * Math.ceil(lanes / 8) + COMPILE * (block + shared * own);
}

function loadCost(operand: Operand, variant: RegisterTileVariant, vectors: boolean): number {
  if (operand.gathered !== undefined) return LOAD.gathered;
  if (variant.uniform && fitsUniform(operand, vectors)) return LOAD.uniform;
  return vectors ? LOAD.storageVector : LOAD.storageScalar;
}
