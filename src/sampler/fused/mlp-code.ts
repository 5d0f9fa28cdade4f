import { loadOne, loadRun, type WeightAccess } from "./weight-access.ts";
import type { PackedMlp } from "./weight-layout.ts";

/** How a sweep over hidden units is cut. */
export interface Sweep {
  readonly access: WeightAccess;
  /** Hidden units of one round of the loop: outputs are loaded and stored once for all of them. */
  readonly units: number;
  /**
   * Where sums over hidden units are kept: "registers", or "memory", in an array that the compiler cannot turn into registers.
   * lavapipe copies registers that change in a loop twice a round, under a mask; memory once.
   */
  readonly sums: "registers" | "memory";
}

/**
 * out = b2 + W2 ReLU(W1 in + b1): WGSL that makes the variables `${out}${o}` from the variables named in `inputs`. No
 * activation is kept.
 */
export function forwardSweep(mlp: PackedMlp, inputs: readonly string[], out: string, sweep: Sweep): string[] {
  const biases = `${mlp.hidden * mlp.stride}u`;
  return accumulate(mlp, { name: out, count: mlp.outputs, biases }, sweep, (runs, sums) => [
    ...activations(mlp, runs, inputs),
    ...runs.map((_, u) => `a${u} = max(a${u}, V(0.0));`),
    ...sums.map((name, o) => `${name} = ${runs.reduce((total, run, u) => `fma(V(${run.at(mlp.inputs + 1 + o)}), a${u}, ${total})`, name)};`),
  ]);
}

/**
 * d in = W1^T (ReLU'(W1 in + b1) * W2^T d out): WGSL that makes `${result}${i}` from the cotangents `cotangents`, for the
 * first `wanted` inputs. Activations are computed again.
 */
export function backwardSweep(mlp: PackedMlp, inputs: readonly string[], cotangents: readonly string[], result: string, wanted: number, sweep: Sweep): string[] {
  return accumulate(mlp, { name: result, count: wanted }, sweep, (runs, sums) => [
    ...activations(mlp, runs, inputs),
    ...runs.map((run, u) => `var d${u} = V(${run.at(mlp.inputs + 1)}) * ${cotangents[0]};`),
    ...cotangents.slice(1).flatMap((name, o) => runs.map((run, u) => `d${u} = fma(V(${run.at(mlp.inputs + 2 + o)}), ${name}, d${u});`)),
    ...runs.map((_, u) => `d${u} = select(V(0.0), d${u}, a${u} > V(0.0));`),
    ...sums.map((name, i) => `${name} = ${runs.reduce((total, run, u) => `fma(V(${run.at(i)}), d${u}, ${total})`, name)};`),
  ]);
}

/** Sums over hidden units, from zero or the biases that start at an element: WGSL that makes the variables `${name}${n}`. */
function accumulate(
  mlp: PackedMlp,
  { name, count, biases }: { name: string; count: number; biases?: string },
  { access, units, sums }: Sweep,
  body: (runs: LoadedUnits["units"], sums: readonly string[]) => string[],
): string[] {
  const results = range(count).map((n) => `${name}${n}`);
  const round = (names: readonly string[]): string[] =>
    loop(mlp, units, (loaded) => [...loaded.lines, ...body(loaded.units, names)], access);
  if (sums === "registers") {
    const bias = biases === undefined ? undefined : loadRun(mlp, biases, count, `_${name}b`, access);
    return [...(bias?.lines ?? []), ...results.map((result, n) => `var ${result} = V(${bias ? bias.at(n) : "0.0"});`), ...round(results)];
  }
  const array = `${name}sums`;
  return [
    `var ${array}: array<V, ${count}>;`,
    `for (var n = 0u; n < ${count}u * params.one; n++) { ${array}[n] = V(${biases === undefined ? "0.0" : loadOne(mlp, `${biases} + n`)}); }`,
    ...round(range(count).map((n) => `${array}[${n}]`)),
    ...results.map((result, n) => `var ${result} = ${array}[${n}];`),
  ];
}

/** a_u = b1_u + sum_i W1_iu in_i */
function activations(mlp: PackedMlp, runs: readonly { at(n: number): string }[], inputs: readonly string[]): string[] {
  return [
    ...runs.map((run, u) => `var a${u} = V(${run.at(mlp.inputs)});`),
    ...inputs.flatMap((name, i) => runs.map((run, u) => `a${u} = fma(V(${run.at(i)}), ${name}, a${u});`)),
  ];
}

/** The hidden units of one round: `units[u].at(n)` is the n-th number of the u-th of them. */
interface LoadedUnits {
  readonly lines: readonly string[];
  readonly units: readonly { at(n: number): string }[];
}

/** A rolled loop over the hidden units, `units` at a time. */
export function loop(mlp: PackedMlp, units: number, body: (loaded: LoadedUnits) => string[], access: WeightAccess): string[] {
  if (mlp.hidden % units !== 0) throw new RangeError(`[fused hmc] ${mlp.hidden} hidden units are not a multiple of ${units}.`);
  const run = loadRun(mlp, "start", units * mlp.stride, "", access);
  const lines = body({ lines: run.lines, units: range(units).map((u) => ({ at: (n) => run.at(u * mlp.stride + n) })) });
  return [`for (var start = 0u; start < ${mlp.hidden * mlp.stride}u; start += ${units * mlp.stride}u) {`, ...lines.map((line) => `  ${line}`), "}"];
}

export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
