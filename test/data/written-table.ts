import { writeLines, type ReadOptions } from "../../src/data/index.ts";
import { encodeText } from "../../src/data/text/encoding.ts";
import { generator } from "./odd-tables.ts";

const texts = ["", " ", "a", "b c", "é", "#", "# x", '"', '""', "x\ny", "x\r\ny", ",", ";", "\t", "|", "1,5", "1.234,5", "-", "NA", "007", " lead", "trail ", "\u00a0", "'", "sep=,", "None", "-999", "12:30", "2024-01-05"];

/** A table as the writer writes it, in a dialect of its own, with what its cells are and what is said of it where it is read. */
export function writtenTable(seed: number): { names: string[]; rows: string[][]; bytes: Uint8Array; options: ReadOptions; where: string } {
  const next = generator(seed * 77_777 + 5);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)];
  const delimiter = pick([",", ";", "\t", "|", " "]);
  const encoding = pick(["utf-8", "utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15"]);
  const lineBreak = pick(["\n", "\r\n", "\r"]);
  const width = 1 + Math.floor(6 * next());
  const decimal = pick([".", ","] as const);
  const number = (): string => (1000 * next() - 300).toFixed(Math.floor(4 * next())).replace(".", decimal);
  const names = Array.from({ length: width }, (_, i) => `${pick(["a", "#a", "b c", "größe", "x,y", 'q"q', "1", "NA"])} ${i}`);
  const rows = Array.from({ length: 1 + Math.floor(12 * next()) }, () => names.map(() => (next() < 0.5 ? number() : pick(texts))));
  const before = [...(next() < 0.3 ? ["# a comment, with; marks"] : []), ...(next() < 0.2 ? [""] : [])].map((line) => line + lineBreak).join("");
  // as the writer has it, a record at a time: a line break within a cell stays
  const body = [names, ...rows].map((cells) => writeLines([cells], delimiter).slice(0, -1)).join(lineBreak) + (width === 1 ? lineBreak : pick(["", lineBreak]));
  const mark = encoding.startsWith("utf") && next() < 0.5 ? "\ufeff" : "";
  const bytes = encodeText(mark + before + body, encoding);
  const options: ReadOptions = { delimiter, header: true, ...((encoding.startsWith("iso") || (encoding === "windows-1252")) && { encoding }) };
  return { names, rows, bytes, options, where: `seed ${seed}, ${encoding}: ${JSON.stringify(mark + before + body)}` };
}
