import { featureColumns, isContinuous, targetColumns, type Column, type Schema } from "../data/index.ts";
import type { MixedColumn } from "../likelihood/mixed.ts";
import { combinationProblem } from "./combination.ts";
import type { ModelConfig } from "./config.ts";
import type { ModelShape } from "./spec.ts";

/** The likelihood of a column in the latent variable model. */
function mixedColumn(column: Column, { outputs }: ModelConfig): MixedColumn {
  const positiveWeight = column.positiveWeight ?? 1;
  if (column.type === "categorical") return { kind: "categorical", levels: column.categories!.length, positiveWeight };
  if (column.type === "binary") return { kind: "bernoulli", levels: 1, positiveWeight };
  return { kind: outputs === "learned" ? "learned" : "gaussian", levels: 1, positiveWeight };
}

/** The likelihood of a column in the completion network: numbers by their bins. */
export function completionColumn(column: Column): MixedColumn {
  if (!isContinuous(column.type)) return { ...mixedColumn(column, { outputs: "fixed" } as ModelConfig), positiveWeight: 1 };
  if (!column.bins) throw new RangeError(`[model] the column "${column.name}" has no bins in the schema; train the model anew.`);
  return { kind: "binned", levels: column.bins.low.length, positiveWeight: 1, bins: column.bins };
}

/** The shape of a model for the columns of a schema. Throws RangeError for configurations that do not exist yet. */
export function modelShape(config: ModelConfig, schema: Schema): ModelShape {
  const problem = combinationProblem(config);
  if (problem !== undefined) throw new RangeError(`[fit] ${problem}`);
  const of = (columns: readonly Column[]): MixedColumn[] => columns.map((column) => mixedColumn(column, config));
  const shape = { config, features: of(featureColumns(schema)), targets: of(targetColumns(schema)) };
  if (!config.completion) return shape;
  const columns = [...featureColumns(schema), ...targetColumns(schema)];
  return { ...shape, completion: { config: config.completion, columns: columns.map(completionColumn), features: shape.features.length, knots: columns.map(({ knots }) => knots) } };
}
