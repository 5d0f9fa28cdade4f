import { broadcastTo, clamp, deviceTensor, equal, gather, mul, reshape, sub, transpose, where, type DeviceTensor, type Tensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { entries, type MixedColumn } from "../../likelihood/mixed.ts";

/** How one input is made of its column's coded value x: x itself, 1 if x is `level`, or the part of a piece that x has passed. */
interface Input {
  d: number;
  level?: number;
  /** clip((x - from) / (to - from), 0, 1), piecewise-linear encoding. (Gorishniy et al. 2022) */
  piece?: { from: number; to: number };
}

/** Coded columns as a network reads them: numbers as they are, with knots also piece by piece; levels one-hot, ordered ones by which levels they exceed; 0 where not observed. */
export class FeatureInputs {
  /** J, the number of inputs. */
  readonly count: number;
  private readonly feature: DeviceTensor;
  private readonly level: DeviceTensor;
  private readonly isLevel: DeviceTensor;
  private readonly pieces?: { isPiece: DeviceTensor; from: DeviceTensor; slope: DeviceTensor };

  /** knots: borders of each column's pieces, ascending; fewer than two: none. */
  constructor(gpu: Gpu, columns: readonly MixedColumn[], knots: readonly (readonly number[] | undefined)[] = []) {
    const inputs = columns.flatMap((column, d) => columnInputs(column, d, knots[d] ?? []));
    this.count = inputs.length;
    const upload = (label: string, of: (input: Input) => number, dtype?: "u32"): DeviceTensor => deviceTensor(gpu, [inputs.length], inputs.map(of), { label, ...(dtype && { dtype }) });
    this.feature = upload("feature of input", ({ d }) => d, "u32");
    this.level = upload("level of input", ({ level }) => level ?? 0);
    this.isLevel = upload("input is a level", ({ level }) => Number(level !== undefined));
    if (inputs.some(({ piece }) => piece)) {
      this.pieces = {
        isPiece: upload("input is a piece", ({ piece }) => Number(piece !== undefined)),
        from: upload("start of piece", ({ piece }) => piece?.from ?? 0),
        slope: upload("slope of piece", ({ piece }) => (piece ? 1 / (piece.to - piece.from) : 0)),
      };
    }
  }

  /** x, observed [B, D] -> [B, J] */
  of(x: Tensor, observed: Tensor): Tensor {
    const { tape } = x;
    const spread = (t: Tensor): Tensor => transpose(gather(transpose(t, [1, 0]), tape.read(this.feature)), [1, 0]);
    const value = spread(x);
    const each = (t: DeviceTensor): Tensor => broadcastTo(reshape(tape.read(t), [1, t.size]), value.shape);
    const { pieces } = this;
    const number = pieces ? where(each(pieces.isPiece), clamp(mul(sub(value, each(pieces.from)), each(pieces.slope)), 0, 1), value) : value;
    return where(spread(observed), where(each(this.isLevel), equal(value, each(this.level)), number), 0);
  }
}

function columnInputs(column: MixedColumn, d: number, knots: readonly number[]): Input[] {
  // beyond level k, for all levels but the highest: as numbers are read piece by piece
  if (column.ordered) return Array.from({ length: entries(column) }, (_, level) => ({ d, piece: { from: level, to: level + 1 } }));
  if (column.kind === "categorical") return Array.from({ length: entries(column) }, (_, level) => ({ d, level }));
  return [{ d }, ...knots.slice(1).map((to, i) => ({ d, piece: { from: knots[i], to } }))];
}

/** What is read of one seen entry of a column: as `FeatureInputs` has it, on the host. */
export function readEntry(column: MixedColumn, knots: readonly number[], value: number): number[] {
  return columnInputs(column, 0, knots).map(({ level, piece }) => {
    if (level !== undefined) return Number(value === level);
    return piece ? Math.min(1, Math.max(0, (value - piece.from) / (piece.to - piece.from))) : value;
  });
}

/** Coded values of each column between which, and beyond which, all that is read of an entry is linear; of levels all that there are. At least two. */
export function knotsOf(columns: readonly MixedColumn[], knots: readonly (readonly number[] | undefined)[]): number[][] {
  return columns.map((column, d) => {
    const own = knots[d] ?? [];
    if (column.ordered || column.kind === "categorical") return Array.from({ length: Math.max(2, column.levels) }, (_, level) => level);
    return own.length < 2 ? [0, 1] : [own[0] - 1, ...own, own[own.length - 1] + 1];
  });
}

/** The piece between two of the knots, ascending, that a value lies in, and how far; beyond the ends the outer pieces go on. */
export function pieceAt(knots: readonly number[], value: number): { piece: number; part: number } {
  let [piece, end] = [0, knots.length - 1];
  while (end - piece > 1) {
    const middle = (piece + end) >> 1;
    if (knots[middle] <= value) piece = middle;
    else end = middle;
  }
  return { piece, part: (value - knots[piece]) / (knots[piece + 1] - knots[piece]) };
}

/** The number of inputs without making them. */
export function inputCount(columns: readonly MixedColumn[], knots: readonly (readonly number[] | undefined)[] = []): number {
  return columns.reduce((total, column, d) => total + columnInputs(column, d, knots[d] ?? []).length, 0);
}
