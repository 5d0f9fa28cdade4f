import { sizeOf } from "../autodiff/index.ts";
import { ModelFileError } from "../nn/model-file-error.ts";
import type { Parameters } from "../nn/parameters.ts";
import { featureEntries, type ModelShape } from "./spec.ts";

export interface WeightTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** The first axis of a marginal encoder's first kernel holds the levels and then the mask; of others, all inputs. */
function marginalSlices(shape: ModelShape, name: string): { rows: (d: number) => number[]; columns: (d: number) => number } {
  const inputs = featureEntries(shape);
  const levels = (d: number): number => (shape.features[d].kind === "categorical" ? shape.features[d].levels : 1);
  const firstEncoderKernel = name === "marginal/encoder/0/kernel";
  const lastDecoder = name.startsWith("marginal/decoder/1/");
  return {
    rows: (d) => (firstEncoderKernel ? [...Array(levels(d)).keys(), inputs] : []),
    columns: (d) => (lastDecoder ? levels(d) : 0),
  };
}

/** Places of one feature's values in a packed parameter [D, ...], in order, and the shape they have by themselves. */
function featurePlaces(shape: ModelShape, name: string, packed: readonly number[], d: number): { shape: number[]; places: number[] } {
  const slices = marginalSlices(shape, name);
  const own = packed.slice(1);
  const rows = own.length === 2 ? (slices.rows(d).length > 0 ? slices.rows(d) : [...Array(own[0]).keys()]) : [0];
  const width = own[own.length - 1];
  const columns = slices.columns(d) || width;
  const start = d * sizeOf(own);
  const places = rows.flatMap((row) => Array.from({ length: columns }, (_, c) => start + row * width + c));
  return { shape: own.length === 2 ? [rows.length, columns] : [columns], places };
}

function featureName(name: string, d: number): string {
  return name.replace("marginal/", `marginal/${d}/`);
}

/** All weights by name, kernels [in, out]; the marginal VAEs one by one, as `marginal/<d>/...`. */
export async function namedWeights(shape: ModelShape, parameters: Parameters): Promise<Map<string, WeightTensor>> {
  const values = await parameters.read();
  const named = new Map<string, WeightTensor>();
  for (const spec of parameters.specs) {
    const data = values.get(spec.name)!;
    if (!spec.name.startsWith("marginal/")) {
      named.set(spec.name, { shape: spec.shape, data });
      continue;
    }
    shape.features.forEach((_, d) => {
      const part = featurePlaces(shape, spec.name, spec.shape, d);
      named.set(featureName(spec.name, d), { shape: part.shape, data: Float32Array.from(part.places, (place) => data[place]) });
    });
  }
  return named;
}

/** Puts named weights onto the device. Throws ModelFileError if one is missing or has another shape. */
export function loadWeights(shape: ModelShape, parameters: Parameters, named: ReadonlyMap<string, { shape: readonly number[]; data: ArrayLike<number> }>): void {
  const take = (name: string, expected: readonly number[]): ArrayLike<number> => {
    const tensor = named.get(name);
    if (!tensor || sizeOf(tensor.shape) !== sizeOf(expected)) {
      throw new ModelFileError({
        where: `weights.safetensors, tensor "${name}"`,
        expected: `shape [${expected.join(", ")}]`,
        got: tensor ? `[${tensor.shape.join(", ")}]` : "no such tensor",
        remedy: "the file belongs to another model; use the weights, config.json and schema.json of one training",
      });
    }
    return tensor.data;
  };
  for (const spec of parameters.specs) {
    if (!spec.name.startsWith("marginal/")) {
      parameters.value(spec.name).write(take(spec.name, spec.shape));
      continue;
    }
    const packed = new Float32Array(sizeOf(spec.shape));
    shape.features.forEach((_, d) => {
      const part = featurePlaces(shape, spec.name, spec.shape, d);
      const data = take(featureName(spec.name, d), part.shape);
      part.places.forEach((place, i) => (packed[place] = data[i]));
    });
    parameters.value(spec.name).write(packed);
  }
}
