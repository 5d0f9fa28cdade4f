import type { ProductKernel, ProductOptions } from "../product.ts";
import { inFours, laneMain, range, storeLoop, subgroupHeader, vectorType, zeroLine } from "../register-text.ts";
import { tileGrid } from "../tile-grid.ts";
import { operandsOf } from "./matmul-operand.ts";
import { OwnLoads, SharedLoads } from "./matmul-register-loads.ts";
import type { MatmulShape } from "./matmul-shape.ts";
import { workgroupLanes, type RegisterTileVariant } from "./matmul-variant.ts";

export function registerTileKernel(shape: MatmulShape, variant: RegisterTileVariant, options: ProductOptions): ProductKernel {
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
    zeroLine,
    `let own0 = tileX * ${lanes * variant.own}u;`,
    `let shared0 = tileY * ${variant.shared}u;`,
    own.bound.startLine,
    shared.bound.startLine,
    ...tile.accumulators(),
    ...tile.products(shape.k),
    ...tile.stores(shape, alongColumns, vectorStore ? "storeResult4" : (options.store ?? "storeResult"), grid.guard),
  ];
  return {
    workgroupSize: lanes,
    dispatch: grid.dispatch,
    header: variant.subgroupSize > 0 ? subgroupHeader : "",
    operands: alongColumns ? [shared.bound.binding, own.bound.binding] : [own.bound.binding, shared.bound.binding],
    vectorStore,
    wgsl: laneMain(lanes, lines),
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

  stores({ m, n }: MatmulShape, alongColumns: boolean, call: string, guard: string | undefined): string[] {
    const vector = call === "storeResult4";
    const { own, shared } = this.variant;
    // results in the order of rows, then columns; the columns of one row side by side
    const [rows, columns] = alongColumns ? [shared, own] : [own, shared];
    const values = range(rows).flatMap((row) =>
      range(columns).map((column) => {
        const [i, j] = alongColumns ? [row, column] : [column, row];
        return `acc${i}_${j >> 2}${this.own.chunks[j >> 2] === 1 ? "" : `.${"xyzw"[j & 3]}`}`;
      }),
    );
    const across = vector ? columns / 4 : columns;
    const column = `e % ${across}u${vector ? " * 4u" : ""}`;
    const row = `e / ${across}u`;
    const [mine, ours] = alongColumns ? [column, row] : [row, column];
    const [r, c] = alongColumns ? ["ours", "mine"] : ["mine", "ours"];
    return storeLoop({
      results: vector ? inFours(values) : values,
      vector,
      places: [`let j = ${mine};`, `let mine = ${this.own.indexAt("j")};`, `let ours = shared0 + ${ours};`],
      conditions: [this.own.partial("mine"), this.shared.partial("ours"), guard],
      call,
      arguments: `(batch * ${m}u + ${r}) * ${n}u + ${c}, ${r}, ${c}, batch`,
    });
  }
}

/** A divisor of the count, so that nothing is compiled twice; long loops without one take blocks of four and a rest. */
function blockLength(k: number): number {
  return [4, 3, 2].find((length) => k % length === 0) ?? (k >= 64 ? 4 : 1);
}
