import { range, vectorType } from "../register-text.ts";
import { alignedForVectors, BoundOperand, type Operand } from "./matmul-operand.ts";

/**
 * One operand's tile in workgroup memory: `tileX` rows (or columns) x `tileK` inner indices, in vectors of four values: of four k
 * where those are neighbours in memory, else of four rows. A lane reads what its `per` rows take of four k from `per` places that
 * only its own number and constants say, so that their bounds are checked once.
 *   tile[buffer * tileK / 4 + k / 4][per][lanes] : vec4f
 */
export class WorkgroupOperand {
  readonly bound: BoundOperand;
  private readonly lanes: number;
  /** Vectors to load a step. */
  private readonly vectors: number;
  /** A lane's rows are neighbours in fours; else they lie `lanes` apart. */
  private readonly grouped: boolean;

  constructor(
    operand: Operand,
    private readonly tileX: number,
    private readonly tileK: number,
    private readonly per: number,
    private readonly invocations: number,
  ) {
    this.bound = new BoundOperand(operand, alignedForVectors(operand), false);
    this.lanes = tileX / per;
    this.vectors = (tileX * tileK) / 4;
    this.grouped = per % 4 === 0 && (operand.name === "b" || !operand.contiguousK);
  }

  private get name(): string {
    return this.bound.operand.name;
  }

  /** The name of the lane's number among those that share this operand's rows: `laneA`. */
  private get lane(): string {
    return `lane${this.name.toUpperCase()}`;
  }

  get tile(): string {
    return `tile${this.name.toUpperCase()}`;
  }

  type(buffers: number): string {
    return `array<array<array<vec4f, ${this.lanes}>, ${this.per}>, ${(buffers * this.tileK) / 4}>`;
  }

  /** Rows of a lane that one vector of results takes. */
  get chunk(): number {
    return Math.min(this.per, 4);
  }

  get chunks(): number {
    return this.per / this.chunk;
  }

  /** The row of a lane's own number j, an expression. */
  row(j: string | number): string {
    const origin = `origin${this.name.toUpperCase()}`;
    if (!this.grouped) return `${origin} + ${this.lane} + ${typeof j === "number" ? `${j * this.lanes}u` : `${j} * ${this.lanes}u`}`;
    if (typeof j === "number") return `${origin} + ${this.lane} * 4u + ${Math.floor(j / 4) * 4 * this.lanes + (j % 4)}u`;
    return `${origin} + ${this.lane} * 4u + ${j} / 4u * ${4 * this.lanes}u + ${j} % 4u`;
  }

  /** Whether four results of a lane, from row 4 c on, are neighbours. */
  get neighbours(): boolean {
    return this.grouped;
  }

  /** What each invocation loads, found once: its vectors' rows, inner indices and places in the tile. */
  prepare(): string[] {
    return range(this.turns).flatMap((u) => {
      const at = u === 0 ? "invocation" : `(invocation + ${u * this.invocations}u)`;
      const [x, k] = [`${this.name}X${u}`, `${this.name}K${u}`];
      const across = this.bound.operand.contiguousK ? this.tileK / 4 : this.tileX / 4;
      const lines = this.bound.operand.contiguousK
        ? [`let ${k} = ${at} % ${across}u * 4u;`, `let ${x} = ${at} / ${across}u;`]
        : [`let ${x} = ${at} % ${across}u * 4u;`, `let ${k} = ${at} / ${across}u;`];
      return [...lines, `var ${this.name}Next${u} = vec4f();`];
    });
  }

  private get turns(): number {
    return Math.ceil(this.vectors / this.invocations);
  }

  /** Loads the vectors of the step that begins at `k0` into registers. Inner indices from `end` on are 0; undefined: there are none. */
  load(k0: string, end: string | undefined): string[] {
    const { operand, vector } = this.bound;
    return range(this.turns).map((u) => {
      const x = `origin${this.name.toUpperCase()} + ${this.name}X${u}`;
      const k = `${k0} + ${this.name}K${u}`;
      const inside = (index: string, value: string, zero: string): string => (end === undefined ? value : `select(${zero}, ${value}, ${index} < ${end})`);
      const value = vector
        ? inside(k, this.bound.at(x, k), "vec4f()")
        : `vec4f(${range(4)
            .map((e) => (operand.contiguousK ? inside(`${k} + ${e}u`, this.bound.at(x, `${k} + ${e}u`), "0f") : inside(k, this.bound.at(`${x} + ${e}u`, k), "0f")))
            .join(", ")})`;
      return `${this.name}Next${u} = ${value};`;
    });
  }

  /** Moves what was loaded into the tile's buffer. */
  store(buffer: string | undefined): string[] {
    return range(this.turns).map((u) => {
      const [x, k] = [`${this.name}X${u}`, `${this.name}K${u}`];
      const first = buffer === undefined ? "" : `${buffer} * ${this.tileK / 4}u + `;
      const line = `${this.tile}[${first}${k} / 4u]${this.place(x, k)} = ${this.name}Next${u};`;
      const left = this.vectors - u * this.invocations;
      return left < this.invocations ? `if (invocation < ${left}u) { ${line} }` : line;
    });
  }

  /** Where in a block of four k the vector belongs. */
  private place(x: string, k: string): string {
    const { per, lanes, tileX } = this;
    if (this.bound.operand.contiguousK) {
      // four k of one row
      return this.grouped ? `[${x} / ${4 * lanes}u * 4u + ${x} % 4u][${x} / 4u % ${lanes}u]` : `[${x} / ${lanes}u][${x} % ${lanes}u]`;
    }
    // four rows at one k
    if (per % 4 === 0) return `[${k} % 4u * ${per / 4}u + ${x} / ${4 * lanes}u][${x} / 4u % ${lanes}u]`;
    const at = `(${k} % 4u * ${tileX / 4}u + ${x} / 4u)`;
    return `[${at} / ${lanes}u][${at} % ${lanes}u]`;
  }

  /** Declares the lane's values at inner index q of the block of four k in `tile[block]`; vectors of four k at its first. */
  read(block: string, q: number): string[] {
    const { per, lanes, tileX, lane } = this;
    const whole = (i: number): string => `let ${this.name}${i} = ${this.tile}[${block}][${i}][${lane}];`;
    if (this.bound.operand.contiguousK) return q === 0 ? range(per).map(whole) : [];
    if (per % 4 === 0) return range(per / 4).map((c) => whole((q * per) / 4 + c));
    // fewer than four rows: their values alone
    return range(per).map((i) => {
      const fixed = (q * tileX) / 4 + (i * lanes) / 4;
      return `let ${this.name}${i}_${q} = ${this.tile}[${block}][${Math.floor(fixed / lanes)}][${fixed % lanes}u + ${lane} / 4u][${lane} % 4u];`;
    });
  }

  /** The value of the lane's row i at inner index q of the block. */
  value(i: number, q: number): string {
    if (this.bound.operand.contiguousK) return `${this.name}${i}.${"xyzw"[q]}`;
    if (this.per % 4 === 0) return `${this.name}${(q * this.per) / 4 + (i >> 2)}.${"xyzw"[i & 3]}`;
    return `${this.name}${i}_${q}`;
  }

  /** The values of the lane's rows of chunk c at inner index q, as one vector. */
  vector(c: number, q: number): string {
    if (!this.bound.operand.contiguousK && this.per % 4 === 0) return `${this.name}${(q * this.per) / 4 + c}`;
    const values = range(this.chunk).map((e) => this.value(c * this.chunk + e, q));
    return this.chunk === 1 ? values[0] : `${vectorType(this.chunk)}(${values.join(", ")})`;
  }
}
