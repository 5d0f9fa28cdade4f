import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { hhvaem, type Outcome, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const model = folder.path("model");
const read = (name: string): string => readFileSync(folder.path(name), "utf8");

/** A table whose cells hold line breaks inside quotes, CRLF, a BOM, and no line break at its end. */
const awkward = (rows: number): string =>
  `\uFEFFnote,${smallCsv(rows)
    .trim()
    .split("\n")
    .map((line, i) => (i === 0 ? line : `${i % 9 === 0 ? `"two\r\nlines, ""quoted"" ${i}"` : `n${i}`},${line}`))
    .join("\r\n")}`;

/** Few draws together: 8192 / 1024 = 8 rows at a time. */
const answers = ["--draws", "1024"];
const fill = (output: string, input: string, ...more: string[]): Outcome =>
  hhvaem("impute", model, folder.path(input), "-o", folder.path(output), "--cells", folder.path(`${output}.cells.csv`), "--completions", "2", "--long", folder.path(`${output}.long.csv`), "--targets", ...answers, ...more);

beforeAll(() => {
  folder.write("train.csv", smallCsv(60));
  const trained = hhvaem("train", folder.path("train.csv"), "--target", "y", "--preset", "HMCVAE", "--no-report", "--vi-steps", "40", "--hmc-steps", "2", "--transitions", "2", "--batch", "20", "--out", model);
  expect(trained.code, trained.err).toBe(0);
  folder.write("table.csv", awkward(90));
  folder.write("table.csv.gz", gzipSync(awkward(90)));
  const whole = fill("whole.csv", "table.csv");
  expect(whole.code, whole.err).toBe(0);
}, 300_000);

describe("a table answered in parts", () => {
  it("gives the bytes of the whole, whatever the parts' size, gzipped or not, with cells, completions and all of them in one file", () => {
    for (const [name, input, rows] of [["seven.csv", "table.csv", "7"], ["hundred.csv.gz", "table.csv.gz", "100"]] as const) {
      const parts = fill(name, input, "--chunk-rows", rows);
      expect(parts.code, parts.err).toBe(0);
      expect(parts.out).toMatch(/filled \d+ cells of 90 rows, 90 rows in \d+ parts?/);
      const text = (file: string): string => (file.endsWith(".gz") ? gunzipSync(readFileSync(folder.path(file))).toString() : read(file));
      expect(text(name)).toBe(read("whole.csv"));
      expect(text(name.replace(".csv", ".2.csv"))).toBe(read("whole.2.csv"));
      expect(read(`${name}.cells.csv`)).toBe(read("whole.csv.cells.csv"));
      expect(read(`${name}.long.csv`)).toBe(read("whole.csv.long.csv"));
      expect(existsSync(folder.path(`${name}.parts`))).toBe(false);
    }
    // three tables of 90 rows, each numbered from 1 on
    const places = [...read("whole.csv.long.csv").matchAll(/^(\d+),(\d+),/gm)].map(([, table, row]) => `${table} ${row}`);
    expect(places).toEqual([0, 1, 2].flatMap((table) => Array.from({ length: 90 }, (_, row) => `${table} ${row + 1}`)));
  });

  it("predicts the same in parts", () => {
    const run = (output: string, ...more: string[]) => hhvaem("predict", model, folder.path("table.csv"), "-o", folder.path(output), ...answers, ...more);
    expect(run("p.csv").code).toBe(0);
    const parts = run("parts.csv", "--chunk-rows", "40");
    expect(parts.code, parts.err).toBe(0);
    expect(parts.out).toMatch(/predicted y for 90 rows, 90 rows in \d parts?/);
    expect(read("parts.csv")).toBe(read("p.csv"));
  });

  it("tells what is wrong far down by its line in the file, before any work, and leaves no output", () => {
    folder.write("bad.csv", awkward(90).replace("n80,", 'n80,"x",').replace(/n85,[^,]*,/, "n85,abc,"));
    const run = hhvaem("impute", model, folder.path("bad.csv"), "-o", folder.path("bad-out.csv"), ...answers, "--chunk-rows", "20");
    expect(run.code).toBe(2);
    // the header, 80 rows, and 8 line breaks inside quotes before
    expect(run.err).toContain("bad.csv, row 89: expected 6 fields, got 7");
    expect(existsSync(folder.path("bad-out.csv"))).toBe(false);
  });

  it("goes on after an interruption, with the parts that are done; refuses another table's parts", async () => {
    const args = ["impute", model, folder.path("table.csv"), "-o", folder.path("resumed.csv"), ...answers, "--targets", "--chunk-rows", "7"];
    const child = spawn(process.execPath, [join(import.meta.dirname, "../../dist/cli.js"), ...args], { stdio: "ignore", env: { ...process.env, HHVAEM_TUNING: "off" } });
    const done = (): number => (existsSync(folder.path("resumed.csv.parts")) ? readdirSync(folder.path("resumed.csv.parts")).filter((name) => name.endsWith(".json")).length : 0);
    for (let i = 0; i < 600 && done() < 2; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGINT");
    expect((await once(child, "exit"))[0]).toBe(2);
    expect(existsSync(folder.path("resumed.csv"))).toBe(false);
    const before = done();
    expect(before).toBeGreaterThan(1);
    const other = hhvaem(...args, "--resume", "--seed", "3");
    expect(other.code).toBe(2);
    expect(other.err).toContain("--resume:");
    const again = hhvaem(...args, "--resume");
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain(`${before} of `);
    expect(read("resumed.csv")).toBe(read("whole.csv"));
  });

  it("says what cannot be in parts", () => {
    const run = hhvaem("impute", model, folder.path("table.csv"), "-o", folder.path("out.parquet"), "--chunk-rows", "20");
    expect(run.code).toBe(2);
    expect(run.err).toContain("is to be a Parquet file, which is written as a whole");
    const noFile = hhvaem("impute", model, folder.path("nothing.csv"), "-o", folder.path("out.csv"), "--chunk-rows", "20");
    expect(noFile.code).toBe(2);
    expect(noFile.err).toContain("cannot read");
    writeFileSync(folder.path("cut.csv.gz"), readFileSync(folder.path("table.csv.gz")).subarray(0, 900));
    const cut = hhvaem("impute", model, folder.path("cut.csv.gz"), "-o", folder.path("out.csv"), "--chunk-rows", "20");
    expect(cut.code).toBe(2);
    expect(cut.err).toContain("cut.csv.gz: the gzip data is damaged or cut off");
  });
});
