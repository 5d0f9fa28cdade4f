import { levelCount, type MixedColumn } from "../../likelihood/mixed.ts";
import { foldIn, type Key } from "../../math/key.ts";
import type { CellMap } from "./calibration.ts";
import { calibrateDraws } from "./calibrate-draws.ts";
import { recoupledDraws, tempered } from "./level-map.ts";

/** Joint draws of the columns of one row [draws, columns], coded, which are changed in place. */
interface RowOfDraws {
  readonly draws: Float32Array;
  readonly mixed: readonly MixedColumn[];
  /** Whether a column is hidden, and how it is mapped. */
  readonly hidden: (j: number) => boolean;
  readonly mapOf: (j: number) => CellMap;
  readonly key: Key;
}

/** Maps the hidden cells of a row's joint draws, each by its own map: which draws belong together stays. */
export function calibrateRow({ draws, mixed, hidden, mapOf, key }: RowOfDraws): void {
  const width = mixed.length;
  const count = draws.length / width;
  for (let j = 0; j < width; j++) {
    if (!hidden(j)) continue;
    const own = Float64Array.from({ length: count }, (_, s) => draws[s * width + j]);
    const mapped = mappedDraws(own, mixed[j], mapOf(j), foldIn(key, j));
    for (let s = 0; s < count; s++) draws[s * width + j] = mapped[s];
  }
}

/** Of levels their frequencies among the draws stand for probabilities. */
function mappedDraws(draws: Float64Array, mixed: MixedColumn, map: CellMap, key: Key): ArrayLike<number> {
  if (map.numbers) return calibrateDraws(draws, map.numbers);
  if (!map.levels) return draws;
  const shares = new Array<number>(levelCount(mixed)).fill(0);
  for (const level of draws) shares[level] += 1 / draws.length;
  return recoupledDraws(draws, shares, tempered(shares, map.levels.temperature), key);
}
