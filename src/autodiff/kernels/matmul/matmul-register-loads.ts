import { range, vectorType } from "../register-text.ts";
import { alignedForVectors, BoundOperand, type Operand } from "./matmul-operand.ts";
import type { RegisterTileVariant } from "./matmul-variant.ts";

/** Loads of the operand whose rows or columns lie along the invocations. */
export class OwnLoads {
  readonly bound: BoundOperand;
  /** An invocation's values at one k are held in vectors of these sizes. */
  readonly chunks: number[];
  /** An invocation's columns are neighbours, in fours; else they lie a workgroup apart. */
  private readonly neighbours: boolean;

  constructor(
    operand: Operand,
    private readonly variant: RegisterTileVariant,
    private readonly lanes: number,
  ) {
    const { own, uniform } = variant;
    this.neighbours = own % 4 === 0;
    this.bound = new BoundOperand(operand, ownVectors(operand, own), uniform);
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
  load(steps: number): string[] {
    const { vector, operand } = this.bound;
    const vectorsOfK = vector && operand.contiguousK;
    const lines = vectorsOfK ? range(this.variant.own).map((j) => `let v${j} = ${this.bound.at(this.indexAt(j), "k")};`) : [];
    for (const q of range(steps)) {
      this.chunks.forEach((size, c) => {
        const j = 4 * c;
        const values = range(size).map((e) => (vectorsOfK ? `v${j + e}.${"xyzw"[q]}` : this.bound.at(this.indexAt(j + e), `k + ${q}u`)));
        const value = (vector && !vectorsOfK) || size === 1 ? values[0] : `${vectorType(size)}(${values.join(", ")})`;
        lines.push(`let o${q}_${c} = ${value};`);
      });
    }
    return lines;
  }
}

/** Whether an invocation's own operand is loaded by vectors: of four k, or of four columns. */
export function ownVectors(operand: Operand, own: number): boolean {
  return alignedForVectors(operand) && (operand.contiguousK || own % 4 === 0);
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
    const vector = sharedVectors(operand, variant.shared);
    this.vectors = !vector ? "none" : operand.contiguousK ? "k" : "rows";
    this.bound = new BoundOperand(operand, vector, variant.uniform);
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
    return range(Math.ceil(this.variant.shared / size)).flatMap((g) => {
      const row = `shared0 + ${g * size}u`;
      if (this.vectors === "k") return [`let p${g} = ${this.bound.at(`${row} + lane`, "k")};`];
      // four rows in each vector; the subgroup covers its size in rows times four k
      if (this.vectors === "rows") return [`let p${g} = ${this.bound.at(`${row} + lane % ${size / 4}u * 4u`, `k + lane / ${size / 4}u`)};`];
      return range(steps).map((q) => `let p${g}_${q} = ${this.bound.at(`${row} + lane`, `k + ${q}u`)};`);
    });
  }

  /** Each invocation loads all values. */
  private loadAll(steps: number): string[] {
    const rows = range(this.variant.shared);
    if (this.vectors === "k") return rows.map((i) => `let p${i} = ${this.bound.at(`shared0 + ${i}u`, "k")};`);
    const loaded = this.vectors === "rows" ? rows.filter((i) => i % 4 === 0) : rows;
    return range(steps).flatMap((q) => loaded.map((i, at) => `let p${at}_${q} = ${this.bound.at(`shared0 + ${i}u`, `k + ${q}u`)};`));
  }
}

/** Whether the shared operand is loaded by vectors: of four k, or of four rows. */
export function sharedVectors(operand: Operand, shared: number): boolean {
  return alignedForVectors(operand) && (operand.contiguousK || shared % 4 === 0);
}
