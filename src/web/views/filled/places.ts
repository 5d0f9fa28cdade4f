import { signal } from "@preact/signals";
import { chosenCell, rowOrder, setRows } from "../../state/filled.ts";

/** Whether the hole that was chosen is to have the keyboard, once it is there. */
let focusChosen = false;
/** What is to be scrolled to: an object, so that the same place can be asked for again. */
export const inSight = signal<{ place: number } | undefined>(undefined);

/** Chooses a hole, brings it into sight and gives it the keyboard. */
export function goToCell(row: number, column: number): void {
  focusChosen = true;
  inSight.value = { place: rowOrder.value?.rows.indexOf(row) ?? -1 };
  chosenCell.value = { row, column };
}

/** Brings a row into sight, without the filter where it is not among the rows that are shown. */
export async function goToRow(row: number): Promise<void> {
  if (!rowOrder.value?.rows.includes(row)) await setRows({ onlyHoles: false, holeIn: undefined });
  const order = rowOrder.value!;
  const place = order.rows.indexOf(row);
  const hole = order.holes.place.indexOf(place);
  inSight.value = { place };
  focusChosen = hole >= 0;
  chosenCell.value = { row, column: hole >= 0 ? order.holes.column[hole] : -1 };
}

/** Whether the chosen hole is to have the keyboard now; once. */
export function takeFocus(): boolean {
  const wanted = focusChosen;
  focusChosen = false;
  return wanted;
}
