import type { CompressionCodec, Compressors } from "hyparquet";

/** The parts of hyparquet that reading takes, loaded when the first Parquet file comes. */
export async function loadParts() {
  const [{ parquetMetadata, parquetSchema }, { snappyUncompress }, { parquetHeader }, { readPlain }, delta, { byteStreamSplit }] = await Promise.all([
    import("hyparquet/src/metadata.js"),
    import("hyparquet/src/snappy.js"),
    import("hyparquet/src/column.js"),
    import("hyparquet/src/plain.js"),
    import("hyparquet/src/delta.js"),
    import("hyparquet/src/encoding.js"),
  ]);
  return { parquetMetadata, parquetSchema, snappyUncompress, parquetHeader, readPlain, byteStreamSplit, ...delta };
}

export type Parts = Awaited<ReturnType<typeof loadParts>>;

/** Codecs that can be read. */
export const knownCodecs: readonly CompressionCodec[] = ["UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI", "ZSTD", "LZ4", "LZ4_RAW"];

/**
 * What unpacks pages of the given codecs. The list that hyparquet-compressors offers is not used: it loads WebAssembly for Snappy, which a page
 * with a strict Content-Security-Policy may not; hyparquet reads Snappy itself.
 */
export async function loadDecompressors(codecs: ReadonlySet<CompressionCodec>, { snappyUncompress }: Parts): Promise<Compressors> {
  const found: Compressors = { UNCOMPRESSED: (input) => input };
  found.SNAPPY = (input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  };
  if (codecs.has("GZIP")) {
    const { gunzip } = await import("hyparquet-compressors/src/gzip.js");
    found.GZIP = (input, length) => gunzip(input, new Uint8Array(length));
  }
  if (codecs.has("BROTLI")) found.BROTLI = (await import("hyparquet-compressors/src/brotli.js")).decompressBrotli;
  if (codecs.has("ZSTD")) {
    const { decompress } = await import("fzstd");
    found.ZSTD = (input, length) => decompress(input, new Uint8Array(length));
  }
  if (codecs.has("LZ4") || codecs.has("LZ4_RAW")) {
    const { decompressLz4, decompressLz4Raw } = await import("hyparquet-compressors/src/lz4.js");
    found.LZ4 = decompressLz4;
    found.LZ4_RAW = decompressLz4Raw;
  }
  return found;
}
