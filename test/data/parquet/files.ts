import { brotliCompressSync, gzipSync } from "node:zlib";
import type { CompressionCodec, SchemaElement } from "hyparquet";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";

/** A Parquet file made by hyparquet-writer itself. */
export function parquetFile(columnData: ColumnSource[], options: { schema?: SchemaElement[]; codec?: CompressionCodec; rowGroupSize?: number } = {}): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData, compressors, ...options }));
}

/** The plainest data that each format allows: tests are about the formats' names, pages and sizes, not about compression. */
const compressors: Partial<Record<CompressionCodec, (input: Uint8Array) => Uint8Array>> = {
  GZIP: (input) => gzipSync(input),
  BROTLI: (input) => brotliCompressSync(input),
  ZSTD: storedZstd,
  LZ4_RAW: literalLz4,
  LZO: (input) => input,
};

/** A Zstandard frame of one block that is not compressed. */
function storedZstd(input: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + 1 + 4 + 3 + input.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  // one segment, its size in four bytes
  frame[4] = 0b1010_0000;
  view.setUint32(5, input.length, true);
  const header = (input.length << 3) | 1;
  frame.set([header & 255, (header >> 8) & 255, (header >> 16) & 255], 9);
  frame.set(input, 12);
  return frame;
}

/** An LZ4 block of literals alone. */
function literalLz4(input: Uint8Array): Uint8Array {
  if (input.length < 15) return Uint8Array.of(input.length << 4, ...input);
  const extra = input.length - 15;
  return Uint8Array.of(0xf0, ...Array<number>(Math.floor(extra / 255)).fill(255), extra % 255, ...input);
}

/** Elements of a schema with a root above them. */
export function schemaOf(children: number, ...elements: SchemaElement[]): SchemaElement[] {
  return [{ name: "root", num_children: children }, ...elements];
}
