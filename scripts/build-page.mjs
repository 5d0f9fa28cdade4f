// src/web -> dist/web: the page, its worker, styles, examples. Any static file host serves the folder.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const examples = ["cars.csv", "penguins.csv"];

/** Shaders as text; comments stay at home, lines keep their numbers. */
const shadersWithoutComments = {
  name: "shaders",
  setup({ onLoad }) {
    onLoad({ filter: /\.wgsl$/ }, ({ path }) => ({ loader: "text", contents: readFileSync(path, "utf8").replace(/[ \t]*\/\/.*$/gm, "") }));
  },
};

export async function bundlePage(root) {
  const { build } = await import("esbuild");
  const out = join(root, "dist/web");
  rmSync(out, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { page: "src/web/page.tsx", worker: "src/web/worker.ts", style: "src/web/style.css" },
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "browser",
    target: "es2022",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".csv": "text" },
    plugins: [shadersWithoutComments],
    define: { HHVAEM_VERSION: JSON.stringify(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version) },
    // in a browser, WebGPU is the browser's own
    alias: { webgpu: "./src/web/no-dawn.ts" },
    minify: true,
    legalComments: "linked",
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) copyFileSync(join(root, "src/web", name), join(out, name));
  mkdirSync(join(out, "examples"));
  const tables = dirname(createRequire(join(root, "package.json")).resolve("@observablehq/sample-datasets/cars.csv"));
  for (const name of examples) copyFileSync(join(tables, name), join(out, "examples", name));
}
