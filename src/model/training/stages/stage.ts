import type { Encodable } from "../../../gpu/dispatch.ts";
import type { Adam } from "../../../nn/adam.ts";
import type { Stage as StageName } from "../../api.ts";

/** One training stage, compiled: what to submit for each step, what to report, and what a checkpoint must keep. */
export interface Stage {
  readonly name: StageName;
  readonly steps: number;
  /** The work of step number `step`, in order; a step is one submit. */
  work(step: number): readonly Encodable[];
  /** Told, where the time is limited, how many steps the stage will have in all. */
  planned?(steps: number): void;
  /** The latest values of what the stage measures. */
  metrics(): Promise<Record<string, number>>;
  /** Optimizers by name; their moments belong to the training state. */
  readonly optimizers: Readonly<Record<string, Adam>>;
  /** Frees the device memory of the stage. */
  destroy(): void;
}

/** Gradient outputs of a program, named by parameter. */
export const gradientName = (parameter: string): string => `gradient of ${parameter}`;
