import { batch, computed, effect, signal } from "@preact/signals";
import type { Filled } from "../engine/filled/answers-part.ts";
import type { RowOrder, RowWishes } from "../engine/filled/filled-order.ts";
import { callback, engine } from "./engine.ts";
import { attempt } from "./notices.ts";
import { model, table } from "./session.ts";

export const filled = signal<Filled | undefined>(undefined);
/** Share of rows done while the table is being filled. */
export const filling = signal<number | undefined>(undefined);
export const fillOptions = signal({ draws: 200, interval: 0.9, seed: 0 });
/** Which rows are shown, in which order. */
export const rowWishes = signal<RowWishes>({ onlyHoles: true, by: "table" });
export const rowOrder = signal<RowOrder | undefined>(undefined);
/** The hole that is looked at. */
export const chosenCell = signal<{ row: number; column: number } | undefined>(undefined);

let began = 0;
/** Seconds until the table is filled, from how fast it went; undefined at first. */
export const fillingLeft = computed(() => {
  const share = filling.value;
  if (share === undefined || share < 0.05) return undefined;
  return ((performance.now() - began) / 1000) * (1 / share - 1);
});

// answers belong to one model and one table
effect(() => {
  void model.value;
  void table.value;
  batch(() => {
    filled.value = rowOrder.value = chosenCell.value = undefined;
    rowWishes.value = { onlyHoles: true, by: "table" };
  });
});

export async function fill(): Promise<void> {
  began = performance.now();
  filling.value = 0;
  const done = await attempt(() => engine.answers.fill(fillOptions.value, callback((at: number, rows: number) => (filling.value = at / rows))));
  const order = done && (await engine.answers.order(rowWishes.value));
  batch(() => {
    filling.value = undefined;
    // what was filled before a stop stays
    if (!done) return;
    filled.value = done;
    rowOrder.value = order;
  });
}

export async function stopFilling(): Promise<void> {
  await engine.answers.stop();
}

/** Shows other rows, or in another order. */
export async function setRows(change: Partial<RowWishes>): Promise<void> {
  const wishes = { ...rowWishes.value, ...change };
  rowWishes.value = wishes;
  const order = await attempt(() => engine.answers.order(wishes));
  if (order && rowWishes.value === wishes) rowOrder.value = order;
}

/** How many features a row lacks: what could be measured next. */
export function missingFeatures(row: number): number {
  const order = rowOrder.value;
  const features = new Set(filled.value?.columns.filter(({ target }) => !target).map(({ column }) => column));
  if (!order) return 0;
  const at = order.rows.indexOf(row);
  return order.holes.place.reduce((total, place, i) => total + Number(place === at && features.has(order.holes.column[i])), 0);
}
