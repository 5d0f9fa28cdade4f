import { batch, effect, signal } from "@preact/signals";
import type { Filled } from "../engine/answers-part.ts";
import { callback, engine } from "./engine.ts";
import { attempt } from "./notices.ts";
import { model, table } from "./session.ts";

export const filled = signal<Filled | undefined>(undefined);
export const rowsWithHoles = signal<readonly number[]>([]);
/** Share of rows done while the table is being filled. */
export const filling = signal<number | undefined>(undefined);
export const fillOptions = signal({ draws: 200, interval: 0.9, seed: 0 });

// answers belong to one model and one table
effect(() => {
  void model.value;
  void table.value;
  filled.value = undefined;
});

export async function fill(): Promise<void> {
  filling.value = 0;
  const done = await attempt(() => engine.answers.fill(fillOptions.value, callback((at: number, rows: number) => (filling.value = at / rows))));
  const rows = done && (await engine.answers.rowsWithHoles());
  batch(() => {
    filling.value = undefined;
    filled.value = done;
    rowsWithHoles.value = rows ?? [];
  });
}
