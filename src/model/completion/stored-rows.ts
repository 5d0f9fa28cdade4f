import { isNumber, levelCount } from "../../likelihood/mixed.ts";
import { ModelFileError } from "../../nn/model-file-error.ts";
import type { WeightTensor } from "../../nn/parameters.ts";
import { rowName, rowSpecs, type CompletionShape } from "./shape.ts";

const remedy = "the file is damaged, or its weights belong to another model; use the files of one training";

/** The rows that networks look up, as tensors of a file. */
export function rowTensors(shape: CompletionShape): [string, WeightTensor][] {
  const { rows } = shape;
  if (!rows) return [];
  const data = { [rowName("x")]: rows.x, [rowName("observed")]: rows.observed };
  return rowSpecs(shape).map((spec) => [spec.name, { shape: spec.shape, data: data[spec.name] }]);
}

/** The shape with the rows of a file that its networks look up, if they do. Throws ModelFileError where they are none of the model's. */
export function withStoredRows(shape: CompletionShape, tensors: ReadonlyMap<string, { shape: readonly number[]; data: ArrayLike<unknown> }>, source: string): CompletionShape {
  const { config, columns } = shape;
  if (!config.lookUp) return shape;
  const most = config.lookUp;
  const take = (part: "x" | "observed"): { count: number; data: Float32Array } => {
    const tensor = tensors.get(rowName(part));
    const fits = tensor?.shape.length === 2 && tensor.shape[0] >= 1 && tensor.shape[0] <= most && tensor.shape[1] === columns.length && tensor.data instanceof Float32Array;
    if (!fits) fail(part, `1 to ${most} rows of ${columns.length} float32 numbers`, tensor ? `shape [${tensor.shape.join(", ")}]` : "no such tensor", source);
    return { count: tensor!.shape[0], data: tensor!.data as Float32Array };
  };
  const [x, observed] = [take("x"), take("observed")];
  if (x.count !== observed.count) fail("observed", `${x.count} rows, as ${rowName("x")}`, String(observed.count), source);
  observed.data.forEach((seen, i) => {
    if (seen !== 0 && seen !== 1) fail("observed", "0 or 1 everywhere", `${seen} at place ${i}`, source);
    const column = columns[i % columns.length];
    const value = x.data[i];
    const known = isNumber(column) ? Number.isFinite(value) : Number.isInteger(value) && value >= 0 && value < levelCount(column);
    if (seen === 1 && !known) fail("x", isNumber(column) ? "finite numbers" : `a level from 0 to ${levelCount(column) - 1}`, `${value} at place ${i}`, source);
  });
  return { ...shape, rows: { count: x.count, x: x.data, observed: observed.data } };
}

function fail(part: "x" | "observed", expected: string, got: string, source: string): never {
  throw new ModelFileError({ where: `${source}, tensor "${rowName(part)}"`, expected, got, remedy });
}
