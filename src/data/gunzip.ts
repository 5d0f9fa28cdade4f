import { TableError } from "./table-error.ts";

/** The bytes, decompressed if they are gzip. Throws TableError if the gzip data is damaged. */
export async function gunzip(bytes: Uint8Array, source = ""): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new TableError([{ message: "the gzip data is damaged or cut off; get the file again." }], source);
  }
}
