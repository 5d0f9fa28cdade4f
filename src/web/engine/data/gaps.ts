import type { RawTable } from "../../../data/index.ts";

/** The share of missing cells by band of rows and column: a picture of the table that fits on a screen. */
export interface Gaps {
  bands: number;
  columns: number;
  /** [bands, columns], 0 to 1. */
  share: Float32Array;
}

/** Bands are of equal size, up to one row; there are at most `most`. `isMissing`: by column, of a cell's text. */
export function gaps(raw: RawTable, most: number, isMissing: readonly ((cell: string) => boolean)[]): Gaps {
  const columns = raw.columns.length;
  const bands = Math.min(most, raw.rows);
  const share = new Float32Array(bands * columns);
  const sizes = new Uint32Array(bands);
  for (let row = 0; row < raw.rows; row++) {
    const band = Math.floor((row * bands) / raw.rows);
    sizes[band]++;
    for (let column = 0; column < columns; column++) share[band * columns + column] += Number(isMissing[column](raw.cell(row, column)));
  }
  for (let i = 0; i < share.length; i++) share[i] /= sizes[Math.floor(i / columns)];
  return { bands, columns, share };
}
