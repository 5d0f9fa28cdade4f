import { describeColumn } from "../schema/describe-column.ts";
import type { RawTable } from "../raw-table.ts";
import { columnTypes, type Column, type ColumnType } from "../schema/column.ts";
import type { Schema } from "../schema/schema.ts";
import { TableError, type TableProblem } from "../table-error.ts";
import { formatSize, type ImageSet } from "./image-set.ts";
import { pixelCodings, type PixelKind } from "./pixel-coding.ts";
import { pixelNames } from "./schema-image.ts";

export interface ImageSchemaOptions {
  pixels: PixelKind;
  /** Grey levels of categorical pixels; default 8. */
  levels?: number;
  /** Columns of the labels that are targets; default: all. */
  targets?: readonly string[];
  /** Types of targets; default: binary with two levels, else categorical. "ignore" leaves a column out. */
  types?: Readonly<Record<string, ColumnType | "ignore">>;
  /** Training pictures; statistics and levels come from them alone. Default: all. */
  rows?: ArrayLike<number>;
  source?: string;
}

/** The schema of pictures as a table: a feature per pixel and channel in the order [C, H, W], a target per column of labels. Throws TableError. */
export function imageSchema(set: ImageSet, options: ImageSchemaOptions): Schema {
  const { pixels, levels = 8, source } = options;
  const { height, width, channels } = set;
  const rows = options.rows ?? Array.from({ length: set.count }, (_, row) => row);
  const problems: TableProblem[] = [];
  if (channels !== 1 && channels !== 3) problems.push({ message: `expected pictures with 1 or 3 channels, got ${formatSize(set)}.` });
  if (rows.length === 0) problems.push({ message: "there are no training pictures; expected at least one." });
  if (!(Number.isInteger(levels) && levels >= 2 && levels <= 256)) problems.push({ message: `expected 2 to 256 grey levels, got ${levels}.` });
  if (problems.length > 0) throw new TableError(problems, source);
  const coding = pixelCodings[pixels];
  const channelColumns = Array.from({ length: channels }, (_, c) => coding.describe(histogram(set, rows, c), levels));
  const area = height * width;
  const features = pixelNames(set).map((name, i): Column => ({ name, role: "feature", type: coding.type, ...channelColumns[Math.floor(i / area)] }));
  const targets = describeTargets(set.labels, new Set(features.map(({ name }) => name)), rows, options);
  return { version: 1, columns: [...features, ...targets], image: { height, width, channels, pixels } };
}

function describeTargets(labels: RawTable | undefined, taken: ReadonlySet<string>, rows: ArrayLike<number>, { targets, types = {}, source }: ImageSchemaOptions): Column[] {
  const known = labels?.columns ?? [];
  const wanted = targets ?? known.filter((name) => types[name] !== "ignore");
  const problems: TableProblem[] = [];
  const names = known.length === 0 ? "there are none" : `there are ${known.map((name) => `"${name}"`).join(", ")}`;
  for (const name of new Set([...wanted, ...Object.keys(types)])) if (!known.includes(name)) problems.push({ column: name, message: `there is no such label; ${names}.` });
  for (const [name, type] of Object.entries(types)) {
    if (type === "ignore") {
      if (wanted.includes(name)) problems.push({ column: name, message: "the column is both a target and ignored; choose one." });
    } else if (!columnTypes.includes(type)) {
      problems.push({ column: name, message: `unknown type "${type}"; use ${columnTypes.join(", ")} or ignore.` });
    }
  }
  for (const name of wanted) if (taken.has(name)) problems.push({ column: name, message: "a pixel has this name; rename the label." });
  if (problems.length > 0) throw new TableError(problems, source);
  const columns = wanted.map((name): Column => {
    const index = known.indexOf(name);
    const type = types[name] as ColumnType | undefined;
    const found = describeColumn(labels!, index, rows, type ?? discreteType(labels!, index, rows));
    problems.push(...found.problems);
    return { name, role: "target", ...found.column };
  });
  if (problems.length > 0) throw new TableError(problems, source);
  return columns;
}

function discreteType(labels: RawTable, index: number, rows: ArrayLike<number>): ColumnType {
  const levels = new Set<string>();
  for (let i = 0; i < rows.length && levels.size < 3; i++) {
    const cell = labels.observedCell(rows[i], index);
    if (cell !== undefined) levels.add(cell);
  }
  return levels.size === 2 ? "binary" : "categorical";
}

/** How often each byte occurs in a channel of the given pictures. */
function histogram({ pixels, height, width, channels }: ImageSet, rows: ArrayLike<number>, channel: number): Float64Array {
  const counts = new Float64Array(256);
  const area = height * width;
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] * channels + channel) * area;
    for (let p = from; p < from + area; p++) counts[pixels[p]]++;
  }
  return counts;
}
