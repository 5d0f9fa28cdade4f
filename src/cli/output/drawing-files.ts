import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { DrawingFiles } from "../../report/index.ts";

/** Fonts and the SVG renderer, from the installed packages. */
export async function drawingFiles(): Promise<DrawingFiles> {
  const { resolve } = createRequire(import.meta.url);
  const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(resolve(name)));
  const font = (weight: number): Promise<Uint8Array> => read(`@fontsource/source-sans-3/files/source-sans-3-latin-${weight}-normal.woff2`);
  return { wasm: await read("@resvg/resvg-wasm/index_bg.wasm"), fonts: [await font(400), await font(600)] };
}
