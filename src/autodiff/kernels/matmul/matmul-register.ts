import type { MatmulKernel, MatmulOptions, MatmulShape } from "./matmul.ts";
import { tileGrid } from "./matmul-grid.ts";
import { operandsOf } from "./matmul-operand.ts";
import { OwnLoads, range, SharedLoads, vectorType } from "./matmul-register-loads.ts";

/**
 * Every invocation keeps a tile of the result in registers; no workgroup memory, no barriers. The invocations of a workgroup
 * lie along the columns (or rows) of the result: each has `own` of them, and all share the same rows (or columns).
 */
export interface RegisterTileVariant {
  kind: "register";
  name: string;
  /** What lies along the invocations. */
  lanes: "columns" | "rows";
  /**
   * 0: each invocation loads the shared operand's values by itself. Else the subgroup's size, a multiple of 4: each invocation
   * loads some of them, and the rest arrive by subgroupBroadcast.
   */
  subgroupSize: number;
  /** Rows (or columns) that the invocations share. */
  shared: number;
  /** Columns (or rows) of each invocation: 1, 2, 3, 4 or a multiple of 4. */
  own: number;
  /** Bind operands of up to 64 KiB as uniform buffers. */
  uniform: boolean;
}

const PLAIN_WORKGROUP = 64;

export function workgroupLanes(variant: RegisterTileVariant): number {
  return variant.subgroupSize || PLAIN_WORKGROUP;
}

export function registerTileKernel(shape: MatmulShape, variant: RegisterTileVariant, options: MatmulOptions): MatmulKernel {
  const { a, b } = operandsOf(shape);
  const alongColumns = variant.lanes === "columns";
  const lanes = workgroupLanes(variant);
  const own = new OwnLoads(alongColumns ? b : a, variant, lanes);
  const shared = new SharedLoads(alongColumns ? a : b, variant);
  const [ownCount, sharedCount] = [own.bound.operand.count, shared.bound.operand.count];
  const grid = tileGrid(Math.ceil(ownCount / (lanes * variant.own)), Math.ceil(sharedCount / variant.shared), shape.batch);
  const tile = new RegisterTile(own, shared, variant);
  const vectorStore = (options.vectorStore ?? false) && shape.n % 4 === 0 && (alongColumns ? variant.own : variant.shared) % 4 === 0;
  const lines = [
    ...grid.lines,
    // a loop bound that the compiler does not know keeps it from unrolling; group.x has no such high bits
    "let zero = group.x >> 30u;",
    `let own0 = tileX * ${lanes * variant.own}u;`,
    `let shared0 = tileY * ${variant.shared}u;`,
    own.bound.startLine,
    shared.bound.startLine,
    ...tile.accumulators(),
    ...tile.products(shape.k),
    ...tile.stores(shape, alongColumns, vectorStore ? "storeResult4" : (options.store ?? "storeResult"), grid.guard),
  ];
  const wgsl = `
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
  let lane = invocation.x;
${lines.map((line) => `  ${line}`).join("\n")}
}
`;
  const [boundA, boundB] = alongColumns ? [shared, own] : [own, shared];
  return {
    workgroupSize: [lanes, 1, 1],
    dispatch: grid.dispatch,
    header: variant.subgroupSize > 0 ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n" : "",
    a: [boundA.bound.binding],
    b: [boundB.bound.binding],
    vectorStore,
    wgsl,
  };
}

class RegisterTile {
  constructor(
    private readonly own: OwnLoads,
    private readonly shared: SharedLoads,
    private readonly variant: RegisterTileVariant,
  ) {}

  accumulators(): string[] {
    return range(this.variant.shared).flatMap((i) => this.own.chunks.map((size, c) => `var acc${i}_${c} = ${vectorType(size)}();`));
  }

  /** The loop over the inner indices, and their rest. */
  products(k: number): string[] {
    const block = blockLength(k);
    const whole = Math.floor(k / block) * block;
    const lines = [`for (var k = 0u; k < ${whole}u + zero; k += ${block}u) {`, ...this.block(block), "}"];
    return whole === k ? lines : [...lines, "{", `  let k = ${whole}u;`, ...this.block(k - whole), "}"];
  }

  private block(steps: number): string[] {
    const lines = [...this.shared.load(steps), ...this.own.load(steps)];
    // row by row, so that few accumulators are in use at a time
    for (const i of range(this.variant.shared)) {
      for (const q of range(steps)) {
        lines.push(`let s${i}_${q} = ${this.shared.value(i, q)};`);
        this.own.chunks.forEach((size, c) => lines.push(`acc${i}_${c} = fma(${vectorType(size)}(s${i}_${q}), o${q}_${c}, acc${i}_${c});`));
      }
    }
    return lines.map((line) => `  ${line}`);
  }

  /** One loop over the invocation's results, so that the caller's epilogue is compiled once and not for each of them. */
  stores({ m, n }: MatmulShape, alongColumns: boolean, call: string, guard: string | undefined): string[] {
    const vector = call === "storeResult4";
    const { own, shared } = this.variant;
    // results in the order of rows, then columns; the columns of one row side by side
    const [rows, columns] = alongColumns ? [shared, own] : [own, shared];
    const value = (row: number, column: number): string => {
      const [i, j] = alongColumns ? [row, column] : [column, row];
      const size = this.own.chunks[j >> 2];
      return `acc${i}_${j >> 2}${size === 1 ? "" : `.${"xyzw"[j & 3]}`}`;
    };
    const width = vector ? 4 : 1;
    const values = range(rows).flatMap((row) =>
      range(columns / width).map((group) => {
        const parts = range(width).map((e) => value(row, group * width + e));
        return vector ? `vec4f(${parts.join(", ")})` : parts[0];
      }),
    );
    const column = `e % ${columns / width}u${vector ? " * 4u" : ""}`;
    const row = `e / ${columns / width}u`;
    const [mine, ours] = alongColumns ? [column, row] : [row, column];
    const conditions = [this.own.partial("mine"), this.shared.partial("ours"), guard].filter((condition) => condition !== undefined);
    const [r, c] = alongColumns ? ["ours", "mine"] : ["mine", "ours"];
    const store = `${call}((batch * ${m}u + ${r}) * ${n}u + ${c}, ${r}, ${c}, batch, results[e]);`;
    return [
      `var results = array<${vector ? "vec4f" : "f32"}, ${values.length}>(${values.join(", ")});`,
      `for (var e = 0u; e < ${values.length}u + zero; e++) {`,
      `  let j = ${mine};`,
      `  let mine = ${this.own.indexAt("j")};`,
      `  let ours = shared0 + ${ours};`,
      conditions.length > 0 ? `  if (${conditions.join(" && ")}) { ${store} }` : `  ${store}`,
      "}",
    ];
  }
}

/** Register tiles are named by their sizes. */
export function registerVariant(lanes: "columns" | "rows", subgroupSize: number, shared: number, own: number, uniform: boolean): RegisterTileVariant {
  const name = `register-${lanes}-${subgroupSize > 0 ? `broadcast${subgroupSize}` : "plain"}-${shared}x${own}${uniform ? "-uniform" : ""}`;
  return { kind: "register", name, lanes, subgroupSize, shared, own, uniform };
}

/** A divisor of the count, so that nothing is compiled twice; long loops without one take blocks of four and a rest. */
function blockLength(k: number): number {
  return [4, 3, 2].find((length) => k % length === 0) ?? (k >= 64 ? 4 : 1);
}
