import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { importCycles } from "./setup/cycles.ts";

const src = fileURLToPath(new URL("../src", import.meta.url));
const files = (readdirSync(src, { recursive: true }) as string[]).map((path) => path.replaceAll("\\", "/")).filter((path) => /\.tsx?$/.test(path));

/** The gradient of an op is made of other ops: the one cycle that may stay, so long as it is exactly this. Its table of rules is built at first use. */
const ops = ["binary", "broadcast", "concat", "conv", "gather", "matmul", "reduce", "registry", "reshape", "slice", "transpose", "unary", "where"];
const allowed = [[...ops.map((name) => `autodiff/ops/${name}.ts`), "autodiff/tape.ts"]];

test("no file of src imports itself by way of others, types included, but the ops with their gradients", () => {
  const cycles = importCycles(new Map(files.map((path) => [path, readFileSync(`${src}/${path}`, "utf8")])));
  expect(cycles).toEqual(allowed);
});

test("cycles through types and through third files are found, each once", () => {
  const sources = new Map([
    ["a/one.ts", 'import type { Two } from "./two.ts";'],
    ["a/two.ts", 'export * from "../b/three.ts";'],
    ["b/three.ts", 'import { one } from "../a/one.ts"; import { four } from "./four.ts";'],
    ["b/four.ts", 'import { five } from "./five.ts";'],
    ["b/five.ts", ""],
    ["b/self.ts", 'import { self } from "./self.ts";'],
  ]);
  expect(importCycles(sources)).toEqual([["a/one.ts", "a/two.ts", "b/three.ts"], ["b/self.ts"]]);
});
