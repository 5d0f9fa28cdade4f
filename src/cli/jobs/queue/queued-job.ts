import description from "../../../../package.json" with { type: "json" };
import type { Job } from "../job.ts";

/** The package's version. */
export const { version } = description;

/** What stands in the queue. */
export interface QueuedJob {
  experiment: string;
  id: string;
  kind: string;
  settings: unknown;
  /** The program that made it. */
  version: string;
}

export interface QueuedProgress {
  text: string;
  part: number;
}

/** The job's name in the queue: the same job is not there twice. */
export function queuedId(experiment: string, job: Pick<Job, "id">): string {
  // a colon has a meaning for the queue
  return `${experiment}/${job.id}`.replaceAll(":", "_");
}

/** "1.2" of "1.2.3": what programs must share to work on the same jobs. */
export function release(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}
