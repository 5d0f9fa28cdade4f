import type { MatmulKernel, MatmulShape } from "./matmul.ts";
import { tileGrid } from "./matmul-grid.ts";
import { bindOperand, operandsOf, scalarAt, vectorAt, type BoundOperand, type Operand, type Window } from "./matmul-operand.ts";

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
   * 0: each invocation loads the shared operand's values by itself. Else the subgroup's size: each invocation loads one of
   * them, and the rest arrive by subgroupBroadcast.
   */
  subgroupSize: number;
  /** Shared rows (or columns): this number times the subgroup's size, or this number where the size is 0. */
  shared: number;
  /** Columns (or rows) of each invocation: 1, 2, 3, 4 or a multiple of 4. */
  own: number;
  /** Bind operands of up to a few times 64 KiB as uniform buffers. */
  uniform: boolean;
}

/** Inner indices of one unrolled block. */
const BLOCK = 4;
const PLAIN_WORKGROUP = 64;

export function registerTileKernel(shape: MatmulShape, variant: RegisterTileVariant): MatmulKernel {
  const { a, b } = operandsOf(shape);
  const alongColumns = variant.lanes === "columns";
  const lanes = variant.subgroupSize || PLAIN_WORKGROUP;
  const sharedCount = variant.shared * (variant.subgroupSize || 1);
  const ownOperand = alongColumns ? b : a;
  const sharedOperand = alongColumns ? a : b;
  const own = bindOwn(ownOperand, variant);
  const shared = bindShared(sharedOperand, variant);
  const grid = tileGrid(Math.ceil(ownOperand.count / (lanes * variant.own)), Math.ceil(sharedOperand.count / sharedCount), shape.batch);
  const tile = new RegisterTile(own, shared, variant, lanes, sharedCount);
  const wgsl = `
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
  let lane = invocation.x;
${[...grid.lines, ...tile.start(), ...tile.products(), ...tile.stores(shape, alongColumns, grid.guard)].map((line) => `  ${line}`).join("\n")}
}
`;
  return {
    workgroupSize: [lanes, 1, 1],
    dispatch: grid.dispatch,
    header: variant.subgroupSize > 0 ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n" : "",
    a: alongColumns ? shared.bindings : own.bindings,
    b: alongColumns ? own.bindings : shared.bindings,
    wgsl,
  };
}

function bindOwn(operand: Operand, variant: RegisterTileVariant): BoundOperand {
  const vector = operand.contiguousK ? operand.k % 4 === 0 : operand.count % 4 === 0 && variant.own % 4 === 0;
  return bindOperand(operand, { vector, uniform: variant.uniform });
}

function bindShared(operand: Operand, variant: RegisterTileVariant): BoundOperand {
  const groups = variant.subgroupSize > 0 ? variant.subgroupSize % 4 === 0 : variant.shared % 4 === 0;
  const vector = operand.contiguousK ? operand.k % 4 === 0 : operand.count % 4 === 0 && groups;
  return bindOperand(operand, { vector, uniform: variant.uniform, maxWindows: 1 });
}

class RegisterTile {
  private readonly chunks: number[];

  constructor(
    private readonly own: BoundOperand,
    private readonly shared: BoundOperand,
    private readonly variant: RegisterTileVariant,
    private readonly lanes: number,
    private readonly sharedCount: number,
  ) {
    // an invocation's values are held in vectors of up to four
    this.chunks = variant.own <= 4 ? [variant.own] : Array.from({ length: variant.own / 4 }, () => 4);
  }

  start(): string[] {
    const lines = [`let own0 = tileX * ${this.lanes * this.variant.own}u;`, `let shared0 = tileY * ${this.sharedCount}u;`];
    for (const { operand } of [this.own, this.shared]) {
      lines.push(`let ${operand.name}Start = ${operand.batched ? `batch * ${operand.count * operand.k}u` : "0u"};`);
    }
    for (let i = 0; i < this.sharedCount; i++) this.chunks.forEach((size, c) => lines.push(`var acc${i}_${c} = ${vectorType(size)}();`));
    return lines;
  }

  /** The loops over the inner index: one per window of the invocations' own operand. */
  products(): string[] {
    return this.own.windows.flatMap((window) => {
      const whole = window.firstK + Math.floor((window.endK - window.firstK) / BLOCK) * BLOCK;
      const lines: string[] = [];
      if (whole > window.firstK) {
        lines.push(`for (var k = ${window.firstK}u; k < ${whole}u; k += ${BLOCK}u) {`, ...this.block(window, BLOCK), "}");
      }
      if (whole < window.endK) lines.push("{", `  let k = ${whole}u;`, ...this.block(window, window.endK - whole), "}");
      return lines;
    });
  }

