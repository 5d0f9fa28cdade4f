import { checkHeader, MAX_HEADER_BYTES, readHeader } from "./safetensors-header.ts";
import { elementTypes, isDtype, type Dtype, type TensorData } from "./safetensors-dtypes.ts";

/** A named array in a weight file, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** What the file calls its type. On writing it follows from `data`; only "BOOL" (a `Uint8Array` of 0 and 1) must be said. */
  readonly dtype?: Dtype;
}

interface WeightFile {
  readonly tensors: Map<string, Required<StoredTensor>>;
  readonly metadata: Record<string, string>;
}

/**
 * The bytes of a weight file in the safetensors layout: the header's length (8 bytes, little-endian), the header (JSON, padded
 * to 8 bytes), the data, widest elements first, so that every tensor is aligned. Equal input gives equal bytes, in whatever
 * order the tensors come.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor> | Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: Array<[string, StoredTensor]> = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  entries.sort(([nameA, a], [nameB, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1));

  const header: Array<[string, unknown]> = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let end = 0;
  for (const [name, tensor] of entries) {
    const size = tensor.shape.reduce((product, length) => product * length, 1);
    if (size !== tensor.data.length || name === "__metadata__") {
      throw new RangeError(
        `[writeSafetensors] tensor "${name}": expected ${size} elements for shape [${tensor.shape.join(", ")}] and a name other than "__metadata__", got ${tensor.data.length} elements.`,
      );
    }
    header.push([name, { dtype: dtypeOf(tensor), shape: tensor.shape, data_offsets: [end, (end += tensor.data.byteLength)] }]);
  }

  // Not JSON.stringify of an object: it would move names that look like integers to the front and lose "__proto__".
  const json = `{${header.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
  const text = new TextEncoder().encode(json);
  const headerLength = Math.ceil(text.length / 8) * 8;
  if (headerLength > MAX_HEADER_BYTES) {
    throw new RangeError(`[writeSafetensors] expected a header of at most ${MAX_HEADER_BYTES} bytes, got ${headerLength}; shorten the metadata.`);
  }
  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setUint32(0, headerLength, true);
  bytes.set(text, 8);
  let offset = 8 + headerLength;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors and the metadata of a weight file; the arrays are copies. F16 and BF16 come back as `Float32Array`, I64 and U64
 * as BigInt arrays, BOOL as `Uint8Array`. Throws `ModelFileError` for anything but a whole, well-formed file; `source` names
 * the file in its message.
 */
export function readSafetensors(bytes: Uint8Array, source = "weights.safetensors"): WeightFile {
  const { header, dataStart } = readHeader(bytes, source);
  const { entries, metadata } = checkHeader(header, bytes.length - dataStart, source);
  const tensors = new Map<string, Required<StoredTensor>>();
  for (const { name, dtype, shape, begin, end } of entries) {
    // A copy, because a view into the file need not be aligned. Not bytes.slice: a Buffer's slice is a view.
    const copy = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    tensors.set(name, { shape, dtype, data: elementTypes[dtype].decode(copy.buffer) });
  }
  return { tensors, metadata };
}

function dtypeOf({ data, dtype }: StoredTensor): Dtype {
  if (dtype === "BOOL" && data instanceof Uint8Array) return "BOOL";
  for (const name of Object.keys(elementTypes)) {
    if (isDtype(name) && elementTypes[name].arrayName === data.constructor.name) return name;
  }
  throw new RangeError(`[writeSafetensors] expected a typed array of a storable type, got ${data.constructor.name}.`);
}
