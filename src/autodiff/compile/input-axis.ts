import type { Tensor } from "../tape.ts";

/** Which axis of an input the node's axis is; undefined: none, the input is the same all along it. Of ops that do not move axes the same one. */
export function axisIn(node: Tensor, input: number, axis: number): number | undefined {
  const { inputs, attributes } = node;
  const [{ shape: first }] = inputs;
  const rank = node.shape.length;
  switch (node.op) {
    case "transpose":
      return (attributes.order as readonly number[])[axis];
    case "broadcastTo": {
      const lead = rank - first.length;
      return axis < lead ? undefined : axis - lead;
    }
    case "gather": {
      const indices = inputs[1].shape.length;
      if (input === 1) return axis < indices ? axis : undefined;
      return axis < indices ? undefined : axis - indices + 1;
    }
    case "scatterAdd":
      return input === 1 || axis === 0 ? undefined : axis - 1 + inputs[1].shape.length;
    case "sum":
    case "max":
    case "logSumExp":
    case "partialSum": {
      const axes = attributes.axes as readonly number[];
      return first.map((_, own) => own).filter((own) => !axes.includes(own))[axis];
    }
    case "matmul": {
      const own = inputs[input].shape.length;
      if (axis < rank - 2) return own > 2 ? axis : undefined;
      // rows are the first operand's, columns the second's
      if (axis - (rank - 2) !== input) return undefined;
      const transposed = input === 0 ? attributes.transA : attributes.transB;
      return (input === 0) === Boolean(transposed) ? own - 1 : own - 2;
    }
    default:
      return axis;
  }
}
