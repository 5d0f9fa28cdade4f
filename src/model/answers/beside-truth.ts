import { codeValue, decodeValue, isAtom, isWhole, type Column } from "../../data/index.ts";

/** As far from a coded value as float32 cannot tell. */
const beside = 1e-5;

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
