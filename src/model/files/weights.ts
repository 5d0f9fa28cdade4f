import { sameShape, sizeOf } from "../../autodiff/index.ts";
import { entries, paramsOf } from "../../likelihood/mixed.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import type { Parameters, WeightTensor } from "../../nn/parameters.ts";
import { allSpecs, featureEntries, type ModelShape } from "../config/spec.ts";

/** A marginal encoder's first kernel holds the feature's entries and then the mask along its first axis; of others, all inputs. */
const holdsEntries = (name: string): boolean => name === "marginal/encoder/0/kernel";
/** The last layer of a marginal decoder holds the likelihood's parameters along its last axis. */
const givesParams = (name: string): boolean => name.startsWith("marginal/decoder/1/");

/** The shape that one feature's values in a packed parameter [D, ...] have by themselves. */
function featureShape(shape: ModelShape, name: string, packed: readonly number[], d: number): number[] {
  const own = packed.slice(1);
  const width = givesParams(name) ? paramsOf(shape.features[d]) : own[own.length - 1];
  return own.length === 2 ? [holdsEntries(name) ? entries(shape.features[d]) + 1 : own[0], width] : [width];
}

/** Where they are in the packed parameter, in order. */
function featurePlaces(shape: ModelShape, name: string, packed: readonly number[], d: number): number[] {
  const own = packed.slice(1);
  const part = featureShape(shape, name, packed, d);
  const columns = part[part.length - 1];
  const rows = [...Array(part.length === 2 ? part[0] : 1).keys()];
  // the mask comes after the entries of the widest feature
  if (holdsEntries(name)) rows[rows.length - 1] = featureEntries(shape);
  const start = d * sizeOf(own);
  const width = own[own.length - 1];
  return rows.flatMap((row) => Array.from({ length: columns }, (_, c) => start + row * width + c));
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
      const places = featurePlaces(shape, spec.name, spec.shape, d);
      named.set(featureName(spec.name, d), { shape: featureShape(shape, spec.name, spec.shape, d), data: Float32Array.from(places, (place) => data[place]) });
    });
  }
  return named;
}

/** Weights by name as they are, of networks without marginal VAEs. */
export async function plainWeights(parameters: Parameters): Promise<Map<string, WeightTensor>> {
  const values = await parameters.read();
  return new Map(parameters.specs.map(({ name, shape }) => [name, { shape, data: values.get(name)! }]));
}

/** The shape of every weight of a model, by its name in a file. */
export function weightShapes(shape: ModelShape): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const spec of allSpecs(shape)) {
    if (spec.name.startsWith("marginal/")) shape.features.forEach((_, d) => shapes.set(featureName(spec.name, d), featureShape(shape, spec.name, spec.shape, d)));
    else shapes.set(spec.name, spec.shape);
  }
  return shapes;
}

/**
 * Throws ModelFileError unless these are the weights of a model of this shape: all of them and no others, each of its shape, finite
 * float32 numbers. Nothing is allocated, so that a configuration with absurd sizes does no harm.
 */
export function checkWeights(shape: ModelShape, named: ReadonlyMap<string, { shape: readonly number[]; data: ArrayLike<unknown> }>, source: string): void {
  const shapes = weightShapes(shape);
  const fail = (name: string, expected: string, got: string): never => {
    throw new ModelFileError({ where: `${source}, tensor ${JSON.stringify(name)}`, expected, got, remedy });
  };
  for (const [name, expected] of shapes) {
    const tensor = named.get(name);
    if (!tensor || !sameShape(tensor.shape, expected)) return fail(name, `shape [${expected.join(", ")}]`, tensor ? `[${tensor.shape.join(", ")}]` : "no such tensor");
    checkNumbers(tensor.data, (wanted, got) => fail(name, wanted, got));
  }
  for (const name of named.keys()) if (!shapes.has(name)) fail(name, "only weights of this model", "one more");
}

/** Calls `fail` with what was expected and what came unless these are finite float32 numbers. */
export function checkNumbers(data: ArrayLike<unknown>, fail: (expected: string, got: string) => never): void {
  if (!(data instanceof Float32Array)) return fail("float32 numbers", data.constructor.name.replace("Array", ""));
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) fail("finite numbers", `${data[bad]} at place ${bad}`);
}

const remedy = "the file belongs to another model, or is damaged; use the weights, config.json and schema.json of one training";

/** Puts named weights onto the device. Throws ModelFileError if one is missing or has another shape. */
export function loadWeights(shape: ModelShape, parameters: Parameters, named: ReadonlyMap<string, { shape: readonly number[]; data: ArrayLike<number> }>): void {
  const shapes = weightShapes(shape);
  const take = (name: string): ArrayLike<number> => {
    const tensor = named.get(name);
    const expected = shapes.get(name)!;
    if (tensor && sameShape(tensor.shape, expected)) return tensor.data;
    throw new ModelFileError({ where: `tensor "${name}"`, expected: `shape [${expected.join(", ")}]`, got: tensor ? `[${tensor.shape.join(", ")}]` : "no such tensor", remedy });
  };
  for (const spec of parameters.specs) {
    if (!spec.name.startsWith("marginal/")) {
      parameters.value(spec.name).write(take(spec.name));
      continue;
    }
    const packed = new Float32Array(sizeOf(spec.shape));
    shape.features.forEach((_, d) => {
      const data = take(featureName(spec.name, d));
      featurePlaces(shape, spec.name, spec.shape, d).forEach((place, i) => (packed[place] = data[i]));
    });
    parameters.value(spec.name).write(packed);
  }
}
