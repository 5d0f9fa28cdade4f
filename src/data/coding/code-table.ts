import { codeValue, decodeValue, formatValue } from "./decode.ts";
import { notANumber } from "../schema/not-a-number.ts";
import { readCell, sameFormat, type ColumnFormat } from "../cells/format.ts";
import { writeMarked } from "../cells/marked-number.ts";
import { keptHoles } from "../schema/keep-missing.ts";
import { LevelIndex } from "../schema/levels.ts";
import type { RawTable } from "../raw-table.ts";
import { holds, limitsText } from "./scale.ts";
import { isContinuous, isWhole, type Column } from "../schema/column.ts";
import { featureColumns, targetColumns, type Schema } from "../schema/schema.ts";
import { TableError, type TableProblem } from "../table-error.ts";

/** A table as the model sees it; values are 0 where `observed` is 0. */
export interface Table {
  rows: number;
  features: number;
  targets: number;
  /** [rows, features]: standardised for continuous columns, index of the level for discrete ones. */
  x: Float32Array;
  observedX: Float32Array;
  /** [rows, targets] */
  y: Float32Array;
  observedY: Float32Array;
  /** 1 for holes that mean "there is none" and are neither filled nor asked for; absent where no column has such holes. [rows, features], [rows, targets] */
  keptX?: Uint8Array;
  keptY?: Uint8Array;
  /** What was left out, for people to read: unseen levels, columns that the schema does not know. */
  warnings: string[];
}

/** Codes the given rows (default: all) of a table. Throws TableError with all problems. */
export function codeTable(table: RawTable, schema: Schema, options: { rows?: ArrayLike<number>; source?: string } = {}): Table {
  const rows = options.rows ?? Array.from({ length: table.rows }, (_, row) => row);
  const problems: TableProblem[] = [];
  const warnings: string[] = [];
  const known = new Set(schema.columns.map((column) => column.name));
  const extra = table.columns.filter((name) => !known.has(name));
  if (extra.length > 0) warnings.push(`columns that the model does not know are left alone: ${named(extra)}.`);
  const features = featureColumns(schema);
  const targets = targetColumns(schema);
  const lacking = features.filter(({ name }) => !table.columns.includes(name)).map(({ name }) => name);
  if (features.length > 0 && lacking.length === features.length) problems.push({ message: `the table has none of the model's features (${shortened(lacking)}); it has the columns ${shortened(table.columns)}.` });
  else if (lacking.length > 0) warnings.push(`the table lacks ${lacking.length === 1 ? "a feature" : "features"} of the model: ${named(lacking)}. ${lacking.length === 1 ? "It counts" : "They count"} as missing in every row, and no column is added for ${lacking.length === 1 ? "it" : "them"}.`);
  const code = (columns: readonly Column[]): { values: Float32Array; observed: Float32Array; kept?: Uint8Array } => {
    const values = new Float32Array(rows.length * columns.length);
    const observed = new Float32Array(rows.length * columns.length);
    let kept: Uint8Array | undefined;
    columns.forEach((column, j) => {
      const index = table.columns.indexOf(column.name);
      if (index < 0) return;
      const format = table.formatFor(index, column);
      if (!sameFormat(format, column.format)) warnings.push(`column "${column.name}": this table writes its ${column.format?.date === undefined ? "numbers" : "dates"} otherwise than the training rows; they are read as ${formatText(format)}, where the model had ${formatText(column.format)}.`);
      const coder = new ColumnCoder(column, format);
      const isMissing = table.missingIn(index, column);
      const stays = keptHoles(table, schema, column, (other) => warnings.push(`column "${column.name}": which of its holes are not to be filled depends on the column "${other}", which the table lacks; they are filled.`));
      for (let i = 0; i < rows.length; i++) {
        const cell = table.cell(rows[i], index);
        if (isMissing(cell)) {
          if (stays?.(rows[i])) (kept ??= new Uint8Array(values.length))[i * columns.length + j] = 1;
          continue;
        }
        const value = coder.code(cell, () => table.line(rows[i]));
        if (value === undefined) continue;
        values[i * columns.length + j] = value;
        observed[i * columns.length + j] = 1;
      }
      for (const problem of coder.problems) problems.push(problem);
      warnings.push(...coder.warnings());
    });
    return { values, observed, kept };
  };
  const x = code(features);
  const y = code(targets);
  if (problems.length > 0) throw new TableError(problems, options.source);
  const keptOf = { ...(x.kept && { keptX: x.kept }), ...(y.kept && { keptY: y.kept }) };
  return { rows: rows.length, features: features.length, targets: targets.length, x: x.values, observedX: x.observed, y: y.values, observedY: y.observed, ...keptOf, warnings };
}

