import type { Note } from "../reading.ts";
import { TableError, type TableProblem } from "../table-error.ts";

/** The longest string that Node makes. */
const longestText = 536_870_888;

/** Bytes with which files of other kinds begin. */
const foreign: readonly [string, string][] = [
  ["PK\x03\x04", "a ZIP archive or an Excel workbook"],
  ["\x1f\x8b", "gzip data that is still compressed"],
  ["PAR1", "a Parquet file"],
  ["PARE", "an encrypted Parquet file"],
  ["ARRO", "an Arrow or Feather file"],
  ["%PDF", "a PDF"],
];

/** What a file's first bytes say of its encoding; undefined where they leave it open. */
export function encodingByStart(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  // without a mark: every other byte of letters and digits is 0
  const start = bytes.subarray(0, Math.min(bytes.length, 200) & ~1);
  const zeros = [0, 1].map((odd) => start.filter((byte, i) => i % 2 === odd && byte === 0).length);
  if (start.length >= 8 && zeros[1] > 0.4 * start.length && zeros[0] === 0) return "utf-16le";
  return start.length >= 8 && zeros[0] > 0.4 * start.length && zeros[1] === 0 ? "utf-16be" : undefined;
}

/**
 * Bytes as text, a byte order mark included. The encoding is the one given, else what the bytes say: UTF-16 or UTF-8, else what earlier tables
 * had, else Windows-1252. Throws TableError.
 */
export function decodeText(bytes: Uint8Array, options: { encoding?: string; before?: string; source?: string }): { text: string; encoding: string; note?: Note } {
  const { source = "" } = options;
  const fail = (problem: TableProblem): never => {
    throw new TableError([problem], source);
  };
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  for (const [magic, kind] of foreign) {
    if (start.startsWith(magic)) fail({ message: `this is ${kind}, not a text table; export it as CSV in UTF-8.` });
  }
  if (bytes.length > longestText) fail({ message: `the file has ${bytes.length} bytes; the most is ${longestText}. Split it.` });
  const known = options.encoding ?? encodingByStart(bytes);
  if (known !== undefined) {
    const encoding = nameOf(known) ?? fail({ message: `there is no encoding "${known}"; use utf-8, utf-16le, windows-1252 or another name.`, remedies: ["encoding"] });
    const text = decoded(bytes, encoding);
    if (text !== undefined && !/^utf|^windows|^iso-8859/.test(encoding) && !comesBack(text, encoding, bytes)) fail({ message: `the text would not be written back alike in ${encoding}; save the table as UTF-8 first.` });
    if (text !== undefined) return { text, encoding };
    if (encoding === "utf-8") fail({ row: lineThatFails(bytes), message: "the text is not valid UTF-8; name its encoding, such as windows-1252.", remedies: ["encoding"] });
    return fail({ message: `the text is not valid ${encoding.toUpperCase()}; name its encoding.`, remedies: ["encoding"] });
  }
  const asUtf8 = decoded(bytes, "utf-8");
  if (asUtf8 !== undefined) return { text: asUtf8, encoding: "utf-8" };
  const before = nameOf(options.before ?? "");
  const encoding = before === undefined || before.startsWith("utf") ? "windows-1252" : before;
  const text = decoded(bytes, encoding);
  // what is no text in it stands at control characters
  if (text === undefined || /[\x00-\x08\x0e-\x1f\x80-\x9f]/.test(text)) fail({ row: lineThatFails(bytes), message: "the text is neither UTF-8 nor Windows-1252; name its encoding, or save the file as CSV in UTF-8.", remedies: ["encoding"] });
  return { text: text!, encoding, ...(before !== encoding && { note: { text: `the text is not UTF-8 and is read as ${encoding === "windows-1252" ? "Windows-1252" : encoding}; if letters look wrong, name the encoding`, change: { option: "encoding", value: "windows-1250" } } }) };
}

/** Whether a file that begins so may be UTF-8; a character that is cut at the end is no matter. */
export function beginsAsUtf8(bytes: Uint8Array): boolean {
  if (encodingByStart(bytes)?.startsWith("utf-16")) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The name by which decoders call an encoding; undefined: there is none. */
function nameOf(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The first line that is not UTF-8: a line feed is never part of another character. */
function lineThatFails(bytes: Uint8Array): number {
  for (let line = 1, at = 0; at < bytes.length; line++) {
    const end = bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at) + 1;
    if (decoded(bytes.subarray(at, end), "utf-8") === undefined) return line;
    at = end;
  }
  return 1;
}

/** Text in an encoding that `decodeText` named. Throws TableError for a character that it lacks. */
export function encodeText(text: string, encoding = "utf-8"): Uint8Array<ArrayBuffer> {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  if (encoding.startsWith("utf-16")) {
    const bytes = new Uint8Array(2 * text.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), encoding === "utf-16le");
    return bytes;
  }
  const codes = codesOf(encoding);
  const bytes = new Uint8Array(2 * text.length);
  let length = 0;
  for (const letter of text) {
    const code = codes.get(letter);
    if (code === undefined) throw new TableError([{ message: `${JSON.stringify(letter)} cannot be written in ${encoding}, the encoding of the table; save the table as UTF-8 first.` }]);
    if (code > 255) bytes[length++] = code >> 8;
    bytes[length++] = code & 255;
  }
  return bytes.slice(0, length);
}

const knownCodes = new Map<string, ReadonlyMap<string, number>>();

/** The bytes of each character of an encoding of one or two bytes a character, the first of several. */
function codesOf(encoding: string): ReadonlyMap<string, number> {
  const known = knownCodes.get(encoding);
  if (known) return known;
  const codes = new Map<string, number>();
  const add = (...bytes: number[]): boolean => {
    // after another letter: bytes at the beginning may be taken for a mark of byte order
    const letter = decoded(Uint8Array.from([97, ...bytes]), encoding)?.slice(1);
    const isOne = letter !== undefined && [...letter].length === 1;
    if (isOne && !codes.has(letter)) codes.set(letter, bytes.length === 1 ? bytes[0] : 256 * bytes[0] + bytes[1]);
    return isOne;
  };
  for (let byte = 0; byte < 256; byte++) if (!add(byte) && byte > 127) for (let second = 0x30; second < 256; second++) add(byte, second);
  knownCodes.set(encoding, codes);
  return codes;
}

/** Whether a text in an encoding other than Unicode's comes back as the same bytes: of some a character has several. */
function comesBack(text: string, encoding: string, bytes: Uint8Array): boolean {
  try {
    const written = encodeText(text, encoding);
    return written.length === bytes.length && written.every((byte, i) => byte === bytes[i]);
  } catch {
    return false;
  }
}
