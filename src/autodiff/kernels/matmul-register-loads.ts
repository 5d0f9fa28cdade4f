import { bindOperand, scalarAt, vectorAt, type BoundOperand, type Operand, type Window } from "./matmul-operand.ts";
import { range, vectorType, type RegisterTileVariant } from "./matmul-register.ts";

/** Loads of the operand whose rows or columns lie along the invocations. */
export class OwnLoads {
  readonly bound: BoundOperand;
  /** An invocation's values at one k are held in vectors of these sizes. */
  readonly chunks: number[];
  /** An invocation's columns are neighbours, in fours; else they lie a workgroup apart. */
  private readonly neighbours: boolean;
  /** One vector load brings four k of a column. */
  private readonly vectorsOfK: boolean;

  constructor(
    operand: Operand,
    private readonly variant: RegisterTileVariant,
    private readonly lanes: number,
  ) {
    const { own, uniform } = variant;
    this.neighbours = own % 4 === 0;
    this.vectorsOfK = operand.contiguousK && operand.k % 4 === 0;
    const vector = this.vectorsOfK || (!operand.contiguousK && operand.count % 4 === 0 && this.neighbours);
    this.bound = bindOperand(operand, { vector, uniform, tile: own * lanes });
    this.chunks = own <= 4 ? [own] : range(own / 4).map(() => 4);
  }

  /** The column that is an invocation's own number j, an expression. */
  indexAt(j: string | number): string {
    if (!this.neighbours) return `own0 + lane + ${typeof j === "number" ? `${j * this.lanes}u` : `${j} * ${this.lanes}u`}`;
    if (typeof j === "number") return `own0 + lane * 4u + ${(j >> 2) * 4 * this.lanes + (j & 3)}u`;
    return `own0 + lane * 4u + ${j} / 4u * ${4 * this.lanes}u + ${j} % 4u`;
  }

  /** The condition that a column exists, where not all do. */
  partial(column: string): string | undefined {
    const { count } = this.bound.operand;
    return count % (this.lanes * this.variant.own) === 0 ? undefined : `${column} < ${count}u`;
  }

  /** Declares o{q}_{chunk}, the values at inner index k + q. */
  load(window: Window, steps: number): string[] {
    const { operand, vector } = this.bound;
    const { count, contiguousK } = operand;
    const start = `${operand.name}Start`;
    const [k, first] = [`(k - ${window.firstK}u)`, window.first];
    const columnStart = (j: number): string => `${start} + (${this.indexAt(j)} - ${first}u) * ${operand.k}u`;
    const blockVectors = this.vectorsOfK && steps === 4;
    const lines = blockVectors ? range(this.variant.own).map((j) => `let v${j} = ${vectorAt(window, `${columnStart(j)} + k`)};`) : [];
    for (const q of range(steps)) {
      this.chunks.forEach((size, c) => {
        const j = 4 * c;
        if (vector && !contiguousK && size === 4 && count % 4 === 0) {
          lines.push(`let o${q}_${c} = ${vectorAt(window, `${start} + (${k} + ${q}u) * ${count}u + ${this.indexAt(j)}`)};`);
          return;
        }
        const values = range(size).map((e) => {
          if (blockVectors) return `v${j + e}.${"xyzw"[q]}`;
          return scalarAt(this.bound, window, contiguousK ? `${columnStart(j + e)} + k + ${q}u` : `${start} + (${k} + ${q}u) * ${count}u + ${this.indexAt(j + e)}`);
        });
        lines.push(`let o${q}_${c} = ${size === 1 ? values[0] : `${vectorType(size)}(${values.join(", ")})`};`);
      });
    }
    return lines;
  }
}

/** Loads of the operand whose rows or columns all invocations share. */
export class SharedLoads {
  readonly bound: BoundOperand;
  /** One vector load brings four k of a row, or four rows at one k. */
  private readonly vectors: "k" | "rows" | "none";

