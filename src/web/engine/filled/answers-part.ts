import { codeTable, decodeValue, featureColumns, formatValue, isContinuous, tableFormats, targetColumns, type Column, type RawTable, type Table } from "../../../data/index.ts";
import type { ColumnFormat } from "../../../data/cells/format.ts";
import { filledCells } from "../../../data/coding/filled-cells.ts";
import type { CellSummary } from "../../../model/index.ts";
import { valueText } from "../../parts/numbers.ts";
import { posteriorOf, spreadOf, uncertaintyOf, type CellPosterior, type FilledCell } from "./filled-cell.ts";
import { cellLines } from "./cell-lines.ts";
import { orderRows, type RowOrder, type RowWishes } from "./filled-order.ts";
import type { Workspace } from "../workspace.ts";

export interface FillOptions {
  draws: number;
  interval: number;
  seed: number;
}

/** A column with holes, filled. */
export interface FilledColumn {
  name: string;
  /** Index into the table's columns. */
  column: number;
  filled: number;
  target: boolean;
}

export interface Filled {
  cells: number;
  columns: FilledColumn[];
  rowsWithHoles: number;
  warnings: string[];
}

/** Observed and imputed values of a column, for comparison: numbers, or the share of each level. */
export type ColumnComparison = { kind: "continuous"; name: string; observed: Float64Array; imputed: Float64Array; format?: ColumnFormat } | { kind: "discrete"; name: string; levels: { label: string; observed: number; imputed: number }[] };

/** Formats of downloads. */
export type FileFormat = "csv" | "parquet" | "xlsx" | "arrow" | "json";

/** Numbers that draws of all cells may take together. */
const mostNumbers = 20_000_000;
/** Values that a drawing of a distribution needs at most. */
const mostShown = 5000;

interface Answer {
  raw: RawTable;
  coded: Table;
  columns: Column[];
  /** How the table writes each of them. */
  formats: (ColumnFormat | undefined)[];
  cells: CellSummary[];
  /** Draws of each cell by itself. */
  draws: Float64Array[];
  options: FillOptions;
  /** Place in `cells` by row and index into `columns`. */
  at: Map<string, number>;
}

/** The holes of the open table, filled. */
export class AnswersPart {
  private answer: Answer | undefined;
  private filling: AbortController | undefined;

  constructor(private readonly workspace: Workspace) {}

  /** Fills all holes of the open table, the targets' too; undefined if it was stopped. */
  async fill(options: FillOptions, onProgress: (done: number, rows: number) => void): Promise<Filled | undefined> {
    this.stop();
    const filling = new AbortController();
    this.filling = filling;
    try {
      return await this.fillAll(options, onProgress, filling.signal);
    } catch (cause) {
      if (filling.signal.aborted) return undefined;
      throw cause;
    }
  }

  /** Ends the filling that is under way; what was filled before stays. */
  stop(): void {
    this.filling?.abort();
  }

  private async fillAll(options: FillOptions, onProgress: (done: number, rows: number) => void, signal: AbortSignal): Promise<Filled> {
    const { table } = this.workspace;
    if (!table) throw new Error("there is no table open.");
    const { schema } = await this.workspace.model();
    const coded = codeTable(table.raw, schema, { source: table.name });
    const holes = coded.observedX.length + coded.observedY.length - sum(coded.observedX) - sum(coded.observedY);
    const cellDraws = Math.max(1, Math.min(options.draws, Math.floor(mostNumbers / Math.max(1, holes))));
    const result = await this.workspace.ask((model) => model.impute(coded, { ...options, cellDraws, targets: true, onProgress, signal }));
    const columns = [...featureColumns(schema), ...targetColumns(schema)];
    const at = new Map(result.cells.map(({ row, column }, i) => [`${row},${column}`, i]));
    const formats = columns.map((column) => {
      const index = table.raw.columns.indexOf(column.name);
      return index < 0 ? column.format : table.raw.formatFor(index, column);
    });
    this.answer = { raw: table.raw, coded, columns, formats, cells: result.cells, draws: result.cellDraws, options, at };
    const counted = columns.map((column, j) => ({ name: column.name, column: table.raw.columns.indexOf(column.name), filled: result.cells.filter((cell) => cell.column === j).length, target: column.role === "target" }));
    return { cells: result.cells.length, columns: counted.filter(({ filled }) => filled > 0), rowsWithHoles: new Set(result.cells.map(({ row }) => row)).size, warnings: coded.warnings };
  }

  /** Rows to show, in order. */
  order(wishes: RowWishes): RowOrder {
    const { raw, columns, coded, cells, at } = this.given();
    const unsure = this.uncertainties();
    const holes = cells.map(({ row, column }, i) => ({ row, column: raw.columns.indexOf(columns[column].name), uncertainty: unsure[i] }));
    const keyOf = (row: number, place: number): number | string => {
      const j = columns.findIndex(({ name }) => name === raw.columns[place]);
      const i = at.get(`${row},${j}`);
      if (i !== undefined) return cells[i].value;
      if (j < 0) return raw.cell(row, place);
      const target = j >= coded.features;
      const [values, seen, cell] = target ? [coded.y, coded.observedY, row * coded.targets + j - coded.features] : [coded.x, coded.observedX, row * coded.features + j];
      return seen[cell] === 1 ? decodeValue(columns[j], values[cell]) : Number.NaN;
    };
    return orderRows(raw.rows, holes, wishes, keyOf);
  }

