/** WGSL that kernels with their results in registers have in common. */

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

export function vectorType(size: number): string {
  return size === 1 ? "f32" : `vec${size}f`;
}

/** Directives of a kernel in which a subgroup shares what it loads. */
export const subgroupHeader = "enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n";

/** Declares `zero`: a loop bound that the compiler does not know keeps it from unrolling; group.x has no such high bits. */
export const zeroLine = "let zero = group.x >> 30u;";

/** The entry point with `group` and `lane`, the invocation's number. */
export function laneMain(lanes: number, lines: readonly string[], comment = ""): string {
  return `
${comment}@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
  let lane = invocation.x;
${lines.map((line) => `  ${line}`).join("\n")}
}
`;
}

/** Neighbouring values as vectors of four. */
export function inFours(values: readonly string[]): string[] {
  return range(values.length / 4).map((i) => `vec4f(${values.slice(4 * i, 4 * i + 4).join(", ")})`);
}

interface StoreLoop {
  /** Names of the results, of vectors of four if `vector`. */
  readonly results: readonly string[];
  readonly vector: boolean;
  /** Lines that find the place of result `e`. */
  readonly places: readonly string[];
  /** What must hold for a result to exist; undefined: always. */
  readonly conditions: readonly (string | undefined)[];
  /** The function to call, and its arguments before the result. */
  readonly call: string;
  readonly arguments: string;
}

/** One loop over the invocation's results, so that the caller's epilogue is compiled once and not for each of them. `zero` is in scope. */
export function storeLoop({ results, vector, places, conditions, call, arguments: values }: StoreLoop): string[] {
  const store = `${call}(${values}, results[e]);`;
  const inside = conditions.filter((condition) => condition !== undefined).join(" && ");
  return [
    `var results = array<${vector ? "vec4f" : "f32"}, ${results.length}>(${results.join(", ")});`,
    `for (var e = 0u; e < ${results.length}u + zero; e++) {`,
    ...places.map((line) => `  ${line}`),
    inside === "" ? `  ${store}` : `  if (${inside}) { ${store} }`,
    "}",
  ];
}
