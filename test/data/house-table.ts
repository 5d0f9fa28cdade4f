import { foldIn, keyFromSeed, normal, uniform } from "../../src/math/key.ts";

/** A table of houses as real ones are: areas that many houses do not have, years, a scale and a share, some cells hidden. `hidden`: the truths of hidden cells by row and column. */
export interface HouseTable {
  csv: string;
  names: readonly string[];
  /** [rows, columns], as text */
  cells: readonly string[][];
  hidden: readonly { row: number; column: number }[];
}

/** Houses drawn from a seed, each cell of the features hidden with the given probability. */
export function houseTable(rows: number, hiddenShare: number, seed = 1): HouseTable {
  const key = keyFromSeed(seed);
  const names = ["area", "quality", "year", "veneer", "porch", "heated", "price"];
  const z = normal(foldIn(key, 1), rows * 8);
  const u = uniform(foldIn(key, 2), rows * 12);
  const cells = Array.from({ length: rows }, (_, row) => {
    const [n, v] = [z.subarray(row * 8, row * 8 + 8), u.subarray(row * 12, row * 12 + 12)];
    const wealth = n[0];
    const area = Math.round(1500 * Math.exp(0.25 * wealth + 0.2 * n[1]));
    const quality = Math.min(10, Math.max(1, Math.round(6 + 1.1 * wealth + 0.7 * n[2])));
    const year = Math.min(2010, Math.round(1972 + 18 * wealth + 16 * n[3]));
    // four in ten houses have a veneer, more of the better ones; one in seven a porch, more of the old ones
    const veneer = v[0] < 1 / (1 + Math.exp(0.5 - 1.2 * wealth)) ? Math.round(Math.exp(5 + 0.4 * wealth + 0.6 * n[4])) : 0;
    const porch = v[1] < 1 / (1 + Math.exp(2 + (year - 1970) / 25)) ? Math.round(Math.exp(4.6 + 0.5 * n[5])) : 0;
    const heated = v[2] < 0.55 ? 100 : Math.round(1000 / (1 + Math.exp(-(1.2 + 0.6 * wealth + 0.8 * n[6])))) / 10;
    const price = Math.round(100 * Math.exp(7.2 + 0.35 * wealth + 0.0002 * (area - 1500) + 0.08 * n[7])) / 100;
    return [area, quality, year, veneer, porch, heated, price].map(String);
  });
  const hidden = cells.flatMap((_, row) => names.slice(0, -1).flatMap((_, column) => (u[row * 12 + 4 + column] < hiddenShare ? [{ row, column }] : [])));
  const isHidden = new Set(hidden.map(({ row, column }) => row * names.length + column));
  const lines = cells.map((own, row) => own.map((cell, column) => (isHidden.has(row * names.length + column) ? "" : cell)).join(","));
  return { csv: `${[names.join(","), ...lines].join("\n")}\n`, names, cells, hidden };
}
