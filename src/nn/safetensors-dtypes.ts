import { halfToNumber } from "../math/half.ts";

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

export type Dtype = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U64" | "U32" | "U16" | "U8" | "BOOL";

interface ElementType {
  readonly bytes: number;
  /** The typed array that is written as this type; none for types that are only read. */
  readonly arrayName?: string;
  decode(buffer: ArrayBuffer): TensorData;
}

/** The element types of the safetensors layout, little-endian as on every machine Node and browsers run on. */
export const elementTypes: Readonly<Record<Dtype, ElementType>> = {
  F64: { bytes: 8, arrayName: "Float64Array", decode: (buffer) => new Float64Array(buffer) },
  F32: { bytes: 4, arrayName: "Float32Array", decode: (buffer) => new Float32Array(buffer) },
  F16: { bytes: 2, decode: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber) },
  BF16: { bytes: 2, decode: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer) },
  I64: { bytes: 8, arrayName: "BigInt64Array", decode: (buffer) => new BigInt64Array(buffer) },
  I32: { bytes: 4, arrayName: "Int32Array", decode: (buffer) => new Int32Array(buffer) },
  I16: { bytes: 2, arrayName: "Int16Array", decode: (buffer) => new Int16Array(buffer) },
  I8: { bytes: 1, arrayName: "Int8Array", decode: (buffer) => new Int8Array(buffer) },
  U64: { bytes: 8, arrayName: "BigUint64Array", decode: (buffer) => new BigUint64Array(buffer) },
  U32: { bytes: 4, arrayName: "Uint32Array", decode: (buffer) => new Uint32Array(buffer) },
  U16: { bytes: 2, arrayName: "Uint16Array", decode: (buffer) => new Uint16Array(buffer) },
  U8: { bytes: 1, arrayName: "Uint8Array", decode: (buffer) => new Uint8Array(buffer) },
  BOOL: { bytes: 1, decode: (buffer) => new Uint8Array(buffer) },
};

export function isDtype(name: unknown): name is Dtype {
  return typeof name === "string" && Object.hasOwn(elementTypes, name);
}
