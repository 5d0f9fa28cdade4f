/** Which rows of the filled table are shown, and in which order. */
export interface RowWishes {
  /** Rows with holes alone. */
  onlyHoles: boolean;
  /** Rows with a hole in this column of the table alone. */
  holeIn?: number;
  /** "table": as they stand; "unsure": the least sure hole first; a number: by that column of the table, what cannot be compared last. */
  by: "table" | "unsure" | number;
  descending?: boolean;
}

/** The rows to show in order, and their holes: place in the order and column of the table, row by row. */
export interface RowOrder {
  rows: Int32Array;
  holes: { place: Int32Array; column: Int32Array };
}

/** A hole of the table and how sure its value is, 0: sure. */
export interface Hole {
  row: number;
  /** Index into the table's columns. */
  column: number;
  uncertainty: number;
}

/** Orders rows. keyOf: what a cell is compared by: a number, or its text. */
export function orderRows(rows: number, holes: readonly Hole[], wishes: RowWishes, keyOf: (row: number, column: number) => number | string): RowOrder {
  const { onlyHoles, holeIn, by, descending = false } = wishes;
  const holesOf = new Map<number, Hole[]>();
  for (const hole of holes) {
    const own = holesOf.get(hole.row);
    if (own) own.push(hole);
    else holesOf.set(hole.row, [hole]);
  }
  const wanted = Array.from({ length: rows }, (_, row) => row).filter((row) => {
    const own = holesOf.get(row);
    return holeIn === undefined ? !onlyHoles || own !== undefined : own?.some(({ column }) => column === holeIn);
  });
  if (by === "unsure") {
    const worst = (row: number): number => Math.max(-1, ...(holesOf.get(row) ?? []).filter(({ column }) => holeIn === undefined || column === holeIn).map(({ uncertainty }) => uncertainty));
    sortBy(wanted, worst, true);
  } else if (by !== "table") sortBy(wanted, (row) => keyOf(row, by), descending);
  const [place, column]: [number[], number[]] = [[], []];
  wanted.forEach((row, at) => {
    for (const hole of [...(holesOf.get(row) ?? [])].sort((a, b) => a.column - b.column)) {
      place.push(at);
      column.push(hole.column);
    }
  });
  return { rows: Int32Array.from(wanted), holes: { place: Int32Array.from(place), column: Int32Array.from(column) } };
}

/** Sorts rows by keys; equal ones stay in order, and what is neither a number nor a text comes last. */
function sortBy(rows: number[], keyOf: (row: number) => number | string, descending: boolean): void {
  const keys = new Map(rows.map((row) => [row, keyOf(row)]));
  const sign = descending ? -1 : 1;
  const isNothing = (key: number | string): boolean => key === "" || Number.isNaN(key);
  rows.sort((a, b) => {
    const [x, y] = [keys.get(a)!, keys.get(b)!];
    if (isNothing(x) || isNothing(y)) return Number(isNothing(x)) - Number(isNothing(y));
    return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
  });
}
