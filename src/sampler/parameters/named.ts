import { add, reshape, slice, sizeOf, type Tensor } from "../../autodiff/index.ts";
import type { LogDensity } from "../hmc-chain.ts";
import type { Parameter } from "./constraint.ts";

export type Parameters = Readonly<Record<string, Parameter>>;

/** The log density of named values, [N, ...shape] each, -> [N], up to a constant, with respect to the values as they are named: Jacobians are added here. */
export type NamedLogDensity<P extends Parameters> = (values: { readonly [Name in keyof P]: Tensor }) => Tensor;

/** What the sampler works on: free numbers, and the way from them to the values. */
export interface FreeDensity {
  readonly logDensity: LogDensity;
  /** Number of free numbers. */
  readonly dim: number;
  /** Names of the values: "mu", "theta[1]", "m[2,1]". */
  readonly names: readonly string[];
  /** Free numbers of a draw, [dim] -> its values, in the order of the names. */
  values(free: ArrayLike<number>): number[];
}

interface Place {
  name: string;
  parameter: Parameter;
  /** Vectors, entries of each, free numbers of each, and where the first of these stands. */
  vectors: number;
  length: number;
  free: number;
  start: number;
}

/** Named parameters as one vector of free real numbers: p(u) = p(x(u)) |dx/du|. Throws RangeError for names that cannot be told apart from entries of others. */
export function freeDensity<P extends Parameters>(parameters: P, logDensity: NamedLogDensity<P>): FreeDensity {
  const places: Place[] = [];
  let dim = 0;
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new RangeError(`[hmc] the parameter "${name}": expected a name of letters, digits and _, the first no digit.`);
    const length = parameter.shape[parameter.shape.length - 1] ?? 1;
    const vectors = sizeOf(parameter.shape) / length;
    const free = parameter.constraint.free(length);
    places.push({ name, parameter, vectors, length, free, start: dim });
    dim += vectors * free;
  }
  if (dim === 0) throw new RangeError("[hmc] expected at least one parameter.");
  return {
    dim,
    names: places.flatMap(({ name, parameter }) => entryNames(name, parameter.shape)),
    logDensity(position) {
      const [chains] = position.shape;
      let logJacobian: Tensor | undefined;
      const values: Record<string, Tensor> = {};
      for (const { name, parameter, vectors, free, start } of places) {
        const u = reshape(slice(position, 1, start, start + vectors * free), [chains, vectors, free]);
        const made = parameter.constraint.record(u);
        values[name] = reshape(made.x, [chains, ...parameter.shape]);
        if (made.logJacobian) logJacobian = logJacobian ? add(logJacobian, made.logJacobian) : made.logJacobian;
      }
      const ofValues = logDensity(values as { readonly [Name in keyof P]: Tensor });
      return logJacobian ? add(ofValues, logJacobian) : ofValues;
    },
    values: (u) => places.flatMap(({ parameter, vectors, free, start }) => Array.from({ length: vectors }, (_, v) => parameter.constraint.apply(Array.from({ length: free }, (_, k) => u[start + v * free + k]))).flat()),
  };
}

/** Names of a parameter's entries, counted from 1, the last index running fastest. */
function entryNames(name: string, shape: readonly number[]): string[] {
  if (shape.length === 0) return [name];
  const indices = shape.reduce<number[][]>((before, size) => before.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i + 1])), [[]]);
  return indices.map((index) => `${name}[${index.join()}]`);
}
