import { codedAtoms, codedDrawLimits, featureColumns, isContinuous, rangeOf, targetColumns, type Column, type Schema } from "../../data/index.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";
import { combinationProblem } from "./combination.ts";
import type { ModelConfig } from "./config.ts";
import type { ImageSizes } from "../image/architecture.ts";
import type { ModelShape } from "./spec.ts";

/** The likelihood of a column in the latent variable model. */
function mixedColumn(column: Column, { outputs }: ModelConfig): MixedColumn {
  const { type, positiveWeight = 1 } = column;
  switch (type) {
    case "categorical":
      return { kind: "categorical", levels: column.categories!.length, positiveWeight };
    case "ordinal":
      return { kind: "ordinal", levels: column.categories!.length, ordered: true, positiveWeight };
    case "binary":
      return { kind: "bernoulli", levels: 1, positiveWeight };
  }
  if (outputs === "binned") return binnedColumn(column);
  if (type === "count") return { kind: "count", levels: 1, positiveWeight, scale: scaleOf(column) };
  if (outputs === "learned" && column.atoms !== undefined) return spikedColumn(column);
  return { kind: outputs === "learned" ? "learned" : "gaussian", levels: 1, positiveWeight };
}

/** A number with atoms: other draws stay off an atom at the end of the range. */
function spikedColumn(column: Column): MixedColumn {
  const atoms = codedAtoms(column);
  const range = rangeOf(column);
  let [least, largest] = codedDrawLimits(column);
  if (range !== undefined && atoms[0].units <= range[0]) least = atoms[0].high;
  if (range !== undefined && atoms[atoms.length - 1].units >= range[1]) largest = atoms[atoms.length - 1].low;
  return { kind: "spiked", levels: atoms.length, positiveWeight: 1, atoms, limits: [least, largest] };
}

/** The likelihood of a column in the completion network: numbers by their bins, ordered levels by a softmax, though read as ordered. */
export function completionColumn(column: Column): MixedColumn {
  if (isContinuous(column.type)) return binnedColumn(column);
  const mixed = mixedColumn(column, { outputs: "binned" } as ModelConfig);
  return { ...mixed, ...(mixed.ordered && { kind: "categorical" }), positiveWeight: 1 };
}

/** The likelihood of a column within a part of a mixture of Gaussians: numbers by mean and variance, levels by their probabilities. */
function gaussiansColumn(column: Column): MixedColumn {
  const mixed = mixedColumn(column, { outputs: "learned" } as ModelConfig);
  return { ...mixed, ...(mixed.ordered && { kind: "categorical" }), positiveWeight: 1 };
}

/** A number by its bins. */
function binnedColumn(column: Column): MixedColumn {
  const { bins, name } = column;
  if (!bins) throw new RangeError(`[model] the column "${name}" has no bins in the schema; train the model anew.`);
  return { kind: "binned", levels: bins.low.length, positiveWeight: 1, bins, ...(column.type === "count" && { kind: "binnedCount", scale: scaleOf(column) }) };
}

function scaleOf({ mean = 0, std = 1 }: Column): { mean: number; std: number } {
  return { mean, std };
}

/** The shape of a model for the columns of a schema. Throws RangeError for configurations that do not exist yet. */
export function modelShape(config: ModelConfig, schema: Schema): ModelShape {
  const problem = combinationProblem(config);
  if (problem !== undefined) throw new RangeError(`[fit] ${problem}`);
  checkImage(config, schema);
  const of = (columns: readonly Column[]): MixedColumn[] => columns.map((column) => mixedColumn(column, config));
  const shape = { config, features: of(featureColumns(schema)), targets: of(targetColumns(schema)) };
  if (!config.completion) return shape;
  const columns = [...featureColumns(schema), ...targetColumns(schema)];
  const gaussians = config.gaussians && config.gaussians.parts > 0 && { gaussians: { config: config.gaussians, columns: columns.map(gaussiansColumn), features: shape.features.length } };
  return { ...shape, ...gaussians, completion: { config: config.completion, columns: columns.map(completionColumn), features: shape.features.length, knots: columns.map(({ knots }) => knots) } };
}

/** Refuses convolutions over features that are no image, or another one. */
function checkImage({ image }: ModelConfig, schema: Schema): void {
  if (!image) return;
  const of = ({ height, width, channels }: ImageSizes): string => `${channels} x ${height} x ${width}`;
  if (!schema.image || of(schema.image) !== of(image)) throw new RangeError(`[fit] the networks are for pictures of ${of(image)} (channels, height, width), and the schema's are ${schema.image ? of(schema.image) : "none"}; make the configuration from the schema's image.`);
}
