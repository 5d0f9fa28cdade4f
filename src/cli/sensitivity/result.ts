import type { TextColumn } from "../../data/index.ts";
import { unitOf } from "../../model/index.ts";
import type { ShiftPanel } from "../../report/index.ts";
import type { ShiftRange } from "../flags/shifts.ts";
import { textTable } from "../output/table-output.ts";
import type { Curve, ShiftedPoint } from "./tipping.ts";

interface Held {
  readonly level: number;
  readonly reference?: number;
}

/** As many digits after the point as give the least standard error three digits, for all figures of a summary. */
function digitsOf({ points }: Curve): number {
  const errors = points.flatMap(({ pooled }) => (pooled ? [pooled.standardError] : []));
  return errors.length === 0 ? 4 : Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.min(...errors)))));
}
const percent = (level: number): string => `${Number((100 * level).toPrecision(6))} %`;
/** A shift as it is asked for, with few digits. */
const amount = (shift: number): string => String(Number(shift.toPrecision(5)));

export function headText({ column, none, written }: ShiftRange, filled: number, completions: number): string {
  const unit = column.format?.date === undefined ? "" : `, in ${unitOf(column.format)}`;
  return `${completions} completed tables, drawn once; ${column.name}: ${filled} filled value${filled === 1 ? "" : "s"} of each moved${unit}, observed ones never. Missing at random is ${column.name}=${written(String(none))}.\n`;
}

/** A line a shift, and what it comes to. valueText: how values are written that are no plain numbers: dates. */
export function curveText(curve: Curve, range: ShiftRange, { level, reference }: Held, valueText?: (value: number) => string): string {
  const digits = digitsOf(curve);
  const written = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? "" : valueText ? valueText(value) : value.toFixed(digits));
  const cut = curve.points.some((point) => point.cut > 0);
  const head = ["shift", "estimate", "std. error", `lower ${percent(level)}`, "upper", ...(reference === undefined ? [] : ["p"]), "fmi", ...(cut ? ["cut"] : [])];
  const rows = curve.points.map((point) => {
    const { pooled } = point;
    const p = pooled === undefined ? "" : pooled.p < 0.0001 ? pooled.p.toExponential(1) : pooled.p.toFixed(4);
    return [range.written(amount(point.shift)), written(point.estimate), pooled?.standardError.toFixed(digits) ?? "", written(pooled?.lower), written(pooled?.upper), ...(reference === undefined ? [] : [p]), pooled?.missingInformation.toFixed(3) ?? "", ...(cut ? [`${(100 * point.cut).toFixed(1)} %`] : [])];
  });
  const without = curve.points.some(({ pooled }) => pooled === undefined) ? "\nA shift without an interval: in some completed table the estimate has no standard error, as a share of 0 or 1 has none.\n" : "";
  const ofCut = cut ? "\ncut: share of the moved values that lie beyond the column's bounds and were set to them\n" : "";
  return `${curve.summary}, ${curve.rows} rows\n\n${textTable(head, rows)}${ofCut}${without}${reference === undefined ? "" : `\n${verdict(curve, range, level, reference)}\n`}`;
}

/** Where the conclusion changes, in a sentence or two. */
function verdict({ points, tipping, equal }: Curve, range: ShiftRange, level: number, reference: number): string {
  const named = (shift: number): string => `${range.column.name}=${range.written(amount(shift))}`;
  const equals = equal.length === 0 ? "" : ` The estimate is ${reference} at ${equal.map(named).join(" and ")}.`;
  if (tipping.length > 0) {
    const parts = tipping.map(({ shift, then }) => `from ${named(shift)} on, away from no shift, the ${percent(level)} interval ${then === "interval holds reference" ? "holds" : "excludes"} ${reference}`);
    return `Tipping point: ${parts.join("; ")}.${equals}`;
  }
  const all = points.filter(({ pooled }) => pooled !== undefined);
  if (all.length === 0) return "There is no interval at any shift, and so no tipping point.";
  const holds = all[0].pooled!.lower <= reference && reference <= all[0].pooled!.upper;
  return `No tipping point from ${named(range.from)} to ${named(range.to)}: the ${percent(level)} interval ${holds ? "holds" : "excludes"} ${reference} throughout.${equals}`;
}

/** The figures of all summaries, under the names of broom and mice. */
export function curveColumns(curves: readonly Curve[]): TextColumn[] {
  const lines = curves.flatMap(({ summary, points }) => points.map((point) => ({ summary, ...point })));
  const number = (name: string, of: (point: ShiftedPoint) => number | undefined): TextColumn => ({ name, kind: "number", cells: lines.map((point) => {
    const value = of(point);
    return value === undefined || Number.isNaN(value) ? undefined : value === Infinity ? "Inf" : String(value);
  }) });
  return [
    { name: "summary", kind: "text", cells: lines.map(({ summary }) => summary) },
    number("shift", ({ shift }) => shift),
    number("estimate", ({ estimate }) => estimate),
    number("std.error", ({ pooled }) => pooled?.standardError),
    number("df", ({ pooled }) => pooled?.df),
    number("p.value", ({ pooled }) => pooled?.p),
    number("conf.low", ({ pooled }) => pooled?.lower),
    number("conf.high", ({ pooled }) => pooled?.upper),
    number("fmi", ({ pooled }) => pooled?.missingInformation),
    number("cut", ({ cut }) => cut),
  ];
}

export function curvePanel({ summary, points, tipping }: Curve, range: ShiftRange, { level, reference }: Held): ShiftPanel {
  const kind = range.none === 1 ? "factor" : range.column.categories ? "shift of the log-odds" : "offset";
  return {
    title: `${summary}, ${percent(level)} intervals`,
    xLabel: `${kind} of what is filled in: ${range.column.name}=${range.written("...")}`,
    points: points.map(({ shift, estimate, pooled }) => ({ shift, estimate, lower: pooled?.lower ?? Number.NaN, upper: pooled?.upper ?? Number.NaN })),
    none: range.none,
    ...(reference !== undefined && { reference }),
    tipping: tipping.map(({ shift }) => shift),
  };
}
