import { QuantileMap } from "./quantile-map.ts";

/** How the predictive distributions of a column of numbers are mapped: h of `QuantileMap` at the ends of the central intervals of `masses`. */
export interface NumberCalibration {
  readonly kind: "number";
  readonly values: readonly number[];
}

/** How the probabilities of a column of levels are mapped: temperature, and the probability that levels of a prediction set have at least at `masses`. */
export interface LevelCalibration {
  readonly kind: "levels";
  readonly temperature: number;
  readonly least: readonly number[];
}

/** What a column's held-back cells showed. */
export interface CalibrationRecord {
  /** Cells of different rows. */
  readonly cells: number;
  /** Of numbers: how many of twenty equal parts of F's range each held-back F(truth) fell into, in share; a calibrated column has 1/20 in each. */
  readonly pit?: readonly number[];
  /** Of numbers: the share of held-back cells within central intervals of `masses` before calibration. */
  readonly covered?: readonly number[];
}

export type ColumnCalibration = (NumberCalibration | LevelCalibration) & CalibrationRecord;

/** Maps of predictive distributions, one a column, features first; numbers are stretched too by a factor of how much of the row is seen. */
export interface Calibration {
  readonly columns: readonly ColumnCalibration[];
  /** Factors of h for rows of which up to a third, two thirds, all of the features are seen. */
  readonly seen: readonly [number, number, number];
  /** Rows that were held back. */
  readonly rows: number;
}

/** The group of a row by the share of its features that are seen. */
export function seenGroup(share: number): 0 | 1 | 2 {
  return share <= 1 / 3 ? 0 : share <= 2 / 3 ? 1 : 2;
}

/** The share of each row's features that are seen. observed: [rows, D] */
export function sharesSeen(observed: ArrayLike<number>, rows: number, features: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let seen = 0;
    for (let j = 0; j < features; j++) seen += Number(observed[row * features + j] === 1);
    return features === 0 ? 1 : seen / features;
  });
}

/** How one cell's distribution is mapped: one of them, by what its column is. */
export interface CellMap {
  readonly numbers?: QuantileMap;
  readonly levels?: LevelCalibration;
}

/** The maps of a model's cells, each made once. */
export class Calibrator {
  private readonly maps = new Map<number, CellMap>();

  constructor(private readonly calibration: Calibration) {}

  /** column: features first; share: of the row's features that are seen. */
  of(column: number, share: number): CellMap {
    const group = seenGroup(share);
    const at = column * 3 + group;
    const known = this.maps.get(at);
    if (known) return known;
    const own = this.calibration.columns[column];
    const map: CellMap = own.kind === "levels" ? { levels: own } : { numbers: new QuantileMap(own.values.map((value) => value * this.calibration.seen[group])) };
    this.maps.set(at, map);
    return map;
  }
}

/** The maps of a model, and the share of each row of the table that is seen. */
export interface CalibratedRows {
  readonly calibrator: Calibrator;
  readonly shares: Float64Array;
}
