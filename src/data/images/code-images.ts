import { codeTable, type Table } from "../coding/code-table.ts";
import type { Column } from "../schema/column.ts";
import { featureColumns, targetColumns, type Schema } from "../schema/schema.ts";
import { TableError } from "../table-error.ts";
import { formatSize, type ImageSet } from "./image-set.ts";
import { labelColumns, LabelTable } from "./labels.ts";
import { pixelCodings } from "./pixel-coding.ts";
import type { SchemaImage } from "./schema-image.ts";

/** Pictures as the model sees them: every pixel observed, targets observed where there are labels. Throws TableError. */
export function codeImages(set: ImageSet, schema: Schema, rows?: ArrayLike<number>, source?: string): Table {
  const image = imageOf(schema);
  if (set.height !== image.height || set.width !== image.width || set.channels !== image.channels) {
    throw new TableError([{ message: `the model knows pictures of ${formatSize(image)}; got ${formatSize(set)}. Bring them to ${image.height}x${image.width}${set.channels === image.channels ? "" : image.channels === 1 ? " in grey" : " in colour"}.`, remedies: ["size"] }], source);
  }
  const chosen = rows ?? Array.from({ length: set.count }, (_, row) => row);
  const columns = featureColumns(schema);
  const features = columns.length;
  const codes = codesByByte(columns, image);
  const x = new Float32Array(chosen.length * features);
  for (let i = 0; i < chosen.length; i++) {
    const from = chosen[i] * features;
    const to = i * features;
    for (let d = 0; d < features; d++) x[to + d] = codes[d][set.pixels[from + d]];
  }
  const targets: Schema = { version: 1, columns: targetColumns(schema) };
  const labels = set.labels === undefined ? new LabelTable([], [], set.count) : labelColumns(set.labels, targets.columns.map(({ name }) => name));
  const { y, observedY, warnings } = codeTable(labels, targets, { rows: chosen, source });
  return { rows: chosen.length, features, targets: targets.columns.length, x, observedX: new Float32Array(x.length).fill(1), y, observedY, warnings };
}

/** Grey levels [rows, C, H, W] of coded features, 0..255 unless a draw lies outside; of a binary pixel's probability the mean level. */
export function pixelIntensities(schema: Schema, x: ArrayLike<number>): Float32Array {
  const { pixels } = imageOf(schema);
  const columns = featureColumns(schema);
  const coding = pixelCodings[pixels];
  const out = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = coding.intensity(columns[i % columns.length], x[i]);
  return out;
}

/** Grey levels as bytes: rounded, and cut off at 0 and 255. */
export function toBytes(intensities: ArrayLike<number>): Uint8Array {
  // a clamped array rounds halves to even
  return new Uint8Array(Uint8ClampedArray.from(intensities).buffer);
}

/** The table with only those pixels observed that `observed` [rows, C H W] says; the others' values become 0. */
export function withObserved(table: Table, observed: Float32Array): Table {
  if (observed.length !== table.x.length) throw new RangeError(`[withObserved] expected [${table.rows}, ${table.features}] entries, got ${observed.length}.`);
  return { ...table, x: table.x.map((value, i) => (observed[i] === 1 ? value : 0)), observedX: observed };
}

function imageOf({ image }: Schema): SchemaImage {
  if (image === undefined) throw new TableError([{ message: "the model's features are no picture: its schema has no image; train on pictures first." }]);
  return image;
}

/** For every feature the coded values of bytes 0..255; features that are described alike share them. */
function codesByByte(columns: readonly Column[], { pixels }: SchemaImage): Float32Array[] {
  const made = new Map<string, Float32Array>();
  const { code } = pixelCodings[pixels];
  return columns.map((column) => {
    const key = `${column.mean} ${column.std} ${column.categories?.length}`;
    let codes = made.get(key);
    if (codes === undefined) made.set(key, (codes = Float32Array.from({ length: 256 }, (_, byte) => code(column, byte))));
    return codes;
  });
}
