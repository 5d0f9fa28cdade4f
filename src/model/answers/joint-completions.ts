import type { Table } from "../../data/index.ts";
import { foldIn, permutation, type Key } from "../../math/key.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";
import { calibrateRow } from "../calibration/calibrate-completions.ts";
import { sharesSeen, type Calibrator } from "../calibration/calibration.ts";
import type { DrawSession } from "./conditional.ts";
import type { PosteriorSizes } from "../posterior/posterior.ts";

/** Draws of a row from which the completions are taken at random: enough that each part of a mixture has its share. */
const leastDraws = 40;
/** The same where they are mapped by their ranks. */
const leastRanked = 100;
/** Draws that lie side by side on the device. */
const drawsAtOnce = 16_384;

/** What is to be completed, and where it stands in a larger table. */
export interface CompletionRequest {
  /** Rows with holes, coded. */
  table: Pick<Table, "rows" | "features" | "targets" | "x" | "observedX" | "y" | "observedY">;
  /** Rows with holes before them, a multiple of `together`, the rows that are answered together. */
  before: number;
  together: number;
  completions: number;
  /** Whether known targets are conditioned on. */
  givenTargets: boolean;
  key: Key;
  /** How cells are calibrated, and the columns' likelihoods. */
  maps?: { calibrator: Calibrator; features: readonly MixedColumn[]; targets: readonly MixedColumn[] };
  /** Shown all draws of each row, coded, before some are taken. */
  visit?(row: number, x: Float32Array, y: Float32Array | undefined): void;
  signal?: AbortSignal;
}

/** Coded joint draws of all entries: of row r, completion c, features at (r * completions + c) * D, targets likewise. */
interface JointCompletions {
  x: Float32Array;
  y: Float32Array;
}

/** Completed rows, each a joint draw: what a row's cells say of each other is kept. */
export async function jointCompletions(open: (sizes: PosteriorSizes) => Promise<DrawSession>, request: CompletionRequest): Promise<JointCompletions> {
  const { table, before, together, completions, givenTargets, key } = request;
  const { rows, features: d, targets: p } = table;
  const draws = Math.max(completions, request.maps ? leastRanked : leastDraws);
  // blocks of `together` rows in pieces, so that a part of a larger table is drawn for as the whole is
  const piece = Math.max(1, Math.min(together, Math.floor(drawsAtOnce / draws), before > 0 ? Infinity : rows));
  const session = await open({ rows: piece, draws, givenTargets });
  const result = { x: new Float32Array(rows * completions * d), y: new Float32Array(rows * completions * p) };
  try {
    for (let first = 0; first < rows; ) {
      request.signal?.throwIfAborted();
      const place = before + first;
      const count = Math.min(piece, together - (place % together), rows - first);
      const part = (values: ArrayLike<number>, width: number): Float32Array => {
        const own = new Float32Array(piece * width);
        for (let i = 0; i < count * width; i++) own[i] = values[first * width + i];
        return own;
      };
      const known = { rows: piece, x: part(table.x, d), observed: part(table.observedX, d), ...(p > 0 && { y: part(table.y, p), observedY: part(table.observedY, p) }) };
      const joint = await session.draw(known, foldIn(key, place));
      const [x, y] = [await joint.x.read(), p > 0 ? await joint.y.read() : undefined];
      for (let r = 0; r < count; r++) {
        if (request.maps) calibrateDrawsOf(request, request.maps, first + r, r, joint.draws, { x, y }, foldIn(foldIn(key, place + r), 2));
        request.visit?.(first + r, x.subarray(r * joint.draws * d, (r + 1) * joint.draws * d), y?.subarray(r * joint.draws * p, (r + 1) * joint.draws * p));
        // draws of different parts lie side by side: a random choice has each in its proportion
        const order = permutation(foldIn(foldIn(key, place + r), 1), joint.draws);
        for (let c = 0; c < completions; c++) {
          const from = r * joint.draws + order[c];
          const to = (first + r) * completions + c;
          result.x.set(x.subarray(from * d, (from + 1) * d), to * d);
          if (y) result.y.set(y.subarray(from * p, (from + 1) * p), to * p);
        }
      }
      first += count;
    }
  } finally {
    session.destroy();
  }
  return result;
}

/** Maps what is hidden of a row in all its draws, the r-th that were drawn for together. */
function calibrateDrawsOf({ table, givenTargets }: CompletionRequest, { calibrator, features, targets }: NonNullable<CompletionRequest["maps"]>, row: number, r: number, draws: number, { x, y }: { x: Float32Array; y?: Float32Array }, key: Key): void {
  const [d, p] = [features.length, targets.length];
  const [share] = sharesSeen(table.observedX.subarray(row * d, (row + 1) * d), 1, d);
  const of = (values: Float32Array, width: number): Float32Array => values.subarray(r * draws * width, (r + 1) * draws * width);
  calibrateRow({ draws: of(x, d), mixed: features, hidden: (j) => table.observedX[row * d + j] !== 1, mapOf: (j) => calibrator.of(j, share), key });
  if (y) calibrateRow({ draws: of(y, p), mixed: targets, hidden: (j) => !givenTargets || table.observedY[row * p + j] !== 1, mapOf: (j) => calibrator.of(d + j, share), key: foldIn(key, 2 ** 20) });
}
