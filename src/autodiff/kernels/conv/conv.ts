import { rankedDirect, rankedDirectGradient } from "./conv-cost.ts";
import { directGradientKernel, type DirectGradientVariant } from "./conv-direct-gradient.ts";
import { directKernel, directVariant, type DirectVariant } from "./conv-direct.ts";
import { implicitKernel, implicitShape, implicitVariant, type ImplicitVariant } from "./conv-implicit.ts";
import type { ConvShape } from "./conv-shape.ts";
import { candidateVariants, defaultVariant } from "../matmul/matmul.ts";
import { plainProduct, type PlainProduct, type ProductDevice, type ProductKernel, type ProductOptions } from "../product.ts";

export type ConvVariant = ImplicitVariant | DirectVariant | DirectGradientVariant;

/** Generates the compute shader of a convolution; the caller adds the bindings and `storeResult`. */
export function convKernel(shape: ConvShape, variant: ConvVariant, { vectorStore = false }: ProductOptions = {}): ProductKernel {
  if (variant.kind === "implicit") return implicitKernel(shape, variant);
  return variant.kind === "direct" ? directKernel(shape, variant, vectorStore) : directGradientKernel(shape, variant, vectorStore);
}

/** A convolution that stores its result as it is. */
export function plainConv(shape: ConvShape, variant: ConvVariant): PlainProduct {
  return plainProduct(`${shape.kind} convolution ${variant.name}`, convKernel(shape, variant, { vectorStore: true }));
}

/** The variant that is good without measuring: direct on the processor, by workgroup tiles elsewhere. */
export function defaultConvVariant(shape: ConvShape, device: ProductDevice): ConvVariant {
  const implicit = implicitVariant(defaultVariant(implicitShape(shape), device));
  return device.software ? (directVariants(shape, device)[0] ?? implicit) : implicit;
}

/**
 * Variants worth timing for a shape, the default first. All sum in the same order: channels of x, then rows and columns of the
 * kernel; for a gradient images, then rows and columns of g.
 */
export function candidateConvVariants(shape: ConvShape, device: ProductDevice): ConvVariant[] {
  const implicit = candidateVariants(implicitShape(shape), device).map(implicitVariant);
  // compiling takes a software adapter long
  const others = device.software ? [...directVariants(shape, device).slice(1, 3), implicit[0]] : [...directVariants(shape, device), ...implicit];
  const variants = [defaultConvVariant(shape, device), ...others];
  return variants.filter(({ name }, at) => variants.findIndex((other) => other.name === name) === at);
}

function directVariants(shape: ConvShape, { software, subgroupSize }: ProductDevice): ConvVariant[] {
  if (software) return shape.kind === "gradient" ? rankedDirectGradient(shape, subgroupSize) : rankedDirect(shape, subgroupSize);
  if (shape.kind === "gradient") return rankedDirectGradient(shape, subgroupSize).slice(0, 3);
  // a tile of each shape of invocation that hardware may like; those lanes' loads are neighbours
  const plain = [directVariant("pixels", 0, [1, 2], 8), directVariant("pixels", 0, [1, 1], 16), directVariant("pixels", 0, [2, 2], 4)];
  return subgroupSize > 0 ? [...plain, directVariant("channels", subgroupSize, [1, 8], 1), directVariant("channels", subgroupSize, [2, 4], 1)] : plain;
}
