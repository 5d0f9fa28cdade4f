import type { ParameterSpec } from "../../nn/parameters.ts";
import { mlpSpecs } from "../../nn/mlp.ts";
import { paramsOf, type MixedColumn } from "../../likelihood/mixed.ts";
import { inputCount } from "../latent/feature-inputs.ts";
import type { CompletionConfig } from "../config/config.ts";

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

/** The same with another number of networks. */
export function withMembers(shape: CompletionShape, members: number): CompletionShape {
  return { ...shape, config: { ...shape.config, members } };
}

/** What the names of each network's parameters begin with. */
export function memberPrefixes({ members = 1 }: CompletionConfig): string[] {
  return Array.from({ length: members }, (_, m) => (m === 0 ? "completion/" : `completion/member/${m}/`));
}

/** The parameters of the last layers, which give logits. */
export function outputNames(shape: CompletionShape): string[] {
  return memberPrefixes(shape.config).flatMap((prefix) => ["kernel", "bias"].map((part) => `${prefix}output/0/${part}`));
}

/** All parameters; names begin with "completion/". Each network's lie in a range of their own. */
export function completionSpecs(shape: CompletionShape): ParameterSpec[] {
  return memberPrefixes(shape.config).flatMap((prefix) => memberSpecs(shape, prefix).map((spec) => ({ ...spec, block: prefix })));
}

function memberSpecs(shape: CompletionShape, prefix: string): ParameterSpec[] {
  const { hidden, latent, blocks } = shape.config;
  const known = inputCount(shape.columns, shape.knots) + shape.columns.length;
  return [
    ...mlpSpecs(`${prefix}encoder`, [known, hidden, hidden, 2 * latent]),
    ...mlpSpecs(`${prefix}known`, [known, hidden]),
    ...mlpSpecs(`${prefix}latent`, [latent, hidden]),
    ...Array.from({ length: blocks }, (_, i) => mlpSpecs(`${prefix}block/${i}`, [hidden, hidden, hidden])).flat(),
    ...mlpSpecs(`${prefix}output`, [hidden, shape.columns.length * completionParams(shape)]),
  ];
}
