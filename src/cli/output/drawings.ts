import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pictureGridSvg, svgToPng, type DrawingFiles, type PictureGrid } from "../../report/index.ts";
import { writeOutput } from "../inputs/files.ts";

/** Fonts and the SVG renderer, from the installed packages. */
export async function drawingFiles(): Promise<DrawingFiles> {
  const { resolve } = createRequire(import.meta.url);
  const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(resolve(name)));
  const font = (weight: number): Promise<Uint8Array> => read(`@fontsource/source-sans-3/files/source-sans-3-latin-${weight}-normal.woff2`);
  return { wasm: await read("@resvg/resvg-wasm/index_bg.wasm"), fonts: [await font(400), await font(600)] };
}

/** Writes a drawing as STEM.svg and STEM.png. */
export async function writeDrawing(stem: string, svg: string): Promise<void> {
  await writeOutput(`${stem}.svg`, svg);
  await writeOutput(`${stem}.png`, await svgToPng(svg, await drawingFiles()));
}

/** Writes a grid of pictures, as SVG if the path ends so, else as PNG, two pixels for each unit. */
export async function writePictures(path: string, grid: PictureGrid): Promise<void> {
  const svg = await pictureGridSvg(grid);
  await writeOutput(path, /\.svg$/i.test(path) ? svg : await svgToPng(svg, await drawingFiles()));
}
