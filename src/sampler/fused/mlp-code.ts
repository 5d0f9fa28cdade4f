import { loadRun, type WeightAccess } from "./weight-access.ts";
import type { PackedMlp } from "./weight-layout.ts";

/** Invocations that share a chain, the workgroup: how many, and whether they are one subgroup, which adds up by itself. */
export interface Team {
  readonly lanes: number;
  readonly subgroup: boolean;
}

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
  /** Where the block's weights begin, an expression; absent: at the MLP's first. */
  readonly origin?: string;
  /** Where several invocations share a chain: the hidden units are theirs in turn, and sums are added up over them. */
  readonly team?: Team;
}

/**
 * out = b2 + W2 ReLU(W1 in + b1): WGSL that makes the variables `${out}${o}` from the variables named in `inputs`. No
 * activation is kept.
 */
export function forwardSweep(mlp: PackedMlp, inputs: readonly string[], out: string, sweep: Sweep): string[] {
  return accumulate(mlp, { names: range(mlp.outputs).map((o) => `${out}${o}`), biases: mlp.outputs }, sweep, (runs, sums) => [
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
  return accumulate(mlp, { names: range(wanted).map((i) => `${result}${i}`), biases: 0 }, sweep, (runs, sums) => [
    ...activations(mlp, runs, inputs),
    ...runs.map((run, u) => `var d${u} = V(${run.at(mlp.inputs + 1)}) * ${cotangents[0]};`),
    ...cotangents.slice(1).flatMap((name, o) => runs.map((run, u) => `d${u} = fma(V(${run.at(mlp.inputs + 2 + o)}), ${name}, d${u});`)),
    ...runs.map((_, u) => `d${u} = select(V(0.0), d${u}, a${u} > V(0.0));`),
    ...sums.map((name, i) => `${name} = ${runs.reduce((total, run, u) => `fma(V(${run.at(i)}), d${u}, ${total})`, name)};`),
  ]);
}

/**
 * Forward with the Jacobian: WGSL that makes `${out}${o}` and `${jacobian}${o}_${i}` = d out_o / d in_i for the first `wanted`
 * inputs, in one sweep: less work than two where there are few outputs.
 */
export function jacobianSweep(mlp: PackedMlp, inputs: readonly string[], out: string, jacobian: string, wanted: number, sweep: Sweep): string[] {
  const outputs = range(mlp.outputs);
  const sums = [...outputs.map((o) => `${out}${o}`), ...outputs.flatMap((o) => range(wanted).map((i) => `${jacobian}${o}_${i}`))];
  return accumulate(mlp, { names: sums, biases: mlp.outputs }, sweep, (runs, totals) => [
    ...activations(mlp, runs, inputs),
    ...outputs.flatMap((o) => [
      // W2_oj where the unit is on
      ...runs.map((run, u) => `let v${o}_${u} = select(V(0.0), V(${run.at(mlp.inputs + 1 + o)}), a${u} > V(0.0));`),
      `${totals[o]} = ${runs.reduce((total, _, u) => `fma(v${o}_${u}, a${u}, ${total})`, totals[o])};`,
      ...range(wanted).map((i) => {
        const name = totals[mlp.outputs + o * wanted + i];
        return `${name} = ${runs.reduce((total, run, u) => `fma(V(${run.at(i)}), v${o}_${u}, ${total})`, name)};`;
      }),
    ]),
  ]);
}

/** A forward sweep whose outputs are stored in theta from the entry `first` on, block after block. */
export function forwardStored(mlp: PackedMlp, inputs: readonly string[], first: number, sweep: Sweep): string[] {
  return eachBlock(mlp, (origin, entry) => [
    ...forwardSweep(mlp, inputs, "stored", { ...sweep, origin }),
    ...range(mlp.outputs).map((o) => `storeTheta(${entry(first + o)}, stored${o});`),
  ]);
}

/** A backward sweep by the cotangents that lie in theta from the entry `first` on. */
export function backwardStored(mlp: PackedMlp, inputs: readonly string[], first: number, result: string, wanted: number, sweep: Sweep): string[] {
  return [
    ...range(wanted).map((i) => `var ${result}${i} = V(0.0);`),
    ...eachBlock(mlp, (origin, entry) => [
      ...range(mlp.outputs).map((o) => `let stored${o} = loadTheta(${entry(first + o)});`),
      ...backwardSweep(mlp, inputs, range(mlp.outputs).map((o) => `stored${o}`), "part", wanted, { ...sweep, origin }),
      ...range(wanted).map((i) => `${result}${i} += part${i};`),
    ]),
  ];
}

/** The lines for each block of outputs, in a loop where there are several. */
function eachBlock(mlp: PackedMlp, body: (origin: string, entry: (n: number) => string) => string[]): string[] {
  if (mlp.blocks === 1) return ["{", ...body("0u", (n) => `${n}u`), "}"];
  const lines = body(`block * ${mlp.blockSize}u`, (n) => `block * ${mlp.outputs}u + ${n}u`);
  return [`for (var block = 0u; block < ${mlp.blocks}u * params.one; block++) {`, ...lines.map((line) => `  ${line}`), "}"];
}

/** Whether a Jacobian costs less than a second sweep: in multiply-adds per hidden unit. */
export function jacobianIsCheaper(inputs: number, outputs: number, wanted: number): boolean {
  return outputs * wanted < inputs + outputs + wanted;
}

/** Sums over hidden units: WGSL that makes the variables `names`, of which the first start from the output biases, the others from zero. */
function accumulate(
  mlp: PackedMlp,
  { names, biases }: { names: readonly string[]; biases: number },
  { access, units, sums, origin, team }: Sweep,
  body: (runs: LoadedUnits["units"], sums: readonly string[]) => string[],
): string[] {
  const bias = loadRun(mlp, `${from(origin)}${mlp.hidden * mlp.stride}u`, biases, `_${names[0]}`, access);
  const round = (totals: readonly string[]): string[] => loop(mlp, { access, units, origin, team }, (loaded) => [...loaded.lines, ...body(loaded.units, totals)]);
  const start = (n: number): string => (n < biases ? ofFirst(`V(${bias.at(n)})`, team) : "V(0.0)");
  if (sums === "registers") {
    return [...(biases > 0 ? bias.lines : []), ...names.map((name, n) => `var ${name} = ${start(n)};`), ...round(names), ...addedUp(names, team)];
  }
  const array = `${names[0]}sums`;
  return [
    ...(biases > 0 ? bias.lines : []),
    `var ${array}: array<V, ${names.length}>;`,
    // an index that the compiler does not know keeps the array in memory
    `${array}[params.one - 1u] = V(0.0);`,
    ...names.map((_, n) => `${array}[${n}] = ${start(n)};`),
    ...round(names.map((_, n) => `${array}[${n}]`)),
    ...names.map((name, n) => `var ${name} = ${array}[${n}];`),
    ...addedUp(names, team),
  ];
}

/** Sums that are added up at once: with 128 invocations, 12 of the 16 KiB of workgroup memory that every device has. */
export const sumsAtOnce = 24;

/** What only the first of the invocations that share a chain begins with. */
export function ofFirst(value: string, team: Team | undefined): string {
  return team ? `select(V(0.0), ${value}, member == 0u)` : value;
}

/** The variables' sums over the invocations that share a chain, the same in each; nothing where none do. */
export function addedUp(names: readonly string[], team: Team | undefined): string[] {
  if (!team) return [];
  if (team.subgroup) return names.map((name) => `${name} = subgroupAdd(${name});`);
  return range(Math.ceil(names.length / sumsAtOnce)).flatMap((part) => {
    const own = names.slice(part * sumsAtOnce, (part + 1) * sumsAtOnce);
    return [
      ...own.map((name, n) => `parts[member * ${own.length}u + ${n}u] = ${name};`),
      `addUp(${own.length}u);`,
      ...own.map((name, n) => `${name} = totals[${n}u];`),
    ];
  });
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

/** A rolled loop over the hidden units, `units` at a time; of invocations that share a chain each takes its own. */
export function loop(mlp: PackedMlp, { access, units, origin, team }: Omit<Sweep, "sums">, body: (loaded: LoadedUnits) => string[]): string[] {
  if (mlp.hidden % units !== 0) throw new RangeError(`[fused hmc] ${mlp.hidden} hidden units are not a multiple of ${units}.`);
  const run = loadRun(mlp, `${from(origin)}start`, units * mlp.stride, "", access);
  const lines = body({ lines: run.lines, units: range(units).map((u) => ({ at: (n) => run.at(u * mlp.stride + n) })) });
  const step = units * mlp.stride;
  const [first, next] = team ? [`member * ${step}u`, team.lanes * step] : ["0u", step];
  return [`for (var start = ${first}; start < ${mlp.hidden * mlp.stride}u; start += ${next}u) {`, ...lines.map((line) => `  ${line}`), "}"];
}

function from(origin: string | undefined): string {
  return origin === undefined ? "" : `${origin} + `;
}

export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
