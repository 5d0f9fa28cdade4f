import { drawLimits, fromScale, holdsWholes, isAtom, isContinuous, isOnLogScale, isWhole, scaleInset, type Column } from "../../data/index.ts";
import { countLogScaleRange, mostLogCount } from "../../likelihood/count.ts";
import { learnedLogVarRange } from "../../likelihood/learned-gaussian.ts";
import { isNumber, levelCount, type MixedColumn } from "../../likelihood/mixed.ts";
import { countQuantiles, normalPlaces } from "../answers/number-law.ts";
import type { DeviceColumns } from "../posterior/device-draws.ts";

/** Numbers of a part, of a law and of a column's units in the table that shaders/cell-summaries.wgsl and lib/laws.wgsl read. */
const [partWidth, lawWidth, unitsWidth] = [8, 9, 15];

/** What float32 has instead of infinity. */
const far = 3e38;

/** Kinds of laws, in the order in which lib/laws.wgsl numbers them. */
const kinds = ["gaussian", "binned", "count", "bernoulli", "ordinal", "categorical"] as const;

/** What the kernel is told of the parts and their columns, and where the columns' units begin. */
export interface SummaryTable {
  readonly numbers: Float32Array;
  readonly units: number;
}

/** A column's value in original units from which differences are taken, so that float32 keeps their digits. */
export function unitsBase(column: Column): number {
  if (!isContinuous(column.type)) return 0;
  return column.type === "bounded" ? column.bounds![0] : fromScale(column, column.mean ?? 0);
}

/** The table of the same columns in several parts, drawn for so many rows. */
export function summaryTable(rows: number, columns: readonly Column[], parts: readonly Pick<DeviceColumns, "made" | "draws" | "mixed" | "variance" | "theta">[]): SummaryTable {
  const laws = (p: number): number => partWidth * parts.length + lawWidth * columns.length * p;
  const units = laws(parts.length);
  const head = units + unitsWidth * columns.length;
  const others: number[] = [];
  const heads = parts.flatMap(({ made, draws, theta }, p) => [made, draws, theta.size / (rows * made * columns.length), columns.length, laws(p), 0, 0, 0]);
  const ofLaws = parts.flatMap(({ mixed, variance }) =>
    mixed.map((own, j) => {
      const at = head + others.length;
      others.push(...pieceNumbers(own, columns[j]));
      return [kinds.indexOf(lawKind(own)), entriesOf(own), own.kind === "spiked" ? 2 : own.kind === "learned" || own.kind === "count" ? 1 : 0, at, ...lawRange(own, variance), ...lawScale(own)];
    }).flat(),
  );
  return { numbers: Float32Array.from([...heads, ...ofLaws, ...columns.flatMap(unitsNumbers), ...others], inReach), units };
}

function inReach(value: number): number {
  return Math.min(far, Math.max(-far, value));
}

function lawKind({ kind, bins }: MixedColumn): (typeof kinds)[number] {
  if (bins) return "binned";
  return kind === "learned" || kind === "spiked" ? "gaussian" : (kind as (typeof kinds)[number]);
}

/** Levels, bins or atoms. */
function entriesOf(mixed: MixedColumn): number {
  return isNumber(mixed) ? (mixed.bins?.low.length ?? mixed.atoms?.length ?? 0) : levelCount(mixed);
}

/** Bounds of the log-variance or log-scale; both the same where it is fixed. */
function lawRange({ kind }: MixedColumn, variance: number): readonly [number, number] {
  if (kind === "gaussian") return [Math.log(variance), Math.log(variance)];
  return kind === "count" ? countLogScaleRange : learnedLogVarRange;
}

/** What a Gaussian's draws lie between; how a count is coded. */
function lawScale({ limits = [-Infinity, Infinity], scale }: MixedColumn): [number, number, number] {
  return scale ? [scale.mean, scale.std, mostLogCount] : [...limits, 0];
}

/** Bins and atoms. */
function pieceNumbers({ bins, atoms = [] }: MixedColumn, column: Column): number[] {
  const base = unitsBase(column);
  if (bins) return bins.low.flatMap((low, b) => [low, bins.high[b], bins.mean[b], bins.units[b] - base, Number(isAtom(bins, b))]);
  return atoms.flatMap(({ value, low, high, units }) => [low, high, value, units - base, 1]);
}

/** `Units` of lib/laws.wgsl. */
function unitsNumbers(column: Column): number[] {
  const { type, mean = 0, std = 1 } = column;
  if (!isContinuous(type)) return new Array<number>(unitsWidth).fill(0);
  const base = unitsBase(column);
  const [low, high] = drawLimits(column);
  const scale = isOnLogScale(type) ? 1 : type === "bounded" ? 2 : 0;
  const factor = scale === 1 ? Math.exp(mean) : scale === 2 ? column.bounds![1] - column.bounds![0] : 1;
  return [scale, mean, std, base, factor, low - base, high - base, Number(holdsWholes(column)), base - Math.round(base), Math.round(low) - base, Math.round(high) - base, scaleInset, Number(isWhole(type)), normalPlaces.length, countQuantiles];
}
