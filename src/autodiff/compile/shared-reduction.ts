import { gridFor } from "../../gpu/dispatch.ts";
import type { WorkgroupArray } from "../kernels/product.ts";
import type { ReduceName } from "../ops/reduce.ts";
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import type { Emitter } from "./emitter.ts";
import { hardwareLanes } from "./reduction-layout.ts";

interface SharedKernel {
  readonly workgroup: readonly WorkgroupArray[];
  readonly dispatch: [number, number, number];
  /** `@compute fn main`, which stores `element(index, acc)` in `result`. */
  readonly wgsl: string;
}

/** What a lane keeps of its share and how two shares become one. */
interface Rule {
  readonly type: string;
  /** Expressions of the names of two shares. */
  readonly join: (a: string, b: string) => string;
  readonly result: (share: string) => string;
}

const rules: Record<ReduceName, Rule> = {
  sum: { type: "f32", join: (a, b) => `${a} + ${b}`, result: (share) => share },
  max: { type: "f32", join: (a, b) => `max(${a}, ${b})`, result: (share) => share },
  // the largest, and the sum of exp(x - largest)
  logSumExp: {
    type: "vec2f",
    join: (a, b) => `vec2f(max(${a}.x, ${b}.x), ${a}.y * exp(${a}.x - max(${a}.x, ${b}.x)) + ${b}.y * exp(${b}.x - max(${a}.x, ${b}.x)))`,
    result: (share) => `${share}.x + log(${share}.y)`,
  },
};

/**
 * The kernel of a shared reduction. Each lane takes every so many-th element of its result's, then the shares are joined two by two: the
 * order of additions follows from the shape. Lanes beyond the last result repeat it, so that all meet at the barriers.
 */
export function sharedReduction(reduction: Tensor, emitter: Emitter): SharedKernel {
  const { of, along, across, sharers } = reduction.attributes as { of: ReduceName; along: boolean; across: number; sharers: number };
  const { type, join, result } = rules[of];
  const size = sizeOf(reduction.shape);
  const dispatch = gridFor(size, across);
  const tile = dispatch[1] === 1 ? "group.x" : `(group.x + group.y * ${dispatch[0]}u)`;
  const [share, mine] = along ? [`lane % ${sharers}u`, `lane / ${sharers}u`] : [`lane / ${across}u`, `lane % ${across}u`];
  const access = { shape: reduction.shape, linear: { code: "index", depth: 0 } };
  const each = (statement: (element: string) => string): void => emitter.share(reduction, access, "share", sharers, statement);
  if (of === "sum") each((x) => `own += ${x};`);
  else each((x) => `most = max(most, ${x});`);
  if (of === "logSumExp") each((x) => `total += exp(${x} - most);`);
  const own = { sum: "own", max: "most", logSumExp: "vec2f(most, total)" }[of];
  const distance = along ? 1 : across;
  const tree: string[] = [];
  for (let half = sharers / 2; half >= 1; half /= 2) {
    tree.push("workgroupBarrier();");
    const other = `shares[lane + ${half * distance}u]`;
    if (half > 1) tree.push(`if (share < ${half}u) { shares[lane] = joined(shares[lane], ${other}); }`);
    else tree.push(`if (share == 0u && place < ${size}u) {`, `  let whole = joined(shares[lane], ${other});`, `  result[place] = element(place, ${result("whole")});`, "}");
  }
  const lines = [
    "let lane = invocation.x;",
    `let share = ${share};`,
    `let place = ${tile} * ${across}u + ${mine};`,
    `let index = min(place, ${size - 1}u);`,
    ...(of === "sum" ? ["var own = 0.0;"] : ["var most = -3.4028234e38;"]),
    ...(of === "logSumExp" ? ["var total = 0.0;"] : []),
    ...emitter.body,
    `shares[lane] = ${own};`,
    ...tree,
  ];
  return {
    workgroup: [{ name: "shares", type: `array<${type}, ${hardwareLanes}>`, bytes: hardwareLanes * (type === "f32" ? 4 : 8) }],
    dispatch,
    wgsl: `
fn joined(a: ${type}, b: ${type}) -> ${type} {
  return ${join("a", "b")};
}

@compute @workgroup_size(${hardwareLanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
${lines.map((line) => `  ${line}`).join("\n")}
}
`,
  };
}
