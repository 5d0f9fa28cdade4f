import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { beginsAsUtf8, formatOfBytes, parseHead, parseSample, type CsvHead, type ParseOptions, type TextTable } from "../../data/index.ts";
import { RecordScanner } from "./record-scanner.ts";

/** Rows that stand for a long file, one in `step` of its `rows`. */
export interface FileSample {
  table: TextTable;
  rows: number;
  step: number;
}

/** Files from this size on are sampled; gzipped ones from a fifth of it on. */
const largeFile = 32e6;
/** Of the beginning, and read at once. */
const [headLength, pieceLength] = [1 << 20, 1 << 22];
/** Rows and bytes that are kept at most, and the bytes of a row. */
const [mostRows, mostBytes, longestRow] = [50_000, 16e6, 8e6];

/**
 * Rows from all over a long text file, in memory that does not grow with it; undefined where the whole file is to be read: short ones, other
 * formats, UTF-16. Throws TableError.
 */
export async function sampleLongFile(path: string, options: ParseOptions, least = largeFile): Promise<FileSample | undefined> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size <= least / 5) return undefined;
  const raw = createReadStream(path, { highWaterMark: pieceLength });
  try {
    let sampler: RowSampler | undefined;
    let beginning = Buffer.alloc(0);
    for await (const piece of unpacked(raw, size > least)) {
      if (sampler) {
        if (!sampler.read(piece)) return undefined;
        continue;
      }
      beginning = Buffer.concat([beginning, piece]);
      if (beginning.length < headLength) continue;
      sampler = startSampler(beginning, options);
      if (!sampler?.read(beginning.subarray(sampler.start.length))) return undefined;
    }
    return sampler?.finish(options);
  } finally {
    raw.destroy();
  }
}

/** The file's bytes, gunzipped; nothing of a plain one that is not large. */
async function* unpacked(raw: AsyncIterable<Buffer>, isLarge: boolean): AsyncIterable<Buffer> {
  const source = raw[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done) return;
  const zipped = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!zipped && !isLarge) return;
  const all = (async function* () {
    yield first.value;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  })();
  if (!zipped) yield* all;
  else {
    const unzip = createGunzip({ chunkSize: 1 << 20 });
    const { Readable } = await import("node:stream");
    Readable.from(all).on("error", (cause) => unzip.destroy(cause)).pipe(unzip);
    yield* unzip as AsyncIterable<Buffer>;
  }
}

/** What a beginning says of how the rows are told apart; undefined where bytes do not tell it. */
function startSampler(beginning: Buffer, options: ParseOptions): RowSampler | undefined {
  if (formatOfBytes(beginning).name !== "csv" || (options.encoding !== undefined && !/^(utf-?8|(windows|iso)-\d.*|latin1|ascii)$/i.test(options.encoding))) return undefined;
  const isUtf8 = beginsAsUtf8(beginning);
  // zeros are those of UTF-16
  if (!isUtf8 && beginning.includes(0)) return undefined;
  const text = new TextDecoder(isUtf8 ? "utf-8" : "windows-1252", { ignoreBOM: true }).decode(beginning);
  const head = parseHead(text, options);
  if (head.delimiter.charCodeAt(0) > 127) return undefined;
  const length = isUtf8 ? Buffer.byteLength(text.slice(0, head.begin)) : head.begin;
  return new RowSampler(beginning.subarray(0, length), head);
}

/** Keeps one row in `step`, which doubles whenever that is too many. */
class RowSampler {
  private readonly scanner: RecordScanner;
  private kept: { bytes: Buffer; line: number }[] = [];
  private size = 0;
  private step = 1;
  private rows = 0;
  private pending: Buffer[] = [];
  private pendingLength = 0;
  private line: number;

  constructor(readonly start: Buffer, private readonly head: CsvHead) {
    this.scanner = new RecordScanner(head.delimiter);
    this.line = head.line;
  }

  /** Reads further bytes; false if a row is too long to be one. */
  read(piece: Buffer): boolean {
    let start = 0;
    this.scanner.read(piece, (end) => {
      this.take(piece.subarray(start, end));
      start = end;
    });
    // a copy: the rest of the piece is not kept alive by it
    this.pending.push(Buffer.from(piece.subarray(start)));
    this.pendingLength += piece.length - start;
    return this.pendingLength < longestRow;
  }

  finish(options: ParseOptions): FileSample {
    if (this.pendingLength > 0) this.take(Buffer.alloc(0));
    const lines = Uint32Array.from(this.kept, ({ line }) => line);
    const last = this.kept.at(-1)?.bytes.at(-1);
    const ends = last === 10 || last === 13 ? [] : [Buffer.from("\n")];
    return { table: parseSample(Buffer.concat([this.start, ...this.kept.map(({ bytes }) => bytes), ...ends]), this.head, this.start.length, lines, options), rows: this.rows, step: this.step };
  }

  private take(end: Buffer): void {
    const line = this.line;
    this.line = this.head.line + this.scanner.breaks;
    const isKept = this.rows % this.step === 0;
    const mayBeBlank = this.head.columns.length > 1 && this.pendingLength + end.length < 20;
    const record = (isKept || mayBeBlank) && this.pendingLength > 0 ? Buffer.concat([...this.pending, end]) : end;
    this.pending = [];
    this.pendingLength = 0;
    if (mayBeBlank && /^\s*$/.test(record.toString("latin1"))) return;
    if (isKept) {
      this.kept.push({ bytes: Buffer.from(record), line });
      this.size += record.length;
      if (this.kept.length > mostRows || this.size > mostBytes) this.thin();
    }
    this.rows++;
  }

  private thin(): void {
    this.kept = this.kept.filter((_, i) => i % 2 === 0);
    this.size = this.kept.reduce((total, { bytes }) => total + bytes.length, 0);
    this.step *= 2;
  }
}
