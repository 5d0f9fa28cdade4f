import { encodePng } from "./encode-png.ts";
import { heatColour } from "./heat-colours.ts";
import type { PictureGrid, PictureGroup } from "./picture-grid.ts";

/** The pictures of a group as PNGs of single pixels: by row, then by column. What is hidden is transparent. */
export async function groupCells(grid: PictureGrid, group: PictureGroup, top: number): Promise<Uint8Array[][]> {
  const { height, width, channels, rows } = grid;
  const area = height * width;
  const columns = "deviation" in group ? 1 : group.pictures.length;
  const cell = (row: number, column: number): Promise<Uint8Array> => {
    const rgba = new Uint8Array(4 * area);
    for (let p = 0; p < area; p++) {
      const at = row * area + p;
      if ("deviation" in group) rgba.set([...heatColour(group.deviation[at] / top), 255], 4 * p);
      else if (group.observed === undefined || group.observed[at] === 1) {
        const from = row * channels * area + p;
        for (let c = 0; c < 3; c++) rgba[4 * p + c] = group.pictures[column][from + (channels === 3 ? c * area : 0)];
        rgba[4 * p + 3] = 255;
      }
    }
    return encodePng(rgba, height, width, 4);
  };
  return Promise.all(Array.from({ length: rows }, (_, row) => Promise.all(Array.from({ length: columns }, (_, column) => cell(row, column)))));
}
