import { readCell } from "../../data/cells/format.ts";
import { describeColumn } from "../../data/schema/describe-column.ts";
import { embeddedTables, grouped, inferSchema, isContinuous, readTableBytes, TableError, type Column, type ColumnType, type Note, type RawTable, type ReadOptions, type TableProblem } from "../../data/index.ts";
import { gaps, type Gaps } from "./gaps.ts";
import type { Workspace } from "./workspace.ts";

export type Example = keyof typeof embeddedTables;

/** A column as the page shows it. */
export interface ColumnInfo {
  name: string;
  /** What it was found to be; "ignore" where it cannot be used as it stands. */
  type: ColumnType | "ignore";
  /** Why it cannot be used, or not as was wished. */
  problems: TableProblem[];
  /** Whether it had better be carried along: an identifier, a constant. */
  leftOut: boolean;
  /** Why it is taken for that, and what looks odd about it. */
  why: string;
  notes: Note[];
  missing: number;
  /** Continuous: lowest, median and highest value. Discrete: the most frequent levels with their counts. */
  range?: [number, number, number];
  levels?: { label: string; count: number }[];
  /** Number of levels, where `levels` shows not all. */
  distinct?: number;
}

export interface TableInfo {
  name: string;
  rows: number;
  columns: ColumnInfo[];
  /** What an example is best used with. */
  targets: string[];
}

/** The table, or all that is wrong with the file. */
export type Opened = { table: TableInfo } | { problems: TableProblem[]; source: string };

/** What the user says of the columns. */
export interface Choices {
  targets: string[];
  types: Record<string, ColumnType | "ignore">;
}

/** Reading tables and describing their columns. */
export class DataPart {
  /** Types that were found, by column. */
  private found: ReadonlyMap<string, ColumnType | "ignore"> = new Map();

  constructor(private readonly workspace: Workspace) {}

  /** Reads a file: CSV or Parquet, gzipped or not. What is wrong with it comes back as a list of problems, not as an error. */
  async open(name: string, bytes: Uint8Array, options: ReadOptions = {}): Promise<Opened> {
    try {
      const raw = await readTableBytes(bytes, { ...options, source: name });
      this.workspace.table = { name, raw, bytes, options };
      this.workspace.schema = undefined;
      const columns = raw.columns.map((_, index) => describe(raw, index));
      this.found = new Map(columns.flatMap((column) => (column.problems.length > 0 && !column.leftOut ? [] : [[column.name, column.type] as const])));
      return { table: { name, rows: raw.rows, columns, targets: [] } };
    } catch (cause) {
      if (cause instanceof TableError) return { problems: grouped(cause.problems), source: name };
      throw cause;
    }
  }

  /** Opens one of the tables that come with the page. */
  async openExample(example: Example): Promise<Opened> {
    const { file, targets, types } = embeddedTables[example];
    const response = await fetch(new URL(`examples/${file}`, self.location.href));
    if (!response.ok) throw new Error(`the example ${file} is not where it should be (${response.status}); serve the whole folder of the page.`);
    const opened = await this.open(file, new Uint8Array(await response.arrayBuffer()));
    if (!("table" in opened)) return opened;
    const columns = opened.table.columns.map((column) => (types[column.name] === undefined ? column : { ...column, type: types[column.name], problems: [] }));
    return { table: { ...opened.table, columns, targets } };
  }

  /** Sets what the columns are. Returns what stands against it; nothing: the table is ready for training. */
  choose({ targets, types }: Choices): TableProblem[] {
    const { raw, name } = this.table();
    this.workspace.schema = undefined;
    try {
      // what was found is no wish of the user's
      const wished = Object.fromEntries(Object.entries(types).filter(([column, type]) => this.found.get(column) !== type));
      this.workspace.schema = inferSchema(raw, { targets, types: wished, source: name });
      return [];
    } catch (cause) {
      if (cause instanceof TableError) return grouped(cause.problems);
      throw cause;
    }
  }

  /** Cells of some rows as text; null where missing. */
  cells(first: number, count: number): (string | null)[][] {
    const { raw } = this.table();
    const rows = Math.max(0, Math.min(count, raw.rows - first));
    return Array.from({ length: rows }, (_, i) => raw.columns.map((_, column) => raw.observedCell(first + i, column) ?? null));
  }

  /** Where the holes are, in at most `most` bands of rows. */
  gaps(most: number): Gaps {
    return gaps(this.table().raw, most);
  }

  /** The bytes of the open file, to keep for the next visit. */
  stored(): { name: string; bytes: Uint8Array; options: ReadOptions } | undefined {
    const { table } = this.workspace;
    return table && { name: table.name, bytes: table.bytes, options: table.options };
  }

  private table() {
    if (!this.workspace.table) throw new Error("there is no table open.");
    return this.workspace.table;
  }
}

const shownLevels = 5;

function describe(raw: RawTable, index: number): ColumnInfo {
  const all = Array.from({ length: raw.rows }, (_, row) => row);
  const { column, problems: found, why, notes, leaveOut } = describeColumn(raw, index, all, undefined);
  const problems = leaveOut === undefined ? grouped(found) : [{ column: raw.columns[index], message: `carried along, not modelled: ${leaveOut}.` }];
  const cells = all.map((row) => raw.observedCell(row, index)).filter((cell) => cell !== undefined);
  const info: ColumnInfo = { name: raw.columns[index], type: problems.length > 0 ? "ignore" : column.type, problems, leftOut: leaveOut !== undefined, why, notes, missing: raw.rows - cells.length };
  return { ...info, ...(problems.length === 0 && isContinuous(column.type) && cells.length > 0 ? { range: quartiles(cells, column) } : levelCounts(cells, column)) };
}

function quartiles(cells: readonly string[], { format }: Omit<Column, "name" | "role">): [number, number, number] {
  const sorted = Float64Array.from(cells, (cell) => readCell(cell, format) ?? Number.NaN).sort();
  return [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]];
}

function levelCounts(cells: readonly string[], { categories }: Omit<Column, "name" | "role">): Pick<ColumnInfo, "levels" | "distinct"> {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const levels = [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
  return { levels: levels.slice(0, shownLevels), distinct: categories?.length ?? levels.length };
}
