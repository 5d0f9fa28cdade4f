import { ModelFileError } from "./model-file-error.ts";
import { elementTypes, isDtype, type Dtype } from "./safetensors-dtypes.ts";

/** The layout's own limit. */
export const MAX_HEADER_BYTES = 100_000_000;

interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly begin: number;
  readonly end: number;
}

const TRUNCATED = "the file is incomplete: copy or save it again";
const FOREIGN = "this is no safetensors file, or it is damaged: check the path, or save it again";

/** The header's JSON object and where the data starts. */
export function readHeader(bytes: Uint8Array, source: string): { header: Record<string, unknown>; dataStart: number } {
  const fail = (expected: string, got: string, remedy: string): never => {
    throw new ModelFileError({ where: `${source}, header`, expected, got, remedy });
  };
  if (bytes.length < 8) fail("at least the 8 bytes of the header's length", `a file of ${bytes.length} bytes`, TRUNCATED);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length < 2 || length > MAX_HEADER_BYTES) fail(`a header of 2 to ${MAX_HEADER_BYTES} bytes`, `a length of ${length}`, FOREIGN);
  if (bytes[8] !== undefined && bytes[8] !== 0x7b) fail('"{" as its first byte', `byte ${bytes[8]}`, FOREIGN);
  if (8 + length > bytes.length) fail(`${length} bytes`, `only ${bytes.length - 8} to the end of the file`, TRUNCATED);

  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    fail("JSON in UTF-8", "text that does not parse", FOREIGN);
  }
  if (!isObject(header)) return fail("a JSON object", describe(header), FOREIGN);
  return { header, dataStart: 8 + length };
}

/** The tensors in the order of their data, which must fill `dataBytes` without gap or overlap, and the metadata. */
export function checkHeader(
  header: Record<string, unknown>,
  dataBytes: number,
  source: string,
): { entries: HeaderEntry[]; metadata: Record<string, string> } {
  const { __metadata__: metadata = {}, ...described } = header;
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new ModelFileError({ where: `${source}, __metadata__`, expected: "an object of strings", got: describe(metadata), remedy: FOREIGN });
  }
  const entries = Object.entries(described).map(([name, value]) => checkEntry(name, value, dataBytes, source));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  let end = 0;
  for (const { name, ...entry } of entries) {
    if (entry.begin !== end) {
      throw new ModelFileError({
        where: `${source}, tensor ${JSON.stringify(name)}`,
        expected: `its data to begin at byte ${end}, where the tensor before it ends`,
        got: `byte ${entry.begin} (${entry.begin < end ? "an overlap" : "a gap"})`,
        remedy: FOREIGN,
      });
    }
    end = entry.end;
  }
  if (end !== dataBytes) {
    throw new ModelFileError({ where: `${source}, data`, expected: `${end} bytes`, got: `${dataBytes}`, remedy: FOREIGN });
  }
  return { entries, metadata: metadata as Record<string, string> };
}

function checkEntry(name: string, value: unknown, dataBytes: number, source: string): HeaderEntry {
  const fail = (expected: string, got: string, remedy = FOREIGN): never => {
    throw new ModelFileError({ where: `${source}, tensor ${JSON.stringify(name)}`, expected, got, remedy });
  };
  if (!isObject(value)) return fail("an object with dtype, shape and data_offsets", describe(value));
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) return fail(`a dtype among ${Object.keys(elementTypes).join(", ")}`, describe(dtype), "convert the tensor to one of these");
  if (!isSizes(shape)) return fail("a shape of non-negative integers", describe(shape));
  if (!isSizes(offsets) || offsets.length !== 2) return fail("data_offsets of two non-negative integers", describe(offsets));
  const [begin, end] = offsets;
  if (begin > end) return fail("data_offsets in ascending order", describe(offsets));
  if (end > dataBytes) return fail(`data up to byte ${end}`, `a file whose data ends at ${dataBytes}`, TRUNCATED);
  const bytes = shape.reduce((product, length) => product * length, elementTypes[dtype].bytes);
  if (bytes !== end - begin) return fail(`${bytes} bytes for ${dtype} of shape ${describe(shape)}`, `${end - begin}`);
  return { name, dtype, shape, begin, end };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A value as a short piece of JSON. */
function describe(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}
