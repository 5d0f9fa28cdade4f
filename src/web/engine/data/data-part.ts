import { embeddedTables, formatSchema, parseSchema, readTableBytes, TableError, type Note, type RawTable, type Reading, type ReadOptions, type Schema } from "../../../data/index.ts";
import { fetchExample } from "../fetch-example.ts";
import type { Workspace } from "../workspace.ts";
import { columnInfo, type ColumnInfo } from "./column-info.ts";
import { decide, type Choices, type Decided } from "./decide.ts";
import { withFixes, type Fixable } from "./fixes.ts";
import { gaps, type Gaps } from "./gaps.ts";

export type Example = keyof typeof embeddedTables;

/** A table as it was read. */
export interface TableInfo {
  name: string;
  rows: number;
  columns: { name: string }[];
  /** How it was read, and what was declared. */
  reading: Reading;
  notes: Note[];
  /** Of a workbook. */
  sheets: string[];
}

/** The table, or all that is wrong with the file. */
export type Opened = { table: TableInfo } | { problems: Fixable[]; source: string };

/** What the columns are taken for by the user's choices. */
export interface Described {
  columns: ColumnInfo[];
  /** What stands against a training. */
  problems: Fixable[];
}

/** Reading tables and deciding what their columns are. */
export class DataPart {
  /** The file that was opened last, whether it can be read or not. */
  private file: { name: string; bytes: Uint8Array } | undefined;
  /** What was found in a table without a wish of the user's, and what was decided last. */
  private found: { raw: RawTable; decided: Decided } | undefined;
  private decided: Decided | undefined;

  constructor(private readonly workspace: Workspace) {}

  /** Reads a file of any known format, gzipped or not. What is wrong with it comes back as a list of problems, not as an error. */
  async open(name: string, bytes: Uint8Array, options: ReadOptions = {}): Promise<Opened> {
    this.file = { name, bytes };
    return this.read(options);
  }

  /** Reads the open file with other options. */
  async read(options: ReadOptions): Promise<Opened> {
    if (!this.file) throw new Error("there is no file open.");
    const { name, bytes } = this.file;
    this.workspace.schema = this.decided = undefined;
    try {
      const raw = await readTableBytes(bytes, { ...options, source: name });
      this.workspace.table = { name, raw, bytes, options };
      return { table: { name, rows: raw.rows, columns: raw.columns.map((column) => ({ name: column })), reading: raw.reading, notes: [...raw.notes], sheets: [...raw.sheets] } };
    } catch (cause) {
      if (!(cause instanceof TableError)) throw cause;
      this.workspace.table = undefined;
      return { problems: withFixes(cause.problems), source: name };
    }
  }

  /** Opens one of the tables that come with the page. */
  async openExample(example: Example): Promise<Opened & { choices?: Choices }> {
    const { file, targets, types } = embeddedTables[example];
    const response = await fetch(new URL(`examples/${file}`, self.location.href));
    if (!response.ok) throw new Error(`the example ${file} is not where it should be (${response.status}); serve the whole folder of the page.`);
    return { ...(await this.open(file, new Uint8Array(await response.arrayBuffer()))), choices: { targets, types } };
  }

  /** Opens the table of the finished example. */
  async openFinished(): Promise<Opened & { choices: Choices }> {
    const { targets, types } = embeddedTables.cars;
    return { ...(await this.open("cars-with-holes.csv", await fetchExample("cars.csv"))), choices: { targets, types } };
  }

  /** Decides what the columns are, by the cells and the user's choices. */
  describe(choices: Choices): Described {
    const { raw, name } = this.table();
    if (this.found?.raw !== raw) this.found = { raw, decided: decide(raw, { targets: [], types: {} }, name) };
    const decided = decide(raw, choices, name);
    this.decided = decided;
    this.workspace.schema = decided.schema;
    this.workspace.schemaBy = (rule) => decide(raw, choices, name, rule).schema;
    return {
      columns: decided.columns.map((column, index) => columnInfo(raw, index, column, choices.schema && column.why === "the schema file says so" ? column : this.found!.decided.columns[index])),
      problems: withFixes(decided.problems),
    };
  }

  /** A schema file as the command line reads and writes it. */
  parseSchema(name: string, text: string): { schema: Schema } | { problems: Fixable[]; source: string } {
    try {
      return { schema: parseSchema(text, name) };
    } catch (cause) {
      if (cause instanceof TableError) return { problems: withFixes(cause.problems), source: name };
      throw cause;
    }
  }

  /** What was decided, as a schema file. */
  schemaFile(): string {
    if (!this.workspace.schema) throw new Error("the columns are not ready yet: see what stands against a training.");
    return formatSchema(this.workspace.schema);
  }

  /** Cells of some rows as text; null where missing. */
  cells(first: number, count: number): (string | null)[][] {
    const { raw } = this.table();
    const isMissing = this.missingTests();
    const rows = Math.max(0, Math.min(count, raw.rows - first));
    return Array.from({ length: rows }, (_, i) => raw.columns.map((_, column) => (isMissing[column](raw.cell(first + i, column)) ? null : raw.cell(first + i, column))));
  }

  /** Where the holes are, in at most `most` bands of rows. */
  gaps(most: number): Gaps {
    return gaps(this.table().raw, most, this.missingTests());
  }

  /** The bytes of the open file, to keep for the next visit. */
  stored(): { name: string; bytes: Uint8Array; options: ReadOptions } | undefined {
    const { table } = this.workspace;
    return table && { name: table.name, bytes: table.bytes, options: table.options };
  }

  /** Whether a cell is missing, by column: as it was decided for the column. */
  private missingTests(): ((cell: string) => boolean)[] {
    const { raw } = this.table();
    return raw.columns.map((_, index) => {
      const column = this.decided?.columns[index].column;
      return raw.missingIn(index, column?.role === "ignore" ? undefined : column);
    });
  }

  private table() {
    if (!this.workspace.table) throw new Error("there is no table open.");
    return this.workspace.table;
  }
}
