// src/web -> dist/web: the page, its worker, styles, examples. Any static file host serves the folder.
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const examples = ["cars.csv", "penguins.csv"];

/** Shaders as text, and generated ones in their generators; comments stay at home, lines keep their numbers. */
export const shadersWithoutComments = {
  name: "shaders",
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/](autodiff|sampler)[\\/].*\.ts$/ }, ({ path }) => ({ loader: "ts", contents: readFileSync(path, "utf8").replace(/^[ \t]*\/\/.*$/gm, "") }));
    onLoad({ filter: /\.wgsl$/ }, ({ path }) => ({ loader: "text", contents: readFileSync(path, "utf8").replace(/[ \t]*\/\/.*$/gm, "") }));
  },
};

/** Modules that the page never comes to: it opens no models of pictures, trains without the gradient through the leapfrog, and scores nothing. What they export throws, and what they import stays out of the bundle. */
const unused = /src[\\/](autodiff[\\/](kernels[\\/]conv[\\/]conv|ops[\\/]conv)|model[\\/](latent[\\/]research[\\/]exact-conditional-chain|image[\\/]trunk|answers[\\/](evaluate|fillings|scores-question))|sampler[\\/]research[\\/]exact-chain)\.ts$/;
const withoutUnused = {
  name: "without-unused",
  setup({ onLoad }) {
    onLoad({ filter: unused }, ({ path }) => ({ loader: "js", contents: stubs(path) }));
  },
};

/** A module whose exports have the names of the one at `path` and throw. */
function stubs(path) {
  const names = [...readFileSync(path, "utf8").matchAll(/^export (?:async )?(?:function|class) (\w+)/gm)].map(([, name]) => name);
  return names.map((name) => `export function ${name}() { throw new RangeError("[${name}] is not part of the page; use the command line."); }`).join("\n");
}

/** What the page's Parquet files never hold (maps, Variant, deltas) and the kinds of vectors and matrices that the posterior's space does without. */
const leanLibraries = {
  name: "lean-libraries",
  setup({ onLoad }) {
    onLoad({ filter: /hyparquet-writer[\\/]src[\\/](variant|wkb|geospatial|delta|splitstream)\.js$/ }, ({ path }) => ({ loader: "js", contents: stubs(path) }));
    // of the writer what src/data/parquet/write.ts takes
    onLoad({ filter: /hyparquet-writer[\\/]src[\\/]index\.js$/ }, () => ({ loader: "js", contents: 'export { ByteWriter } from "./bytewriter.js"; export { ParquetWriter } from "./parquet-writer.js";' }));
    // no column asks for a Bloom filter
    onLoad({ filter: /hyparquet-writer[\\/]src[\\/]bloom\.js$/ }, () => ({ loader: "js", contents: "export class BloomBuilder {} export function writeBlooms() {}" }));
    onLoad({ filter: /wgpu-matrix\.module\.js$/ }, ({ path }) => ({ loader: "js", contents: readFileSync(path, "utf8").replace(/^\s*(mat3|quat|vec2): getAPI\$?\d*\(\w+\),$/gm, "") }));
  },
};

/** What Plot's files take from d3 that no chart of the page comes to: maps, rasters between scattered points, shuffled marks, colours but Plot's own choices. */
const unusedOfD3 = { "schemes.js": /^(interpolate|scheme)(?!(Turbo|Greys|RdBu|Observable10)$)/, "projection.js": /^geo(?!Path$|Stream$|Transform$)/, "raster.js": /^(Delaunay|randomLcg)$/, "basic.js": /^randomLcg$/ };

