import { isContinuous, isOnLogScale, isOrdered, isTimePattern, type Column, type Schema } from "../../data/index.ts";

/**
 * How the imputed values of a column are moved away from what the model says (delta adjustment): numbers by an offset or a factor in original units (dates by days, times of day by minutes), a level by
 * its log-odds against each other level, ordered levels by the log-odds of being above any level. Several of a column are applied one after another. (van Buuren 2018, Flexible Imputation of Missing Data, 3.8)
 */
export type Shift = { readonly column: string } & ({ readonly add: number } | { readonly multiply: number } | { readonly level: string; readonly logOdds: number } | { readonly higher: number });

/** What was moved of a column. */
export interface ShiftedColumn {
  readonly column: string;
  /** Its filled cells, and how many of them were cut at a bound. */
  readonly cells: number;
  readonly cut: number;
  /** How many values of the completed tables were cut, of cells times completions. */
  readonly cutCompletions: number;
}

/** Those of a column. */
export function shiftsOf(shifts: readonly Shift[], { name }: Column): Shift[] {
  return shifts.filter(({ column }) => column === name);
}

/** What is wrong with a shift, for people to read; undefined: nothing. targets: whether those are filled too. */
export function shiftProblem(schema: Schema, shift: Shift, targets: boolean): string | undefined {
  const modelled = schema.columns.filter(({ role }) => role !== "ignore");
  const column = schema.columns.find(({ name }) => name === shift.column);
  if (column === undefined) return `there is no column "${shift.column}"; the model has ${namesOf(modelled)}.`;
  if (column.role === "ignore") return `the column "${column.name}" is not modelled and never filled; the model fills ${namesOf(modelled)}.`;
  if (column.role === "target" && !targets) return `the column "${column.name}" is a target, whose holes are not filled here; have targets filled too, or leave the shift out.`;
  const amounts = [("add" in shift && shift.add), ("multiply" in shift && shift.multiply), ("logOdds" in shift && shift.logOdds), ("higher" in shift && shift.higher)].filter((amount) => amount !== false);
  if (amounts.length !== 1 || !Number.isFinite(amounts[0])) return `expected one finite number to move "${column.name}" by, got ${amounts.join(" and ") || "none"}.`;
  return isContinuous(column.type) ? numberProblem(column, shift) : levelProblem(column, shift);
}

function numberProblem({ name, format }: Column, shift: Shift): string | undefined {
  if ("level" in shift || "higher" in shift) return `"${name}" is a column of numbers, which has no levels; expected an offset or a factor.`;
  if (!("multiply" in shift)) return undefined;
  if (format?.date !== undefined) return `"${name}" is a column of ${isTimePattern(format.date) ? "times" : "dates"}, which no factor moves; expected an offset in ${unitOf(format)}.`;
  return shift.multiply > 0 ? undefined : `expected a factor above 0, got ${shift.multiply}.`;
}

function levelProblem({ name, type, categories = [] }: Column, shift: Shift): string | undefined {
  const levels = `its levels are ${categories.length > 12 ? `${categories.slice(0, 12).join(", ")}, ...` : categories.join(", ")}`;
  if ("add" in shift || "multiply" in shift) return `"${name}" has levels, which no offset or factor moves; expected a level and by how much its log-odds move. ${levels[0].toUpperCase()}${levels.slice(1)}.`;
  if ("higher" in shift) return isOrdered(type) ? undefined : `the levels of "${name}" have no order; expected one of them and by how much its log-odds move: ${levels}.`;
  return categories.includes(shift.level) ? undefined : `"${name}" has no level "${shift.level}"; ${levels}.`;
}

/** In what a column of dates or times is moved. */
export function unitOf(format: Column["format"]): "days" | "minutes" {
  return format?.date !== undefined && isTimePattern(format.date) ? "minutes" : "days";
}

function namesOf(columns: readonly Column[]): string {
  const names = columns.map(({ name }) => name);
  return names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", ");
}

/** What no moved value lies beyond: stated bounds, 0 where the column can hold nothing below. The range of the training rows is no bound here: leaving it may be the point. */
export function shiftLimits({ type, bounds }: Column): readonly [number, number] {
  if (type === "bounded") return bounds!;
  return [isOnLogScale(type) ? 0 : -Infinity, Infinity];
}

/** Whether shifts can bring values to the column's limits. */
export function mayCut({ type }: Column, shifts: readonly Shift[]): boolean {
  return type === "bounded" || (isOnLogScale(type) && shifts.some((shift) => "add" in shift && shift.add < 0));
}
