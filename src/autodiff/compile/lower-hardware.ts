import { matmulShape } from "../kernels/matmul/matmul-shape.ts";
import { splitLength } from "../kernels/matmul/matmul-split.ts";
import { equal, minimum } from "../ops/binary.ts";
import { broadcastTo } from "../ops/broadcast.ts";
import { iota, toFloat } from "../ops/leaf.ts";
import { logSumExp, max, reducedSize, sum, type ReduceName } from "../ops/reduce.ts";
import { reshape } from "../ops/reshape.ts";
import { where } from "../ops/where.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { reductionLayout } from "./reduction-layout.ts";

/** Lanes share reductions of so many elements or more; with so many of them side by side each has a lane of its own. */
const leastShared = 32;
const mostShared = 16_384;
/** Elements of a lane above which a shared reduction is divided into parts, elements of a lane of a part, and lanes of all parts. */
const longShare = 64;
const partShare = 32;
const mostLanes = 2 ** 18;

/** What hardware computes for the node: no lane goes through a long loop alone. */
export function sharedNode(node: Tensor): Tensor {
  if (node.op === "sum" || node.op === "max" || node.op === "logSumExp") return sharedReduction(node, node.op);
  if (node.op === "scatterAdd") return sharedScatter(node);
  return node.op === "matmul" ? dividedMatmul(node) : node;
}

/** The reductions of parts by the same name reduce the whole. */
const again: Record<ReduceName, (parts: Tensor) => Tensor> = { sum: (parts) => sum(parts, 0), max: (parts) => max(parts, 0), logSumExp: (parts) => logSumExp(parts, 0) };

/** A lane of a GPU that reduces many elements alone keeps all others waiting: a workgroup's lanes share them, and their results follow in a tree. */
function sharedReduction(node: Tensor, of: ReduceName): Tensor {
  const [x] = node.inputs;
  const axes = node.attributes.axes as readonly number[];
  const total = reducedSize(x, axes);
  const results = sizeOf(node.shape);
  if (total < leastShared) return node;
  const layout = reductionLayout(x, axes, total, results);
  // lanes side by side load neighbours of many results as well as of one
  if (results > mostShared && !layout.along) return node;
  const { sharers } = layout;
  const mostParts = Math.floor(mostLanes / (results * sharers));
  const parts = total <= longShare * sharers ? 1 : Math.max(1, Math.min(Math.ceil(total / (partShare * sharers)), mostParts));
  const length = Math.ceil(total / parts);
  const record = (shape: readonly number[]): Tensor => node.tape.record("sharedReduction", [x], shape, { of, axes, length, ...layout });
  if (length === total) return record(node.shape);
  const ofParts = again[of](record([Math.ceil(total / length), ...node.shape]));
  return sharedReduction(ofParts, of);
}

/** Long sums for few results, as in the gradients of weights, are divided too. */
function dividedMatmul(node: Tensor): Tensor {
  const shape = matmulShape(node);
  const length = splitLength(shape);
  if (length === shape.k) return node;
  const parts = node.tape.record("matmulParts", node.inputs, [Math.ceil(shape.k / length), ...node.shape], { ...node.attributes, length });
  return sharedReduction(sum(parts, 0), "sum");
}

/** Rows added up by index, as a sum over all of them: result[r, ...] = sum over e of x[e, ...] where index[e] = r, or r is the last row and the index past it, else 0. */
function sharedScatter(node: Tensor): Tensor {
  const [x, indices] = node.inputs;
  const count = sizeOf(indices.shape);
  if (count < leastShared) return node;
  const [rows, ...rest] = node.shape;
  const ones = rest.map(() => 1);
  const chosen = equal(reshape(minimum(toFloat(indices), rows - 1), [1, count, ...ones]), iota(node.tape, [rows, 1, ...ones], 0));
  const shape = [rows, count, ...rest];
  const added = where(broadcastTo(chosen, shape), broadcastTo(reshape(x, [count, ...rest]), shape), 0);
  return sharedNode(sum(added, 1));
}
