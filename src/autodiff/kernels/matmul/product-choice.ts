import type { Gpu } from "../../../gpu/device.ts";
import type { ConvVariant } from "../conv/conv.ts";
import { convChooser } from "../conv/conv-choice.ts";
import type { ConvShape } from "../conv/conv-shape.ts";
import type { MatmulShape, MatmulVariant } from "./matmul.ts";
import { variantChooser } from "./matmul-choice.ts";

/** Which variant computes a product. */
export interface ProductChoice {
  matmul(shape: MatmulShape): MatmulVariant;
  conv(shape: ConvShape): ConvVariant;
}

/** Decides on the variants of all products of a program. */
export async function productChoice(gpu: Gpu, matmuls: readonly MatmulShape[], convs: readonly ConvShape[]): Promise<ProductChoice> {
  return { matmul: await variantChooser(gpu, matmuls), conv: await convChooser(gpu, convs) };
}
