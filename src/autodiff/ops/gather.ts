import { ShapeError, showShape } from "../shape.ts";
import type { Tensor } from "../tape.ts";

/** Rows of a table by index: table [N, ...], indices u32 [B...] -> [B..., ...]. An index past the end reads the last row. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  if (indices.dtype !== "u32") throw new ShapeError(`[gather] indices must be u32, got ${indices.dtype} ${showShape(indices.shape)}.`);
  if (table.shape.length === 0) throw new ShapeError("[gather] the table needs at least one axis, got a scalar.");
  return table.tape.record("gather", [table, indices], [...indices.shape, ...table.shape.slice(1)], {}, table.dtype);
}

/** The sum of the rows of x by index: x [B..., ...], indices u32 [B...] -> [rows, ...]; the transpose of `gather`: an index past the end adds to the last row. */
export function scatterAdd(x: Tensor, indices: Tensor, rows: number): Tensor {
  const rest = x.shape.slice(indices.shape.length);
  return x.tape.record("scatterAdd", [x, indices], [rows, ...rest], { rows });
}

export function gatherVjp(cotangent: Tensor, node: Tensor): (Tensor | null)[] {
  const [table, indices] = node.inputs;
  return [scatterAdd(cotangent, indices, table.shape[0]), null];
}

export function scatterAddVjp(cotangent: Tensor, node: Tensor): (Tensor | null)[] {
  return [gather(cotangent, node.inputs[1]), null];
}
