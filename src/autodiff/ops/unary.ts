import type { Tensor } from "../tape.ts";
import { add, greater, mul, sub } from "./binary.ts";
import { where } from "./where.ts";

/** An elementwise function: its WGSL, what evaluating it costs (a load is 1), and its derivative. */
export interface UnaryFunction {
  wgsl(x: string): string;
  cost: number;
  /** dy/dx from x and y. */
  derivative(x: Tensor, y: Tensor): Tensor;
}

/** Elementwise functions. Names ending in `_` are ours, from shaders/lib/numerics.wgsl. */
export const unaryFunctions = {
  // d(-x) = -dx
  neg: { wgsl: (x) => `-${x}`, cost: 1, derivative: (x) => x.tape.fill(-1) },
  // d e^x = e^x dx
  exp: { wgsl: (x) => `exp(${x})`, cost: 6, derivative: (_, y) => y },
  // d log x = dx / x
  log: { wgsl: (x) => `log(${x})`, cost: 6, derivative: (x) => reciprocal(x) },
  // d log(1 + x) = dx / (1 + x)
  log1p: { wgsl: (x) => `log1p_(${x})`, cost: 10, derivative: (x) => reciprocal(add(x, 1)) },
  // d (e^x - 1) = e^x dx
  expm1: { wgsl: (x) => `expm1_(${x})`, cost: 10, derivative: (_, y) => add(y, 1) },
  // d sqrt x = dx / (2 sqrt x)
  sqrt: { wgsl: (x) => `sqrt(${x})`, cost: 3, derivative: (_, y) => mul(0.5, reciprocal(y)) },
  // d x^2 = 2 x dx
  square: { wgsl: (x) => `${x} * ${x}`, cost: 1, derivative: (x) => mul(2, x) },
  // d (1/x) = -dx / x^2
  reciprocal: { wgsl: (x) => `1.0 / ${x}`, cost: 2, derivative: (_, y) => neg(square(y)) },
  // d |x| = sign(x) dx
  abs: { wgsl: (x) => `abs(${x})`, cost: 1, derivative: (x) => sign(x) },
  sign: { wgsl: (x) => `sign(${x})`, cost: 1, derivative: (x) => x.tape.fill(0) },
  floor: { wgsl: (x) => `floor(${x})`, cost: 1, derivative: (x) => x.tape.fill(0) },
  // d max(x, 0) = 1(y > 0) dx
  relu: { wgsl: (x) => `max(${x}, 0.0)`, cost: 1, derivative: (_, y) => greater(y, 0) },
  // d tanh x = (1 - tanh^2 x) dx
  tanh: { wgsl: (x) => `tanh(${x})`, cost: 8, derivative: (_, y) => sub(1, square(y)) },
  // d sigmoid(x) = sigmoid(x) (1 - sigmoid(x)) dx
  sigmoid: { wgsl: (x) => `sigmoid(${x})`, cost: 8, derivative: (_, y) => mul(y, sub(1, y)) },
  // d log(1 + e^x) = sigmoid(x) dx
  softplus: { wgsl: (x) => `softplus(${x})`, cost: 14, derivative: (x) => sigmoid(x) },
  sin: { wgsl: (x) => `sin(${x})`, cost: 6, derivative: (x) => cos(x) },
  cos: { wgsl: (x) => `cos(${x})`, cost: 6, derivative: (x) => neg(sin(x)) },
  // 1 where x is NaN or infinite
  isNonFinite: { wgsl: (x) => `select(0.0, 1.0, isNonFinite(${x}))`, cost: 2, derivative: (x) => x.tape.fill(0) },
} satisfies Record<string, UnaryFunction>;

export type UnaryName = keyof typeof unaryFunctions;

const unary = (name: UnaryName) => (x: Tensor): Tensor => x.tape.record(name, [x], x.shape);

export const neg = unary("neg");
export const exp = unary("exp");
export const log = unary("log");
export const log1p = unary("log1p");
export const expm1 = unary("expm1");
export const sqrt = unary("sqrt");
export const square = unary("square");
export const reciprocal = unary("reciprocal");
export const abs = unary("abs");
export const sign = unary("sign");
export const floor = unary("floor");
export const relu = unary("relu");
export const tanh = unary("tanh");
export const sigmoid = unary("sigmoid");
export const softplus = unary("softplus");
export const sin = unary("sin");
export const cos = unary("cos");
export const isNonFinite = unary("isNonFinite");

/** x limited to low..high; the gradient is 0 outside. */
export function clamp(x: Tensor, low: number, high: number): Tensor {
  return where(greater(x, high), high, where(greater(low, x), low, x));
}