  /** How unsure each filled cell is, 0 to 1. */
  private uncertainties(): number[] {
    const { columns, cells } = this.given();
    const spreads = columns.map((column, j) => spreadOf(column, this.observed(j)));
    return cells.map((cell) => uncertaintyOf(cell, columns[cell.column], spreads[cell.column]));
  }

  /** Rows of the table: texts, and what fills the holes. */
  rows(rows: readonly number[]): (string | FilledCell)[][] {
    const { raw, columns, cells, at, formats } = this.given();
    const spreads = columns.map((column, j) => spreadOf(column, this.observed(j)));
    const places = raw.columns.map((name) => columns.findIndex((column) => column.name === name));
    return rows.map((row) =>
      places.map((j, column) => {
        const text = raw.observedCell(row, column, columns[j]);
        const i = at.get(`${row},${j}`);
        if (text !== undefined || i === undefined) return text ?? "";
        const cell = cells[i];
        const { value, lower = value, upper = value } = cell;
        const between: FilledCell["between"] = isContinuous(columns[j].type) ? [valueText(lower, formats[j]), valueText(upper, formats[j])] : undefined;
        return { row, column, text: formatValue(columns[j], value, formats[j]), uncertainty: uncertaintyOf(cell, columns[j], spreads[j]), ...(between && { between }) };
      }),
    );
  }

  /** What is believed about one hole; column: index into the table's columns. */
  cell(row: number, column: number): CellPosterior | undefined {
    const { raw, columns, cells, draws, at, options, formats } = this.given();
    const j = columns.findIndex(({ name }) => name === raw.columns[column]);
    const i = at.get(`${row},${j}`);
    return i === undefined ? undefined : posteriorOf(cells[i], columns[j], Float64Array.from(draws, (list) => list[i]), options.interval, formats[j]);
  }

  /** Observed against imputed values of a column. */
  compare(column: number): ColumnComparison {
    const { raw, columns, cells, draws, formats } = this.given();
    const j = columns.findIndex(({ name }) => name === raw.columns[column]);
    const own = cells.flatMap((cell, i) => (cell.column === j ? [i] : []));
    const each = Math.max(1, Math.floor(mostShown / Math.max(1, own.length)));
    const imputed = own.flatMap((i) => draws.slice(0, each).map((list) => list[i]));
    const observed = this.observed(j);
    const { name, categories } = columns[j];
    if (isContinuous(columns[j].type)) return { kind: "continuous", name, observed: thinned(observed), imputed: thinned(imputed), ...(formats[j] && { format: formats[j] }) };
    const share = (values: readonly number[], level: number): number => values.filter((value) => value === level).length / Math.max(1, values.length);
    return { kind: "discrete", name, levels: categories!.map((label, level) => ({ label, observed: share(observed, level), imputed: share(imputed, level) })) };
  }

  /**
   * The table with its holes filled, as a file of this name: the best values, those that are less sure than `unsure` left out, or `imputations` completed tables, drawn jointly, one below the other with a column that counts them.
   * Throws TableError if the table cannot be written in this format.
   */
  async file(format: FileFormat, imputations: number, name: string, unsure = 1): Promise<Uint8Array<ArrayBuffer>> {
    const { raw, coded, columns, cells, options } = this.given();
    const completed = imputations === 0 ? [] : (await this.workspace.ask((model) => model.impute(coded, { ...options, completions: imputations, targets: true }))).completed;
    const fills =
      imputations === 0
        ? [this.sureCells(unsure)]
        : completed.map((draws) => filledCells(raw, columns, cells, draws));
    const counter = imputations === 0 ? undefined : "imputation";
    return new Uint8Array(await tableFormats.find(({ name }) => name === format)!.write(raw, fills, counter, name));
  }

  /** A line a filled cell, as CSV: where it is, its value, its interval or the probabilities of its levels. */
  cellsFile(): string {
    const { raw, columns, cells, formats } = this.given();
    return cellLines(raw, columns, formats, cells, this.uncertainties());
  }

  /** The best values of the cells that are not less sure than that. */
  private sureCells(unsure: number): ReturnType<typeof filledCells> {
    const { raw, columns, cells } = this.given();
    const of = unsure >= 1 ? undefined : this.uncertainties();
    const sure = cells.filter((_, i) => !of || of[i] <= unsure);
    return filledCells(raw, columns, sure, sure.map(({ value }) => value));
  }

  /** Observed values of a column in original units, or levels by index. */
  private observed(j: number): number[] {
    const { coded, columns } = this.given();
    const target = j >= coded.features;
    const [values, seen, width, at] = target ? [coded.y, coded.observedY, coded.targets, j - coded.features] : [coded.x, coded.observedX, coded.features, j];
    const found: number[] = [];
    for (let row = 0; row < coded.rows; row++) if (seen[row * width + at] === 1) found.push(decodeValue(columns[j], values[row * width + at]));
    return found;
  }

  private given(): Answer {
    if (!this.answer) throw new Error("the table is not filled yet.");
    return this.answer;
  }
}

function sum(values: Float32Array): number {
  return values.reduce((a, b) => a + b, 0);
}

/** At most `mostShown` of them, evenly. */
function thinned(values: readonly number[]): Float64Array {
  const step = Math.max(1, values.length / mostShown);
  return Float64Array.from({ length: Math.min(values.length, mostShown) }, (_, i) => values[Math.floor(i * step)]);
}
