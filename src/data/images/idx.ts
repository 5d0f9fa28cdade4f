import { TableError } from "../table-error.ts";

/** Numbers of an IDX file: a shape and the values, row-major. (LeCun's format of the MNIST files: two zero bytes, type, rank, sizes, values; big-endian.) */
export interface IdxArray {
  dims: number[];
  values: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

interface ValueType {
  bytes: number;
  make(length: number): IdxArray["values"];
  read(view: DataView, at: number): number;
}

const types: Readonly<Record<number, ValueType>> = {
  0x08: { bytes: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  0x09: { bytes: 1, make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  0x0b: { bytes: 2, make: (n) => new Int16Array(n), read: (view, at) => view.getInt16(at) },
  0x0c: { bytes: 4, make: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at) },
  0x0d: { bytes: 4, make: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at) },
  0x0e: { bytes: 8, make: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at) },
};

/** Whether the bytes begin as those of an IDX file do. */
export function isIdx(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] in types && bytes[3] >= 1;
}

/** Reads an IDX file that is not compressed. Bytes are shared with the file's, not copied. Throws TableError. */
export function readIdx(bytes: Uint8Array, source = ""): IdxArray {
  const fail = (message: string): never => {
    throw new TableError([{ message }], source);
  };
  if (bytes.length < 4) fail(`expected an IDX file, got ${bytes.length} bytes; get the file again.`);
  const type = types[bytes[2]];
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || bytes[3] === 0) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    return fail(`expected an IDX file, which starts with 00 00, a type (08, 09, 0b to 0e) and the number of dimensions; got ${start}. Is it another format?`);
  }
  const start = 4 + 4 * bytes[3];
  if (bytes.length < start) fail(`the file ends inside its header: ${bytes[3]} dimensions need ${start} bytes, got ${bytes.length}; get the file again.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dims = Array.from({ length: bytes[3] }, (_, i) => view.getUint32(4 + 4 * i));
  const length = dims.reduce((a, b) => a * b, 1);
  const expected = start + length * type.bytes;
  if (bytes.length !== expected) {
    const what = bytes.length < expected ? "the file is cut off" : "the file is too long";
    fail(`${what}: [${dims.join(", ")}] values need ${expected} bytes, got ${bytes.length}; get the file again.`);
  }
  if (type === types[0x08]) return { dims, values: bytes.subarray(start) };
  const values = type.make(length);
  for (let i = 0; i < length; i++) values[i] = type.read(view, start + i * type.bytes);
  return { dims, values };
}
