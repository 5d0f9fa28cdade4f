import { batch, signal } from "@preact/signals";
import type { BenchReport, BenchResult } from "../engine/bench-part.ts";
import { callback, engine } from "./engine.ts";
import { attempt } from "./notices.ts";
import { numberParam } from "./route.ts";

/** Seconds for one measurement; `#bench?ms=100` sets milliseconds. */
const usualSeconds = 1;

export const benchResults = signal<readonly BenchResult[]>([]);
export const benchReport = signal<BenchReport | undefined>(undefined);
/** Share of the measurements done while they run. */
export const measuring = signal<number | undefined>(undefined);

export async function startBench(): Promise<void> {
  const milliseconds = numberParam("ms", 10, 60_000);
  batch(() => {
    measuring.value = 0;
    benchResults.value = [];
    benchReport.value = undefined;
  });
  const hear = (result: BenchResult, share: number): void =>
    batch(() => {
      benchResults.value = [...benchResults.value, result];
      measuring.value = share;
    });
  const report = await attempt(() => engine.bench.run(milliseconds === undefined ? usualSeconds : milliseconds / 1000, callback(hear)));
  batch(() => {
    measuring.value = undefined;
    benchReport.value = report;
  });
}

export async function stopBench(): Promise<void> {
  await engine.bench.stop();
}
