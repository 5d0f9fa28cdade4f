/** Values by chain, then draw; a draw is a number or, for a vector or matrix, nested arrays. */
type ChainDraws = readonly ArrayLike<DrawValue>[];
type DrawValue = number | boolean | readonly DrawValue[] | Float32Array | Float64Array;

interface ArvizInput {
  /** The parameters. */
  readonly posterior: Readonly<Record<string, ChainDraws>>;
  /** The sampler's own quantities, under ArviZ's names: lp, energy, acceptance_rate, diverging, step_size, n_steps. */
  readonly sampleStats?: Readonly<Record<string, ChainDraws>>;
  /** Names of the dimensions after chain and draw, by variable. */
  readonly dims?: Readonly<Record<string, readonly string[]>>;
  /** Labels along a dimension. */
  readonly coords?: Readonly<Record<string, readonly (string | number)[]>>;
  /** Anything worth keeping with the draws: sampler, seed, version. */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/**
 * Draws as JSON text that `arviz.from_json(path)` reads: groups `posterior` and `sample_stats` of variables nested as
 * [chain][draw][...], with `posterior_attrs`, `sample_stats_attrs`, `dims` and `coords`. NaN and the infinities are written as
 * `NaN`, `Infinity` and `-Infinity`, as Python's JSON reader takes them and strict ones do not.
 */
export function toArvizJson({ posterior, sampleStats = {}, dims = {}, coords = {}, attributes = {} }: ArvizInput): string {
  checkLengths({ ...posterior, ...sampleStats });
  const attrs = { inference_library: "hhvaem", ...attributes };
  return encode({
    posterior,
    sample_stats: sampleStats,
    dims,
    coords,
    posterior_attrs: attrs,
    sample_stats_attrs: attrs,
  });
}

function checkLengths(variables: Readonly<Record<string, ChainDraws>>): void {
  const shapes = Object.entries(variables).map(([name, chains]) => [name, chains.map((chain) => chain.length).join(", ")]);
  for (const [name, lengths] of shapes) {
    if (lengths === shapes[0][1] && new Set(lengths.split(", ")).size === 1) continue;
    throw new RangeError(`[toArvizJson] expected chains of one length for all variables, got draws [${lengths}] for "${name}" and [${shapes[0][1]}] for "${shapes[0][0]}".`);
  }
}

function encode(value: unknown): string {
  if (typeof value === "number") return String(Object.is(value, -0) ? "-0.0" : value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `[${Array.from(value as ArrayLike<unknown>, encode).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${encode(inner)}`).join(",")}}`;
}
