import { codeValue, decodeValue, isAtom, isWhole, type Column } from "../../data/index.ts";
import { isNumber } from "../../likelihood/mixed.ts";
import type { Key } from "../../math/key.ts";
import { cdfAt, levelProbabilities, type CellDraws } from "../answers/predictive.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import type { HeldBack } from "../completion/held-back.ts";
import { cellDraws } from "../posterior/entry-draws.ts";
import { entriesByRows, type Posterior } from "../posterior/posterior.ts";
import { shareSeen } from "./calibration.ts";
import type { LevelCell, NumberCell } from "./fit-calibration.ts";

/** As far from a coded value as float32 cannot tell. */
const beside = 1e-5;

/** What a posterior says of the hidden cells of rows that none of its parts has seen. Throws DeviceError, the signal's reason. */
export async function heldBackCells(posterior: Posterior, heldBack: HeldBack, columns: { features: ColumnSet; targets: ColumnSet }, key: Key, signal?: AbortSignal): Promise<{ numbers: NumberCell[]; levels: LevelCell[] }> {
  const { rows, originals, features: d, targets: p } = heldBack;
  const [numbers, levels]: [NumberCell[], LevelCell[]] = [[], []];
  const table = { rows, x: heldBack.x, observed: heldBack.shown, truthX: heldBack.x, truthY: heldBack.y };
  for await (const sample of entriesByRows(posterior, { features: d, targets: p }, table, key, signal)) {
    for (let r = 0; r < sample.rows; r++) {
      const at = sample.firstRow + r;
      const share = shareSeen(heldBack.shown, at, d);
      for (let j = 0; j < d + p; j++) {
        if (heldBack.scored[at * (d + p) + j] !== 1) continue;
        const [of, own] = j < d ? (["features", j] as const) : (["targets", j - d] as const);
        const cell = cellDraws(sample, of, r, own);
        const truth = heldBack.truth(at, j);
        const head = { column: j, row: at % originals, share };
        if (isNumber(cell[0].mixed)) numbers.push({ ...head, ...placesAbout(cell, columns[of].columns[own], truth) });
        else levels.push({ ...head, probabilities: levelProbabilities(cell), truth });
      }
    }
  }
  return { numbers, levels };
}

/** F below and up to a coded value: the same where it is no atom; of whole numbers half a number on either side. */
export function placesAbout(cell: CellDraws, column: Column, x: number): { low: number; high: number } {
  const { below, above } = besideTruth(column, x);
  if (below === above) {
    const place = cdfAt(cell, x);
    return { low: place, high: place };
  }
  return { low: cdfAt(cell, below), high: cdfAt(cell, above) };
}

/** Coded values just below and just above a truth, between which F may jump: the same where it cannot; of whole numbers half a number on either side. */
export function besideTruth(column: Column, x: number): { below: number; above: number } {
  if (!isWhole(column.type)) {
    const { atoms = [], bins } = column;
    const jumps = atoms.length > 0 || (bins !== undefined && bins.low.some((_, b) => isAtom(bins, b)));
    return jumps ? { below: x - beside, above: x + beside } : { below: x, above: x };
  }
  const k = Math.round(decodeValue(column, x));
  return { below: codeValue(column, k - 0.5), above: codeValue(column, k + 0.5) };
}
