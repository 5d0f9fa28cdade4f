import { encodeText } from "../../src/data/text/encoding.ts";

/** Numbers in [0, 1) from a linear congruential generator, so that a failure can be repeated. */
export const generator = (seed: number): (() => number) => () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;

export const oddCells = [
  "", "NA", "-", ".", "1", "2.5", "1,5", "1.234,5", "1,234.5", "33%", "$12", "2024-01-05", "05/01/2024", "1/2/24", "007", "a", "A ", "yes", "No", "unknown", "-999", "é", "#x", '"', "\t", " ", "😀", "<0.05", "inf", "None", "1e5",
  "12:30", "12'000", "x;y", "x|y", "# c", "__proto__", "constructor", "\u00a0", "1 234",
];

/** A table such as nobody should write, and some do. */
export function oddTable(seed: number): { text: string; encoding: string } {
  const next = generator(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)];
  const whole = (below: number): number => Math.floor(next() * below);
  const [mark, lineBreak, width] = [pick([",", ";", "\t", "|", " "]), pick(["\n", "\r\n", "\r"]), 1 + whole(5)];
  const column = (): (() => string) => {
    const few = Array.from({ length: 1 + whole(4) }, () => pick(oddCells));
    return pick([() => pick(few), () => String(whole(1000) / 10), () => (next() < 0.9 ? String(whole(90)) : pick(oddCells)), () => (next() < 0.8 ? `${1 + whole(28)}/${1 + whole(12)}/20${10 + whole(20)}` : pick(oddCells))]);
  };
  const columns = Array.from({ length: width }, column);
  const quoted = (cell: string): string => (cell.includes(mark) || /["\r\n]/.test(cell) || next() < 0.05 ? `"${cell.replaceAll('"', '""')}"` : cell);
  const header = columns.map((_, i) => pick(["", "a", "b", `c${i}`, `c${i}`, `c${i}`, "1", "id"]));
  const rows = Array.from({ length: whole(20) }, () => columns.map((cell) => cell()));
  const before = next() < 0.2 ? [pick(["# comment", "Title", `Title${mark}`, "sep=;", ""])] : [];
  let text = [...before, ...[header, ...rows].map((row) => row.map(quoted).join(mark))].join(lineBreak) + pick(["", lineBreak]);
  const at = whole(text.length);
  if (next() < 0.1) text = text.slice(0, at) + pick(oddCells) + text.slice(at);
  const encoding = pick(["utf-8", "utf-8", "utf-16le", "windows-1252"]);
  return encoding === "windows-1252" && /[\ud800-\udfff]/.test(text) ? { text, encoding: "utf-8" } : { text: encoding === "utf-16le" ? `\ufeff${text}` : text, encoding };
}

/** Bytes that may be a table, with what is said of them: of ten kinds, from random bytes to a table in which a quote is never closed. */
export function anyBytes(seed: number): { kind: string; bytes: Uint8Array; options: { delimiter?: string; header?: boolean; decimal?: "," | "."; encoding?: string; missing?: string[] } } {
  const next = generator(seed * 2_654_435 + 17);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)];
  const whole = (below: number): number => Math.floor(next() * below);
  const { text, encoding } = oddTable(seed);
  const valid = encodeText(text, encoding);
  const of = (kind: string, bytes: Uint8Array, options = {}): ReturnType<typeof anyBytes> => ({ kind, bytes, options });
  const lines = text.split(/\r\n?|\n/);
  switch (seed % 10) {
    case 0:
      return of("random bytes", Uint8Array.from({ length: whole(400) }, () => whole(256)));
    case 1:
      return of("a few bytes changed", mutated(valid, next));
    case 2:
      return of("another dialect is declared", valid, { delimiter: pick([",", ";", "\t", "|", " ", "x", "é"]), header: pick([true, false, undefined]), decimal: pick([",", ".", undefined]), encoding: pick(["utf-8", "utf-16le", "windows-1252", "shift_jis", "nonsense", undefined]), missing: pick([["-999"], ["a=1", "c0="], ["="], undefined]) });
    case 3:
      return of("ragged rows", encodeText(lines.map((line) => (next() < 0.3 ? line + pick([",", ";", ",,,", "\t1", '"']) : line)).join("\n")));
    case 4:
      return of("a quote that is not closed", encodeText(`${text.slice(0, whole(text.length))}${pick([",", "\n"])}"${text.slice(whole(text.length))}`));
    case 5:
      return of("NUL characters", mutated(valid, () => 0.999 * next(), 0));
    case 6:
      return of("a very long field", encodeText(`${lines[0]}\n${lines.slice(1).map((line) => (next() < 0.2 ? `${pick(["a", " ", "1", "- ", "1 ", '""', "é", "1,", "01/"]).repeat(whole(seed % 500 === 6 ? 600_000 : 4000))}${line}` : line)).join("\n")}`));
    case 7:
      return of("hardly a table", encodeText(pick(["", "\ufeff", "\n\n\n", "a", "a\n", "a\n1", "a,b,c\n", "\ufeffa;b\n", '""', '"', ",", ",,\n,,\n", "sep=;\n", "#\n#\n", " ", "\t\n", "\r", "1\n2\n", "NA\nNA\n", "a\n\n\n", "x".repeat(whole(5000)), "a,".repeat(whole(5000))]), pick(["utf-8", "utf-16le", "utf-16be"])));
    case 8:
      return of("many columns", encodeText([...Array(1 + whole(15))].map((_, i) => [...Array(200)].map((__, j) => (i === 0 ? `c${j}` : pick(oddCells).replace(/[",\n\t;|]/g, ""))).join(",")).join("\n")));
    default:
      return of("an odd table", valid);
  }
}

/** Up to five bytes changed, put in, left out or doubled; or set to `value`. */
function mutated(bytes: Uint8Array, next: () => number, value?: number): Uint8Array {
  let own = Array.from(bytes);
  for (let times = 1 + Math.floor(5 * next()); times > 0; times--) {
    const at = Math.floor(next() * own.length);
    const byte = value ?? Math.floor(256 * next());
    const way = Math.floor(4 * next());
    own = way === 0 ? own.map((old, i) => (i === at ? byte : old)) : way === 1 ? [...own.slice(0, at), byte, ...own.slice(at)] : way === 2 && value === undefined ? own.filter((_, i) => i !== at) : [...own.slice(0, at), ...own.slice(Math.max(0, at - 20), at), byte, ...own.slice(at)];
  }
  return Uint8Array.from(own);
}
