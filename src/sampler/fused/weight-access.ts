import type { PackedMlp } from "./weight-layout.ts";

/**
 * How the kernel reads weights: every invocation wants the same number at the same time.
 * - "together": each invocation loads it, at an address that is the same for all; hardware does that once.
 * - "shared": each invocation of a subgroup loads a few of the next numbers, and they hand them to each other. lavapipe
 *   checks and copies each load at a common address, which costs more than several multiplications.
 */
export type WeightLoads = "together" | "shared";

export interface WeightAccess {
  readonly loads: WeightLoads;
  /** Invocations of a subgroup, for "shared". */
  readonly subgroupSize: number;
}

/** A run of weights, loaded by `lines`; `at(n)` is its n-th number. */
interface LoadedRun {
  readonly lines: readonly string[];
  at(n: number): string;
}

/** The module-scope declaration of an MLP's weights. */
export function declareWeights({ name, size }: PackedMlp, binding: number, space: "uniform" | "read"): string {
  return `@group(0) @binding(${binding}) var<${space === "uniform" ? "uniform" : "storage, read"}> ${name}Weights: array<vec4f, ${size / 4}>;`;
}

/** Loads `count` numbers from element `start` (an expression for a multiple of 4) into variables that end in `suffix`. */
export function loadRun({ name }: PackedMlp, start: string, count: number, suffix: string, { loads, subgroupSize }: WeightAccess): LoadedRun {
  const shared = loads === "shared";
  // one vec4 per invocation, or the same vec4 for all
  const width = shared ? subgroupSize : 1;
  const slots = Array.from({ length: Math.ceil(count / 4 / width) }, (_, s) => s);
  const lines = [
    `let at${suffix} = (${start}) / 4u${shared ? " + lane" : ""};`,
    ...slots.map((s) => `let w${suffix}_${s} = ${name}Weights[at${suffix} + ${s * width}u];`),
  ];
  const at = (n: number): string => {
    const vector = n >> 2;
    const value = `w${suffix}_${Math.floor(vector / width)}.${"xyzw"[n & 3]}`;
    return shared ? `subgroupShuffle(${value}, ${vector % width}u)` : value;
  };
  return { lines, at };
}
