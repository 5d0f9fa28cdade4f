import { expect } from "vitest";
import type { FileSet, FitOptions, Model, Stage } from "../../src/model/index.ts";

/** The first checkpoint of a stage, of a training that is stopped there. */
export async function checkpointIn(wanted: Stage, train: (options: Partial<FitOptions>) => Promise<Model>): Promise<FileSet> {
  let stored: FileSet | undefined;
  let stage = "";
  const stop = new AbortController();
  const interrupted = train({
    signal: stop.signal,
    onProgress: (progress) => (stage = progress.stage),
    wantCheckpoint: () => stage === wanted,
    onCheckpoint: (given) => {
      if (stage === wanted) {
        stored ??= given;
        stop.abort(new Error("enough"));
      }
      return Promise.resolve();
    },
  });
  await expect(interrupted).rejects.toThrow("enough");
  return stored!;
}
