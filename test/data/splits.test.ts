import { readFileSync, readdirSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { gunzip, parseSplits, testRows, trainingRows } from "../../src/data/index.ts";
import { hasShared, itShared } from "../shared.ts";

const file = hasShared ? new Uint8Array(readFileSync("../shared/data/boston/splits.csv.gz")) : new Uint8Array(0);

itShared("gunzip: what Node's zlib makes of it; bytes that are not gzip come back as they are", async () => {
  expect(Buffer.from(await gunzip(file)).equals(gunzipSync(file))).toBe(true);
  const plain = new TextEncoder().encode("a,b\n1,2\n");
  expect(await gunzip(plain)).toBe(plain);
  const second = Uint8Array.of(0x61, 0x8b);
  expect(await gunzip(second)).toBe(second);
  await expect(gunzip(file.slice(0, file.length - 100))).rejects.toThrow("damaged or cut off");
});

itShared("Boston: folds and masks are those of the file, columns in the asked order", () => {
  const [header, ...lines] = gunzipSync(file).toString().trim().split("\n").map((line) => line.split(","));
  const features = header.slice(1).reverse();
  const splits = parseSplits(gunzipSync(file), features, 506);
  expect(Array.from(splits.fold)).toEqual(lines.map(([fold]) => Number(fold)));
  expect(Array.from(splits.observed)).toEqual(lines.flatMap(([, ...cells]) => cells.map(Number).reverse()));
});

itShared("every row is tested in one fold and trains in the others", () => {
  const names = gunzipSync(file).toString().split("\n")[0].split(",").slice(1);
  const splits = parseSplits(gunzipSync(file), names, 506);
  const tested = Array.from({ length: 10 }, (_, fold) => testRows(splits, fold));
  expect(tested.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 506 }, (_, row) => row));
  expect(tested[0]).toHaveLength(51);
  for (let fold = 0; fold < 10; fold++) expect([...tested[fold], ...trainingRows(splits, fold)].sort((a, b) => a - b)).toEqual(tested.flat().sort((a, b) => a - b));
});

it("a column of the file that is no feature is left alone", () => {
  expect(Array.from(parseSplits("fold,a,b,c\n0,1,0,1\n2,0,1,1\n", ["c", "a"], 2).observed)).toEqual([1, 1, 1, 0]);
});

itShared("the splits of the ten tables fit them", async () => {
  const tables = readdirSync("../shared/data").filter((name) => name !== "README.md" && readdirSync(`../shared/data/${name}`).includes("splits.csv.gz"));
  expect(tables).toHaveLength(10);
  for (const name of tables.filter((one) => !["bank", "insurance", "naval", "avocado"].includes(one))) {
    const lines = gunzipSync(readFileSync(`../shared/data/${name}/splits.csv.gz`)).toString().trim().split("\n");
    const splits = parseSplits(lines.join("\n"), lines[0].split(",").slice(1), lines.length - 1, name);
    expect(new Set(splits.fold).size, name).toBe(10);
    const hidden = 1 - splits.observed.reduce((sum, seen) => sum + seen, 0) / splits.observed.length;
    expect(Math.abs(hidden - 0.5), name).toBeLessThan(0.06);
  }
});
