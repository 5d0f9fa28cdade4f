import type { PackedMlp } from "./weight-layout.ts";

/**
 * How the kernel reads weights. Every invocation wants the same number at the same time:
 * - "uniform": from a uniform buffer, at an address that is the same for all (hardware broadcasts it);
 * - "storage": the same from a storage buffer, for MLPs over the 64 KiB of a uniform binding;
 * - "lanes": each invocation of a subgroup loads one number, subgroupBroadcast hands it to the others. On lavapipe a load
 *   at a common address costs as much as eight loads at different ones.
 */
export type WeightMode = "uniform" | "storage" | "lanes" | "slanes" | "shuffle" | "ushuffle" | "svec" | "sbvec" | "uvec";

export interface WeightAccess {
  readonly mode: WeightMode;
  /** Invocations of a subgroup, for "lanes". */
  readonly subgroupSize: number;
}

/** One run of an MLP's weights, loaded by `lines` under names that end in `suffix`; `at(n)` is its n-th number. */
export interface LoadedRun {
  readonly lines: readonly string[];
  at(n: number): string;
}

/** The module-scope declaration of an MLP's weights. */
export function declareWeights(mlp: PackedMlp, binding: number, { mode }: WeightAccess): string {
  const type = mode==="slanes" || mode === "shuffle" ? `array<f32, ${mlp.size}>` : `array<vec4f, ${mlp.size / 4}>`;
  return `@group(0) @binding(${binding}) var<${(mode === "storage" || mode === "slanes" || mode === "shuffle" || mode === "svec" || mode==="sbvec") ? "storage, read" : "uniform"}> ${mlp.name}Weights: ${type};`;
}

/** Loads `count` numbers from element `start` (an expression for a multiple of 4). */
export function loadRun(mlp: PackedMlp, start: string, count: number, suffix: string, { mode, subgroupSize }: WeightAccess): LoadedRun {
  const array = `${mlp.name}Weights`;
  if (mode === "svec" || mode === "sbvec" || mode === "uvec") {
    const slots = Array.from({ length: Math.ceil(count / 4 / subgroupSize) }, (_, s) => s);
    return {
      lines: [
        `let at${suffix} = ${start} / 4u + lane;`,
        ...slots.map((s) => `let w${suffix}_${s} = ${array}[at${suffix} + ${s * subgroupSize}u];`),
      ],
      at: (n) => `${mode === "sbvec" ? "subgroupBroadcast" : "subgroupShuffle"}(w${suffix}_${Math.floor(n / 4 / subgroupSize)}.${"xyzw"[n & 3]}, ${(n >> 2) % subgroupSize}u)`,
    };
  }
  if (mode === "slanes" || mode === "shuffle") {
    const slots = Array.from({ length: Math.ceil(count / subgroupSize) }, (_, s) => s);
    return {
      lines: [
        `let at${suffix} = ${start} + lane;`,
        ...slots.map((s) => {
          const at = s === 0 ? `at${suffix}` : `(at${suffix} + ${s * subgroupSize}u)`;
          return `let w${suffix}_${s} = ${array}[${at}];`;
        }),
      ],
      at: (n) => `${mode === "shuffle" ? "subgroupShuffle" : "subgroupBroadcast"}(w${suffix}_${Math.floor(n / subgroupSize)}, ${n % subgroupSize}u)`,
    };
  }
  if (mode === "lanes" || mode === "ushuffle") {
    const slots = Array.from({ length: Math.ceil(count / subgroupSize) }, (_, s) => s);
    return {
      lines: [
        `let at${suffix} = ${start} + lane;`,
        ...slots.map((s) => {
          const at = s === 0 ? `at${suffix}` : `(at${suffix} + ${s * subgroupSize}u)`;
          return `let w${suffix}_${s} = ${array}[${at} / 4u][${at} % 4u];`;
        }),
      ],
      at: (n) => `${mode === "ushuffle" ? "subgroupShuffle" : "subgroupBroadcast"}(w${suffix}_${Math.floor(n / subgroupSize)}, ${n % subgroupSize}u)`,
    };
  }
  const slots = Array.from({ length: Math.ceil(count / 4) }, (_, s) => s);
  return {
    lines: [`let at${suffix} = ${start} / 4u;`, ...slots.map((s) => `let w${suffix}_${s} = ${array}[at${suffix} + ${s}u];`)],
    at: (n) => `w${suffix}_${n >> 2}.${"xyzw"[n & 3]}`,
  };
}

/** The number at an element (an expression). */
export function loadOne(mlp: PackedMlp, element: string, { mode }: WeightAccess): string {
  const array = `${mlp.name}Weights`;
  return mode === "slanes" || mode === "shuffle" ? `${array}[${element}]` : `${array}[(${element}) / 4u][(${element}) % 4u]`;
}