  private block(window: Window, steps: number): string[] {
    const lines = this.loadShared(steps);
    const ownBlock = this.loadOwnBlock(window, steps);
    lines.push(...ownBlock.lines);
    for (let q = 0; q < steps; q++) lines.push(...this.loadOwn(window, q, ownBlock.vectors).lines);
    // row by row, so that few accumulators are in use at a time
    for (let i = 0; i < this.sharedCount; i++) {
      for (let q = 0; q < steps; q++) {
        lines.push(`let s${i}_${q} = ${this.sharedValue(i, q)};`);
        this.chunks.forEach((_, c) => lines.push(`acc${i}_${c} += s${i}_${q} * o${q}_${c};`));
      }
    }
    return lines.map((line) => `  ${line}`);
  }

  /** Where k is contiguous: one vector of four k for each of the invocation's columns. */
  private loadOwnBlock(window: Window, steps: number): { lines: string[]; vectors: boolean } {
    const { operand, vector } = this.own;
    if (!operand.contiguousK || operand.k % 4 !== 0 || !vector || steps < BLOCK) return { lines: [], vectors: false };
    const lines = Array.from({ length: this.variant.own }, (_, j) => `let v${j} = ${vectorAt(window, `${this.ownStart(window, j)} + k - ${window.firstK}u`)};`);
    return { lines, vectors: true };
  }

  /** Declares o{q}_{chunk}: the own operand's values at inner index k + q. */
  private loadOwn(window: Window, q: number, fromBlock: boolean): { lines: string[] } {
    const { operand, vector } = this.own;
    const lines: string[] = [];
    let j = 0;
    this.chunks.forEach((size, c) => {
      if (this.consecutive) {
        lines.push(`let o${q}_${c} = ${vectorAt(window, `${operand.name}Start + (k + ${q}u - ${window.firstK}u) * ${operand.count}u + ${this.ownIndex(j)}`)};`);
      } else {
        const values = Array.from({ length: size }, (_, e) => {
          if (fromBlock) return `v${j + e}.${"xyzw"[q]}`;
          const index = operand.contiguousK
            ? `${this.ownStart(window, j + e)} + k + ${q}u - ${window.firstK}u`
            : `${operand.name}Start + (k + ${q}u - ${window.firstK}u) * ${operand.count}u + ${this.ownIndex(j + e)}`;
          return scalarAt({ ...this.own, vector }, window, index);
        });
        lines.push(`let o${q}_${c} = ${size === 1 ? values[0] : `${vectorType(size)}(${values.join(", ")})`};`);
      }
      j += size;
    });
    return { lines };
  }

  /** An invocation's columns are neighbours where that allows vector loads; else they lie one subgroup apart. */
  private get consecutive(): boolean {
    const { operand, vector } = this.own;
    return vector && !operand.contiguousK && operand.count % 4 === 0 && this.variant.own % 4 === 0;
  }

  private ownIndex(j: number): string {
    if (!this.consecutive) return `own0 + lane + ${j * this.lanes}u`;
    return `own0 + lane * 4u + ${Math.floor(j / 4) * 4 * this.lanes + (j % 4)}u`;
  }

  private ownStart(_window: Window, j: number): string {
    const { operand } = this.own;
    return `${operand.name}Start + (${this.ownIndex(j)}) * ${operand.k}u`;
  }

