import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pictureGridSvg, type PictureGrid } from "../../report/pictures/index.ts";
import { svgToPng, type DrawingFiles } from "../../report/png.ts";
import { optionalPackage } from "../../report/optional-package.ts";
import { writeOutput } from "../inputs/files.ts";

/** Fonts and the SVG renderer, from the installed packages. */
export async function drawingFiles(): Promise<DrawingFiles> {
  const { resolve } = createRequire(import.meta.url);
  const read = (name: string, file: string): Promise<Uint8Array> => optionalPackage(name, (async () => new Uint8Array(await readFile(resolve(`${name}/${file}`))))());
  const font = (weight: number): Promise<Uint8Array> => read("@fontsource/source-sans-3", `files/source-sans-3-latin-${weight}-normal.woff2`);
  return { wasm: await read("@resvg/resvg-wasm", "index_bg.wasm"), fonts: [await font(400), await font(600)] };
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
