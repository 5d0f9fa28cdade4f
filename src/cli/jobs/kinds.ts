import { UsageError } from "../usage-error.ts";
import type { Work } from "./job.ts";

/** All kinds of jobs; a worker loads what it meets. */
const kinds: Readonly<Record<string, () => Promise<Work>>> = {
  "answer-chunk": async () => (await import("./answer-chunk.ts")).answerChunk as Work,
  "coverage-run": async () => (await import("./coverage-run.ts")).coverageRun as Work,
  "image-run": async () => (await import("./image-run.ts")).imageRun as Work,
  "table-run": async () => (await import("./table-run.ts")).tableRun as Work,
};

/** How a kind of job is done. Throws UsageError for a kind that this version does not have. */
export async function workOf(kind: string): Promise<Work> {
  const load = kinds[kind];
  if (!load) throw new UsageError(`there is no kind of job "${kind}"; this version has ${Object.keys(kinds).join(", ")}.`);
  return load();
}
