// src/ -> dist/cli.js and a file for each entry of package.json, which share what they have in common as chunks.
import { appendFileSync, chmodSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { shadersWithoutComments } from "./build-page.mjs";

/** Names in dist/, and what package.json exports them as. */
export const entries = { index: "src/index.ts", node: "src/node.ts", engine: "src/engine.ts", sampler: "src/sampler.ts", cli: "src/cli/main.ts" };

/** What users install, with the package or when they need it: it stays outside. The cars are in the bundle. */
export function externalPackages(manifest) {
  return [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
}

/**
 * What the page fetches only where the adapter is hardware comes with the library at once: bundlers that write workers as one classic script cannot split
 * them. Other formats than text stay apart: they bring packages.
 */
const hardwareAtOnce = {
  name: "hardware-at-once",
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/](autodiff[\\/]compile[\\/]compile|model[\\/]summaries[\\/]answered)\.ts$/ }, ({ path }) => {
      const imports = [];
      const text = readFileSync(path, "utf8").replace(/await import\(("\.[^"]+")\)/g, (_, from) => `later${imports.push(from)}`);
      if (imports.length === 0) throw new Error(`${path} imports nothing later; take it out of scripts/build-library.mjs.`);
      return { loader: "ts", contents: imports.map((from, i) => `import * as later${i + 1} from ${from};`).join("") + text };
    });
  },
};

/** `export * as name from "path"` of an entry. */
const namespaces = /^export \* as (\w+) from "(\.[^"]+)";$/gm;

/** The namespaces of an entry and of the entries that it takes all names from, by name: modules from the checkout's folder. */
function namespacesOf(root, entry) {
  const text = readFileSync(join(root, entry), "utf8");
  const here = dirname(entry);
  const taken = [...text.matchAll(/^export \* from "(\.\/\w+\.ts)";$/gm)].filter(([, from]) => Object.values(entries).includes(posix.join(here, from))).map(([, from]) => namespacesOf(root, posix.join(here, from)));
  return Object.assign({}, ...taken, Object.fromEntries([...text.matchAll(namespaces)].map(([, name, from]) => [name, posix.join(here, from)])));
}

/** Where a module that is somebody's namespace lies in dist/. */
const partOf = (module) => `parts/${module.replace(/^src\//, "").replace(/(\/index)?\.ts$/, "").replaceAll("/", "-")}`;

/** Namespaces are modules of their own, so that bundlers leave out those that nobody uses: as objects, made by calls, they would stay, with all that is in them. */
const withoutNamespaces = {
  name: "without-namespaces",
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/](index|node|engine|sampler)\.ts$/ }, ({ path }) => ({ loader: "ts", contents: readFileSync(path, "utf8").replace(namespaces, "") }));
  },
};

/** Builds the entries into `out`; returns esbuild's metafile. */
export async function bundleLibrary(root, out = join(root, "dist")) {
  const { build } = await import("esbuild");
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // chunks of an earlier build have other names
  for (const folder of ["chunks", "parts"]) rmSync(join(out, folder), { recursive: true, force: true });
  if (existsSync(out)) for (const name of readdirSync(out)) if (/\.js(\.map)?$/.test(name)) rmSync(join(out, name));
  const ofEntries = Object.entries(entries).map(([name, entry]) => [name, namespacesOf(root, entry)]);
  const parts = Object.fromEntries(ofEntries.flatMap(([, own]) => Object.values(own).map((module) => [partOf(module), module])));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { ...entries, ...parts },
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "node",
    target: "es2022",
    format: "esm",
    // data tables and shaders are read in as text
    loader: { ".wgsl": "text", ".csv": "text" },
    plugins: [withoutNamespaces, hardwareAtOnce, shadersWithoutComments],
    external: externalPackages(manifest),
    define: { HHVAEM_VERSION: JSON.stringify(manifest.version) },
    metafile: true,
    logLevel: "warning",
  });
  for (const [name, own] of ofEntries) {
    const lines = Object.entries(own).map(([namespace, module]) => `export * as ${namespace} from "./${partOf(module)}.js";\n`);
    appendFileSync(join(out, `${name}.js`), lines.join(""));
  }
  chmodSync(join(out, "cli.js"), 0o755);
  return metafile;
}
