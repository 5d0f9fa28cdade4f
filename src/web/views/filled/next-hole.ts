import type { RowOrder } from "../../engine/filled/filled-order.ts";

export type Direction = "left" | "right" | "up" | "down";

/** A hole by its place in the order of rows and its column. */
export interface HoleAt {
  place: number;
  column: number;
}

/** The hole that an arrow key leads to: the next to the side, from row to row, or the nearest of the next row above or below that has one; undefined at the ends. */
export function nextHole({ holes: { place, column } }: RowOrder, from: HoleAt, direction: Direction): HoleAt | undefined {
  const at = (i: number): HoleAt | undefined => (i >= 0 && i < place.length ? { place: place[i], column: column[i] } : undefined);
  const here = place.findIndex((own, i) => own === from.place && column[i] === from.column);
  if (here < 0) return at(0);
  if (direction === "left") return at(here - 1);
  if (direction === "right") return at(here + 1);
  const step = direction === "down" ? 1 : -1;
  let i = here;
  while (i >= 0 && i < place.length && place[i] === from.place) i += step;
  const row = at(i)?.place;
  if (row === undefined) return undefined;
  let best: HoleAt | undefined;
  for (; at(i)?.place === row; i += step) if (!best || Math.abs(column[i] - from.column) < Math.abs(best.column - from.column)) best = at(i);
  return best;
}
