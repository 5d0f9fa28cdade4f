import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bundledForPages } from "./bundle.ts";

const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { dependencies: object; peerDependencies: object; peerDependenciesMeta: Record<string, { optional: boolean }>; exports: object };
const everything = (entry: string): string => `export * from "./dist/${entry}.js";`;

describe("entries for pages", () => {
  // thousands of bytes, compressed: at once, and with all that is fetched later
  for (const [entry, first, all] of [["index", 210, 430], ["engine", 50, 50], ["sampler", 54, 54]] as const) {
    it(`${entry}: no module of Node's, no optional package, at most ${first} kB at once and ${all} kB in all`, async () => {
      const size = await bundledForPages(everything(entry));
      expect(size.first).toBeLessThan(1000 * first);
      expect(size.all).toBeLessThan(1000 * all);
      // the budget is near what there is
      expect(size.first).toBeGreaterThan(850 * first);
      const packages = new Set(size.inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
      expect([...packages].filter((name) => name in manifest.peerDependencies)).toEqual([]);
      if (entry !== "index") expect([...packages]).toEqual([]);
    });
  }

  it("a module of Node's or a package that is not there would be found", async () => {
    await expect(bundledForPages(`export * from "./dist/node.js";`)).rejects.toThrow(/Could not resolve "node:/);
    await expect(bundledForPages(`export const read = () => import("fs");`)).rejects.toThrow(/Could not resolve "fs"/);
  });

  it("one function of the library does not bring all of it", async () => {
    const pool = await bundledForPages(`import { pool } from "./dist/index.js"; console.log(pool);`);
    const all = await bundledForPages(everything("index"));
    expect(pool.first).toBeLessThan(0.1 * all.first);
    const table = await bundledForPages(`import { parseTable } from "./dist/index.js"; console.log(parseTable);`);
    expect(table.first).toBeLessThan(0.2 * all.first);
  });
});

it("no source file is in two files of dist: what entries share is there once", async () => {
  const files = (readdirSync(join(root, "dist"), { recursive: true }) as string[]).filter((path) => /^[\w-]+\.js$|^(chunks|parts)[\\/]/.test(path));
  // esbuild says in each file where its parts come from
  const sources = files.flatMap((file) => [...new Set([...readFileSync(join(root, "dist", file), "utf8").matchAll(/^\/\/ ((?:src|shaders)\/\S+)$/gm)].map(([, source]) => source))]);
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.filter((source, i) => sources.indexOf(source) !== i)).toEqual([]);
  const [all, node, engine, sampler] = await Promise.all(["index", "node", "engine", "sampler"].map((name) => import(join(root, `dist/${name}.js`)) as Promise<Record<string, unknown>>));
  expect(engine.DeviceError).toBe(all.DeviceError);
  expect(sampler.hmc).toBe(node.hmc);
});

it("hhvaem/node has all names of hhvaem", async () => {
  const [all, node] = await Promise.all(["index", "node"].map((name) => import(join(root, `dist/${name}.js`)) as Promise<Record<string, unknown>>));
  expect(Object.keys(all).filter((name) => !(name in node))).toEqual([]);
  expect(Object.keys(node).filter((name) => !(name in all)).sort()).toEqual(["UsageError", "load", "modelReport", "optionsFromEnvironment", "readTable", "save", "tuningFromEnvironment", "version", "withDevice"]);
  expect(node.openDevice).not.toBe(all.openDevice);
});

it("packages that only some uses need are optional", () => {
  expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
  expect(Object.values(manifest.peerDependenciesMeta).every(({ optional }) => optional)).toBe(true);
  expect(Object.keys(manifest.dependencies).filter((name) => name in manifest.peerDependencies)).toEqual([]);
});
