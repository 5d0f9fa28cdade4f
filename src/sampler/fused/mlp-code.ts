import { loadRun, type WeightAccess } from "./weight-access.ts";
import type { PackedMlp } from "./weight-layout.ts";

/** How a sweep over hidden units is cut. */
export interface Sweep {
  readonly access: WeightAccess;
  /** Hidden units of one round of the loop: outputs are loaded and stored once for all of them. */
  readonly units: number;
}

/**
 * out = b2 + W2 ReLU(W1 in + b1): WGSL that makes the variables `${out}${o}` from the variables named in `inputs`. No
 * activation is kept.
 */
export function forwardSweep(mlp: PackedMlp, inputs: readonly string[], out: string, { access, units }: Sweep): string[] {
  const bias = loadRun(mlp, `${mlp.hidden * mlp.stride}u`, mlp.outputs, `_${out}b`, access);
  const outputs = Array.from({ length: mlp.outputs }, (_, o) => `${out}${o}`);
  return [
    ...bias.lines,
    ...outputs.map((name, o) => `var ${name} = V(${bias.at(o)});`),
    ...loop(mlp, units, (unit) => {
      const runs = range(units).map((u) => loadRun(mlp, unit(u), mlp.inputs + 1 + mlp.outputs, `_${u}`, access));
      return [
        ...runs.flatMap((run) => run.lines),
        ...activations(mlp, runs, inputs),
        ...range(units).map((u) => `a${u} = max(a${u}, V(0.0));`),
        ...outputs.flatMap((name, o) => range(units).map((u) => `${name} = fma(V(${runs[u].at(mlp.inputs + 1 + o)}), a${u}, ${name});`)),
      ];
    }),
  ];
}

/**
 * d in = W1^T (ReLU'(W1 in + b1) * W2^T d out): WGSL that makes `${result}${i}` from the cotangents `cotangents`, for the
 * first `wanted` inputs. Activations are computed again.
 */
export function backwardSweep(mlp: PackedMlp, inputs: readonly string[], cotangents: readonly string[], result: string, wanted: number, { access, units }: Sweep): string[] {
  return [
    ...range(wanted).map((i) => `var ${result}${i} = V(0.0);`),
    ...loop(mlp, units, (unit) => {
      const runs = range(units).map((u) => loadRun(mlp, unit(u), mlp.inputs + 1 + mlp.outputs, `_${u}`, access));
      return [
        ...runs.flatMap((run) => run.lines),
        ...activations(mlp, runs, inputs),
        ...range(units).map((u) => `var d${u} = V(${runs[u].at(mlp.inputs + 1)}) * ${cotangents[0]};`),
        ...cotangents.slice(1).flatMap((name, o) => range(units).map((u) => `d${u} = fma(V(${runs[u].at(mlp.inputs + 2 + o)}), ${name}, d${u});`)),
        ...range(units).map((u) => `d${u} = select(V(0.0), d${u}, a${u} > V(0.0));`),
        ...range(wanted).flatMap((i) => range(units).map((u) => `${result}${i} = fma(V(${runs[u].at(i)}), d${u}, ${result}${i});`)),
      ];
    }),
  ];
}

/** a_u = b1_u + sum_i W1_iu in_i */
function activations(mlp: PackedMlp, runs: readonly { at(n: number): string }[], inputs: readonly string[]): string[] {
  return [
    ...runs.map((run, u) => `var a${u} = V(${run.at(mlp.inputs)});`),
    ...inputs.flatMap((name, i) => runs.map((run, u) => `a${u} = fma(V(${run.at(i)}), ${name}, a${u});`)),
  ];
}

/** A rolled loop over the hidden units, `units` at a time; `unit(u)` is the first element of the u-th of them. */
export function loop(mlp: PackedMlp, units: number, body: (unit: (u: number) => string) => string[]): string[] {
  if (mlp.hidden % units !== 0) throw new RangeError(`[fused hmc] ${mlp.hidden} hidden units are not a multiple of ${units}.`);
  const lines = body((u) => (u === 0 ? "start" : `(start + ${u * mlp.stride}u)`));
  return [`for (var start = 0u; start < ${mlp.hidden * mlp.stride}u; start += ${units * mlp.stride}u) {`, ...lines.map((line) => `  ${line}`), "}"];
}

export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
