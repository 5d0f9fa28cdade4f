import { holdsWholes, type Column } from "../../data/index.ts";
import { shiftLimits, type Shift } from "./shift.ts";

/** Moves the numbers of a column, in original units. */
export interface NumberMover {
  /** slope x + offset within the limits, not rounded: for means and ends of intervals. */
  place(value: number): number;
  /** The same as a cell could hold it: whole where the column's numbers are. */
  value(value: number): number;
  /** Whether it is cut at a limit. */
  cut(value: number): boolean;
  /** By how much it stretches differences. */
  readonly slope: number;
}

export function numberMover(column: Column, shifts: readonly Shift[]): NumberMover {
  let [slope, offset] = [1, 0];
  for (const shift of shifts) {
    if ("multiply" in shift) [slope, offset] = [slope * shift.multiply, offset * shift.multiply];
    else if ("add" in shift) offset += shift.add;
  }
  const whole = holdsWholes(column);
  const [least, largest] = shiftLimits(column);
  const [low, high] = whole ? [Math.ceil(least), Math.floor(largest)] : [least, largest];
  const clamp = (value: number): number => Math.min(high, Math.max(low, value));
  // 77, not 77.00000000000001, whose next whole number would be 78
  const free = (value: number): number => Number((slope * value + offset).toPrecision(14));
  const rounded = (value: number): number => (whole ? Math.round(free(value)) + 0 : free(value));
  return { slope, place: (value) => clamp(free(value)), value: (value) => clamp(rounded(value)), cut: (value) => rounded(value) < low || rounded(value) > high };
}
