import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { idxBytes } from "../../data/images/idx-bytes.ts";
import { bars } from "../../model/image/small-pictures.ts";
import { hhvaem, type Outcome, smallCsv, workFolder } from "../run.ts";

const folder = workFolder();
const set = bars(40, 3);
const ways = Array.from({ length: set.count }, (_, row) => Number(set.labels!.cell(row, 0) === "down"));
const data = folder.write("bars-images-idx3-ubyte", idxBytes(8, [40, 9, 11], set.pixels));
folder.write("bars-labels-idx1-ubyte", idxBytes(8, [40], ways));
const out = folder.path("out");
const saia = (...more: string[]): Outcome =>
  hhvaem("experiment", "saia", "--data", data, "--out", out, "--models", "VAE", "--vi-steps", "5", "--hmc-steps", "1", "--batch", "10", "--test-rows", "6", "--draws", "20", "--at-once", "40", ...more);
const pieces = (folder: string): { method: string; rows: number; error: number[]; logLikelihood: number[]; position: number[] }[] =>
  readFileSync(`${folder}/results.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line) as ReturnType<typeof pieces>[number]);

let run: Outcome;
beforeAll(() => {
  run = saia("--methods", "mi,random", "--report", folder.path("report.md"));
  expect(run.code, run.err).toBe(0);
}, 300_000);

describe("experiment saia on pictures", () => {
  it("acquires pixels forty at a time, at last the nineteen that are left; curves start and end together whatever the order", () => {
    expect(run.err).toContain("fold 0: VAE trained on 34 pictures");
    expect(run.err).toMatch(/\[2\/2\] fold 0, VAE, random: error rate \S+ with nothing, \S+ with 40 pixels, \S+ with all;/);
    const [mi, random] = pieces(out);
    expect([mi.method, mi.rows, random.method]).toEqual(["mi", 6, "random"]);
    for (const { error, logLikelihood, position } of [mi, random]) {
      expect([error.length, logLikelihood.length, position.length]).toEqual([4, 4, 99]);
      for (const share of error) expect(share >= 0 && share <= 1).toBe(true);
      for (const value of logLikelihood) expect(value).toBeLessThan(0);
      // every picture gets every pixel, so that the places 1 to 99 are each taken once
      expect(position.reduce((sum, at) => sum + at)).toBeCloseTo((99 * 100) / 2, 6);
    }
    for (const step of [0, 3]) expect([random.error[step], random.logLikelihood[step]]).toEqual([mi.error[step], mi.logLikelihood[step]]);
    expect(readFileSync(`${out}/curves.csv`, "utf8").split("\n").slice(1, 5).map((line) => line.split(",")[2])).toEqual(["0", "40", "80", "99"]);
    const report = readFileSync(folder.path("report.md"), "utf8");
    expect(report).toContain("Pictures of 99 pixels, target label; fold 0; 40 pixels at a time, 3 times, those with the highest rewards; 20 draws a row, drawn anew each time; 5 steps by the bound and 1 by HMC");
    expect(readFileSync(`${out}/curves.svg`, "utf8")).toContain("pixels acquired");
  });

  it("goes on after an interruption, to the same numbers, with the trained model", () => {
    const interrupted = folder.path("interrupted");
    cpSync(out, interrupted, { recursive: true });
    const lines = readFileSync(`${out}/results.jsonl`, "utf8").split("\n");
    writeFileSync(`${interrupted}/results.jsonl`, `${lines[0]}\n${lines[1].slice(0, 50)}`);
    const again = saia("--out", interrupted, "--methods", "mi,random");
    expect(again.code, again.err).toBe(0);
    expect(again.err).toContain("1 of 2 pieces are done already");
    expect(again.err).not.toContain("trained");
    expect(pieces(interrupted).map((piece) => ({ ...piece, seconds: 0 }))).toEqual(pieces(out).map((piece) => ({ ...piece, seconds: 0 })));
  });

  it("refuses what does not fit together, and says what to do", () => {
    const refusal = ({ code, err }: Outcome): string => `${code}: ${err.replaceAll(folder.path("."), ".").trim()}`;
    expect(refusal(saia("--at-once", "10"))).toMatchInlineSnapshot(`"2: ./out holds another experiment (atOnce: 40 there, 10 here; steps: 3 there, 10 here); choose another --out, or repeat its options."`);
    expect(refusal(saia("--splits", "splits.csv", "--marginal-steps", "3"))).toMatchInlineSnapshot(`"2: --splits, --marginal-steps: only for tables, and these are pictures; leave them out."`);
    expect(refusal(saia("--models", "HHVAEM"))).toMatchInlineSnapshot(`"2: --models HHVAEM: the preset HHVAEM has a marginal VAE for every feature, and pixels need none; use VAE, MIWAE, HVAE, HMCVAE, HHVAE or proper."`);
    expect(refusal(saia("--pixels", "gaussian"))).toMatchInlineSnapshot(`"2: ./out holds another experiment (other columns or types; pixels: "binary" there, "gaussian" here); choose another --out, or repeat its options."`);
    const bare = folder.write("bare-idx3-ubyte", idxBytes(8, [4, 9, 11], set.pixels.subarray(0, 4 * 99)));
    expect(refusal(hhvaem("experiment", "saia", "--data", bare, "--out", folder.path("other")))).toMatchInlineSnapshot(`"2: bare-idx3-ubyte has no labels, and pixels are acquired to predict them; name a file with --labels FILE."`);
    const table = folder.write("table.csv", smallCsv(10));
    expect(refusal(hhvaem("experiment", "saia", "--data", table, "--target", "y", "--out", folder.path("other")))).toMatchInlineSnapshot(`"2: --splits FILE is needed: it says which rows of the table are tested in which fold."`);
    expect(refusal(hhvaem("experiment", "saia", "--data", table, "--grey", "--test-rows", "3", "--out", folder.path("other")))).toMatchInlineSnapshot(`"2: --grey, --test-rows: only for pictures, and this is a table; leave them out."`);
  });
});
