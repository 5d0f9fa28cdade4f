import { codeValue, decodeValue } from "../../data/index.ts";
import { choleskyFactor } from "../../math/cholesky.ts";
import { foldIn, normal, uniform, type Key } from "../../math/key.ts";
import type { Gaussians } from "./gaussians.ts";
import type { RowConditional } from "./mixture-density.ts";

/** Tags of the keys derived from the key of a row's draws. */
export const rowTags = { parts: 1, numbers: 2, levels: 3 } as const;

/** A row and the mixture given what is known of it. */
export interface ConditionedRow {
  /** [C] */
  x: Float64Array;
  observed: Float64Array;
  row: RowConditional;
}

/** Features and targets of one row side by side, targets hidden unless they are given: [C] each. */
export function entriesOf(
  { x, observed, y, observedY }: { x: ArrayLike<number>; observed: ArrayLike<number>; y?: ArrayLike<number>; observedY?: ArrayLike<number> },
  row: number,
  d: number,
  p: number,
): { x: Float64Array; observed: Float64Array } {
  const of = (features: ArrayLike<number>, targets: ArrayLike<number> | undefined): Float64Array => Float64Array.from({ length: d + p }, (_, j) => (j < d ? features[row * d + j] : (targets?.[row * p + j - d] ?? 0)));
  return { x: of(x, y), observed: of(observed, observedY) };
}

/** Parts of S draws in proportion to exp(logWeights), as even as may be: systematic sampling. -> [S] */
export function drawParts(logWeights: Float64Array, draws: number, key: Key): Uint16Array {
  const parts = new Uint16Array(draws);
  const [shift] = uniform(key, 1);
  let part = 0;
  let upTo = Math.exp(logWeights[0]);
  for (let s = 0; s < draws; s++) {
    const place = (s + shift) / draws;
    while (place >= upTo && part < logWeights.length - 1) upTo += Math.exp(logWeights[++part]);
    parts[s] = part;
  }
  return parts;
}

/** Factors of the covariances of what is hidden, by part; rows with the same holes share them. */
const factors = new WeakMap<RowConditional["pattern"], Map<number, Float64Array>>();

function factorOf(pattern: RowConditional["pattern"], part: number): Float64Array {
  const own = factors.get(pattern) ?? new Map<number, Float64Array>();
  factors.set(pattern, own);
  const known = own.get(part);
  if (known) return known;
  const u = pattern.hidden.length;
  const { covariance } = pattern.regressions[part];
  // what is nearly certain may have lost its last digits
  const factor = choleskyFactor(covariance, u) ?? choleskyFactor(covariance.map((value, i) => (i % (u + 1) === 0 ? Math.max(value, 0) + 1e-6 : value)), u) ?? new Float64Array(u * u);
  own.set(part, factor);
  return factor;
}

/** S joint draws of all entries of one row, known ones as they are: [S, C], coded. */
export function drawRow(gaussians: Gaussians, { x, observed, row }: ConditionedRow, draws: number, key: Key): Float32Array {
  const { places, parameters, shape } = gaussians;
  const columns = shape.columns.length;
  const { hidden } = row.pattern;
  const u = hidden.length;
  const openLevels = shape.columns.flatMap((_, j) => (places.firstLevel[j] >= 0 && observed[j] !== 1 ? [j] : []));
  const noise = normal(foldIn(key, rowTags.numbers), draws * u);
  const chance = uniform(foldIn(key, rowTags.levels), draws * openLevels.length);
  const result = new Float32Array(draws * columns);
  drawParts(row.logWeights, draws, foldIn(key, rowTags.parts)).forEach((part, s) => {
    const at = s * columns;
    for (let j = 0; j < columns; j++) result[at + j] = x[j];
    const factor = factorOf(row.pattern, part);
    for (let i = 0; i < u; i++) {
      let value = row.mean[part * u + i];
      for (let k = 0; k <= i; k++) value += factor[i * u + k] * noise[s * u + k];
      const j = places.numbers[hidden[i]];
      const column = shape.columns[j];
      // a known atom is no number, and stays
      if (observed[j] === 1) continue;
      const scale = column.kind === "count" && ({ type: "count", ...column.scale! } as const);
      const { limits } = column;
      result[at + j] = scale ? codeValue(scale, decodeValue(scale, value)) : limits ? Math.min(limits[1], Math.max(limits[0], value)) : value;
    }
    openLevels.forEach((j, i) => {
      let left = chance[s * openLevels.length + i];
      let level = 0;
      const first = part * places.levels + places.firstLevel[j];
      while (level < places.levelCounts[j] - 1 && left >= parameters.levels[first + level]) left -= parameters.levels[first + level++];
      if (places.number[j] < 0) result[at + j] = level;
      else if (level > 0) result[at + j] = places.atoms[j][level - 1].value;
    });
  });
  return result;
}
