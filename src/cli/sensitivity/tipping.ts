import { changePoint } from "../../math/root.ts";
import { pool, type Pooled } from "../../math/pooling.ts";
import type { Shift } from "../../model/index.ts";
import type { ShiftRange } from "../flags/shifts.ts";
import type { CompletedTables } from "./completed.ts";
import type { Summary } from "./summary.ts";

/** What a summary is if the filled values are moved by so much. */
export interface ShiftedPoint {
  readonly shift: number;
  /** Mean of the estimates of all completed tables; NaN where one of them has none. */
  readonly estimate: number;
  /** p is the probability of a difference from the reference as large; undefined where a completed table has no standard error, as a share of 0. */
  readonly pooled?: Pooled;
  /** Share of the moved values that are cut at a bound. */
  readonly cut: number;
}

/** Where what is concluded changes. */
export interface Tipping {
  readonly shift: number;
  /** From there on, away from no shift (or, where the range lies beside it, from its start). */
  readonly then: "interval holds reference" | "interval excludes reference";
}

export interface Curve {
  readonly summary: string;
  readonly rows: number;
  readonly completeDf: number;
  readonly points: readonly ShiftedPoint[];
  /** Without a reference both are empty; nearest to no shift first. */
  readonly tipping: readonly Tipping[];
  /** Shifts at which the estimate is the reference. */
  readonly equal: readonly number[];
}

export interface CurveOptions {
  readonly range: ShiftRange;
  /** Other columns' shifts, which stay the same. */
  readonly fixed: readonly Shift[];
  readonly level: number;
  readonly reference?: number;
}

/** A summary over a range of shifts, each completed table analysed and the estimates pooled by Rubin's rules; the completed tables are drawn once. */
export function sensitivityCurve(tables: CompletedTables, summary: Summary, options: CurveOptions): Curve {
  const { range, reference } = options;
  const rows = tables.rows(summary.columns);
  const completeDf = summary.completeDf(rows);
  const at = pointsOf(tables, summary, completeDf, options);
  // from + i (to - from) / (n - 1), the ends exactly
  const places = Array.from({ length: range.steps }, (_, i) => Number((range.from + (i * (range.to - range.from)) / (range.steps - 1)).toPrecision(12)));
  const points = places.map(at);
  return { summary: summary.text, rows, completeDf, points, ...(reference === undefined ? { tipping: [], equal: [] } : changes(points, at, range.none, reference)) };
}

function pointsOf(tables: CompletedTables, summary: Summary, completeDf: number, { range, fixed, level, reference = 0 }: CurveOptions): (shift: number) => ShiftedPoint {
  return (shift) => {
    const moved = [...fixed, range.of(shift)];
    const estimates = Array.from({ length: tables.count }, (_, c) => summary.estimate(tables.values(c, moved)));
    const { cut, of } = tables.cut(moved);
    const share = of === 0 ? 0 : cut / of;
    const estimate = estimates.reduce((total, one) => total + (one ? one.estimate : Number.NaN), 0) / estimates.length;
    if (!estimates.every((one) => one !== undefined && one.variance > 0) || completeDf < 1) return { shift, estimate, cut: share };
    // the distance to the reference is pooled, so that p is that of no distance
    const pooled = pool(estimates.map((one) => ({ estimate: one!.estimate - reference, variance: one!.variance })), { completeDf, level });
    return { shift, estimate, cut: share, pooled: { ...pooled, estimate, lower: pooled.lower + reference, upper: pooled.upper + reference } };
  };
}

/** Where the interval begins or ceases to hold the reference, and where the estimate is the reference, between neighbouring points. */
function changes(points: readonly ShiftedPoint[], at: (shift: number) => ShiftedPoint, none: number, reference: number): { tipping: Tipping[]; equal: number[] } {
  const holds = ({ pooled }: ShiftedPoint): boolean | undefined => pooled && pooled.lower <= reference && reference <= pooled.upper;
  const tipping: Tipping[] = [];
  const equal: number[] = [];
  for (let i = 1; i < points.length; i++) {
    // away from no shift
    const [near, far] = [points[i - 1], points[i]].sort((a, b) => Math.abs(a.shift - none) - Math.abs(b.shift - none));
    const [before, after] = [holds(near), holds(far)];
    if (before !== undefined && after !== undefined && before !== after) {
      tipping.push({ shift: changePoint((shift) => holds(at(shift)) === after, near.shift, far.shift), then: after ? "interval holds reference" : "interval excludes reference" });
    }
    const above = (point: ShiftedPoint): boolean => point.estimate > reference;
    if (!Number.isNaN(near.estimate) && !Number.isNaN(far.estimate) && above(near) !== above(far)) equal.push(changePoint((shift) => above(at(shift)), near.shift, far.shift));
  }
  const nearest = (a: number, b: number): number => Math.abs(a - none) - Math.abs(b - none);
  return { tipping: tipping.sort((a, b) => nearest(a.shift, b.shift)), equal: equal.sort(nearest) };
}