  /** Declares the registers that sharedValue reads. */
  private loadShared(steps: number): string[] {
    const { operand, vector } = this.shared;
    const window = this.shared.windows[0];
    const start = `${operand.name}Start`;
    const size = this.variant.subgroupSize;
    const lines: string[] = [];
    const vectorsOfK = vector && operand.contiguousK && operand.k % 4 === 0;
    const vectorsOfRows = vector && !operand.contiguousK && operand.count % 4 === 0;
    const at = (row: string, q: number): string =>
      scalarAt(this.shared, window, operand.contiguousK ? `${start} + (${row}) * ${operand.k}u + k + ${q}u` : `${start} + (k + ${q}u) * ${operand.count}u + ${row}`);
    if (size > 0) {
      for (let g = 0; g < this.variant.shared; g++) {
        const row = `shared0 + ${g * size}u`;
        if (vectorsOfK) lines.push(`let p${g} = ${vectorAt(window, `${start} + (${row} + lane) * ${operand.k}u + k`)};`);
        else if (vectorsOfRows) {
          // four rows in each vector, and the subgroup covers its size in rows times four k
          lines.push(`let p${g} = ${vectorAt(window, `${start} + (k + lane / ${size / 4}u) * ${operand.count}u + ${row} + lane % ${size / 4}u * 4u`)};`);
        } else for (let q = 0; q < steps; q++) lines.push(`let p${g}_${q} = ${at(`${row} + lane`, q)};`);
      }
      return lines;
    }
    if (vectorsOfK) {
      for (let i = 0; i < this.sharedCount; i++) lines.push(`let p${i} = ${vectorAt(window, `${start} + (shared0 + ${i}u) * ${operand.k}u + k`)};`);
    } else if (vectorsOfRows && this.sharedCount % 4 === 0) {
      for (let q = 0; q < steps; q++) {
        for (let i = 0; i < this.sharedCount; i += 4) lines.push(`let p${i}_${q} = ${vectorAt(window, `${start} + (k + ${q}u) * ${operand.count}u + shared0 + ${i}u`)};`);
      }
    } else for (let q = 0; q < steps; q++) for (let i = 0; i < this.sharedCount; i++) lines.push(`let p${i}_${q} = ${at(`shared0 + ${i}u`, q)};`);
    return lines;
  }

  /** The shared operand's value of row i at inner index k + q. */
  private sharedValue(i: number, q: number): string {
    const { operand, vector } = this.shared;
    const size = this.variant.subgroupSize;
    const vectorsOfK = vector && operand.contiguousK && operand.k % 4 === 0;
    const vectorsOfRows = vector && !operand.contiguousK && operand.count % 4 === 0;
    if (size > 0) {
      const [g, e] = [Math.floor(i / size), i % size];
      if (vectorsOfK) return `subgroupBroadcast(p${g}.${"xyzw"[q]}, ${e}u)`;
      if (vectorsOfRows) return `subgroupBroadcast(p${g}.${"xyzw"[e % 4]}, ${q * (size / 4) + Math.floor(e / 4)}u)`;
      return `subgroupBroadcast(p${g}_${q}, ${e}u)`;
    }
    if (vectorsOfK) return `p${i}.${"xyzw"[q]}`;
    if (vectorsOfRows && this.sharedCount % 4 === 0) return `p${i - (i % 4)}_${q}.${"xyzw"[i % 4]}`;
    return `p${i}_${q}`;
  }

  /** One loop over the invocation's results, so that the caller's epilogue is compiled once and not for each of them. */
  stores({ m, n }: MatmulShape, alongColumns: boolean, guard: string | undefined): string[] {
    const { own } = this.variant;
    const values = Array.from({ length: this.sharedCount * own }, (_, e) => {
      const [i, j] = [Math.floor(e / own), e % own];
      const chunk = this.chunks.length === 1 ? 0 : Math.floor(j / 4);
      return `acc${i}_${chunk}${this.chunks[chunk] === 1 ? "" : `.${"xyzw"[j % 4]}`}`;
    });
    const conditions = [
      this.own.operand.count % (this.lanes * own) === 0 ? "" : `mine < ${this.own.operand.count}u`,
      this.shared.operand.count % this.sharedCount === 0 ? "" : `ours < ${this.shared.operand.count}u`,
      guard ?? "",
    ].filter((condition) => condition !== "");
    const [row, col] = alongColumns ? ["ours", "mine"] : ["mine", "ours"];
    const store = `storeResult((batch * ${m}u + ${row}) * ${n}u + ${col}, ${row}, ${col}, batch, results[e]);`;
    return [
      `var results = array<f32, ${values.length}>(${values.join(", ")});`,
      // a bound that the compiler does not know keeps it from unrolling the loop; group.x has no such high bits
      `let resultCount = ${values.length}u + (group.x >> 30u);`,
      `for (var e = 0u; e < resultCount; e++) {`,
      `  let ours = shared0 + e / ${own}u;`,
      `  let j = e % ${own}u;`,
      `  let mine = ${this.consecutive ? `own0 + lane * 4u + j / 4u * ${4 * this.lanes}u + j % 4u` : `own0 + lane + j * ${this.lanes}u`};`,
      conditions.length > 0 ? `  if (${conditions.join(" && ")}) { ${store} }` : `  ${store}`,
      "}",
    ];
  }
}

function vectorType(size: number): string {
  return size === 1 ? "f32" : `vec${size}f`;
}
