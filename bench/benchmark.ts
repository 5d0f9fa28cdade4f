import type { Gpu } from "../src/gpu/device.ts";
import type { Competitors } from "./competitors/competitors.ts";
import type { Clock, Contender, Measured } from "./measure.ts";

/** What a benchmark needs from outside. */
export interface Context {
  readonly gpu: Gpu;
  /** Tiny sizes and few rounds: shows that everything runs, says nothing about speed. */
  readonly quick: boolean;
  readonly clock: Clock;
  readonly competitors: Competitors;
  /** Times contenders in turn and gives their medians. */
  measure(contenders: readonly Contender[], rounds?: number): Promise<Measured[]>;
  /** A line of progress. */
  say(text: string): void;
}

/** One line of a result: columns by name. Times are medians in milliseconds unless the column says otherwise. */
export type Row = Record<string, string | number>;

export interface Result {
  /** What was timed, and how the results were checked. */
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
  /** Whether a part of it failed, as the notes say. */
  readonly failed?: boolean;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Takes long: runs only when it is named. */
  readonly onRequest?: boolean;
  run(context: Context): Promise<Result>;
}
