/** A file to download. */
export interface RemoteFile {
  /** Its name in the cache and at a mirror. */
  file: string;
  url: string;
  /** null where nobody has published it: the first good download is then the measure of later ones (`cache.ts`). */
  sha256: string | null;
  /** null where unknown. Shown, and used for the time left where the server does not say; the checksum decides. */
  bytes: number | null;
}

/** A text inside a download: a member of a zip, of a zip within it, what a gzip holds, or the download itself. */
export interface Part {
  file: string;
  /** Last part of the member's path in a zip. */
  member?: string;
  /** Of the unpacked text; null where unknown. */
  sha256: string | null;
}

/** How a text's lines become rows. */
export interface Layout {
  delimiter: "," | ";" | "whitespace";
  /** Lines before the table. */
  skip?: number;
  /** Names that the first line must have; without them every line is a row. */
  header?: readonly string[];
}

/** A column of the converted table and what its values must be: least and greatest number, or the number of distinct texts. */
type ColumnFact = readonly [name: string, least: number, greatest: number] | readonly [name: string, levels: number];

/** A public table: where its files are, how they become a CSV, and what must then hold. */
export interface Source {
  name: string;
  title: string;
  /** Where people read about it. */
  home: string;
  licence: string;
  citation: string;
  /** How the values differ from other copies, if they do. */
  note?: string;
  files: readonly RemoteFile[];
  /** Blocks stand below each other; the parts of a block stand side by side. */
  blocks: readonly (readonly Part[])[];
  layout: Layout;
  rows: number;
  /** How many of the last columns are targets. */
  targets: number;
  columns: readonly ColumnFact[];
  /** For each column its place in the source's rows, from 0; default: as they come. */
  order?: readonly number[];
  /** Numbers added to the values of a column. */
  add?: Readonly<Record<string, number>>;
  /** Columns that are centred and divided by their length, so that their squares sum to 1; nine significant digits are kept. */
  unitLength?: readonly string[];
}
