import { isNumber, type MixedColumn } from "../../likelihood/mixed.ts";
import { inputCount, readEntry } from "../latent/feature-inputs.ts";
import { cellCount, heads } from "./look-up-specs.ts";
import type { CompletionShape } from "./shape.ts";

/** Factors on distances before anything is learned, of the first head and of the last. */
const [broad, narrow] = [1, 4] as const;

/** What a column adds to a distance before anything is learned: from one end of the scale to the other, of levels that differ, and where the other row lacks the entry, as much as two entries that have nothing to do with each other. */
const usual = { scale: 3, levels: 1.5, lacks: 1.5 } as const;

/** Scores of all heads at once, at most: 64 MiB. */
const mostScores = 2 ** 24;

/** Where a coordinate lies that is not observed: far beyond all others. */
export const nowhere = 1e6;

/** The coordinate of a column, by which rows are compared, as a sum over what is read of its entries: a number's place among the training rows' quantiles from 0 to 1, an ordered level's among the levels, other levels as they are numbered, so that two that differ are 1 apart or more. */
function coordinateWeights(column: MixedColumn, knots: readonly number[]): number[] {
  const inputs = inputCount([column], [knots]);
  const each = (of: (i: number) => number): number[] => Array.from({ length: inputs }, (_, i) => of(i));
  if (column.ordered) return each(() => 1 / inputs);
  if (column.kind === "categorical") return each((level) => level);
  // the value itself comes first, its pieces after it
  return inputs === 1 ? [1] : each((i) => (i === 0 ? 0 : 1 / (inputs - 1)));
}

/** The same of all columns as a matrix [J, C]: inputs times it are coordinates. */
export function coordinateMatrix({ columns, knots }: CompletionShape): Float32Array {
  const own = columns.map((column, d) => coordinateWeights(column, knots[d] ?? []));
  const matrix = new Float32Array(own.flat().length * columns.length);
  let j = 0;
  own.forEach((weights, d) => weights.forEach((weight) => (matrix[j++ * columns.length + d] = weight)));
  return matrix;
}

/** Coordinates of the rows that are looked up, [C, N]; `nowhere` where not observed. */
export function rowCoordinates({ columns, knots, rows }: CompletionShape): Float32Array {
  const { count, x, observed } = rows!;
  const c = columns.length;
  const coordinates = new Float32Array(c * count).fill(nowhere);
  columns.forEach((column, d) => {
    const weights = coordinateWeights(column, knots[d] ?? []);
    for (let i = 0; i < count; i++) {
      if (observed[i * c + d] === 1) coordinates[d * count + i] = readEntry(column, knots[d] ?? [], x[i * c + d]).reduce((total, input, k) => total + input * weights[k], 0);
    }
  });
  return coordinates;
}

/** What is found in the rows, side by side: numbers as they are [C], which entries are observed [C], and in which bin or level each is, one-hot [C cells]; numbers without bins are in none. [N, C (2 + cells)] */
export function rowValues({ columns, rows }: CompletionShape): Float32Array {
  const { count, x, observed } = rows!;
  const [c, cells] = [columns.length, cellCount(columns)];
  const width = c * (2 + cells);
  const values = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    columns.forEach((column, d) => {
      if (observed[i * c + d] !== 1) return;
      const value = x[i * c + d];
      if (isNumber(column)) values[i * width + d] = value;
      values[i * width + c + d] = 1;
      if (column.bins || !isNumber(column)) values[i * width + 2 * c + d * cells + cellOf(column, value)] = 1;
    });
  }
  return values;
}

/** The bin or level of a coded value. */
function cellOf({ bins }: MixedColumn, value: number): number {
  if (!bins) return value;
  const bin = bins.high.findIndex((border) => value < border);
  return bin < 0 ? bins.high.length - 1 : bin;
}

/** Weights of distances before anything is learned: [heads, 2 C], of entries that both rows have, and of those that a row lacks. */
export function usualWeights(columns: readonly MixedColumn[]): number[] {
  return Array.from({ length: heads }, (_, h) => broad * (narrow / broad) ** (h / (heads - 1))).flatMap((factor) => [
    ...columns.map((column) => factor * (isNumber(column) || column.ordered ? usual.scale : usual.levels)),
    ...columns.map(() => factor * usual.lacks),
  ]);
}

/** Incomplete rows, or draws of them, that look up at once: as many as memory is set aside for. */
export function lookingAtOnce({ rows }: CompletionShape): number {
  return rows ? Math.max(1, Math.floor(mostScores / (heads * rows.count))) : Infinity;
}
