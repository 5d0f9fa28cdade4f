import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { sampleLongFile } from "../../src/cli/stream/sample-file.ts";

const folder = mkdtempSync(join(tmpdir(), "hhvaem-sample-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// 120,000 rows; a remark of two lines in every tenth, a blank line in every hundredth
const rows = 120_000;
const text = `# kept by hand\nid,remark,größe\n${Array.from({ length: rows }, (_, i) => `${i},${i % 10 === 3 ? '"two\nlines"' : "one"},${(i % 700) / 10}\n${i % 100 === 7 ? "\n" : ""}`).join("")}`;
const write = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

it.each([["plain", text], ["CRLF", text.replaceAll("\n", "\r\n")], ["gzipped", gzipSync(text)], ["Windows-1252", Buffer.from(text, "latin1")]])("a long file, %s, is looked at a row in some, evenly, and each row says its line", async (name, content) => {
  const sample = (await sampleLongFile(write(`${name}.csv`, content), { source: "t.csv" }, 1e5))!;
  expect([sample.rows, sample.step, sample.table.rows]).toEqual([rows, 4, rows / 4]);
  expect(sample.table.columns).toEqual(["id", "remark", "größe"]);
  for (const row of [0, 1, 777, rows / 4 - 1]) {
    const i = 4 * row;
    expect(sample.table.cell(row, 0)).toBe(String(i));
    // the header's line, rows before, their second lines, and blank lines
    expect(sample.table.line(row)).toBe(3 + i + Math.ceil((i - 3) / 10) + Math.ceil((i - 7) / 100));
  }
});

it("short files and other formats are left to be read as a whole", async () => {
  expect(await sampleLongFile(write("short.csv", "a,b\n1,2\n"), {})).toBeUndefined();
  expect(await sampleLongFile(write("utf16.csv", Buffer.from(`\ufeff${text}`, "utf16le")), {}, 1e5)).toBeUndefined();
  expect(await sampleLongFile(join(folder, "nowhere.csv"), {})).toBeUndefined();
});
