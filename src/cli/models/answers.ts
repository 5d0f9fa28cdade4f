import { featureColumns, filledCells, isContinuous, isOrdered, isWhole, resultText, targetColumns, writeColumns, type Column, type RawTable, type Replace, type Schema, type Table, type TextColumn } from "../../data/index.ts";
import { pointOf, type CellSummary, type Imputation, type Model, type Point, type Sampler, type Shift, type ShiftedColumn, type TablePlace } from "../../model/index.ts";
import { UsageError } from "../usage-error.ts";

/** How cells are answered, as given on the command line. */
export interface AnswerSettings {
  draws: number;
  interval: number;
  seed: number;
  sampler?: Sampler;
  /** What stands for a number. */
  point?: Point;
}

export interface ImputeSettings extends AnswerSettings {
  completions: number;
  targets?: boolean;
  /** Known targets do not inform the features' holes. */
  hideTargets?: boolean;
  /** How filled values differ from what the model says. */
  shifts?: readonly Shift[];
  /** Whether the completed tables are wanted below each other too. */
  long?: boolean;
}

interface Watch {
  from?: TablePlace;
  signal?: AbortSignal;
  onProgress?(done: number, rows: number): void;
}

/** What filling a table gives: how each hole is filled, once by the answer and once for each completion, and a line per filled cell. */
export interface Filled {
  fill: Replace;
  completions: Replace[];
  cells: TextColumn[];
  /** left: holes that mean "there is none" and stay. */
  summary: { rows: number; imputed: number; left: number; acceptance: number; divergences: number; effective?: number; shifted?: ShiftedColumn[] };
}

export async function fillTable(model: Model, table: RawTable, coded: Table, settings: ImputeSettings, watch: Watch): Promise<Filled> {
  const columns = [...featureColumns(model.schema), ...targetColumns(model.schema)];
  const absent = settings.shifts?.find(({ column }) => !table.columns.includes(column));
  if (absent) throw new UsageError(`--shift ${absent.column}: the table has no such column, so that nothing of it is filled.`);
  const result = inTable(await model.impute(coded, { ...settings, ...watch }), (cell) => table.columns.includes(columns[cell.column].name));
  const fill = (values: ArrayLike<number>): Replace => filledCells(table, columns, result.cells, values);
  const { acceptance, divergences, effective, shifted } = result;
  return {
    fill: fill(result.cells.map((cell) => pointOf(cell, settings.point))),
    completions: result.completed.map(fill),
    cells: answerColumns(table, "column", "value", result.cells, (cell) => columns[cell.column], { point: settings.point, sets: hasSets(model, columns) }),
    summary: { rows: coded.rows, imputed: result.cells.length, left: count(coded.keptX) + (settings.targets ? count(coded.keptY) : 0), acceptance, divergences, effective, ...(shifted && { shifted }) },
  };
}

function count(kept: Uint8Array = new Uint8Array(0)): number {
  return kept.reduce((total, stays) => total + stays, 0);
}

/** Answers without those for columns that the table lacks. */
function inTable(result: Imputation, has: (cell: CellSummary) => boolean): Imputation {
  if (result.cells.every(has)) return result;
  const own = [...result.cells.keys()].filter((i) => has(result.cells[i]));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(own, (i) => values[i]);
  return { ...result, cells: own.map((i) => result.cells[i]), completed: result.completed.map(pick), cellDraws: result.cellDraws.map(pick) };
}

/** A line per row and target. */
export async function predictTable(model: Model, table: RawTable, coded: Table, settings: AnswerSettings, watch: Watch): Promise<{ lines: TextColumn[]; summary: { rows: number; acceptance: number; divergences: number; effective?: number } }> {
  const columns = targetsOf(model.schema);
  const { cells, acceptance, divergences, effective } = await model.predict(coded, { ...settings, ...watch });
  const d = featureColumns(model.schema).length;
  return { lines: answerColumns(table, "target", "prediction", cells, (cell) => columns[cell.column - d], { point: settings.point, sets: hasSets(model, columns) }), summary: { rows: coded.rows, acceptance, divergences, effective } };
}

/** The targets of a model. Throws UsageError if it has none. */
export function targetsOf(schema: Schema): Column[] {
  const columns = targetColumns(schema);
  if (columns.length === 0) throw new UsageError("the model has no target; train it with --target COLUMN.");
  return columns;
}

/** Whether levels get prediction sets: the same for all parts of a table. */
function hasSets({ calibration }: Model, columns: readonly Column[]): boolean {
  return calibration !== undefined && columns.some(({ type }) => !isContinuous(type) && !isWhole(type));
}

/** A line per answered cell: where it stands, its value, and how sure it is. */
function answerColumns(table: RawTable, name: string, value: string, cells: readonly CellSummary[], columnOf: (cell: CellSummary) => Column, { point, sets }: { point?: Point; sets: boolean }): TextColumn[] {
  const each = (text: (cell: CellSummary) => string | undefined): (string | undefined)[] => cells.map(text);
  const number = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(Number(value.toPrecision(7))));
  // a bound of an ordered column is a level, of dates a date
  const asInTable = (cell: CellSummary): boolean => isOrdered(columnOf(cell).type) || columnOf(cell).format?.date !== undefined;
  const texts = cells.some(asInTable);
  const bound = (pick: (cell: CellSummary) => number | undefined): Pick<TextColumn, "kind" | "cells"> => ({
    ...(!texts && { kind: "number" }),
    cells: each((cell) => (asInTable(cell) ? resultText(columnOf(cell), pick(cell)!) : number(pick(cell)))),
  });
  return [
    { name: "row", cells: each((cell) => String(table.line(cell.row))) },
    { name, kind: "text", cells: each((cell) => columnOf(cell).name) },
    { name: value, cells: each((cell) => resultText(columnOf(cell), pointOf(cell, point))) },
    { name: "sd", kind: "number", cells: each(({ sd }) => number(sd)) },
    { name: "lower", ...bound(({ lower }) => lower) },
    { name: "upper", ...bound(({ upper }) => upper) },
    { name: "probabilities", kind: "text", cells: each((cell) => cell.probabilities?.map((p, level) => `${columnOf(cell).categories![level]}=${p.toFixed(4)}`).join("; ")) },
    ...(sets ? [{ name: "set", kind: "text" as const, cells: each((cell) => cell.set?.map((level) => columnOf(cell).categories![level]).join("; ")) }] : []),
  ];
}

/** Columns of answers as CSV without the line of names. */
export function linesOnly(columns: readonly TextColumn[]): string {
  const text = writeColumns(columns);
  return text.slice(text.indexOf("\n") + 1);
}

/** The line of names. */
export function namesOnly(columns: readonly TextColumn[]): string {
  return writeColumns(columns.map((column) => ({ ...column, cells: [] })));
}