/** Plot without them: the names are there, undefined, and what they stood for stays out of the bundle. */
const plotWithoutMaps = {
  name: "plot-without-maps",
  setup({ onLoad }) {
    onLoad({ filter: /@observablehq[\\/]plot[\\/]src[\\/](marks[\\/]raster|transforms[\\/]basic|scales[\\/]schemes|projection)\.js$/ }, ({ path }) => {
      const unused = unusedOfD3[basename(path)];
      const contents = readFileSync(path, "utf8").replace(/import \{([^}]*)\} from "d3";/g, (_, list) => {
        const names = list.split(",").map((name) => name.trim()).filter((name) => name !== "");
        const out = names.filter((name) => unused.test(name));
        return `import {${names.filter((name) => !unused.test(name)).join(", ")}} from "d3";${out.map((name) => `const ${name} = undefined;`).join("")}`;
      });
      return { contents, loader: "js" };
    });
    // what makes a colour scheme does nothing else: those that nobody takes can go
    onLoad({ filter: /d3-scale-chromatic[\\/]dist[\\/].*\.mjs$/ }, ({ path }) => ({ loader: "js", contents: readFileSync(path, "utf8").replace(/^var [\w$]+ = |\((?=colors\()/gm, "$&/* @__PURE__ */ ") }));
  },
};

/** What files of other formats than delimited text need; in a folder of its own, fetched when the first such file comes. */
const formats = { "formats/formats": "src/data/other-formats.ts", "formats/fflate": "fflate", "formats/json": "jsonc-parser", "formats/arrow": "@uwdata/flechette", "formats/xml": "htmlparser2", "formats/parquet-writer": "hyparquet-writer", "formats/brotli": "hyparquet-compressors/src/brotli.js", "formats/zstd": "fzstd" };

/** What hardware adapters need and software ones do not; fetched when the adapter is one. */
const hardware = { "hardware/passes": "src/autodiff/passes/compile-passes.ts", "hardware/summaries": "src/model/summaries/device-summaries.ts" };

/** XML has five entities; the names of HTML's two thousand stay at home. */
const withoutHtmlEntities = {
  name: "without-html-entities",
  setup({ onLoad }) {
    onLoad({ filter: /entities[\\/].*decode-data-html\.js$/ }, ({ path }) => {
      const names = [...readFileSync(path, "utf8").matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
      return { loader: "js", contents: names.map((name) => `export const ${name} = new Uint16Array(1);`).join("\n") };
    });
  },
};

/** Builds the page into dist/web; returns esbuild's metafile. */
export async function bundlePage(root) {
  const { build } = await import("esbuild");
  const require = createRequire(join(root, "package.json"));
  const out = join(root, "dist/web");
  rmSync(out, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: "src/web/page.tsx", worker: "src/web/worker.ts", style: "src/web/style.css", ...formats, ...hardware },
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[hash]",
    platform: "browser",
    target: "es2022",
    format: "esm",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".csv": "text" },
    plugins: [withoutHtmlEntities, withoutUnused, leanLibraries, shadersWithoutComments, plotWithoutMaps],
    define: { HHVAEM_VERSION: JSON.stringify(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version) },
    // of the HTML parser only the parser is needed
    alias: { htmlparser2: join(dirname(require.resolve("htmlparser2")), "../esm/Parser.js") },
    minify: true,
    metafile: true,
    // the notices have what licences ask for
    legalComments: "none",
    logLevel: "warning",
  });
  for (const name of ["index.html", "icon.svg"]) copyFileSync(join(root, "src/web", name), join(out, name));
  mkdirSync(join(out, "examples"));
  const tables = dirname(require.resolve("@observablehq/sample-datasets/cars.csv"));
  // trained by scripts/example.mjs
  cpSync(join(root, "src/web/example"), join(out, "example"), { recursive: true });
  const { exampleTable } = await imported(build, join(root, "scripts/example/table.ts"));
  writeFileSync(join(out, "example/cars.csv"), exampleTable(readFileSync(join(tables, "cars.csv"), "utf8")));
  for (const name of examples) copyFileSync(join(tables, name), join(out, "examples", name));
  return metafile;
}

/** A module in TypeScript, as it is at this moment. */
async function imported(build, path) {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, write: false, platform: "node", format: "esm", logLevel: "warning" });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
