import type { Compressors, DecodedArray, Encoding, PageHeader, RowGroup, SchemaElement } from "hyparquet";
import type { CellType, Physical, Stored } from "./cell-type.ts";
import type { Parts } from "./parts.ts";
import { readRuns } from "./runs.ts";

type Chunk = NonNullable<RowGroup["columns"][number]["meta_data"]>;

/** No page is larger. */
const largestPage = 2 ** 30;

/** Reads the cells of one flat column in one row group, page by page. Throws plain errors for damaged data. */
export class ChunkReader {
  private readonly bytes: Uint8Array;
  private readonly decompress: (input: Uint8Array, length: number) => Uint8Array;
  private dictionary: (Stored | null)[] | undefined;

  constructor(
    private readonly parts: Parts,
    file: Uint8Array,
    chunk: Chunk,
    decompressors: Compressors,
    private readonly element: SchemaElement,
    private readonly type: CellType,
  ) {
    const { data_page_offset: data, dictionary_page_offset: dictionary, total_compressed_size: size } = chunk;
    // 0 stands for none
    const start = Number(dictionary && dictionary < data ? dictionary : data);
    const end = start + Number(size);
    if (!(start >= 4 && end >= start && end <= file.length)) throw new RangeError(`data from byte ${start} to ${end} of ${file.length}`);
    this.bytes = file.subarray(start, end);
    this.decompress = decompressors[chunk.codec]!;
  }

  /** Appends the cells of `rows` rows. */
  read(rows: number, cells: (Stored | null)[]): void {
    const end = cells.length + rows;
    const reader = { view: viewOf(this.bytes), offset: 0 };
    while (cells.length < end) {
      if (reader.offset >= this.bytes.length) throw new RangeError(`${end - cells.length} cells are missing`);
      const header = this.parts.parquetHeader(reader);
      const pageEnd = reader.offset + header.compressed_page_size;
      if (!(header.compressed_page_size >= 0 && pageEnd <= this.bytes.length)) throw new RangeError(`a page of ${header.compressed_page_size} bytes`);
      const page = this.bytes.subarray(reader.offset, pageEnd);
      reader.offset = pageEnd;
      if (header.type === "DICTIONARY_PAGE") this.readDictionary(page, header);
      else if (header.type === "DATA_PAGE") this.readPage(page, header, end, cells);
      else if (header.type === "DATA_PAGE_V2") this.readPageV2(page, header, end, cells);
      else if (header.type !== "INDEX_PAGE") throw new Error(`a page of type ${header.type}`);
    }
  }

  private readDictionary(page: Uint8Array, header: PageHeader): void {
    const content = this.unpack(page, header.uncompressed_page_size);
    const count = header.dictionary_page_header!.num_values;
    if (!(count >= 0 && count <= content.length)) throw new RangeError(`a dictionary of ${count} values`);
    this.dictionary = this.load(this.parts.readPlain({ view: viewOf(content), offset: 0 }, this.element.type!, count, this.element.type_length));
  }

  /** A page whose levels are compressed with the values. */
  private readPage(page: Uint8Array, header: PageHeader, end: number, cells: (Stored | null)[]): void {
    const { num_values: count, encoding, definition_level_encoding: levels } = header.data_page_header!;
    checkCount(count, end - cells.length);
    let content = this.unpack(page, header.uncompressed_page_size);
    let seen: Uint32Array | undefined;
    if (this.element.repetition_type !== "REQUIRED") {
      if (levels !== "RLE") throw new Error(`levels in the encoding ${levels}`);
      const length = viewOf(content).getUint32(0, true);
      seen = readRuns(content.subarray(4, 4 + length), 1, count);
      content = content.subarray(4 + length);
    }
    this.append(content, encoding, count, seen, cells);
  }

  /** A page with its levels before the compressed values. */
  private readPageV2(page: Uint8Array, header: PageHeader, end: number, cells: (Stored | null)[]): void {
    const v2 = header.data_page_header_v2!;
    checkCount(v2.num_values, end - cells.length);
    const start = v2.repetition_levels_byte_length;
    const levelBytes = start + v2.definition_levels_byte_length;
    if (!(start >= 0 && levelBytes >= start && levelBytes <= page.length)) throw new RangeError(`${levelBytes} bytes of levels`);
    const seen = this.element.repetition_type === "REQUIRED" ? undefined : readRuns(page.subarray(start, levelBytes), 1, v2.num_values);
    const values = page.subarray(levelBytes);
    const content = v2.is_compressed === false ? values : this.unpack(values, header.uncompressed_page_size - levelBytes);
    this.append(content, v2.encoding, v2.num_values, seen, cells);
  }

  /** `seen` is 1 where a cell has a value; without it, all have. */
  private append(content: Uint8Array, encoding: Encoding, count: number, seen: Uint32Array | undefined, cells: (Stored | null)[]): void {
    const values = this.values(content, encoding, seen ? seen.reduce((a, b) => a + b, 0) : count);
    for (let i = 0, next = 0; i < count; i++) cells.push(seen === undefined || seen[i] === 1 ? values[next++] : null);
  }

  private values(content: Uint8Array, encoding: Encoding, count: number): (Stored | null)[] {
    if (count === 0) return [];
    const { type, type_length: length } = this.element;
    const { parts } = this;
    const reader = { view: viewOf(content), offset: 0 };
    switch (encoding) {
      case "PLAIN":
        return this.load(parts.readPlain(reader, type!, count, length));
      case "PLAIN_DICTIONARY":
      case "RLE_DICTIONARY":
        return Array.from(readRuns(content.subarray(1), content[0], count), (index) => this.entry(index));
      case "RLE":
        if (type !== "BOOLEAN") break;
        return Array.from(readRuns(content.subarray(4), 1, count), (bit) => this.type.load(bit === 1));
      case "DELTA_BINARY_PACKED": {
        if (type !== "INT32" && type !== "INT64") break;
        const output = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
        parts.deltaBinaryUnpack(reader, count, output);
        return this.load(output);
      }
      case "DELTA_LENGTH_BYTE_ARRAY":
      case "DELTA_BYTE_ARRAY": {
        const output: Uint8Array[] = [];
        (encoding === "DELTA_BYTE_ARRAY" ? parts.deltaByteArray : parts.deltaLengthByteArray)(reader, count, output);
        return this.load(output);
      }
      case "BYTE_STREAM_SPLIT":
        return this.load(parts.byteStreamSplit(reader, count, type!, length));
    }
    throw new Error(`${type} in the encoding ${encoding}`);
  }

  private entry(index: number): Stored | null {
    const value = this.dictionary?.[index];
    if (value === undefined) throw new RangeError(`there is no entry ${index} in the dictionary`);
    return value;
  }

  private load(values: DecodedArray): (Stored | null)[] {
    return Array.from(values as Iterable<Physical>, (value) => this.type.load(value));
  }

  private unpack(page: Uint8Array, length: number): Uint8Array {
    if (!(length >= 0 && length <= largestPage)) throw new RangeError(`a page of ${length} bytes`);
    // some decompressors fail on the empty page of a column without values
    const content = length === 0 ? new Uint8Array(0) : this.decompress(page, length);
    if (content.length !== length) throw new RangeError(`a page of ${content.length} bytes in place of ${length}`);
    return content;
  }
}

function checkCount(count: number, most: number): void {
  if (!(count >= 0 && count <= most)) throw new RangeError(`a page of ${count} cells, where ${most} are left`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
