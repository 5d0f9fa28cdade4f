import { effect, signal } from "@preact/signals";
import type { InformationCurve } from "../../experiments/information-curve.ts";
import { callback, engine } from "./engine.ts";
import { attempt } from "./notices.ts";
import { model, table } from "./session.ts";

export const curveSettings = signal({ rows: 20, draws: 100, steps: 20, orders: 3, seed: 0 });
export const informationCurve = signal<InformationCurve | undefined>(undefined);
/** Share of the work done while rows are tried. */
export const trying = signal<number | undefined>(undefined);

// the curve belongs to one model and one table
effect(() => {
  void model.value;
  void table.value;
  informationCurve.value = undefined;
  if (trying.peek() !== undefined) void stopTrying();
});

export async function tryRows(): Promise<void> {
  trying.value = 0;
  const found = await attempt(() => engine.asking.curve(curveSettings.value, callback((done: number, steps: number) => (trying.value = done / steps))));
  trying.value = undefined;
  if (found) informationCurve.value = found;
}

export async function stopTrying(): Promise<void> {
  await engine.asking.stopCurve();
}
