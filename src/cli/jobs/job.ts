import type { Gpu } from "../../gpu/device.ts";

/**
 * A piece of work that can be done anywhere and any number of times with the same result: a run of an experiment, a chunk of a
 * table. `settings` is plain JSON and names its files by paths that every machine of the work can read.
 */
export interface Job<Settings = unknown> {
  /** Names it within its experiment, and in file names: letters, digits, "-", "_" and ".". */
  readonly id: string;
  readonly kind: string;
  readonly settings: Settings;
}

export interface JobContext {
  /** Opened when the work asks for it. */
  gpu(): Promise<Gpu>;
  signal: AbortSignal;
  /** How far it is: a few words, and a part between 0 and 1. */
  onProgress(text: string, part: number): void;
  /** Different for every run of a job where several may run at once: what is written goes beside its place under this name, and is renamed. */
  readonly run?: string;
}

/** How the jobs of one kind are done. The result is plain JSON. */
export type Work = (settings: unknown, context: JobContext) => Promise<unknown>;

/** What is told of jobs as they come: a result, or why there is none. */
export interface JobListener<Result> {
  onResult(id: string, result: Result): Promise<void>;
  onFailure(id: string, reason: string): void;
  onProgress?(id: string, text: string, part: number): void;
}
