import { plainProduct, type PlainProduct, type ProductDevice, type ProductKernel, type ProductOptions } from "../product.ts";
import { rankedRegisterTiles } from "./matmul-cost.ts";
import { rankedWorkgroupTiles } from "./matmul-hardware-cost.ts";
import { registerTileKernel } from "./matmul-register.ts";
import type { MatmulShape } from "./matmul-shape.ts";
import { registerVariant, type MatmulVariant } from "./matmul-variant.ts";
import { workgroupTileKernel } from "./matmul-workgroup.ts";

/** Generates the compute shader of a matrix product; the caller adds the bindings and `storeResult`. */
export function matmulKernel(shape: MatmulShape, variant: MatmulVariant, options: ProductOptions = {}): ProductKernel {
  const kernel = variant.kind === "register" ? registerTileKernel(shape, variant, options) : workgroupTileKernel(shape, variant, options);
  return shape.halfB ? { ...kernel, header: `enable f16;\n${kernel.header}` } : kernel;
}

/** A product that stores its result as it is. */
export function plainMatmul(shape: MatmulShape, variant: MatmulVariant): PlainProduct {
  return plainProduct(`matmul ${variant.name}`, matmulKernel(shape, variant, { vectorStore: true }));
}

/** The variant that is good without measuring. */
export function defaultVariant(shape: MatmulShape, device: ProductDevice): MatmulVariant {
  return device.software ? rankedRegisterTiles(shape, device)[0] : rankedWorkgroupTiles(shape)[0];
}

/** Variants worth timing for a shape, the default first, then in the order in which they are worth it. All sum in the same order. */
export function candidateVariants(shape: MatmulShape, device: ProductDevice): MatmulVariant[] {
  return [defaultVariant(shape, device), ...(device.software ? nextRegisterTiles(shape, device) : gpuTiles(shape, device))].filter(
    (variant, index, all) => all.findIndex((other) => other.name === variant.name) === index,
  );
}

/** Compiling takes a software adapter long: the runner-up, the best with the other operand shared, the best of larger tiles. */
function nextRegisterTiles(shape: MatmulShape, device: ProductDevice): MatmulVariant[] {
  const [best, ...others] = rankedRegisterTiles(shape, device);
  const [larger] = rankedRegisterTiles(shape, device, device.subgroupSize > 0 ? [32, 48] : [12, 16]);
  return [larger, others.find(({ lanes }) => lanes !== best.lanes)!, others[0]];
}

/** The next best workgroup tiles, then register tiles, which take no parts of an inner index. */
function gpuTiles(shape: MatmulShape, { subgroupSize, uniformOperands }: ProductDevice): MatmulVariant[] {
  const tiles = subgroupSize > 0 ? [[16, 4], [8, 4], [16, 2]] : [[8, 4], [4, 4], [8, 1], [4, 1]];
  const registers = tiles.flatMap(([shared, own]) => (["columns", "rows"] as const).map((lanes) => registerVariant(lanes, subgroupSize, shared, own, uniformOperands)));
  return [...rankedWorkgroupTiles(shape).slice(1, 8), ...(shape.split ? [] : registers)];
}
