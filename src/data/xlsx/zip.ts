/** The parts of a workbook by their paths. */
export type Parts = Map<string, Uint8Array>;

/** No part is larger: longer texts cannot be held. */
const largestPart = 512 * 2 ** 20;
/** Deflate makes nothing smaller than this share of itself; what claims more is damaged. */
const mostRatio = 1100;

/** Unpacks a zip archive and checks each member against its checksum. Throws plain errors for damaged data. */
export async function unzip(bytes: Uint8Array): Promise<Parts> {
  const { inflateSync } = await import("fflate");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecord(bytes, view);
  const count = view.getUint16(end + 10, true);
  const parts: Parts = new Map();
  for (let i = 0, at = view.getUint32(end + 16, true); i < count; i++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error(`entry ${i + 1} of its list is none`);
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [crc, packed, size] = [16, 20, 24].map((offset) => view.getUint32(at + offset, true));
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)).replaceAll("\\", "/");
    at += 46 + nameLength + extraLength + commentLength;
    if ((flags & 1) === 1) throw new Error("its parts are encrypted");
    if (size > largestPart || packed > bytes.length || size > mostRatio * packed + 1000) throw new Error(`${name} claims ${size} bytes`);
    if (view.getUint32(local, true) !== 0x04034b50) throw new Error(`${name} is not where it should be`);
    const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const data = bytes.subarray(begin, begin + packed);
    if (method !== 0 && method !== 8) throw new Error(`${name} is compressed by method ${method}`);
    const content = method === 0 ? data : inflateSync(data, { out: new Uint8Array(size) });
    if (content.length !== size || checksum(content) !== crc) throw new Error(`the checksum of ${name} is wrong`);
    parts.set(name, content);
  }
  return parts;
}

/** Packs parts into a zip archive; the same parts give the same bytes. */
export async function zip(parts: Parts): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  // the date that archives begin with, in any time zone
  return zipSync(Object.fromEntries(parts), { mtime: new Date(1980, 0, 1, 12), level: 6 });
}

/** Where the record that ends an archive begins. */
function endRecord(bytes: Uint8Array, view: DataView): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 65_557); at--) if (view.getUint32(at, true) === 0x06054b50) return at;
  throw new Error("its list of parts is missing");
}

const crcTable = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** CRC-32 as zip archives have it. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
