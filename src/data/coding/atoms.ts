import type { Column } from "../schema/column.ts";
import { codeValue } from "./decode.ts";
import { holds } from "./scale.ts";

/** An atom on the coded scale, with what is nearest to it. */
export interface CodedAtom {
  value: number;
  low: number;
  high: number;
  /** In original units. */
  units: number;
}

/** An atom is at least so wide on either side: values that are nearer are not told apart. */
const leastWidth = 1e-4;

/** The atoms of a column, ascending; a border beyond what the column can hold lies as far as the other one. */
export function codedAtoms(column: Column): CodedAtom[] {
  let from = -Infinity;
  return (column.atoms ?? []).map((atom) => {
    const value = codeValue(column, atom.value);
    const [low, high] = [atom.low, atom.high].map((border) => (holds(column, border) ? codeValue(column, border) : undefined));
    const coded = { value, low: Math.max(from, Math.min(value - leastWidth, low ?? 2 * value - high!)), high: Math.max(value + leastWidth, high ?? 2 * value - low!), units: atom.value };
    from = coded.high;
    return coded;
  });
}
