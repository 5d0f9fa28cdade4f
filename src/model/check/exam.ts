import { selectRows, type Table } from "../../data/index.ts";
import { foldIn, keyFromSeed, permutation } from "../../math/key.ts";

/** Of fewer rows none is held back: all are needed. */
const fewestRows = 40;
/** More rows make a check longer, hardly better. */
const mostRows = 100;
/** The share that is held back unless told otherwise. */
export const usualShare = 0.1;
/** Copies of each row, every observed feature hidden in one of them. */
const copies = 3;
/** Tags of the keys derived from the seed. */
const keys = { rows: 30, cells: 31 } as const;

/** Rows that no training sees, so that its model can be checked by them. */
export interface HeldOut {
  training: Table;
  /** Absent of few rows, and where none was to be held back. */
  exam?: Table;
}

/** Holds a share of the rows back, drawn at random by the seed. */
export function holdOut(table: Table, share: number, seed: number): HeldOut {
  if (table.rows < fewestRows || share <= 0) return { training: table };
  const count = Math.min(mostRows, Math.max(4, Math.round(share * table.rows)));
  const order = Array.from(permutation(foldIn(keyFromSeed(seed), keys.rows), table.rows));
  const pick = (rows: number[]): Table => selectRows(table, rows.sort((a, b) => a - b));
  return { training: pick(order.slice(count)), exam: pick(order.slice(0, count)) };
}

/** Rows as a model is to see them, with what it has to say of them. */
export interface Sheet {
  /** What is asked for is hidden in it. */
  shown: Table;
  /** Row of the exam behind each of its rows. */
  of: number[];
  /** Whether targets are asked for, from all that is known of a row; else features, each observed cell once, from two thirds of the others. */
  targets: boolean;
}

/** What a model is asked of the rows held back. */
export function sheets(exam: Table, seed: number): Sheet[] {
  const { rows, features: d, targets: p } = exam;
  const all = Array.from({ length: rows }, (_, row) => row);
  const of = Array.from({ length: copies }, () => all).flat();
  const shown = selectRows(exam, of);
  for (const row of all) {
    // a permutation of the row's cells deals them out evenly
    const order = permutation(foldIn(foldIn(keyFromSeed(seed), keys.cells), row), d);
    order.forEach((j, place) => {
      const at = ((place % copies) * rows + row) * d + j;
      shown.x[at] = shown.observedX[at] = 0;
    });
  }
  const features: Sheet = { shown, of, targets: false };
  if (p === 0) return [features];
  const whole = selectRows(exam, all);
  return [features, { shown: { ...whole, y: new Float32Array(rows * p), observedY: new Float32Array(rows * p) }, of: all, targets: true }];
}