  constructor(
    operand: Operand,
    private readonly variant: RegisterTileVariant,
  ) {
    const { subgroupSize, shared, uniform } = variant;
    if (operand.contiguousK) this.vectors = operand.k % 4 === 0 ? "k" : "none";
    else this.vectors = operand.count % 4 === 0 && (subgroupSize > 0 ? shared : shared) % 4 === 0 ? "rows" : "none";
    this.bound = bindOperand(operand, { vector: this.vectors !== "none", uniform });
  }

  partial(row: string): string | undefined {
    const { count } = this.bound.operand;
    return count % this.variant.shared === 0 ? undefined : `${row} < ${count}u`;
  }

  /** Declares the registers that value() reads. */
  load(steps: number): string[] {
    return this.variant.subgroupSize > 0 ? this.loadSpread(steps) : this.loadAll(steps);
  }

  /** The value of row i at inner index k + q. */
  value(i: number, q: number): string {
    const size = this.variant.subgroupSize;
    if (size > 0) {
      const [g, e] = [Math.floor(i / size), i % size];
      if (this.vectors === "k") return `subgroupBroadcast(p${g}.${"xyzw"[q]}, ${e}u)`;
      if (this.vectors === "rows") return `subgroupBroadcast(p${g}.${"xyzw"[e & 3]}, ${q * (size / 4) + (e >> 2)}u)`;
      return `subgroupBroadcast(p${g}_${q}, ${e}u)`;
    }
    if (this.vectors === "k") return `p${i}.${"xyzw"[q]}`;
    if (this.vectors === "rows") return `p${i >> 2}_${q}.${"xyzw"[i & 3]}`;
    return `p${i}_${q}`;
  }

  /** Each invocation of the subgroup loads other values. */
  private loadSpread(steps: number): string[] {
    const size = this.variant.subgroupSize;
    const { operand } = this.bound;
    const [window] = this.bound.windows;
    const start = `${operand.name}Start`;
    return range(Math.ceil(this.variant.shared / size)).flatMap((g) => {
      const row = `shared0 + ${g * size}u`;
      if (this.vectors === "k") return [`let p${g} = ${vectorAt(window, `${start} + (${row} + lane) * ${operand.k}u + k`)};`];
      if (this.vectors === "rows") {
        // four rows in each vector; the subgroup covers its size in rows times four k
        const quarter = size / 4;
        return [`let p${g} = ${vectorAt(window, `${start} + (k + lane / ${quarter}u) * ${operand.count}u + ${row} + lane % ${quarter}u * 4u`)};`];
      }
      return range(steps).map((q) => `let p${g}_${q} = ${this.scalar(`${row} + lane`, q)};`);
    });
  }

  /** Each invocation loads all values. */
  private loadAll(steps: number): string[] {
    const { operand } = this.bound;
    const [window] = this.bound.windows;
    const start = `${operand.name}Start`;
    const { shared } = this.variant;
    if (this.vectors === "k") return range(shared).map((i) => `let p${i} = ${vectorAt(window, `${start} + (shared0 + ${i}u) * ${operand.k}u + k`)};`);
    if (this.vectors === "rows") {
      return range(steps).flatMap((q) =>
        range(shared / 4).map((i) => `let p${i}_${q} = ${vectorAt(window, `${start} + (k + ${q}u) * ${operand.count}u + shared0 + ${4 * i}u`)};`),
      );
    }
    return range(steps).flatMap((q) => range(shared).map((i) => `let p${i}_${q} = ${this.scalar(`shared0 + ${i}u`, q)};`));
  }

  private scalar(row: string, q: number): string {
    const { operand } = this.bound;
    const start = `${operand.name}Start`;
    const index = operand.contiguousK ? `${start} + (${row}) * ${operand.k}u + k + ${q}u` : `${start} + (k + ${q}u) * ${operand.count}u + ${row}`;
    return scalarAt(this.bound, this.bound.windows[0], index);
  }
}
