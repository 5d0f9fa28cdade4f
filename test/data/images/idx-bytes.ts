/** An IDX file: type and sizes, then values that are already big-endian bytes. */
export function idxBytes(type: number, dims: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * dims.length));
  header.setUint8(2, type);
  header.setUint8(3, dims.length);
  dims.forEach((size, i) => header.setUint32(4 + 4 * i, size));
  return Uint8Array.of(...new Uint8Array(header.buffer), ...Array.from(values));
}
