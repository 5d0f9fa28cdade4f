import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { violations } from "./setup/layers.ts";

const src = fileURLToPath(new URL("../src", import.meta.url));
const files = (readdirSync(src, { recursive: true }) as string[]).map((path) => path.replaceAll("\\", "/")).filter((path) => /\.tsx?$/.test(path));

test("every folder of src imports only what stands before it, and only the front ends reach outside", () => {
  expect(files.length).toBeGreaterThan(5);
  expect(files.flatMap((path) => violations(path, readFileSync(`${src}/${path}`, "utf8")))).toEqual([]);
});

test("type imports, re-exports, import() and import types count", () => {
  const text = `
    import type { Tensor } from "../autodiff/tensor.ts";
    export { open } from "../gpu/device.ts";
    const later = await import("../model/fit.ts");
    type Row = import("../data/table.ts").Table;
    import { key } from "../math/key.ts";
    import { near } from "./near.ts";
    // import { x } from "../cli/main.ts"
    const text = 'import { x } from "../cli/main.ts"';
  `;
  expect(violations("data/reader.ts", text)).toEqual([
    "data/reader.ts:2 imports autodiff; data may import math",
    "data/reader.ts:3 imports gpu; data may import math",
    "data/reader.ts:4 imports model; data may import math",
  ]);
});

test("acquisition sees the model's types, not the model", () => {
  expect(violations("acquisition/loop.ts", `import type { Sampler } from "../model/sampler.ts";`)).toEqual([]);
  expect(violations("acquisition/loop.ts", `import { type Sampler } from "../model/sampler.ts";`)).toEqual([]);
  expect(violations("acquisition/loop.ts", `import { fit } from "../model/fit.ts";`)).toEqual([
    "acquisition/loop.ts:1 imports model other than its types; acquisition may import gpu, autodiff, likelihood, data, math, model",
  ]);
});

test("clock, hidden randomness and files are named outside the front ends, not inside", () => {
  const text = `import { readFileSync } from "node:fs";
    const a = Math.random(), b = Date.now(), c = globalThis.performance.now(), d = new Date();
    const e = new Date(0); // Math.random`;
  expect(violations("math/key.ts", text)).toEqual([
    "math/key.ts:1 imports node:fs; only cli, web, fetch may",
    "math/key.ts:2 uses Math.random; randomness and time come in from outside",
    "math/key.ts:2 uses Date.now; randomness and time come in from outside",
    "math/key.ts:2 uses performance.now; randomness and time come in from outside",
    "math/key.ts:2 uses new Date(); randomness and time come in from outside",
  ]);
  expect(violations("fetch/cache.ts", text)).toHaveLength(4);
  expect(violations("cli/main.ts", text)).toEqual([]);
});

test("the library's index is no layer: nothing imports it, and a folder outside the table is named", () => {
  expect(violations("nn/mlp.ts", `import { hmc } from "../index.ts";`)).toEqual(["nn/mlp.ts:1 imports src/index.ts; nn may import autodiff, gpu, math"]);
  expect(violations("helpers/a.ts", "")).toEqual(["helpers/a.ts: src/helpers is not in the table of layers"]);
});
