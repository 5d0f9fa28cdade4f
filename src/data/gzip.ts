import { TableError } from "./table-error.ts";

/** The bytes, decompressed if they are gzip. Throws TableError if the gzip data is damaged. */
export async function gunzip(bytes: Uint8Array, source = ""): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await through(bytes, new DecompressionStream("gzip"));
  } catch {
    throw new TableError([{ message: "the gzip data is damaged or cut off; get the file again." }], source);
  }
}

/** The bytes as gzip. */
export function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  return through(bytes, new CompressionStream("gzip"));
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const out = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(out).arrayBuffer());
}
