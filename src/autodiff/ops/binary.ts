import { broadcastShapes } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { broadcastTo } from "./broadcast.ts";
import { neg, reciprocal, square } from "./unary.ts";
import { where } from "./where.ts";

export type Operand = Tensor | number;

/** An elementwise function of two arguments: its WGSL, cost, and the cotangents of its inputs ("none": not differentiable). */
export interface BinaryFunction {
  wgsl(a: string, b: string): string;
  cost: number;
  vjp: ((cotangent: Tensor, a: Tensor, b: Tensor, y: Tensor) => [Tensor, Tensor]) | "none";
}

/** Comparisons give 1 or 0 as f32. */
export const binaryFunctions = {
  // d(a + b) = da + db
  add: { wgsl: (a, b) => `${a} + ${b}`, cost: 1, vjp: (g) => [g, g] },
  // d(a - b) = da - db
  sub: { wgsl: (a, b) => `${a} - ${b}`, cost: 1, vjp: (g) => [g, neg(g)] },
  // d(a b) = b da + a db
  mul: { wgsl: (a, b) => `${a} * ${b}`, cost: 1, vjp: (g, a, b) => [mul(g, b), mul(g, a)] },
  // d(a / b) = da / b - a db / b^2
  div: { wgsl: (a, b) => `${a} / ${b}`, cost: 2, vjp: (g, a, b) => [div(g, b), neg(mul(g, mul(a, reciprocal(square(b)))))] },
  // the larger takes the gradient; a, at a tie
  maximum: { wgsl: (a, b) => `max(${a}, ${b})`, cost: 1, vjp: (g, a, b) => [where(greater(b, a), 0, g), where(greater(b, a), g, 0)] },
  minimum: { wgsl: (a, b) => `min(${a}, ${b})`, cost: 1, vjp: (g, a, b) => [where(greater(a, b), 0, g), where(greater(a, b), g, 0)] },
  greater: { wgsl: (a, b) => `select(0.0, 1.0, ${a} > ${b})`, cost: 1, vjp: "none" },
  equal: { wgsl: (a, b) => `select(0.0, 1.0, ${a} == ${b})`, cost: 1, vjp: "none" },
} satisfies Record<string, BinaryFunction>;

export type BinaryName = keyof typeof binaryFunctions;

/** Operands as tensors of one shape: numbers become fills, shapes broadcast from the last axis. */
export function broadcastOperands(op: string, operands: readonly Operand[]): Tensor[] {
  const tape = operands.find((operand): operand is Tensor => typeof operand !== "number")?.tape;
  if (!tape) throw new TypeError(`[${op}] needs at least one tensor; all operands are numbers.`);
  let shape: readonly number[] = [];
  for (const operand of operands) if (typeof operand !== "number") shape = broadcastShapes(op, shape, operand.shape);
  return operands.map((operand) => (typeof operand === "number" ? tape.fill(operand, shape) : broadcastTo(operand, shape)));
}

const binary = (name: BinaryName) => (a: Operand, b: Operand): Tensor => {
  const simple = simplify(name, a, b);
  if (simple !== undefined) return simple;
  const [left, right] = broadcastOperands(name, [a, b]);
  return left.tape.record(name, [left, right], left.shape);
};

/** The identities that reverse passes produce in numbers: x + 0, x * 1, x * 0, -1 * x. */
function simplify(name: BinaryName, a: Operand, b: Operand): Tensor | undefined {
  const valueA = constantValue(a);
  const valueB = constantValue(b);
  if (name === "add" || name === "mul") {
    const [value, other, constant] = valueA !== undefined ? [valueA, b, a] : [valueB, a, b];
    if (value === undefined || typeof other === "number") return undefined;
    const shape = broadcastShapes(name, typeof constant === "number" ? [] : constant.shape, other.shape);
    if ((name === "add" && value === 0) || (name === "mul" && value === 1)) return broadcastTo(other, shape);
    if (name === "mul" && value === 0) return other.tape.fill(0, shape);
    if (name === "mul" && value === -1) return neg(broadcastTo(other, shape));
  }
  if (name === "sub" && valueB === 0 && typeof a !== "number") return broadcastTo(a, broadcastShapes(name, a.shape, typeof b === "number" ? [] : b.shape));
  return undefined;
}

function constantValue(operand: Operand): number | undefined {
  if (typeof operand === "number") return operand;
  if (operand.op === "fill") return operand.attributes.value as number;
  return operand.op === "broadcastTo" ? constantValue(operand.inputs[0]) : undefined;
}

export const add = binary("add");
export const sub = binary("sub");
export const mul = binary("mul");
export const div = binary("div");
export const maximum = binary("maximum");
export const minimum = binary("minimum");
/** 1 where a > b, else 0. */
export const greater = binary("greater");
/** 1 where a equals b, else 0. */
export const equal = binary("equal");