function named(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

/** The first of many names. */
function shortened(names: readonly string[]): string {
  return names.length > 8 ? `${named(names.slice(0, 8))}, ... (${names.length})` : named(names);
}

/** Whether a row has a hole among its features, and if asked for among its targets, that is to be filled. */
export function hasHole({ features, targets, observedX, observedY, keptX, keptY }: Pick<Table, "features" | "targets" | "observedX" | "observedY" | "keptX" | "keptY">, row: number, withTargets = false): boolean {
  const isHole = (observed: Float32Array, kept: Uint8Array | undefined, width: number): boolean => {
    for (let i = row * width; i < (row + 1) * width; i++) if (observed[i] !== 1 && kept?.[i] !== 1) return true;
    return false;
  };
  return isHole(observedX, keptX, features) || (withTargets && isHole(observedY, keptY, targets));
}

/** Some rows of a coded table. */
export function selectRows(table: Table, rows: readonly number[]): Table {
  const pick = <T extends Float32Array | Uint8Array>(values: T, width: number): T => {
    const picked = new (values.constructor as new (length: number) => T)(rows.length * width);
    rows.forEach((row, i) => picked.set(values.subarray(row * width, (row + 1) * width), i * width));
    return picked;
  };
  const { features, targets, keptX, keptY } = table;
  const kept = { ...(keptX && { keptX: pick(keptX, features) }), ...(keptY && { keptY: pick(keptY, targets) }) };
  return { ...table, rows: rows.length, x: pick(table.x, features), observedX: pick(table.observedX, features), y: pick(table.y, targets), observedY: pick(table.observedY, targets), ...kept };
}

/** Deviations from the mean beyond which a value is told. */
const far = 20;

/** "dd/MM/yyyy", "1.234,5" or "1234.5" */
function formatText(format: ColumnFormat | undefined): string {
  return format?.date ?? writeMarked("1234.5", format ?? {});
}

class ColumnCoder {
  readonly problems: TableProblem[] = [];
  private readonly levels: LevelIndex;
  private readonly unseen = new Map<string, number>();
  private beyond = 0;
  private fractions = 0;
  private least = Infinity;
  private largest = -Infinity;

  constructor(
    private readonly column: Column,
    private readonly format: ColumnFormat | undefined,
  ) {
    this.levels = new LevelIndex(column.categories ?? [], column.format);
  }

  code(cell: string, line: () => number): number | undefined {
    const { column } = this;
    if (!isContinuous(column.type)) {
      const index = this.levels.find(cell);
      if (index === undefined) this.unseen.set(cell, (this.unseen.get(cell) ?? 0) + 1);
      return index;
    }
    const value = readCell(cell, this.format);
    if (value === undefined) {
      this.problems.push({ row: line(), column: column.name, ...notANumber(cell, this.format) });
      return undefined;
    }
    if (!holds(column, value)) {
      this.beyond++;
      return undefined;
    }
    if (isWhole(column.type) && !Number.isInteger(value)) {
      this.fractions++;
      return undefined;
    }
    const coded = codeValue(column, value);
    this.least = Math.min(this.least, coded);
    this.largest = Math.max(this.largest, coded);
    if (Number.isFinite(Math.fround(coded))) return coded;
    this.problems.push({ row: line(), column: column.name, message: `${cell} lies too far from the training rows' mean ${column.mean} (deviation ${column.std}); correct it or the schema.` });
    return undefined;
  }

  warnings(): string[] {
    const warnings: string[] = [];
    const { name, type } = this.column;
    if (this.unseen.size > 0) {
      const total = [...this.unseen.values()].reduce((a, b) => a + b, 0);
      const examples = [...this.unseen.keys()].slice(0, 3).map((label) => JSON.stringify(label)).join(", ");
      warnings.push(`column "${name}": ${total} cells hold levels that the training rows did not have (${examples}${this.unseen.size > 3 ? ", ..." : ""}); they count as missing.`);
    }
    for (const coded of [this.least, this.largest]) {
      if (Math.abs(coded) > far && Number.isFinite(coded)) warnings.push(`column "${name}": ${formatValue(this.column, decodeValue(this.column, coded))} lies far outside the training rows (${Math.abs(coded).toFixed(0)} deviations from their mean); if it means "missing", say so.`);
    }
    if (this.beyond > 0) warnings.push(`column "${name}": ${this.beyond} ${type === "bounded" ? `values beyond the bounds of a column of numbers ${limitsText(this.column)}` : `negative values in a ${type} column`} count as missing.`);
    if (this.fractions > 0) warnings.push(`column "${name}": ${this.fractions} fractions in a ${type} column count as missing.`);
    return warnings;
  }
}
