import { implicitKernel, implicitShape, implicitVariant, type ImplicitVariant } from "./conv-implicit.ts";
import type { ConvShape } from "./conv-shape.ts";
import { candidateVariants, defaultVariant, type MatmulDevice, type MatmulOptions, type OperandBinding } from "./matmul.ts";

export type ConvVariant = ImplicitVariant;

export interface ConvKernel {
  workgroupSize: number;
  /** Workgroup counts, each at most 65,535. */
  dispatch: [number, number, number];
  /** Directives that must stand first in the module; may be empty. */
  header: string;
  /** What the caller declares and binds, and which operand each shows: 0 is x, 1 the kernel or g. */
  operands: readonly (OperandBinding & { input: number })[];
  /** The shader calls `storeResult4` in place of `storeResult`: see MatmulKernel. */
  vectorStore: boolean;
  /** `@compute fn main`; it calls `storeResult(index, row, col, batch, acc)` once for each element, index linear in the result. */
  wgsl: string;
}

export function convKernel(shape: ConvShape, variant: ConvVariant, options: MatmulOptions = {}): ConvKernel {
  return implicitKernel(shape, variant);
}

/** The variant that is good without measuring. */
export function defaultConvVariant(shape: ConvShape, device: MatmulDevice): ConvVariant {
  return implicitVariant(defaultVariant(implicitShape(shape), device));
}

/** Variants worth timing for a shape, the default first. All sum in the same order: input channels, then rows and columns of the kernel. */
export function candidateConvVariants(shape: ConvShape, device: MatmulDevice): ConvVariant[] {
  const variants = [defaultConvVariant(shape, device), ...candidateVariants(implicitShape(shape), device).map(implicitVariant)];
  return variants.filter(({ name }, at) => variants.findIndex((other) => other.name === name) === at);
}
