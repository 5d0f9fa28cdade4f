import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../..");

export interface Bundled {
  /** Bytes, minified and compressed, of what is fetched at once. */
  first: number;
  /** With all that is fetched later. */
  all: number;
  /** Files that went in, from the checkout's folder. */
  inputs: string[];
}

/** What a bundler without settings makes of a module for a page. Throws where it comes to a module of Node's or to a package that is not there. */
export async function bundledForPages(contents: string, external: readonly string[] = []): Promise<Bundled> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root, outdir: join(root, "nowhere"), write: false, metafile: true,
    bundle: true, splitting: true, minify: true, format: "esm", platform: "browser", external: [...external], logLevel: "silent",
  });
  const size = (path: string): number => gzipSync(outputFiles.find((file) => file.path === join(root, path))!.contents, { level: 9 }).length;
  const outputs = Object.keys(metafile.outputs);
  const atOnce = new Set(outputs.filter((path) => metafile.outputs[path].entryPoint === "<stdin>"));
  for (const path of atOnce) for (const { kind, path: other } of metafile.outputs[path].imports) if (kind === "import-statement") atOnce.add(other);
  const sum = (paths: Iterable<string>): number => [...paths].reduce((total, path) => total + size(path), 0);
  return { first: sum(atOnce), all: sum(outputs), inputs: Object.keys(metafile.inputs) };
}
