import type { Tensor } from "../tape.ts";
import { binaryFunctions, mul, type BinaryFunction, type BinaryName } from "./binary.ts";
import { broadcastVjp } from "./broadcast.ts";
import { concatVjp } from "./concat.ts";
import { conv2dVjp, convKernelGradientVjp, convTranspose2dVjp } from "./conv.ts";
import { gatherVjp, scatterAddVjp } from "./gather.ts";
import { matmulVjp } from "./matmul.ts";
import { reduceVjp, type ReduceName } from "./reduce.ts";
import { reshapeVjp } from "./reshape.ts";
import { padVjp, sliceVjp } from "./slice.ts";
import { transposeVjp } from "./transpose.ts";
import { unaryFunctions, type UnaryFunction, type UnaryName } from "./unary.ts";
import { whereVjp } from "./where.ts";

export type OpName =
  | UnaryName
  | BinaryName
  | ReduceName
  | "read" | "fill" | "stopGradient"
  | "where"
  | "broadcastTo" | "reshape" | "transpose" | "slice" | "pad" | "concat"
  | "gather" | "scatterAdd"
  | "matmul"
  | "conv2d" | "convTranspose2d" | "convKernelGradient"
  // what compile makes of large sums and products, and of reductions on hardware: see compile/lower.ts
  | "partialSum" | "convKernelParts" | "matmulParts" | "sharedReduction"
  | "iota" | "toFloat" | "randomUniform" | "randomNormal" | "foldIn" | "shuffledRows";

/** Cotangents of a node's inputs (null: none flows there). "none": the op has no gradient. */
type Vjp = ((cotangent: Tensor, node: Tensor) => readonly (Tensor | null)[]) | "none";

function unaryRules(): Record<UnaryName, Vjp> {
  const rule = (f: UnaryFunction): Vjp => (g, node) => [mul(g, f.derivative(node.inputs[0], node))];
  return Object.fromEntries(Object.entries(unaryFunctions).map(([name, f]) => [name, rule(f)])) as Record<UnaryName, Vjp>;
}

function binaryRules(): Record<BinaryName, Vjp> {
  const rule = (f: BinaryFunction): Vjp => {
    const { vjp } = f;
    return vjp === "none" ? "none" : (g, node) => vjp(g, node.inputs[0], node.inputs[1], node);
  };
  return Object.fromEntries(Object.entries(binaryFunctions).map(([name, f]) => [name, rule(f)])) as Record<BinaryName, Vjp>;
}

/** The gradient of every op; the type makes the table complete. Built on first use, because the op files use each other. */
let rules: Record<OpName, Vjp> | undefined;
export function vjpOf(op: OpName): Vjp {
  rules ??= {
    ...unaryRules(),
    ...binaryRules(),
    sum: reduceVjp,
    max: reduceVjp,
    logSumExp: reduceVjp,
    where: whereVjp,
    broadcastTo: broadcastVjp,
    reshape: reshapeVjp,
    transpose: transposeVjp,
    slice: sliceVjp,
    pad: padVjp,
    concat: concatVjp,
    gather: gatherVjp,
    scatterAdd: scatterAddVjp,
    matmul: matmulVjp,
    conv2d: conv2dVjp,
    convTranspose2d: convTranspose2dVjp,
    convKernelGradient: convKernelGradientVjp,
    read: "none",
    fill: "none",
    stopGradient: "none",
    iota: "none",
    toFloat: "none",
    randomUniform: "none",
    randomNormal: "none",
    foldIn: "none",
    shuffledRows: "none",
    partialSum: "none",
    convKernelParts: "none",
    matmulParts: "none",
    sharedReduction: "none",
  };
  return rules[op];
}
