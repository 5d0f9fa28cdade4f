import { crc32 } from "../math/crc32.ts";
import type { StoredTensor } from "./safetensors.ts";

/** The checksum of tensors, in whatever order they come, and of texts by name: "crc32 " and 8 hexadecimal digits. */
export function checksumOf(tensors: ReadonlyMap<string, StoredTensor>, texts: Readonly<Record<string, string>> = {}): string {
  const encoder = new TextEncoder();
  let crc = 0;
  for (const [name, text] of Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))) crc = crc32(encoder.encode(JSON.stringify([name, text])), crc);
  for (const [name, { shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    crc = crc32(encoder.encode(JSON.stringify([name, shape])), crc);
    crc = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), crc);
  }
  return `crc32 ${crc.toString(16).padStart(8, "0")}`;
}
