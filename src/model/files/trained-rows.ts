import type { Table } from "../../data/index.ts";

/** By what the rows that a model was trained on are known again: how many there were, and the smallest of their hashes, 8 hexadecimal digits each, ascending. */
export interface TrainedRows {
  count: number;
  hashes: string;
}

/** Hashes that are kept, at most: of more rows a random choice, that of the smallest ones (Broder 1997). */
const most = 512;
const digits = 8;

/** What is kept of the training rows. */
export function trainedRows(table: Table): TrainedRows {
  const hashes = Array.from(new Set(rowHashes(table))).sort((a, b) => a - b).slice(0, most);
  return { count: table.rows, hashes: hashes.map((hash) => hash.toString(16).padStart(digits, "0")).join("") };
}

/**
 * The share of a table's rows that are equal, cell by cell, to rows that the model was trained on. Where not all hashes of the training rows were kept it is estimated by the
 * rows whose hash is below the largest that was; undefined where there are none.
 */
export function shareTrainedOn({ hashes }: TrainedRows, table: Table): number | undefined {
  const known = new Set<number>();
  for (let at = 0; at < hashes.length; at += digits) known.add(parseInt(hashes.slice(at, at + digits), 16));
  const last = known.size < most ? Infinity : Math.max(...known);
  let [compared, equal] = [0, 0];
  for (const hash of rowHashes(table)) {
    if (hash > last) continue;
    compared++;
    if (known.has(hash)) equal++;
  }
  return compared === 0 ? undefined : equal / compared;
}

/** What is wrong with it in a model's file. */
export function trainedRowsProblem(value: unknown): string | undefined {
  const { count, hashes } = (value ?? {}) as Partial<TrainedRows>;
  const fits = Number.isInteger(count) && count! > 0 && typeof hashes === "string" && hashes.length % digits === 0 && hashes.length <= most * digits && /^[0-9a-f]*$/.test(hashes);
  return fits ? undefined : "trained to be the number of training rows and hashes of them";
}

/** A hash of each row's cells, coded: FNV-1a over 32-bit words, stirred (the end of MurmurHash3). */
function rowHashes({ rows, features, targets, x, observedX, y, observedY }: Table): Uint32Array {
  const word = new Float32Array(1);
  const bits = new Uint32Array(word.buffer);
  const result = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    let hash = 2166136261;
    const add = (values: Float32Array, observed: Float32Array, width: number): void => {
      for (let i = row * width; i < (row + 1) * width; i++) {
        // 0 and -0 are one value
        word[0] = values[i] + 0;
        hash = Math.imul(hash ^ (observed[i] === 1 ? bits[0] : 0xffffffff), 16777619);
      }
    };
    add(x, observedX, features);
    add(y, observedY, targets);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    result[row] = (hash ^ (hash >>> 16)) >>> 0;
  }
  return result;
}
