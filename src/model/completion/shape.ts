import type { ParameterSpec } from "../../nn/parameters.ts";
import { mlpSpecs } from "../../nn/mlp.ts";
import { paramsOf, type MixedColumn } from "../../likelihood/mixed.ts";
import { inputCount } from "../feature-inputs.ts";
import type { CompletionConfig } from "../config.ts";

/** Everything that fixes the shapes of a completion network: features and then targets, all alike. */
export interface CompletionShape {
  readonly config: CompletionConfig;
  /** D + P columns. */
  readonly columns: readonly MixedColumn[];
  /** D, how many of them are features. */
  readonly features: number;
  /** Borders of the pieces of each number's encoding. */
  readonly knots: readonly (readonly number[] | undefined)[];
}

/** Likelihood parameters per column. */
export function completionParams({ columns }: CompletionShape): number {
  return Math.max(...columns.map(paramsOf));
}

/** All parameters; names begin with "completion/". */
export function completionSpecs(shape: CompletionShape): ParameterSpec[] {
  const { hidden, latent, blocks } = shape.config;
  const known = inputCount(shape.columns, shape.knots) + shape.columns.length;
  return [
    ...mlpSpecs("completion/encoder", [known, hidden, hidden, 2 * latent]),
    ...mlpSpecs("completion/known", [known, hidden]),
    ...mlpSpecs("completion/latent", [latent, hidden]),
    ...Array.from({ length: blocks }, (_, i) => mlpSpecs(`completion/block/${i}`, [hidden, hidden, hidden])).flat(),
    ...mlpSpecs("completion/output", [hidden, shape.columns.length * completionParams(shape)]),
  ];
}
