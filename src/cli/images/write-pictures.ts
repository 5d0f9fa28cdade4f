import { pictureGridSvg, svgToPng, type PictureGrid } from "../../report/index.ts";
import { drawingFiles } from "../output/drawing-files.ts";
import { writeOutput } from "../inputs/files.ts";

/** Writes a grid of pictures, as SVG if the path ends so, else as PNG, two pixels for each unit. */
export async function writePictures(path: string, grid: PictureGrid): Promise<void> {
  const svg = await pictureGridSvg(grid);
  await writeOutput(path, /\.svg$/i.test(path) ? svg : await svgToPng(svg, await drawingFiles()));
}
