import type { ParameterSpec } from "../../nn/parameters.ts";
import { mlpSpecs } from "../../nn/mlp.ts";
import { paramsOf, type MixedColumn } from "../../likelihood/mixed.ts";
import { inputCount } from "../latent/feature-inputs.ts";
import { contextCount, lookUpSpecs } from "./look-up-specs.ts";
import type { CompletionConfig } from "../config/config.ts";

/** Training rows that completion networks look up: N rows of all C columns, coded, features first. */
export interface LookUpRows {
  /** N */
  readonly count: number;
  /** [N, C]; 0 where not observed. */
  readonly x: Float32Array;
  /** [N, C]; 1 where observed. */
  readonly observed: Float32Array;
  /** The number of each in the table that is trained on, so that none finds itself. Absent: none of them is trained on. */
  readonly numbers?: Float32Array;
}

/** Everything that fixes the shapes of a completion network: features and then targets, all alike. */
export interface CompletionShape {
  readonly config: CompletionConfig;
  /** D + P columns. */
  readonly columns: readonly MixedColumn[];
  /** D, how many of them are features. */
  readonly features: number;
  /** Borders of the pieces of each number's encoding. */
  readonly knots: readonly (readonly number[] | undefined)[];
  /** What the networks look up; absent: nothing. */
  readonly rows?: LookUpRows;
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

/** The parameters that logits are proportional to: of the last layers, and the gates of what is looked up. */
export function outputNames(shape: CompletionShape): string[] {
  return memberPrefixes(shape.config).flatMap((prefix) => ["output/0/kernel", "output/0/bias", ...(shape.rows ? ["output/gates"] : [])].map((part) => `${prefix}${part}`));
}

/** All parameters; names begin with "completion/". Each network's lie in a range of their own. */
export function completionSpecs(shape: CompletionShape): ParameterSpec[] {
  return memberPrefixes(shape.config).flatMap((prefix) => memberSpecs(shape, prefix).map((spec) => ({ ...spec, block: prefix })));
}

/** The rows that are looked up, as a file has them beside the parameters. */
export function rowSpecs({ columns, rows }: CompletionShape): Pick<ParameterSpec, "name" | "shape">[] {
  return rows ? (["x", "observed"] as const).map((part) => ({ name: rowName(part), shape: [rows.count, columns.length] })) : [];
}

export function rowName(part: "x" | "observed"): string {
  return `completion/rows/${part}`;
}

function memberSpecs(shape: CompletionShape, prefix: string): ParameterSpec[] {
  const { hidden, latent, blocks } = shape.config;
  const known = inputCount(shape.columns, shape.knots) + shape.columns.length + (shape.rows ? contextCount(shape.columns) : 0);
  return [
    ...mlpSpecs(`${prefix}encoder`, [known, hidden, hidden, 2 * latent]),
    ...mlpSpecs(`${prefix}known`, [known, hidden]),
    ...mlpSpecs(`${prefix}latent`, [latent, hidden]),
    ...Array.from({ length: blocks }, (_, i) => mlpSpecs(`${prefix}block/${i}`, [hidden, hidden, hidden])).flat(),
    ...mlpSpecs(`${prefix}output`, [hidden, shape.columns.length * completionParams(shape)]),
    ...(shape.rows ? lookUpSpecs(shape.columns, prefix) : []),
  ];
}
