// src/ -> dist/cli.js and a file for each entry of package.json, which share what they have in common as chunks.
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Names in dist/, and what package.json exports them as. */
export const entries = { index: "src/index.ts", node: "src/node.ts", engine: "src/engine.ts", sampler: "src/sampler.ts", cli: "src/cli/main.ts" };

/** What users install, with the package or when they need it: it stays outside. The cars are in the bundle. */
export function externalPackages(manifest) {
  return [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
}

/** Builds the entries into `out`; returns esbuild's metafile. */
export async function bundleLibrary(root, out = join(root, "dist")) {
  const { build } = await import("esbuild");
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  // chunks of an earlier build have other names
  rmSync(join(out, "chunks"), { recursive: true, force: true });
  if (existsSync(out)) for (const name of readdirSync(out)) if (/\.js(\.map)?$/.test(name)) rmSync(join(out, name));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: out,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "node",
    target: "es2022",
    format: "esm",
    // data tables and shaders are read in as text
    loader: { ".wgsl": "text", ".csv": "text" },
    external: externalPackages(manifest),
    define: { HHVAEM_VERSION: JSON.stringify(manifest.version) },
    metafile: true,
    logLevel: "warning",
  });
  chmodSync(join(out, "cli.js"), 0o755);
  return metafile;
}
